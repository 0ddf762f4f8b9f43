package oauthcore_test

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// What lies in set-aside and cannot be read may be an account's newest login: an
// unsure token is then not presented by Baton itself.
func TestWhatCannotBeReadInSetAsideMayBeTheNewest(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{"cut off": `{"claudeAiOauth":{"accessTok`, "not of that form": `{"claudeAiOauth":[1]}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patientOf(newWorld(t))
			p.settled()
			p.doubt(night)
			p.write(filepath.Join(p.paths.SetAside(), "login-20261101T000000Z-1.json"), doc)
			before := p.provider.State().Calls[providertest.EndpointRefresh]
			found := p.doctor(true)
			if p.provider.State().Calls[providertest.EndpointRefresh] != before {
				t.Errorf("an unsure token was presented: %+v", found)
			}
			p.kept(night)
		})
	}
}

// Which logins were set aside has to be known before anything is changed.
func TestSetAsideCannotBeListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	core := w.newCore(&filestest.FS{Before: filestest.Fail("list", w.paths.SetAside(), syscall.EACCES)})
	err := core.Settle(context.Background())
	if view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), w.paths.SetAside()) {
		t.Errorf("%v, want an error that names the directory", err)
	}
	if s := core.Snapshot(context.Background()); len(s.Accounts) == 0 {
		t.Error("the accounts are not shown")
	}
}

// unproved makes the live login a newer one of its account, which nothing tells:
// an older client refreshed it, and the access token is refused.
func (w *world) unproved() {
	w.Helper()
	w.clientRefreshes()
	cr := w.credential()
	login := `{"claudeAiOauth":{"accessToken":"` + cr.AccessToken.Reveal() + `","refreshToken":"` + cr.RefreshToken.Reveal() +
		`","expiresAt":` + millis(cr.ExpiresAt.Add(time.Hour)) + `,"scopes":["user:inference"]}}`
	w.write(w.paths.Credentials(), login)
	w.offline()
}

// The login Claude Code uses is most likely a newer one of the account that was
// live before. A swap to that account would present the older token, which ends
// the login.
func TestTheLoginInTheWayIsOfTheAccountSwappedTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	w.unproved()
	was := string(w.read(w.paths.Credentials()))
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: personal, SetAside: true})
	wantCode(t, err, view.CodeUnknownLive)
	if string(w.read(w.paths.Credentials())) != was {
		t.Error("the live login was replaced")
	}
	w.nothingLost()
}

// A login in set-aside may be the newest of every account: a swap that was not
// told to go on does not present what may be used up.
func TestASwapDoesNotPresentWhatSetAsideMayReplace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	w.unproved()
	ctx := context.Background()
	if _, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: work, SetAside: true}); err != nil {
		t.Fatal(err)
	}
	before := w.provider.State().Calls[providertest.EndpointRefresh]
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: personal})
	wantCode(t, err, view.CodeUnsure)
	if got := w.provider.State().Calls[providertest.EndpointRefresh]; got != before {
		t.Error("an unsure token was presented")
	}
	w.nothingLost()
	w.online() // now it can be told
	w.swap(oauthcore.SwapRequest{To: personal})
	w.kept(personal)
	w.nothingLost()
}
