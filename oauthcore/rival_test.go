package oauthcore_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
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
