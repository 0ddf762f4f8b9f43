package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// asleep is a provider whose first answer to a refresh never arrives, since the
// computer falls asleep in the request.
type asleep struct {
	oauthcore.Provider
	sent   int
	during func()
}

func (s *asleep) Refresh(ctx context.Context, t secret.Secret, scopes []string) (provider.Grant, error) {
	if s.sent++; s.sent == 1 {
		s.during()
		return provider.Grant{}, &provider.Error{Op: "refresh", Kind: provider.ErrLost}
	}
	return s.Provider.Refresh(ctx, t, scopes)
}

// steal makes lock directories another program's, as after a sleep.
func (w *world) steal(locks ...string) {
	w.Helper()
	for _, lock := range locks {
		if err := os.Remove(lock); err != nil {
			w.Fatal(err)
		}
		if err := os.Mkdir(lock, 0o700); err != nil {
			w.Fatal(err)
		}
	}
}

// The immediate repeat of a refresh is sent only if the locks are still held and
// nothing changed. Without the rule it presents a token that Claude Code used
// meanwhile, and that ends Claude Code's new login.
func TestTheRepeatOfARefreshIsCheckedLikeTheFirst(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*world){
		"both locks lost, Claude Code refreshed": func(w *world) { w.steal(w.clientLocks()[:2]...); w.clientRefreshes() },
		"the inner lock lost":                    func(w *world) { w.steal(w.clientLocks()[0]) },
		"the outer lock lost":                    func(w *world) { w.steal(w.clientLocks()[1]) },
		"Claude Code refreshed without locks":    func(w *world) { w.clientRefreshes() },
		"another program wrote to the pool":      func(w *world) { w.poolRefreshes(personal) },
		"client.lock was removed":                func(w *world) { _ = os.Remove(w.paths.ClientLock()) },
		"a login over it": func(w *world) {
			w.goLive(work, w.resident(work).Credentials, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: personal})
			core := w.newCore(files.OS{})
			s := &asleep{Provider: core.Provider, during: func() { meanwhile(w) }}
			core.Provider = s
			_, err := core.Refresh(context.Background(), personal)
			if s.sent != 1 {
				t.Errorf("the token was sent %d times", s.sent)
			}
			wantCode(t, err, view.CodeUnsure)
			w.nothingLost()
			for _, lock := range w.clientLocks() {
				_ = os.Remove(lock)
			}
		})
	}
}

// Each lock that is held has to be ours right before a file is replaced, the
// ones around the write too. Without the rule a write falls into another
// program's.
func TestALostLockStopsTheReplacement(t *testing.T) {
	t.Parallel()
	for i, name := range []string{"refresh", "outer", "storage", "config"} {
		for _, op := range []string{"swap", "refresh"} {
			t.Run(name+"/"+op, func(t *testing.T) {
				if name == "config" && op == "refresh" {
					t.Skip("not run: a refresh does not take this lock")
				}
				t.Parallel()
				w := newWorld(t)
				w.settled()
				w.swap(oauthcore.SwapRequest{To: personal})
				lock := w.clientLocks()[i]
				stolen := ""
				core := w.newCore(&filestest.FS{Before: filestest.On("open", func(path string) error { // to be compared, right before it is replaced
					if path != w.paths.Credentials() && path != w.paths.ClaudeJSON || stolen != "" {
						return nil
					}
					if _, err := os.Stat(lock); err == nil {
						stolen = path
						w.steal(lock)
					}
					return nil
				})})
				before := string(w.read(w.paths.Credentials())) + string(w.read(w.paths.ClaudeJSON))
				var err error
				if op == "swap" {
					_, err = core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
				} else {
					_, err = core.Refresh(context.Background(), personal)
				}
				if stolen == "" {
					t.Fatal("the lock was not held when a file was about to be replaced")
				}
				switch {
				case name == "storage" && op == "refresh":
					// An answer in hand is written all the same, as long as both
					// refresh locks are ours.
					if err != nil {
						t.Errorf("an answer in hand was not written: %v", err)
					}
				case err == nil:
					t.Errorf("no error, though %s was lost before %s was replaced", filepath.Base(lock), filepath.Base(stolen))
				case op == "swap" && before != string(w.read(w.paths.Credentials()))+string(w.read(w.paths.ClaudeJSON)):
					t.Errorf("%v, and something was replaced", err)
				}
				_ = os.Remove(lock)
				w.settled()
				w.live(personal)
				w.kept(everybody()...)
			})
		}
	}
}

