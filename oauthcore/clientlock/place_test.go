package clientlock

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/files"
)

// Each lock has its own stale age, and the watching comes on top.
func TestEachPlaceHasItsOwnStaleAge(t *testing.T) {
	for _, tt := range []struct {
		stale, age, after time.Duration // after: when it is taken, 0 is never
	}{
		{60 * time.Second, 61 * time.Second, stillFor},
		{60 * time.Second, 40 * time.Second, 0},
		{15 * time.Second, 16 * time.Second, stillFor},
		{15 * time.Second, 2 * time.Second, 0},
		{10 * time.Second, 11 * time.Second, stillFor},
		{10 * time.Second, 3 * time.Second, 7 * time.Second}, // it grows stale while it is watched
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t)
			s.foreign(s.a, tt.age)
			place := Place{s.a, tt.stale}
			ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
			defer cancel()
			found, err := s.keeper().Abandoned(ctx, nil, place)
			if err != nil || (len(found) == 1) != (tt.after == stillFor) {
				t.Errorf("%+v: abandoned: %v, %v", tt, found, err)
			}
			s.touch(s.a, tt.age)
			ctx, cancel = context.WithTimeout(t.Context(), 9*time.Second)
			defer cancel()
			start := time.Now()
			h, err := s.keeper().Take(ctx, nil, place)
			if tt.after == 0 {
				if !errors.Is(err, ErrBusy) {
					t.Errorf("%+v: %v", tt, err)
				}
				return
			}
			if took := time.Since(start); err != nil || took < tt.after || took > tt.after+time.Second {
				t.Errorf("%+v: %v after %v", tt, err, took)
			}
			h.Release()
			s.clean()
		})
	}
}

// Two credentials folders share the place of one lock (.claude.json).
func TestTwoRegistriesDoNotSweepEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		other := NewKeeper(files.OS{}, filepath.Join(s.dir, "other", "locks.json"), time.Now, slog.New(slog.DiscardHandler))
		s.foreign(s.a, 0)
		k := s.keeper()
		swept := false
		k.Step = func(name string) { // between preparing and placing
			if name == "lock.place "+filepath.Base(s.a) && !swept {
				swept = true
				if left := other.Left(at(s.a, s.b)...); left != nil {
					t.Errorf("the other registry counts %v as its own", left)
				}
				if err := other.Clear(at(s.a, s.b)...); err != nil {
					t.Error(err)
				}
				if err := os.Remove(s.a); err != nil {
					t.Error(err)
				}
			}
		}
		h, err := s.take(k, time.Second, s.a, s.b)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Clear(at(s.a, s.b)...); err != nil {
			t.Error(err)
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
		h.Release()
		s.clean()
	})
}

