package oauthcore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// A login the provider ended gives way to every other one of its account,
// however late its own deadline: the other may be good.
func TestADeadLoginGivesWay(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, comes := range map[string]func(*world, string, providertest.Credentials){
		"live":                     func(w *world, key string, cr providertest.Credentials) { w.goLive(key, cr, true) },
		"live without identifiers": func(w *world, key string, cr providertest.Credentials) { w.goLive(key, cr, false) },
		"in the pool":              func(w *world, key string, cr providertest.Credentials) { w.pool(key, cr) },
	} {
		for _, key := range []string{personal, side} {
			t.Run(name+" "+key, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				w.goLive(key, w.issueFor(key, time.Hour, 60*day), true)
				w.settled()
				who := w.resident(key).Person
				if err := w.provider.Kill(who.AccountUUID, who.OrganizationUUID); err != nil {
					t.Fatal(err)
				}
				if _, err := w.core.Refresh(context.Background(), key); view.CodeOf(err) != view.CodeNeedsLogin {
					t.Fatalf("refresh of an ended login: %v", err)
				}
				comes(w, key, w.issueFor(key, time.Hour, 20*day))
				w.settled()
				w.kept(key)
				if a := w.account(key); a.NeedsLogin {
					t.Error("the account still needs a login")
				}
				w.settled()
				w.kept(key)
				w.nothingLost()
				w.refreshAll()
			})
		}
	}
}

// otherProvider answers refreshes in the name of an account without its
// organisation.
type otherProvider struct {
	oauthcore.Provider
	account string
}

func (p otherProvider) Refresh(ctx context.Context, t secret.Secret, scopes []string) (provider.Grant, error) {
	g, err := p.Provider.Refresh(ctx, t, scopes)
	g.AccountUUID, g.OrganizationUUID = p.account, ""
	return g, err
}

// An answer in another account's name is not kept as the login of the account it
// was asked for, also where it names no organisation.
func TestAnAnswerNamesAnotherAccountAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.newCore(files.OS{})
	env := w.env
	env.Provider = otherProvider{env.Provider, "0d4a7f5e-5a52-4d1c-8f7e-3b9f0a1c2d3e"}
	_, err := oauthcore.New(env).Refresh(context.Background(), side)
	wantCode(t, err, view.CodeNeedsLogin)
	if a := w.account(side); a.Credential.Usable() {
		t.Error("the account has the login of another one")
	}
	w.settled()
	w.nothingLost()
	w.truthful()
}

// A login without a refresh token is set aside once, however often the command
// is cut off and begun again.
func TestALoginOfAnAccessTokenAloneIsSetAsideOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	cr := w.unknown()
	w.replaceText(w.paths.Credentials(), cr.RefreshToken.Reveal(), "")
	w.offline()
	doc := w.read(w.paths.Credentials())
	for _, to := range []string{work, side} {
		w.write(w.paths.Credentials(), string(doc))
		if _, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: to, SetAside: true}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := filepath.Glob(filepath.Join(w.paths.SetAside(), "*.json"))
	if err != nil || len(all) != 1 {
		t.Errorf("%q %v", all, err)
	}
}
