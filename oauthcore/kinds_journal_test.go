package oauthcore_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
)

// journalled are operations at whose end the provider handed out a login that
// exists nowhere else.
func journalled() map[string]struct {
	prepare func(*world)
	do      func(context.Context, *world, *oauthcore.Core) error
	key     string // whose refresh token was presented, "" for a login
} {
	refresh := func(key string) func(context.Context, *world, *oauthcore.Core) error {
		return func(ctx context.Context, _ *world, c *oauthcore.Core) error {
			_, err := c.Refresh(ctx, key)
			return err
		}
	}
	login := func(who string) func(context.Context, *world, *oauthcore.Core) error {
		return func(ctx context.Context, w *world, c *oauthcore.Core) error {
			p, err := c.PrepareLogin(ctx)
			if err != nil {
				return err // nothing was sent
			}
			_, err = p.Save(ctx, w.grant(who))
			return err
		}
	}
	type kind = struct {
		prepare func(*world)
		do      func(context.Context, *world, *oauthcore.Core) error
		key     string
	}
	settled := func(w *world) { w.settled() }
	return map[string]kind{
		"login of a new account":        {settled, login("new@example.com"), ""},
		"login of the live account":     {settled, login(personal), ""},
		"first thing ever: a login":     {func(*world) {}, login("new@example.com"), ""},
		"refresh of another":            {settled, refresh(lab), lab},
		"refresh of the live account":   {settled, refresh(personal), personal},
		"refresh without identifiers":   {func(w *world) { w.unowned() }, refresh(personal), personal},
		"refresh of an unidentified":    {func(w *world) { w.unowned() }, refresh(lab), lab},
		"first thing ever: a refresh":   {func(*world) {}, refresh(personal), personal},
		"swap with a refresh in it":     {settled, swapOf(lab), lab},
		"login beside a removed folder": {func(w *world) { w.settled(); _ = os.RemoveAll(w.paths.Answers()) }, login("new@example.com"), ""},
	}
}

func swapOf(key string) func(context.Context, *world, *oauthcore.Core) error {
	return func(ctx context.Context, _ *world, c *oauthcore.Core) error {
		_, err := c.Swap(ctx, oauthcore.SwapRequest{To: key})
		return err
	}
}

// unowned is a home in which nothing says whose the logins are, the live one
// too, which an older program put there: it is known by its token only. All
// access tokens lapsed.
func (w *world) unowned() {
	w.Helper()
	w.goLive(work, w.resident(work).Credentials, true)
	w.offline()
	w.settled()
	w.online()
	w.goLive(personal, w.resident(personal).Credentials, false)
	w.clock.Add(7 * time.Hour)
}

// The provider hands a login out once. Without the rule one rename that fails, a
// full disk, or an end in between throws the only copy away, and the next
// refresh presents the token before it, which ends the login. Every single
// change of a file fails once; the disk is full from there on; the process does
// no more from there on. What is handed out is always found again, but for the
// one moment before it is on disk first, and then Baton knows.
func TestWhatTheProviderHandsOutOutlivesEveryFault(t *testing.T) {
	t.Parallel()
	for name, op := range journalled() {
		for _, mode := range []faultMode{faultOnce, faultFull, faultDead} {
			t.Run(name+"/"+string(mode), func(t *testing.T) {
				t.Parallel()
				lost := 0
				stride := 1
				if testing.Short() {
					stride = 7
				}
				for at := 1; ; at += stride {
					w := newWorld(t)
					op.prepare(w)
					fsys := &faultFS{mode: mode, at: at}
					err := op.do(context.Background(), w, w.newCore(fsys))
					if fsys.steps < at {
						break // it went through without reaching that step
					}
					w.faultEnds(fsys, op.key, &lost, err)
					if t.Failed() {
						return
					}
				}
				if most := map[faultMode]int{faultDead: 1}[mode]; lost > most {
					t.Errorf("what was handed out is lost at %d steps, want at most %d", lost, most)
				}
			})
		}
	}
}

