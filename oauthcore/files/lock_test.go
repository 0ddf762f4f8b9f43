package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// A lock that cannot be had for another reason than its holder is that error,
// at once, however long the caller would wait.
func TestALockThatCannotBeHadIsNotBusy(t *testing.T) {
	fails := func(err error) func(*flock.Flock) (bool, error) {
		return func(*flock.Flock) (bool, error) { return false, err }
	}
	dir := t.TempDir()
	makeTree(t, dir, []string{"folder/", "file"}, map[string]string{"loop": "loop"})
	for name, tt := range map[string]struct {
		path string
		try  func(*flock.Flock) (bool, error)
		want Reason
	}{
		"a folder":            {path: "folder", want: IsADirectory},
		"a loop of links":     {path: "loop", want: TooManyLinks},
		"in a file":           {path: "file/lock", want: NotADirectory},
		"no locks (ENOLCK)":   {path: "lock", try: fails(syscall.ENOLCK), want: NoLocks},
		"no locks (ENOTSUP)":  {path: "lock", try: fails(syscall.ENOTSUP), want: NoLocks},
		"permission":          {path: "lock", try: fails(syscall.EACCES), want: NotPermitted},
		"read-only":           {path: "lock", try: fails(syscall.EROFS), want: ReadOnly},
		"no space":            {path: "lock", try: fails(syscall.ENOSPC), want: NoSpace},
		"an error of another": {path: "lock", try: fails(syscall.EIO), want: Other},
	} {
		t.Run(name, func(t *testing.T) {
			l := &Locks{try: tt.try}
			path := filepath.Join(dir, tt.path)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			for range 2 { // the turn is given back
				_, err := l.Lock(ctx, path)
				if errors.Is(err, ErrBusy) || err == nil || ReasonOf(err) != tt.want {
					t.Errorf("error = %v, %q; want %q", err, ReasonOf(err), tt.want)
				}
			}
		})
	}
}

// A deadline that has passed is not "busy" if the lock is free.
func TestAFreeLockIsTakenAfterTheDeadline(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	release, err := (&Locks{}).Lock(ctx, filepath.Join(t.TempDir(), "lock"))
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestStill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var l Locks
	if err := l.Still(path); !errors.Is(err, ErrLost) {
		t.Errorf("never taken: %v", err)
	}
	for name, lose := range map[string]func() error{
		"removed": func() error { return os.Remove(path) },
		"replaced": func() error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	} {
		release, err := l.Lock(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Still(path); err != nil {
			t.Errorf("held: %v", err)
		}
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		if err := l.Still(path); !errors.Is(err, ErrLost) {
			t.Errorf("%s: %v", name, err)
		}
		release()
		if err := l.Still(path); !errors.Is(err, ErrLost) {
			t.Errorf("released: %v", err)
		}
	}
}

// Two processes never hold the same path, also if the lock file is removed
// between opening and locking it.
func TestALockOfARemovedFileIsTakenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	tries := 0
	l := &Locks{try: func(f *flock.Flock) (bool, error) {
		ok, err := f.TryLock()
		if tries++; tries < 3 {
			err = errors.Join(err, os.Remove(path))
		}
		return ok, err
	}}
	release, err := l.Lock(t.Context(), path)
	if err != nil || tries != 3 {
		t.Fatalf("%v after %d tries", err, tries)
	}
	defer release()
	if err := l.Still(path); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := (&Locks{}).Lock(ctx, path); !errors.Is(err, ErrBusy) {
		t.Errorf("another process: %v", err)
	}
}

func TestALockThatIsReplacedForEver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l := &Locks{try: func(f *flock.Flock) (bool, error) {
		ok, err := f.TryLock()
		return ok, errors.Join(err, os.Remove(path))
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := l.Lock(ctx, path); !errors.Is(err, ErrLost) || errors.Is(err, ErrBusy) {
		t.Errorf("error = %v", err)
	}
}

// A file system that gives a file another inode number each time (sshfs).
func TestLockWithChangingInodes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lock")
	looks := 0
	l := &Locks{stat: func(string) (fs.FileInfo, error) {
		looks++
		other := filepath.Join(dir, "inode"+string(rune('a'+looks)))
		if err := os.WriteFile(other, nil, 0o600); err != nil {
			return nil, err
		}
		return os.Stat(other)
	}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	release, err := l.Lock(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := l.Still(path); err != nil {
		t.Error(err)
	}
	l.stat = func(string) (fs.FileInfo, error) { return nil, fs.ErrNotExist }
	if err := l.Still(path); !errors.Is(err, ErrLost) {
		t.Errorf("removed: %v", err)
	}
}
