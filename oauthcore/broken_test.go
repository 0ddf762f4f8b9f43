//go:build unix

package oauthcore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baton/oauthcore/view"
)

// breakEverywhere runs every operation once for each change it makes to the
// disk, with that change going wrong, and then looks what is left with a disk
// that works again.
func breakEverywhere(t *testing.T, cut bool) {
	t.Parallel()
	var steps, lost atomic.Int64
	t.Run("operations", func(t *testing.T) {
		for name, op := range stepOps() {
			if op.first {
				continue // the same steps as the others', on an empty directory
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				stride := 1
				if testing.Short() || watched {
					stride = 5
				}
				for n := 1; ; n += stride {
					w := newStepWorld(t, name, op)
					disk := &brokenDisk{at: n, cut: cut}
					if cut {
						var err error
						if disk.disk, err = newDurable(w.home.Dir); err != nil {
							t.Fatal(err)
						}
					}
					w.core = w.newCore(disk)
					err := disk.run(func() error { return op.run(context.Background(), w.core, w.order) })
					if disk.changes() < n {
						if err != nil {
							t.Fatalf("with a disk that works: %v", err)
						}
						break
					}
					steps.Add(1)
					if cut {
						if err := disk.disk.lose(); err != nil {
							t.Fatal(err)
						}
						w.dropLocks()
					}
					lost.Add(int64(w.afterBroken(op, fmt.Sprintf("%s, at change %d (%s)", name, n, disk.last), err, cut)))
					if t.Failed() {
						return
					}
				}
			})
		}
	})
	t.Logf("measured: %d changes went wrong, %d logins were lost", steps.Load(), lost.Load())
}

// A change to the disk that fails once costs no login.
func TestNoLoginIsLostWhereAWriteFailsOnce(t *testing.T) { breakEverywhere(t, false) }

// A machine that loses power forgets all that was not fsynced; no login is lost
// by that, but an answer that was not on the disk yet.
func TestNoLoginIsLostWithThePower(t *testing.T) { breakEverywhere(t, true) }

// afterBroken opens with a disk that works and gives the number of lost logins.
func (w *stepWorld) afterBroken(op stepOp, where string, failed error, cut bool) int {
	w.Helper()
	w.core = w.newCore(quickFS())
	if err := w.core.Settle(context.Background()); err != nil && view.CodeOf(err) != view.CodeUnknownLive {
		w.Errorf("%s: the next open: %v", where, err)
		return 0
	}
	missing := w.missing(op)
	if cut && len(missing) == 1 && w.sentAndUnsaved() {
		return 0 // the answer came and went with the process: it was on no disk yet
	}
	if len(missing) > 0 {
		w.Errorf("%s (%v): logins found nowhere: %q", where, failed, missing)
	}
	return len(missing)
}

// sentAndUnsaved says that a request went out and no answer was saved, and that
// Baton knows it; or that it was the answer to a code, which no file tells.
func (w *stepWorld) sentAndUnsaved() bool {
	if w.granted != "" {
		return len(w.waitingLogins()) == 0
	}
	for _, a := range w.vault().Accounts() {
		if w.unsure(a.Key) {
			return true
		}
	}
	return false
}

// dropLocks removes Claude Code's locks that a killed process left, as their
// age would.
func (w *stepWorld) dropLocks() {
	w.Helper()
	all := w.clientLocks()
	for _, lock := range all {
		left, err := filepath.Glob(lock + "*")
		if err != nil {
			w.Fatal(err)
		}
		for _, path := range left {
			old := time.Now().Add(-time.Hour)
			if info, err := os.Stat(path); err != nil || !info.IsDir() || strings.HasSuffix(path, ".json") {
				continue
			}
			_ = os.Chtimes(path, old, old) // it may be gone
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				w.Fatal(err)
			}
		}
	}
}