// faultEnds looks at the home after a fault, as the next process does.
func (w *world) faultEnds(f *faultFS, key string, lost *int, err error) {
	w.Helper()
	core := w.newCore(&faultFS{mode: faultNone})
	if settle := core.Settle(context.Background()); settle != nil {
		w.Errorf("%v: the next open: %v", f, settle)
	}
	w.core = core
	found := w.onDisk()
	for _, l := range w.provider.State().Logins {
		if found[l.RefreshFingerprint] != nil || slices.Contains(spentLogins(w), l.RefreshFingerprint) {
			continue
		}
		// The one moment: the answer was in memory, and no write worked.
		last := f.failed[0]
		if f.mode != faultDead || last != "overwrite answer" && !strings.HasSuffix(last, " answer") {
			w.Errorf("%v: the login of %s is nowhere (%v)", f, l.Email, err)
			continue
		}
		*lost++
		if key != "" && !w.unsure(key) {
			w.Errorf("%v: the answer is lost and %s is not unsure", f, key)
		}
		if key == "" && err == nil {
			w.Errorf("%v: the login is lost and is said to be kept", f)
		}
	}
	if len(w.provider.Violations()) > 0 {
		w.Errorf("%v: %v", f, w.provider.Violations())
	}
	if f.mode == faultOnce {
		w.refreshAll()
	}
}

// spentLogins are living logins the vault put aside on purpose: a newer one of
// the same account took their place.
func spentLogins(w *world) (out []string) {
	for fp := range w.vault().Fingerprints() {
		if w.vault().SpentPrint(fp) {
			out = append(out, fp)
		}
	}
	return out
}

// A login is finished in the browser while another Baton holds client.lock, as
// during a slow refresh, or while a file is damaged. Without the rule it waits
// in memory and is gone with the wait.
func TestALoginIsKeptWhateverStandsInItsWay(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*world) func(){
		"client.lock is held": func(w *world) func() {
			release, err := w.core.Locks.Lock(context.Background(), w.paths.ClientLock())
			if err != nil {
				w.Fatal(err)
			}
			return release
		},
		"the store lock is held": func(w *world) func() {
			release, err := w.core.Locks.Lock(context.Background(), w.paths.StoreLock())
			if err != nil {
				w.Fatal(err)
			}
			return release
		},
		"Claude Code refreshes": func(w *world) func() {
			lock := w.paths.Secure + ".lock"
			stop := make(chan struct{})
			if err := os.Mkdir(lock, 0o700); err != nil {
				w.Fatal(err)
			}
			return func() { close(stop); _ = os.Remove(lock) }
		},
	}
	for name, path := range map[string]func(*world) string{
		"vault":        func(w *world) string { return w.paths.Vault() },
		"pool":         func(w *world) string { return w.paths.Pool() },
		"usage":        func(w *world) string { return w.paths.Usage() },
		"credentials":  func(w *world) string { return w.paths.Credentials() },
		".claude.json": func(w *world) string { return w.paths.ClaudeJSON },
		"old inbox":    func(w *world) string { return w.paths.OldInbox() },
		"set-aside":    func(w *world) string { return w.paths.SetAside() },
	} {
		for _, doc := range []string{"{", "[]", "\x00\x00\x00", `{"accounts":7,"claudeAiOauth":[],"spent":{}}`} {
			ways[fmt.Sprintf("%s is %q", name, doc)] = func(w *world) func() {
				was, err := os.ReadFile(path(w))
				w.write(path(w), doc)
				return func() {
					if err != nil {
						_ = os.Remove(path(w))
						return
					}
					w.write(path(w), string(was))
				}
			}
		}
	}
	for name, block := range ways {
		for _, who := range []string{"new@example.com", personal} {
			t.Run(name+"/"+who, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				unblock := block(w)
				g := w.grant(who)
				other := w.newCore(&faultFS{mode: faultNone})
				saved, err := save(context.Background(), other, g)
				if err != nil {
					t.Fatalf("the login is said to be lost: %v", err)
				}
				if w.onDisk()[g.RefreshToken.Fingerprint()] == nil {
					t.Fatal("the login is on no disk")
				}
				if saved.Key == "" && !strings.Contains(saved.Note, "kept") {
					t.Errorf("%+v does not say that the login is kept", saved)
				}
				unblock()
				w.settled()
				if !w.account(who).Credential.RefreshToken.Equal(g.RefreshToken) {
					t.Error("the next open did not finish the login")
				}
				w.refreshAll()
			})
		}
	}
}
