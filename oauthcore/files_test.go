package oauthcore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

const sample = `{"accessToken":"sk-ant-oat01-TEST-a","refreshToken":"sk-ant-ort01-TEST-r","expiresAt":1774466144677,` +
	`"scopes":["user:inference","user:profile"],"subscriptionType":"max","rateLimitTier":"default_claude_max_20x"}`

// What huskies needs of an entry: types and names to the letter.
func huskies(t *testing.T, pool []byte) {
	t.Helper()
	var doc struct {
		Accounts map[string]struct {
			Email            *string   `json:"email"`
			AccessToken      *string   `json:"accessToken"`
			RefreshToken     *string   `json:"refreshToken"`
			ExpiresAt        *uint64   `json:"expiresAt"`
			Scopes           *[]string `json:"scopes"`
			SubscriptionType string    `json:"subscriptionType"`
			RateLimitTier    string    `json:"rateLimitTier"`
			RateLimited      *bool     `json:"rateLimited"`
			RateLimitResetAt *uint64   `json:"rateLimitResetAt"`
		} `json:"accounts"`
	}
	if err := json.Unmarshal(pool, &doc); err != nil {
		t.Fatal(err)
	}
	for key, e := range doc.Accounts {
		if e.Email == nil || *e.Email != key || e.AccessToken == nil || e.RefreshToken == nil || e.ExpiresAt == nil || e.Scopes == nil || *e.Scopes == nil || e.RateLimited == nil {
			t.Errorf("huskies could not read %s", key)
		}
	}
	if bytes.Contains(pool, []byte(": null")) || !bytes.Contains(pool, []byte("\n  ")) {
		t.Errorf("the pool is not as huskies writes it:\n%s", pool)
	}
}

func TestThePoolStaysHuskies(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.swap(oauthcore.SwapRequest{LimitedUntil: w.clock.Now().Add(time.Hour)})
	huskies(t, w.read(w.paths.Pool()))
	// huskies rewrites the file: unknown members gone, another order, a login
	// rotated, a mark of its own. None of that costs anything.
	var doc map[string]map[string]map[string]any
	if err := json.Unmarshal(w.read(w.paths.Pool()), &doc); err != nil {
		t.Fatal(err)
	}
	reset := w.clock.Now().Add(3 * time.Hour)
	doc["accounts"][lab]["rateLimited"], doc["accounts"][lab]["rateLimitResetAt"] = true, reset.UnixMilli()
	delete(doc["accounts"][lab], "refreshTokenExpiresAt")
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	w.write(w.paths.Pool(), string(out))
	if got := w.view(lab).LimitedUntil; !got.Equal(reset) {
		t.Errorf("its mark: %v", got)
	}
	if err := w.core.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	w.kept(personal, work, side, lab, night)
	if got := w.view(lab).LimitedUntil; !got.Equal(reset) {
		t.Errorf("its mark was not adopted: %v", got)
	}
	if w.account(lab).Credential.RefreshExpiresAt.IsZero() && w.view(lab).LoginEnds {
		t.Error("a deadline out of nowhere")
	}
}

