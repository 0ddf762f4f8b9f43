package oauthcore_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// Claude Code refreshed its login before Baton was first started, and the pool
// has a copy of it as it was before. Without the rule that copy is an account
// like any other, and the first swap to it ends the live login.
func TestAnOlderCopyOfTheLiveLoginIsUnsure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.issueFor(personal, -time.Hour, 20*24*time.Hour)
	w.goLive(personal, w.issueFor(personal, 8*time.Hour, 20*24*time.Hour), true)
	w.pool(personal, old)
	w.settled()
	if got := w.account(personal); got.Identified() || got.Doubt != accounts.DoubtRival {
		t.Errorf("%v: identified %v, doubt %q", got, got.Identified(), got.Doubt)
	}
	if s, err := w.core.Read(t.Context()); err != nil || s.Vault.Find(w.identityOf(personal)) == nil {
		t.Errorf("the live login's account is not in the vault: %v", err)
	}
}

// An account that is not identified is refreshed by another program, in its own
// entry of the pool, and the provider says whose the new login is. Without the
// rule the old token stays an account's login, is written over the new one in
// the pool, and ends the login when it is presented.
func TestTheLoginBeforeAnotherProgramsRefreshIsUnsure(t *testing.T) {
	t.Parallel()
	for _, offline := range []bool{false, true} {
		w := newWorld(t)
		w.clock.Add(9 * time.Hour) // nothing tells whose the pool's logins are
		w.settled()
		if w.account(lab).Identified() {
			t.Fatal("identified")
		}
		next := w.issueFor(lab, 8*time.Hour, 20*24*time.Hour)
		w.pool(lab, next)
		if offline {
			w.offline()
			w.settled()
			w.online()
		}
		w.settled()
		known := w.vault().Find(w.identityOf(lab))
		if known == nil || !known.Credential.RefreshToken.Equal(next.RefreshToken) {
			t.Fatalf("offline %v: the new login is not its owner's", offline)
		}
		if got := w.account(lab); got != nil && !got.Identified() && got.Doubt != accounts.DoubtRival {
			t.Errorf("offline %v: the login before it is not in doubt", offline)
		}
		if got := w.poolToken(lab); got != "" && got != next.RefreshToken.Fingerprint() {
			t.Errorf("offline %v: the login before it is in the pool", offline)
		}
		w.truthful()
	}
}

func (w *world) identityOf(key string) accounts.Identity {
	who := w.resident(key).Person
	return accounts.Identity{AccountUUID: who.AccountUUID, OrganizationUUID: who.OrganizationUUID}
}

// poolToken is the fingerprint of the refresh token under a key of the pool, ""
// for none.
func (w *world) poolToken(key string) string {
	w.Helper()
	pool, err := accounts.ParsePool(w.read(w.paths.Pool()))
	if err != nil {
		w.Fatal(err)
	}
	if e := pool.Get(key); e != nil {
		return e.RefreshToken.Fingerprint()
	}
	return ""
}

// asideHas says that a login lies in set-aside.
func (w *world) asideHas(refresh secret.Secret) bool {
	w.Helper()
	paths, err := filepath.Glob(filepath.Join(w.paths.SetAside(), "*.json"))
	if err != nil {
		w.Fatal(err)
	}
	return slices.ContainsFunc(paths, func(path string) bool { return strings.Contains(string(w.read(path)), refresh.Reveal()) })
}

// Another program refreshed the login of an account that is not identified, and
// nobody can tell whose the new one is until it is refreshed. Without the rule the
// old one, which is used up, is presented next and ends both.
func TestAnEarlierCopyIsNotPresentedOnceTheLaterOneIsKnown(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*world) error{
		"swap":    func(w *world) error { _, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{To: lab}); return err },
		"refresh": func(w *world) error { _, err := w.core.Refresh(t.Context(), lab); return err },
	} {
		w := newWorld(t)
		w.clock.Add(9 * time.Hour) // nothing tells whose the pool's logins are
		w.settled()
		old := w.account(lab).Credential
		g, err := w.core.Provider.Refresh(t.Context(), old.RefreshToken, old.Scopes)
		if err != nil {
			t.Fatal(err)
		}
		w.pool(lab, providertest.Credentials{AccessToken: g.AccessToken, RefreshToken: g.RefreshToken, ExpiresAt: g.ExpiresAt, Scopes: g.Scopes})
		w.offline()
		w.settled()
		w.clock.Add(9 * time.Hour)
		w.online()
		if err := run(w); view.CodeOf(err) != view.CodeUnsure {
			t.Errorf("%s: %v", name, err)
		}
		w.nothingLost()
		if who := w.resident(lab).Person; !w.alive(w.vault().Find(w.identityOf(lab)).Credential.Fingerprint()) {
			t.Errorf("%s: the login of %s has ended", name, who.Email)
		}
	}
}

// The profile endpoint says that the older login is the same account's, where its
// access token is still good: one account, and its later login.
func TestAnEarlierCopyIsIdentifiedByItsAccessToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.kill(lab)
	old := w.issueFor(lab, 30*time.Hour, 20*24*time.Hour)
	w.pool(lab, old)
	w.offline()
	w.settled()
	w.pool(lab, w.issueFor(lab, 31*time.Hour, 20*24*time.Hour))
	w.settled()
	w.online()
	w.swap(oauthcore.SwapRequest{To: lab})
	w.live(lab)
	w.nothingLost()
	w.settled()
	for _, a := range w.vault().Accounts() {
		if a.Key != lab && a.Is(w.vault().Get(lab).Identity()) || a.Rival != "" || a.Doubt != "" {
			t.Errorf("%v beside it: rival %q, doubt %q", a, a.Rival, a.Doubt)
		}
	}
}

// Several logins without proof turn up under one name, one after the other.
// Without the rule one of them is called spent, though it may be of another
// organisation of the address.
func TestSecondLoginsWithoutProofUnderOneNameAreKept(t *testing.T) {
	t.Parallel()
	for _, fresh := range []time.Duration{-2 * time.Hour, -time.Hour, -time.Minute} {
		w := newWorld(t)
		w.settled()
		w.offline()
		for _, org := range []string{w.resident(personal).Person.OrganizationUUID, guildOrg} {
			w.pool(personal, w.issue(adaAccount, org, fresh, 26*24*time.Hour))
			w.settled()
			fresh = -time.Hour
		}
		w.nothingLost()
	}
}

// An account has two logins, each under a name of its own, and the refresh of
// one tells that they are one account's. Without the rule the other is called
// spent, and which of them was made later nothing tells.
func TestTheOtherLoginOfAnAccountFoundByARefreshIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.kill(lab)
	w.pool("second", w.issueFor(lab, -time.Hour, 20*24*time.Hour))
	w.pool(lab, w.issueFor(lab, -time.Hour, 20*24*time.Hour))
	w.settled()
	for _, key := range []string{"second", lab} {
		if _, err := w.core.Refresh(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	w.nothingLost()
	w.truthful()
}

// kill ends the logins the account has at the provider.
func (w *world) kill(key string) {
	w.Helper()
	if err := w.home.Kill(key); err != nil {
		w.Fatal(err)
	}
}
