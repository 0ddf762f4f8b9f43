package oauthcore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// manyLogins puts n more logins into the pool, of accounts the provider knows nothing
// of where known is false.
func (w *world) manyLogins(n int, fresh time.Duration, known bool) {
	w.Helper()
	var doc struct {
		Accounts map[string]json.RawMessage `json:"accounts"`
	}
	if err := json.Unmarshal(w.read(w.paths.Pool()), &doc); err != nil {
		w.Fatal(err)
	}
	for i := range n {
		key := fmt.Sprintf("person%04d@example.com", i)
		cr := providertest.Credentials{
			AccessToken: secret.New(fmt.Sprintf("sk-ant-oat01-TEST-many-%d", i)), RefreshToken: secret.New(fmt.Sprintf("sk-ant-ort01-TEST-many-%d", i)),
			ExpiresAt: w.clock.Now().Add(fresh), Scopes: []string{"user:inference"},
		}
		if known {
			who := providertest.Person{AccountUUID: uuidOf(1, i), OrganizationUUID: uuidOf(2, i), Email: key, OrganizationType: "claude_pro"}
			w.provider.AddAccount(who)
			cr = w.issue(who.AccountUUID, who.OrganizationUUID, fresh, 20*24*time.Hour)
		}
		raw, err := json.Marshal(map[string]any{
			"email": key, "accessToken": cr.AccessToken.Reveal(), "refreshToken": cr.RefreshToken.Reveal(),
			"expiresAt": cr.ExpiresAt.UnixMilli(), "scopes": cr.Scopes, "rateLimited": false,
		})
		if err != nil {
			w.Fatal(err)
		}
		doc.Accounts[key] = raw
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		w.Fatal(err)
	}
	w.write(w.paths.Pool(), string(raw))
}

func uuidOf(kind, i int) string { return fmt.Sprintf("0000000%d-0000-4000-8000-%012d", kind, i) }

// What an operation costs with many accounts, to be read by people; what goes
// wrong there fails.
func TestOperationsWithAThousandAccounts(t *testing.T) {
	ops := map[string]func(context.Context, *world, int) error{
		"pause": func(ctx context.Context, w *world, i int) error {
			if i%2 == 0 {
				_, err := w.core.Pause(ctx, lab)
				return err
			}
			_, err := w.core.Resume(ctx, lab)
			return err
		},
		"list": func(ctx context.Context, w *world, _ int) error { w.core.Snapshot(ctx); return nil },
		"swap": func(ctx context.Context, w *world, i int) error {
			_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: []string{work, personal}[i%2]})
			return err
		},
	}
	cost := func(n int) map[string]time.Duration {
		w := newWorld(t)
		w.settled()
		w.swap(oauthcore.SwapRequest{To: work})
		w.swap(oauthcore.SwapRequest{To: personal})
		w.manyLogins(n, -time.Hour, false)
		w.settled()
		if got := len(w.vault().Accounts()); got != n+5 {
			t.Fatalf("%d accounts, want %d", got, n+5)
		}
		out := map[string]time.Duration{}
		for name, op := range ops {
			best := time.Hour
			for i := range 6 {
				began := time.Now()
				if err := op(context.Background(), w, i); err != nil {
					t.Fatal(err)
				}
				best = min(best, time.Since(began))
			}
			out[name] = best
		}
		return out
	}
	few, some, many := cost(0), cost(250), cost(995)
	for name := range ops {
		t.Logf("measured: %-5s 5 accounts %7v, 255 %7v, 1,000 %7v: %.1f times 5, %.1f times 255", name,
			few[name].Round(time.Microsecond*10), some[name].Round(time.Microsecond*10), many[name].Round(time.Microsecond*10),
			float64(many[name])/float64(few[name]), float64(many[name])/float64(some[name]))
	}
}

// How many requests a swap makes does not grow with the number of logins nobody
// has identified. Without the rule the first swap asks the provider about each
// entry of the pool, one after the other.
func TestASwapAsksTheProviderNoMoreWithMoreEntries(t *testing.T) {
	t.Parallel()
	asked := map[int]int{}
	for _, n := range []int{0, 20, 200} {
		w := newWorld(t)
		w.manyLogins(n, 6*time.Hour, true)
		calls := func() (sum int) {
			for _, k := range w.provider.State().Calls {
				sum += k
			}
			return sum
		}
		before := calls()
		w.swap(oauthcore.SwapRequest{To: work})
		asked[n] = calls() - before
		before = calls()
		w.swap(oauthcore.SwapRequest{To: personal})
		w.swap(oauthcore.SwapRequest{To: work})
		if more := calls() - before; more > 2 {
			t.Errorf("%d requests in the next swaps", more)
		}
		before = calls()
		for range 3 {
			w.settled() // a person's import: some at a time
		}
		if more := calls() - before; more > 3*8 {
			t.Errorf("%d requests in three imports", more)
		}
		w.truthful()
	}
	t.Logf("requests of the first swap by entries: %v", asked)
	if asked[200] > asked[0] || asked[200] > 4 {
		t.Errorf("requests of the first swap by entries: %v", asked)
	}
}

// Many logins one after the other: each is kept and finished.
func TestManyLoginsOneAfterTheOther(t *testing.T) {
	w := newWorld(t)
	w.settled()
	core := w.newCore(&filestest.FS{Before: filestest.On("syncdir", func(string) error { return filestest.ErrSkip })})
	began := time.Now()
	var quarter [4]time.Duration
	const n = 200
	for i := range n {
		who := providertest.Person{AccountUUID: uuidOf(1, i), OrganizationUUID: uuidOf(2, i), Email: fmt.Sprintf("p%04d@example.com", i), OrganizationType: "claude_pro"}
		w.provider.AddAccount(who)
		cr := w.issue(who.AccountUUID, who.OrganizationUUID, 8*time.Hour, 28*24*time.Hour)
		one := time.Now()
		saved, err := save(t.Context(), core, provider.Grant{
			AccessToken: cr.AccessToken, RefreshToken: cr.RefreshToken, ExpiresAt: cr.ExpiresAt, RefreshTokenExpiresAt: cr.LoginExpiresAt,
			Scopes: cr.Scopes, AccountUUID: who.AccountUUID, OrganizationUUID: who.OrganizationUUID, Email: who.Email,
		})
		quarter[i*4/n] += time.Since(one)
		if err != nil || saved.Key != who.Email || saved.Known {
			t.Fatalf("%+v, %v", saved, err)
		}
	}
	t.Logf("measured: %d logins in %v; by quarters %v", n, time.Since(began).Round(time.Millisecond), quarter)
	if got := len(w.vault().Accounts()); got != n+5 {
		t.Errorf("%d accounts", got)
	}
	if left := w.waitingLogins(); len(left) > 0 {
		t.Errorf("%d logins still wait", len(left))
	}
}