// huskies refreshed an account itself: the pool has a login the vault does not
// know. Proved, it is adopted; the older one in the pool never comes back.
func TestALoginHuskiesRotatedIsAdopted(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.swap(oauthcore.SwapRequest{To: personal})
	stale := string(w.read(w.paths.Pool()))
	old := w.account(work).Credential
	other := w.newCore(files.OS{})
	who := w.resident(work).Person
	next, err := w.provider.Issue(who.AccountUUID, who.OrganizationUUID)
	if err != nil {
		t.Fatal(err)
	}
	pool := strings.ReplaceAll(stale, old.RefreshToken.Reveal(), next.RefreshToken.Reveal())
	pool = strings.ReplaceAll(pool, old.AccessToken.Reveal(), next.AccessToken.Reveal())
	w.write(w.paths.Pool(), pool)
	// The provider cannot say whose it is: neither is used, neither is lost.
	for _, endpoint := range []providertest.Endpoint{providertest.EndpointProfile, providertest.EndpointRefresh} {
		if err := w.provider.Fail(providertest.Fault{Endpoint: endpoint, Kind: providertest.FaultUnavailable, Times: -1}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = other.Refresh(ctx, work)
	wantCode(t, err, view.CodeOffline)
	if !w.vault().Knows(next.RefreshToken) || !w.vault().Knows(old.RefreshToken) && !w.asideHas(old.RefreshToken) {
		t.Error("a login was dropped")
	}
	w.provider.ClearFaults()
	w.swap(oauthcore.SwapRequest{To: work})
	if w.credential().RefreshToken.Equal(old.RefreshToken) || !w.vault().Spent(next.RefreshToken) {
		t.Error("the older login is live")
	}
	w.live(work)
	if v := w.vault(); len(v.Accounts()) != 5 {
		t.Errorf("accounts %q", accounts.Keys(v.Accounts()))
	}
	// huskies writes back what it read at its start.
	w.write(w.paths.Pool(), stale)
	if err := w.core.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	kept := w.account(work).Credential.RefreshToken
	if !kept.Equal(w.credential().RefreshToken) {
		t.Error("a used-up token came back from the pool")
	}
	if !strings.Contains(string(w.read(w.paths.Pool())), kept.Reveal()) {
		t.Error("the pool was not brought in line")
	}
}

func TestALapsedNewerPoolLoginIsAdoptedUnderItsKey(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	old := w.account(lab).Credential
	next := token("rotated-by-huskies")
	pool := strings.ReplaceAll(string(w.read(w.paths.Pool())), old.RefreshToken.Reveal(), next.Reveal())
	pool = strings.ReplaceAll(pool, strconv.FormatInt(old.ExpiresAt.UnixMilli(), 10), strconv.FormatInt(old.ExpiresAt.UnixMilli()+1000, 10))
	w.write(w.paths.Pool(), pool)
	if err := w.core.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a := w.account(lab); !a.Credential.RefreshToken.Equal(next) || !w.vault().Spent(old.RefreshToken) {
		t.Error("not adopted")
	}
}

func TestNoPoolAndNoVault(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{w.paths.Pool(), w.paths.Credentials()} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	if v := w.core.Snapshot(ctx); len(v.Accounts) != 0 || len(v.Problems) != 0 || v.Live.Reason != "none" {
		t.Errorf("view %+v", v)
	}
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{})
	wantCode(t, err, view.CodeNoOther)
	if _, err := os.Stat(w.paths.Vault()); err == nil {
		t.Error("a vault with nothing in it")
	}
}

// A vault from a backup may be full of used-up tokens: nothing is refreshed by
// itself, every account says so.
func TestARestoredVaultIsNoticed(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.swap(oauthcore.SwapRequest{To: personal})
	backup := string(w.read(w.paths.Vault()))
	if _, err := w.core.Refresh(ctx, work); err != nil {
		t.Fatal(err)
	}
	w.write(w.paths.Vault(), backup)
	if err := os.Remove(w.paths.Pool()); err != nil {
		t.Fatal(err)
	}
	for _, a := range w.core.Snapshot(ctx).Accounts {
		if !a.Unsure {
			t.Errorf("%s is shown as sure", a.Key)
		}
	}
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{})
	wantCode(t, err, view.CodeNoOther)
	if err := w.core.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if !w.view(work).Unsure {
		t.Error("forgotten at the next write")
	}
}

var errDisk = errors.New("no space left on device")

func TestAFileThatCannotBeWritten(t *testing.T) {
	for _, which := range []func(claude.Paths) string{
		claude.Paths.Vault, claude.Paths.Pool, claude.Paths.Usage, claude.Paths.Credentials,
		func(p claude.Paths) string { return p.ClaudeJSON },
	} {
		w := newWorld(t)
		path := which(w.paths)
		before, _ := os.ReadFile(path)
		w.core = w.newCore(&filestest.FS{Before: filestest.Fail("rename", path, errDisk)})
		_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work, LimitedUntil: w.clock.Now().Add(time.Hour)})
		if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s changed", path)
		}
		left, err := files.Leftovers(files.OS{}, path)
		if err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		// With room again everything heals.
		w.core = w.newCore(files.OS{})
		w.swap(oauthcore.SwapRequest{To: work})
		w.live(work)
		w.kept(personal, work)
	}
}

// The file is replaced only if it still holds what was read.
func TestAFileThatChangesBeforeItsReplacement(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	fsys := &filestest.FS{}
	fsys.Before = once(w.paths.Credentials(), func() { w.clientRefreshes() })
	w.core = w.newCore(fsys)
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
	wantCode(t, err, view.CodeBusy)
	w.live(personal) // what the client wrote stands
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	w.kept(personal, work)
	// .claude.json changing meanwhile is read and spliced again.
	fsys.Before = once(w.paths.ClaudeJSON, func() {
		w.write(w.paths.ClaudeJSON, strings.Replace(string(w.read(w.paths.ClaudeJSON)), "{", `{"meanwhile":1.0,`, 1))
	})
	w.swap(oauthcore.SwapRequest{To: personal})
	w.live(personal)
	if gjson.GetBytes(w.read(w.paths.ClaudeJSON), "meanwhile").Raw != "1.0" {
		t.Error("the change was lost")
	}
}

// A folder where a file should be cannot be read, and nothing is written.
func TestAFileThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{w.paths.Vault(), w.paths.Usage(), w.paths.HighWater()} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
		if path == w.paths.HighWater() {
			if err != nil {
				t.Errorf("the high-water mark is only a help: %v", err)
			}
			continue
		}
		if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Message, path) {
			t.Errorf("%q does not name %s", e.Message, path)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	w.live(work)
}
