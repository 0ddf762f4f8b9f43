package oauthcore_test

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/view"
)

// A swap nobody asked for waits for a lock that looks abandoned, and leaves it;
// what a Baton that died left is cleared away all the same. A person's swap
// takes it over.
func TestAnAutomaticSwapTakesOverNoLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare(t)
		b.foreign(b.locks[1], time.Hour)
		start := time.Now()
		_, err := b.core.Swap(t.Context(), oauthcore.SwapRequest{Automatic: true})
		if wantCode(t, err, view.CodeBusy); !errors.Is(err, clientlock.ErrBusy) || time.Since(start) < 9*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		b.want(b.there(), ".claude.lock")
		start = time.Now()
		_, err = b.core.Swap(t.Context(), oauthcore.SwapRequest{}) // the locks first, then nobody to swap to
		wantCode(t, err, view.CodeNoOther)
		if took := time.Since(start); took < 6*time.Second || took > 7*time.Second {
			t.Errorf("a person's swap had the lock after %v", took)
		}
		b.want(b.there())

		dead := b.otherBaton()
		start = time.Now()
		_, err = b.core.Swap(t.Context(), oauthcore.SwapRequest{Automatic: true})
		wantCode(t, err, view.CodeNoOther)
		if time.Since(start) > time.Second {
			t.Errorf("a dead Baton's locks were waited for, %v", time.Since(start))
		}
		b.want(b.there())
		dead.Release()
	})
}

// Automatic is of one swap, not of the core.
func TestAPersonsSwapAfterAnAutomaticOne(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work, Automatic: true})
	w.live(work)
	if w.core.WaitOnly {
		t.Error("the core spares locks from now on")
	}
	if _, err := os.Stat(w.paths.LockRegistry()); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	w.unlocked()
}
