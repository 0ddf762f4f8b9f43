package clientlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/files"
)

// opened has a directory open until a time, as Windows has it: it can then
// neither be renamed nor removed.
type opened struct {
	path  string
	until time.Time
}

func (o opened) in(path string) error {
	if path == o.path && time.Now().Before(o.until) {
		return fmt.Errorf("%w: %s", files.ErrInUse, path)
	}
	return nil
}

// keeperBeside is a keeper where somebody has a directory open.
func (s *stand) keeperBeside(o opened) *Keeper {
	k := s.keeper()
	k.registry.dirs = dirs{
		look: look,
		rename: func(from, to string) error {
			if err := errors.Join(o.in(from), o.in(to)); err != nil {
				return err
			}
			return renameExclusive(from, to)
		},
		remove: func(path string) error {
			if err := o.in(path); err != nil {
				return err
			}
			return os.Remove(path)
		},
	}
	return k
}

// Somebody looks at a place: it counts as taken until that is over.
func TestAPlaceThatIsOpenIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		start := time.Now()
		h, err := s.take(s.keeperBeside(opened{s.b, start.Add(3 * time.Second)}), 9*time.Second, s.a, s.b)
		if err != nil || time.Since(start) < 3*time.Second || time.Since(start) > 3*time.Second+2*pollEvery {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		h.Release()
		s.clean()
		_, err = s.take(s.keeperBeside(opened{s.b, time.Now().Add(time.Hour)}), time.Second, s.a, s.b)
		if !errors.Is(err, ErrBusy) {
			t.Errorf("error = %v", err)
		}
		s.clean()
	})
}

// A lock that looks abandoned and is open somewhere is not.
func TestAStaleLockThatIsOpenIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, time.Hour)
		k := s.keeperBeside(opened{s.a, time.Now().Add(time.Hour)})
		if _, err := s.take(k, 9*time.Second, s.a); !errors.Is(err, ErrBusy) {
			t.Errorf("error = %v", err)
		}
		found, err := k.Abandoned(t.Context(), nil, at(s.a)...)
		if err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
		if err := k.Break(found[0]); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.a); err != nil {
			t.Error("it was broken")
		}
		// Let go of, it is as abandoned as it looks.
		h, err := s.take(s.keeperBeside(opened{s.a, time.Now().Add(2 * time.Second)}), 9*time.Second, s.a)
		if err != nil {
			t.Fatal(err)
		}
		h.Release()
		s.clean()
	})
}

// A lock given back while somebody looks at it goes once they are done; one
// they never let go of is for the next Baton to clear away.
func TestALockThatIsOpenIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		for _, long := range []time.Duration{500 * time.Millisecond, time.Minute} {
			k, let := s.keeper(), time.Now().Add(long)
			k.registry.dirs.remove = func(path string) error {
				if err := (opened{s.a, let}).in(path); err != nil {
					return err
				}
				return os.Remove(path)
			}
			h, err := s.take(k, time.Second, s.a)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			h.Release()
			if took := time.Since(start); took > patience+2*pause {
				t.Errorf("giving it back took %v", took)
			}
			if _, err := os.Stat(s.a); (err == nil) != (long > patience) {
				t.Errorf("after %v: %v", long, err)
			}
		}
		time.Sleep(time.Minute)
		if err := s.keeper().Clear(at(s.a)...); err != nil {
			t.Fatal(err)
		}
		s.clean()
	})
}

// What is broken and cannot be removed yet lies aside, out of everybody's way.
func TestABrokenLockThatIsOpenIsOutOfTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, time.Hour)
		k := s.keeper()
		k.registry.dirs.remove = func(path string) error {
			if path != s.a && filepath.Dir(path) == filepath.Dir(s.a) {
				return files.ErrInUse
			}
			return os.Remove(path)
		}
		h, err := s.take(k, 9*time.Second, s.a)
		if err != nil {
			t.Fatal(err)
		}
		h.Release()
		if err := s.keeper().Clear(at(s.a)...); err != nil {
			t.Fatal(err)
		}
		s.clean()
	})
}

// WaitOnly never breaks a foreign lock, but clears away what a Baton that died
// left.
func TestWaitOnlyBreaksNoForeignLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, time.Hour)
		k := s.keeper()
		k.WaitOnly = true
		start := time.Now()
		if _, err := s.take(k, time.Minute, s.a, s.b); !errors.Is(err, ErrBusy) || time.Since(start) < time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if _, err := os.Stat(s.a); err != nil {
			t.Error("it was broken")
		}
		if err := os.Remove(s.a); err != nil {
			t.Fatal(err)
		}
		dead, err := s.take(s.keeper(), time.Second, s.a, s.b)
		if err != nil {
			t.Fatal(err)
		}
		dead.mu.Lock() // it died
		close(dead.stop)
		dead.stop = nil
		dead.mu.Unlock()
		if err := k.Clear(at(s.a, s.b)...); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), pollEvery)
		defer cancel()
		h, err := k.Take(ctx, nil, at(s.a, s.b)...)
		if err != nil {
			t.Fatalf("after a dead Baton: %v", err)
		}
		h.Release()
		s.clean()
	})
}
