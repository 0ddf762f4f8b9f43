package clientlock

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/files"
)

// stand is a folder with the places of two locks. Time is the bubble's own.
type stand struct {
	*testing.T
	dir  string
	a, b string
}

func newStand(t *testing.T) *stand {
	dir := t.TempDir()
	return &stand{t, dir, filepath.Join(dir, "S", ".oauth_refresh.lock"), filepath.Join(dir, "S.lock")}
}

// keeper stands for one process of Baton.
func (s *stand) keeper() *Keeper {
	return NewKeeper(files.OS{}, filepath.Join(s.dir, "S", "baton", "locks.json"), time.Now, slog.New(slog.DiscardHandler))
}

// at are places with the stale age of the refresh locks.
func at(paths ...string) (places []Place) {
	for _, path := range paths {
		places = append(places, Place{path, time.Minute})
	}
	return places
}

func (s *stand) take(k *Keeper, wait time.Duration, paths ...string) (*Held, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return k.Take(ctx, nil, at(paths...)...)
}

// foreign makes a lock as Claude Code does.
func (s *stand) foreign(path string, age time.Duration) {
	s.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		s.Fatal(err)
	}
	s.touch(path, age)
}

func (s *stand) touch(path string, age time.Duration) {
	s.Helper()
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		s.Fatal(err)
	}
}

// clean checks that no lock and nothing beside one is left.
func (s *stand) clean() {
	s.Helper()
	for _, dir := range []string{s.dir, filepath.Join(s.dir, "S")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			s.Fatal(err)
		}
		for _, e := range entries {
			if strings.Contains(e.Name(), ".lock") {
				s.Errorf("left behind: %s", e.Name())
			}
		}
	}
}

func TestTakeAndRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		h, err := s.take(s.keeper(), time.Second, s.a, s.b)
		if err != nil {
			t.Fatal(err)
		}
		// Claude Code's own way to take it fails, and finds an empty folder.
		for _, path := range []string{s.a, s.b} {
			if err := os.Mkdir(path, 0o755); !errors.Is(err, os.ErrExist) {
				t.Errorf("mkdir %s: %v", path, err)
			}
			if entries, err := os.ReadDir(path); err != nil || len(entries) != 0 {
				t.Errorf("%s holds %v, %v", path, entries, err)
			}
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
		// The heartbeat keeps both fresh, and the check holds through it.
		time.Sleep(time.Minute + heartbeat/2)
		for _, path := range []string{s.a, s.b} {
			info, err := os.Stat(path)
			if err != nil || time.Since(info.ModTime()) > 2*heartbeat {
				t.Errorf("%s is from %v, now is %v", path, info.ModTime(), time.Now())
			}
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
		h.Release()
		h.Release()
		s.clean()
	})
}

func TestALiveLockIsWaitedForAndLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.b, 90*time.Second) // looks old, but its holder is only slow
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Second):
					s.touch(s.b, 90*time.Second)
				}
			}
		}()
		told := 0
		ctx, cancel := context.WithTimeout(context.Background(), 9*time.Second)
		defer cancel()
		start := time.Now()
		_, err := s.keeper().Take(ctx, func() { told++ }, at(s.a, s.b)...)
		if !errors.Is(err, ErrBusy) || time.Since(start) < 9*time.Second || told != 1 {
			t.Errorf("%v after %v, told %d times", err, time.Since(start), told)
		}
		close(stop)
		if _, err := os.Stat(s.b); err != nil {
			t.Error("a lock that is kept alive was broken")
		}
		if err := os.Remove(s.b); err != nil {
			t.Fatal(err)
		}
		s.clean()
	})
}

func TestALockGivenBackIsTakenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, 0)
		go func() {
			time.Sleep(3 * time.Second)
			if err := os.Remove(s.a); err != nil {
				t.Error(err)
			}
		}()
		start := time.Now()
		h, err := s.take(s.keeper(), 9*time.Second, s.a, s.b)
		if err != nil || time.Since(start) > 3*time.Second+2*pollEvery {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		h.Release()
		s.clean()
	})
}

func TestStaleLocksAreBrokenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, 61*time.Second)
		s.foreign(s.b, 2*time.Hour)
		start := time.Now()
		h, err := s.take(s.keeper(), 9*time.Second, s.a, s.b)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < stillFor || took > stillFor+time.Second {
			t.Errorf("taken after %v: each must stand still for %v, both at once", took, stillFor)
		}
		h.Release()
		s.clean()
	})
}

func TestAYoungLockIsNotStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, 30*time.Second)
		if _, err := s.take(s.keeper(), 9*time.Second, s.a); !errors.Is(err, ErrBusy) {
			t.Errorf("error = %v", err)
		}
		if _, err := os.Stat(s.a); err != nil {
			t.Error("it was broken")
		}
	})
}

// A Baton that died is noted in the registry: the next one clears its locks away
// at once, and nobody else's.
func TestLocksOfADeadBatonGoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		dead, err := s.take(s.keeper(), time.Second, s.a, s.b)
		if err != nil {
			t.Fatal(err)
		}
		dead.mu.Lock() // it died: nothing beats, nothing is given back
		close(dead.stop)
		dead.stop = nil
		dead.mu.Unlock()
		// Beside a place, too: it died between making and placing one.
		next := s.keeper()
		if _, err := next.registry.dirs.prepare(next.registry.asideName(s.a), time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := next.Clear(at(s.a, s.b)...); err != nil {
			t.Fatal(err)
		}
		s.clean()
		start := time.Now()
		h, err := s.take(next, time.Second, s.a, s.b)
		if err != nil || time.Since(start) > pollEvery {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		// The dead one wakes up after all: it must not take ours away, and its
		// check says what happened.
		dead.stop = make(chan struct{})
		if err := dead.Check(); !errors.Is(err, ErrLost) {
			t.Errorf("its check: %v", err)
		}
		dead.Release()
		if err := h.Check(); err != nil {
			t.Errorf("ours: %v", err)
		}
		h.Release()
		s.clean()
	})
}

// A foreign lock whose inode is that of a dead one is still foreign.
func TestOnlyInodeAndTimeTogetherMakeALockOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		k := s.keeper()
		h, err := s.take(k, time.Second, s.a)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Release()
		m := h.marks[s.a]
		s.touch(s.a, 0) // another program's heartbeat: other nanoseconds
		if now, _, _ := look(s.a); now == m {
			t.Skip("not run: this file system keeps no fractions of a second")
		}
		if err := k.Clear(at(s.a)...); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(s.a); err != nil {
			t.Error("it was taken for ours")
		}
		if err := h.Check(); !errors.Is(err, ErrLost) {
			t.Errorf("check: %v", err)
		}
		if err := os.Remove(s.a); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.b, 0)
		ctx, cancel := context.WithCancel(context.Background())
		go func() { time.Sleep(time.Second); cancel() }()
		if _, err := s.keeper().Take(ctx, nil, at(s.a, s.b)...); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
		if err := os.Remove(s.b); err != nil {
			t.Fatal(err)
		}
		s.clean() // the first one was given back
	})
}

func TestADamagedRegistryNotesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		k := s.keeper()
		h, err := s.take(k, time.Second, s.a)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(k.registry.path, []byte(`{"locks":`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := k.Clear(at(s.a)...); err != nil {
			t.Fatal(err)
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
		h.Release()
		s.clean()
	})
}

func TestBreakingPutsBackWhatIsNotStale(t *testing.T) {
	s := newStand(t)
	s.foreign(s.a, 0)
	m, _, err := look(s.a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.keeper().registry.dirs.breakStale(s.a, s.a+".aside", mark{Inode: m.Inode + 1}); err != nil {
		t.Fatal(err)
	}
	if now, _, err := look(s.a); err != nil || now != m {
		t.Errorf("%+v, %v; want %+v back", now, err, m)
	}
	if _, err := s.keeper().registry.dirs.breakStale(filepath.Join(s.dir, "gone"), s.a+".aside", m); err != nil {
		t.Error(err)
	}
}
