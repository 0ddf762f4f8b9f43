package oauthcore_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/doctor"
	"baton/oauthcore/files"
)

func (b *bare) doctor(fix bool) []string {
	b.Helper()
	found, err := doctor.New(b.core, nil).Examine(b.Context(), doctor.Request{Fix: fix})
	if err != nil {
		b.Fatal(err)
	}
	return summary(found)
}

func TestDoctorStaleLocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare(t)
		b.foreign(b.locks[0], 61*time.Second)
		b.foreign(b.locks[1], 30*time.Second) // may be alive
		b.foreign(b.locks[2], time.Hour)
		b.foreign(b.locks[3], time.Hour)
		start := time.Now()
		b.want(b.doctor(false), "warning stale_lock .oauth_refresh.lock", "warning stale_lock .storage-write.lock", "warning stale_lock .claude.json.lock")
		if took := time.Since(start); took < 6*time.Second || took > 7*time.Second {
			t.Errorf("watched for %v", took)
		}
		if n := len(b.there()); n != 4 {
			t.Errorf("looking removed some: %d left", n)
		}
		at := time.Now() // the second one is kept alive
		if err := os.Chtimes(b.locks[1], at, at); err != nil {
			t.Fatal(err)
		}
		b.want(b.doctor(true), "fixed stale_lock .oauth_refresh.lock", "fixed stale_lock .storage-write.lock", "fixed stale_lock .claude.json.lock")
		b.want(b.there(), ".claude.lock")
		b.want(b.doctor(false))
	})
}

// A lock whose holder is only slow is not broken.
func TestDoctorSlowHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare(t)
		b.foreign(b.locks[0], 2*time.Minute)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() {
			for {
				select {
				case <-time.After(5 * time.Second):
					at := time.Now().Add(-2 * time.Minute)
					_ = os.Chtimes(b.locks[0], at, at) // gone at the end
				case <-ctx.Done():
					return
				}
			}
		}()
		b.want(b.doctor(true))
		b.want(b.there(), ".oauth_refresh.lock")
	})
}

func TestDoctorLocksOfADeadBaton(t *testing.T) {
	for _, everLocked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBare(t)
			// Whoever does not hold the client's lock is dead, whatever its
			// locks look like.
			defer b.otherBaton().Release()
			registry := sha256.Sum256([]byte(b.paths.LockRegistry()))
			aside := b.locks[3] + ".baton-" + hex.EncodeToString(registry[:4]) + "-0123456789abcdef"
			if err := os.Mkdir(aside, 0o700); err != nil {
				t.Fatal(err)
			}
			if everLocked {
				release, err := (&files.Locks{}).Lock(t.Context(), b.paths.ClientLock())
				if err != nil {
					t.Fatal(err)
				}
				release()
			}
			want := []string{"dead_lock .oauth_refresh.lock", "dead_lock .claude.lock", "dead_lock " + filepath.Base(aside)}
			var look, fix []string
			for _, w := range want {
				look, fix = append(look, "warning "+w), append(fix, "fixed "+w)
			}
			b.want(b.doctor(false), look...)
			if _, err := os.Stat(b.paths.ClientLock()); (err == nil) != everLocked {
				t.Errorf("looking made the client's lock: %v", err)
			}
			b.want(b.doctor(true), fix...)
			b.want(b.there())
			if _, err := os.Stat(aside); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %v", aside, err)
			}
			b.want(b.doctor(false))
		})
	}
}

func TestDoctorLeavesALivingBatonAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare(t)
		release, err := (&files.Locks{}).Lock(t.Context(), b.paths.ClientLock())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		h := b.otherBaton()
		defer h.Release()
		b.want(b.doctor(false))
		b.want(b.doctor(true))
		if err := h.Check(); err != nil {
			t.Error(err)
		}
	})
}

// Where another Baton is at work, mending waits for it and then says so.
func TestDoctorBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare(t)
		release, err := (&files.Locks{}).Lock(t.Context(), b.paths.ClientLock())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		b.foreign(b.locks[2], time.Hour)
		found, err := doctor.New(b.core, nil).Examine(t.Context(), doctor.Request{Fix: true})
		if err != nil || len(found) != 1 || found[0].Fixed || found[0].Fix != "try again in a moment" {
			t.Errorf("%+v, %v", found, err)
		}
		b.want(b.there(), ".storage-write.lock")
	})
}

func TestDoctorLocksBesideALinkedDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare(t)
		real := filepath.Join(filepath.Dir(b.paths.Secure), "real")
		if err := os.Rename(b.paths.Secure, real); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, b.paths.Secure); err != nil {
			t.Fatal(err)
		}
		b.foreign(real+".lock", time.Hour)
		b.want(b.doctor(true), "fixed stale_lock real.lock")
	})
}
