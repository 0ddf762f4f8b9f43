package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/view"
)

// Claude Code was killed while it held a lock around one write. The lock is
// older than Claude Code's own limit and stands still: a swap waits for that and
// goes on, as it does for the two refresh locks.
func TestALockAroundAWriteThatWasAbandonedStopsEverySwap(t *testing.T) {
	for _, name := range []string{".claude/.storage-write.lock", ".claude.json.lock"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			lock := filepath.Join(w.home.Dir, name)
			if err := os.Mkdir(lock, 0o700); err != nil {
				t.Fatal(err)
			}
			old := w.clock.Now().Add(-time.Hour)
			if err := os.Chtimes(lock, old, old); err != nil {
				t.Fatal(err)
			}
			var err error
			for range 2 {
				if _, err = w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work}); err == nil {
					return
				}
			}
			t.Errorf("%v (%s)", err, view.CodeOf(err))
		})
	}
}

// Before the first operation has opened the files, an account is known by the
// pool alone. Where opening fails that is the reason, and not that there is no
// such account.
func TestTheReasonOfTheFirstRefresh(t *testing.T) {
	w := newWorld(t)
	w.write(w.paths.Credentials(), `{"claudeAiOauth":`)
	_, err := w.core.Refresh(context.Background(), work)
	if view.CodeOf(err) != view.CodeDamaged {
		t.Errorf("%v (%s), want the damaged file", err, view.CodeOf(err))
	}
}

// The path named is the one that failed.
func TestTheRegistryIsADirectory(t *testing.T) {
	w := newWorld(t)
	w.settled()
	if err := os.Remove(w.paths.LockRegistry()); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.Mkdir(w.paths.LockRegistry(), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
	if err == nil {
		return
	}
	p := wantCode(t, err, view.CodeFailed)
	if strings.Contains(p.Message, ".oauth_refresh.lock") || strings.Contains(p.Hint, ".oauth_refresh.lock") || strings.Contains(p.Message, ".tmp") {
		t.Errorf("%s; %s", p.Message, p.Hint)
	}
}

// ~/.claude is a link to a disk that is not there.
func TestTheDirectoryIsADanglingLink(t *testing.T) {
	w := newWorld(t)
	if err := os.Rename(w.paths.Secure, w.paths.Secure+".moved"); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(t.TempDir(), "disk", "claude")
	if err := os.Symlink(gone, w.paths.Secure); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
	if err == nil {
		return
	}
	if strings.Contains(err.Error(), "file exists") || !strings.Contains(err.Error(), gone) {
		t.Errorf("%v, want the link and its target", err)
	}
}

// Asking for usage is not asking for a refresh: a token that may be used up is
// not presented for it.
func TestAskingForUsagePresentsAnUnsureToken(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	w.unproved() // personal's own successor, which nothing tells
	w.swap(oauthcore.SwapRequest{To: work, SetAside: true})
	w.clock.Add(9 * time.Hour)
	if !w.unsure(personal) {
		t.Fatal("not unsure")
	}
	_, _, err := w.core.CheckUsage(context.Background(), personal)
	t.Log(err)
	for _, again := range w.provider.PresentedAgain() {
		t.Errorf("presented again: %+v", again)
	}
}
