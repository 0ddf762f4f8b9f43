package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// clientLocks are the four directories Claude Code locks with.
func (w *world) clientLocks() []string {
	return []string{
		filepath.Join(w.paths.Secure, ".oauth_refresh.lock"), w.paths.Secure + ".lock",
		filepath.Join(w.paths.Secure, ".storage-write.lock"), w.paths.ClaudeJSON + ".lock",
	}
}

// While Claude Code holds any of its locks nothing of its files changes, and
// the person is told what is waited for.
func TestALockOfClaudeCodeIsRespected(t *testing.T) {
	for i := range 4 {
		w := newWorld(t)
		w.swap(oauthcore.SwapRequest{To: personal})
		lock := w.clientLocks()[i]
		if err := os.Mkdir(lock, 0o755); err != nil {
			t.Fatal(err)
		}
		var told []view.Wait
		ctx := over{context.Background(), make(chan struct{})}
		w.core.Progress = func(_ string, wait view.Wait) {
			if wait == view.WaitClient {
				told = append(told, wait)
				close(ctx.done) // that is how long it waits
			}
		}
		creds, cfg := string(w.read(w.paths.Credentials())), string(w.read(w.paths.ClaudeJSON))
		_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: work})
		wantCode(t, err, view.CodeBusy)
		if creds != string(w.read(w.paths.Credentials())) || cfg != string(w.read(w.paths.ClaudeJSON)) {
			t.Errorf("%s was held and something changed", lock)
		}
		if len(told) == 0 || told[0] != view.WaitClient {
			t.Errorf("told %q", told)
		}
		if left, err := files.Leftovers(files.OS{}, w.paths.Credentials()); err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		if err := os.Remove(lock); err != nil {
			t.Fatal(err)
		}
		w.swap(oauthcore.SwapRequest{To: work})
		w.live(work)
		w.unlocked()
	}
}

// unlocked checks that no lock is left.
func (w *world) unlocked() {
	w.Helper()
	for _, lock := range w.clientLocks() {
		left, err := filepath.Glob(lock + "*")
		if err != nil || len(left) > 0 {
			w.Errorf("left behind: %v, %v", left, err)
		}
	}
}

// The locks are really held at the moment of each write.
func TestWritesHappenUnderTheirLocks(t *testing.T) {
	w := newWorld(t)
	locks := w.clientLocks()
	var wrote []string
	w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		need := map[string][]int{w.paths.Credentials(): {0, 1, 2, 3}, w.paths.ClaudeJSON: {0, 1, 3}}[to]
		for _, i := range need {
			if _, err := os.Stat(locks[i]); err != nil {
				t.Errorf("%s is written without %s", to, locks[i])
			}
		}
		if need != nil {
			wrote = append(wrote, filepath.Base(to))
		}
		if _, err := os.Stat(locks[2]); err == nil && to == w.paths.ClaudeJSON {
			t.Error("the storage lock is held longer than its write")
		}
		return nil
	})})
	w.swap(oauthcore.SwapRequest{To: work})
	if strings.Join(wrote, " ") != ".credentials.json .claude.json" {
		t.Errorf("wrote %q", wrote)
	}
	w.unlocked()
}

// A live refresh holds the refresh locks across the request, another account's
// does not: Claude Code must be able to go on.
func TestOnlyALiveRefreshHoldsTheLocksAcrossTheRequest(t *testing.T) {
	for key, want := range map[string]bool{personal: true, lab: false} {
		w := newWorld(t)
		w.swap(oauthcore.SwapRequest{To: personal})
		answer := w.midRefresh(context.Background(), key)
		for _, lock := range w.clientLocks()[:2] {
			if _, err := os.Stat(lock); (err == nil) != want {
				t.Errorf("refresh of %s: %s held: %v", key, lock, err == nil)
			}
		}
		if err := answer(); err != nil {
			t.Fatal(err)
		}
		w.unlocked()
		w.kept(key)
	}
}

// Somebody broke our lock and went on while we slept: what they wrote stands.
func TestAfterALostLockNothingIsOverwritten(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	outer := w.clientLocks()[1]
	w.core = w.newCore(&filestest.FS{Before: once(w.paths.Credentials(), func() {
		if err := os.Remove(outer); err != nil {
			t.Error(err)
		}
		if err := os.Mkdir(outer, 0o755); err != nil {
			t.Error(err)
		}
	})})
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
	if e := wantCode(t, err, view.CodeBusy); !strings.Contains(e.Message, "lost") {
		t.Errorf("message %q", e.Message)
	}
	w.live(personal)
	if _, err := os.Stat(outer); err != nil {
		t.Error("the new holder's lock was taken away")
	}
}

// With an answer in hand the live file is written even if the lock around
// writes stays taken: the old token is used up.
func TestAnAnswerInHandIsWrittenAllTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("not run: waits 9 s for a lock")
	}
	t.Parallel()
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	if err := os.Mkdir(w.clientLocks()[2], 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Refresh(context.Background(), personal); err != nil {
		t.Fatal(err)
	}
	w.live(personal)
	w.kept(personal)
}

// The outer lock of a linked folder lies beside the real one.
func TestLocksOfALinkedFolder(t *testing.T) {
	w := newWorld(t)
	real := filepath.Join(t.TempDir(), "real")
	if err := os.Rename(w.paths.Secure, real); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, w.paths.Secure); err != nil {
		t.Fatal(err)
	}
	seen := false
	w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if filepath.Base(to) == ".credentials.json" {
			_, err := os.Stat(real + ".lock")
			seen = err == nil
		}
		return nil
	})})
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	if !seen {
		t.Error("the lock is not beside the real folder")
	}
}

// over is a context whose time is over once done is closed.
type over struct {
	context.Context
	done chan struct{}
}

func (o over) Done() <-chan struct{} { return o.done }

func (o over) Err() error {
	select {
	case <-o.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