// The same registry through a link is the same one.
func TestALinkedRegistryIsTheSame(t *testing.T) {
	s := newStand(t)
	k := s.keeper()
	if err := os.MkdirAll(filepath.Dir(k.registry.path), 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(s.dir, "link")
	if err := os.Symlink("S", link); err != nil {
		t.Fatal(err)
	}
	linked := NewKeeper(files.OS{}, filepath.Join(link, "baton", "locks.json"), time.Now, slog.New(slog.DiscardHandler))
	if a, b := k.registry.asidePrefix(s.a), linked.registry.asidePrefix(s.a); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// unwritable makes the folder of a lock refuse new directories.
func unwritable(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("not run: a folder's mode means nothing on Windows")
	}
	if os.Geteuid() == 0 {
		t.Skip("not run: root may write anywhere; see TestUnwritableFolders")
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
}

func TestALockInAnUnwritableFolderIsSkipped(t *testing.T) {
	s := newStand(t)
	for _, dir := range []string{filepath.Join(s.dir, "S", "baton"), filepath.Join(s.dir, "closed")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	closed := filepath.Join(s.dir, "closed", "S.lock")
	unwritable(t, filepath.Dir(closed))
	k := s.keeper()
	for _, paths := range [][]string{{closed, s.a}, {s.a, closed}, {closed}} {
		h, err := s.take(k, time.Second, paths...)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Skipped(); !slices.Equal(got, []string{closed}) {
			t.Errorf("Skipped = %v", got)
		}
		if _, err := os.Stat(s.a); (err == nil) != slices.Contains(paths, s.a) {
			t.Errorf("the other lock: %v", err)
		}
		if err := h.Check(); err != nil {
			t.Error(err)
		}
		h.Release()
		s.clean()
		if err := k.Clear(at(paths...)...); err != nil {
			t.Error(err)
		}
	}
}

// Any other error is about the lock that failed, and gives back the others.
func TestAnErrorNamesTheLockThatFailed(t *testing.T) {
	s := newStand(t)
	file := filepath.Join(s.dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(file, "S.lock")
	_, err := s.take(s.keeper(), time.Second, s.a, bad)
	var one *Error
	if !errors.As(err, &one) || one.Path != bad || !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("error = %v", err)
	}
	s.foreign(s.b, 0)
	if _, err := s.take(s.keeper(), 50*time.Millisecond, s.a, s.b); !errors.As(err, &one) || one.Path != s.b || !errors.Is(err, ErrBusy) {
		t.Errorf("error = %v", err)
	}
	if err := os.Remove(s.b); err != nil {
		t.Fatal(err)
	}
	s.clean()
}

// changing gives a directory another inode number at each look (sshfs), or
// only once it was renamed.
func changing(each bool) func(string) (mark, time.Time, error) {
	var n uint64
	return func(path string) (mark, time.Time, error) {
		m, mtime, err := look(path)
		if each {
			n++
			m.Inode = n
		} else {
			for _, c := range []byte(path) { // a number for each name
				m.Inode = m.Inode*31 + uint64(c)
			}
		}
		return m, mtime, err
	}
}

func TestChangingInodeNumbers(t *testing.T) {
	for _, each := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t)
			k := s.keeper()
			k.registry.dirs.look = changing(each)
			h, err := s.take(k, time.Second, s.a, s.b)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute + heartbeat/2)
			if err := h.Check(); err != nil {
				t.Errorf("each look %v: %v", each, err)
			}
			if info, err := os.Stat(s.a); err != nil || time.Since(info.ModTime()) > 2*heartbeat {
				t.Errorf("no heartbeat: %v", err)
			}
			// What a dead one left is known again.
			if got := k.Left(at(s.a, s.b)...); !slices.Equal(got, []string{s.a, s.b}) {
				t.Errorf("Left = %v", got)
			}
			s.touch(s.a, 0) // another program's now
			if err := h.Check(); !errors.Is(err, ErrLost) {
				t.Errorf("each look %v: lost: %v", each, err)
			}
			h.Release()
			if err := os.Remove(s.a); err != nil {
				t.Error(err)
			}
			s.clean()
			if !each {
				return
			}
			s.foreign(s.a, time.Hour)
			if h, err = s.take(k, 9*time.Second, s.a); err != nil {
				t.Fatalf("a stale foreign one: %v", err)
			}
			h.Release()
			s.clean()
		})
	}
}

// Inode numbers that last stay part of the mark.
func TestLastingInodeNumbersCount(t *testing.T) {
	s := newStand(t)
	h, err := s.take(s.keeper(), time.Second, s.a)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	if m := h.marks[s.a]; m.Inode == 0 || m.is(mark{m.Inode + 1, m.Nanos}) || m.is(mark{m.Inode, m.Nanos + 1}) || !m.is(m) {
		t.Errorf("mark %+v", m)
	}
}

func TestReleaseInReverse(t *testing.T) {
	s := newStand(t)
	k := s.keeper()
	h, err := s.take(k, time.Second, s.a, s.b)
	if err != nil {
		t.Fatal(err)
	}
	k.Step = func(name string) {
		if _, err := os.Stat(s.a); name == "lock.remove "+filepath.Base(s.a) && err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.b); name == "lock.remove "+filepath.Base(s.a) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the inner lock outlives the outer one: %v", err)
		}
	}
	h.Release()
	s.clean()
}