// A relative link behind a linked folder is resolved part by part, as the kernel
// does. Without the rule the login is written to a folder Claude Code never
// reads.
func TestLinksAreFollowedAsTheKernelFollowsThem(t *testing.T) {
	t.Parallel()
	for name, layout := range map[string]struct{ dir, dirLink, file, fileLink string }{
		"relative over relative":  {"data/deep/claude", "data/deep/claude", "data/deep/secrets/cred.json", "../secrets/cred.json"},
		"two levels up":           {"data/deep/claude", "data/deep/claude", "data/cred.json", "../../cred.json"},
		"only the file is a link": {"", "", "secrets/cred.json", "../secrets/cred.json"},
		"only the folder is one":  {"data/claude", "data/claude", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := func(path string) string { return filepath.Join(w.home.Dir, filepath.FromSlash(path)) }
			must := func(err error) {
				if err != nil {
					t.Fatal(err)
				}
			}
			real := w.paths.Secure
			if layout.dir != "" {
				real = in(layout.dir)
				must(os.MkdirAll(filepath.Dir(real), 0o700))
				must(os.Rename(w.paths.Secure, real))
				must(os.Symlink(layout.dirLink, w.paths.Secure))
			}
			want := filepath.Join(real, ".credentials.json")
			if layout.file != "" {
				want = in(layout.file)
				must(os.MkdirAll(filepath.Dir(want), 0o700))
				must(os.Rename(filepath.Join(real, ".credentials.json"), want))
				must(os.Symlink(layout.fileLink, w.paths.Credentials()))
			}
			w.swap(oauthcore.SwapRequest{To: work})
			w.live(work)
			found := w.onDisk()[w.credential().Fingerprint()]
			for _, path := range found {
				if strings.HasSuffix(path, "cred.json") && in(path) != want {
					t.Errorf("the login was written to %s", path)
				}
			}
			if info, err := os.Lstat(want); err != nil || !info.Mode().IsRegular() {
				t.Errorf("%s: %v, %v", want, info, err)
			}
			w.swap(oauthcore.SwapRequest{To: personal})
			w.live(personal)
			w.unlocked()
		})
	}
}

// A lock file of Baton's that is removed while it is held gives two holders.
// Without the rule the first goes on as if it were alone.
func TestARemovedLockFileIsNoticedBeforeAnythingIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	core := w.newCore(files.OS{})
	removed := false
	core.Step = func(step string) {
		if step == "swap.4 activate" && !removed {
			removed = true
			if err := os.Remove(w.paths.ClientLock()); err != nil {
				t.Error(err)
			}
		}
	}
	_, err := core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
	wantCode(t, err, view.CodeBusy)
	w.live(personal)
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
}

// Two directories with credentials share one .claude.json. Without the rule each
// sweeps away the lock the other one prepared, which fails with a bare "no such
// file".
func TestTwoDirectoriesWithOneConfigLeaveEachOthersLocksAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lock := w.paths.ClaudeJSON + ".lock"
	place := clientlock.Place{Path: lock, Stale: 10 * time.Second}
	other := filepath.Join(w.home.Dir, "other", "baton", "locks.json")
	keeper := clientlock.NewKeeper(files.OS{}, other, w.clock.Now, w.env.Log)
	w.swap(oauthcore.SwapRequest{To: personal})
	core := w.newCore(files.OS{})
	cleared := 0
	core.Step = func(step string) {
		if step == "lock.place "+filepath.Base(lock) { // ours is prepared and not in place yet
			cleared++
			if err := keeper.Clear(place); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := core.Swap(context.Background(), oauthcore.SwapRequest{To: work}); err != nil {
		t.Fatal(err)
	}
	if cleared == 0 {
		t.Error("the other one never cleared")
	}
	w.live(work)
}
