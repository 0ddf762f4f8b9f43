package oauthcore_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
)

// bare is a home with nothing in it but folders, for locks alone: nobody is
// there to be asked, so time may be the bubble's own.
type bare struct {
	*testing.T
	paths oauthcore.Paths
	core  *oauthcore.Core
	locks [4]string
}

func newBare(t *testing.T) *bare {
	t.Helper()
	home := t.TempDir()
	paths, err := oauthcore.PathsFrom(func(string) string { return "" }, func() (string, error) { return home, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(paths.Own(), 0o700); err != nil {
		t.Fatal(err)
	}
	b := &bare{T: t, paths: paths}
	b.core = oauthcore.New(oauthcore.Env{Paths: paths, FS: files.OS{}, Locks: &files.Locks{}, Now: time.Now, GOOS: "linux"})
	b.locks = [4]string{
		filepath.Join(paths.Secure, ".oauth_refresh.lock"), paths.Secure + ".lock",
		filepath.Join(paths.Secure, ".storage-write.lock"), paths.ClaudeJSON + ".lock",
	}
	return b
}

// foreign makes a lock as Claude Code does.
func (b *bare) foreign(path string, age time.Duration) {
	b.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		b.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		b.Fatal(err)
	}
}

func (b *bare) doctor(fix bool) []string {
	b.Helper()
	found, err := b.core.Doctor(b.Context(), oauthcore.DoctorRequest{Fix: fix})
	if err != nil {
		b.Fatal(err)
	}
	return told(found)
}

func (b *bare) there() (out []string) {
	for _, path := range b.locks {
		if _, err := os.Stat(path); err == nil {
			out = append(out, filepath.Base(path))
		}
	}
	return out
}

func (b *bare) want(got []string, want ...string) {
	b.Helper()
	if !slices.Equal(got, append([]string{}, want...)) && len(got)+len(want) > 0 {
		b.Errorf("got  %q\nwant %q", got, want)
	}
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
		b.want(b.doctor(true), "mended stale_lock .oauth_refresh.lock", "mended stale_lock .storage-write.lock", "mended stale_lock .claude.json.lock")
		b.want(b.there(), ".claude.lock")
		b.want(b.doctor(false))
	})
}

// A lock whose holder is only slow is nobody's to break.
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

func (b *bare) otherBaton() *clientlock.Held {
	b.Helper()
	k := clientlock.NewKeeper(files.OS{}, b.paths.Ledger(), time.Now, slog.New(slog.DiscardHandler))
	h, err := k.Take(b.Context(), nil, clientlock.Place{Path: b.locks[0], Stale: time.Minute}, clientlock.Place{Path: b.locks[1], Stale: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func TestDoctorLocksOfADeadBaton(t *testing.T) {
	for _, everLocked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBare(t)
			// Whoever does not hold the client's lock is dead, whatever its
			// locks look like.
			defer b.otherBaton().Release()
			registry, err := files.Target(files.OS{}, b.paths.Ledger())
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(registry))
			aside := fmt.Sprintf("%s.baton-%x-0123456789abcdef", b.locks[3], sum[:4])
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
			var look, mend []string
			for _, w := range want {
				look, mend = append(look, "warning "+w), append(mend, "mended "+w)
			}
			b.want(b.doctor(false), look...)
			if _, err := os.Stat(b.paths.ClientLock()); (err == nil) != everLocked {
				t.Errorf("looking made the client's lock: %v", err)
			}
			b.want(b.doctor(true), mend...)
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
		found, err := b.core.Doctor(t.Context(), oauthcore.DoctorRequest{Fix: true})
		if err != nil || len(found) != 1 || found[0].Fixed || found[0].Fix != "try again in a moment" {
			t.Errorf("%+v, %v", found, err)
		}
		b.want(b.there(), ".storage-write.lock")
	})
}

func TestDoctorLocksBesideALinkedFolder(t *testing.T) {
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
		b.want(b.doctor(true), "mended stale_lock real.lock")
	})
}
