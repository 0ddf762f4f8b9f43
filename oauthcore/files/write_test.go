package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestOverwriteAndWritable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, do := range map[string]func(string) error{
		"Overwrite": func(name string) error { return OS{}.Overwrite(name, []byte("new")) },
		"Writable":  OS{}.Writable,
	} {
		if err := do(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("of a missing file: %v", err)
		}
		if err := do(dir); ReasonOf(err) != IsADirectory {
			t.Errorf("of a folder: %v", err)
		}
	}
	for _, old := range []string{"", "o", "longer than the new one"} {
		if err := os.WriteFile(path, []byte(old), 0o640); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Stat(path)
		if err := (OS{}).Writable(path); err != nil {
			t.Error(err)
		}
		if after, _ := os.Stat(path); after.Size() != before.Size() || after.ModTime() != before.ModTime() {
			t.Error("Writable changed it")
		}
		if err := (OS{}).Overwrite(path, []byte("new")); err != nil {
			t.Error(err)
		}
		check(t, path, "new", 0o640)
	}
}

// faultyOnce fails the n-th operation that changes something.
type faultyOnce struct {
	OS
	left int
}

func (f *faultyOnce) fault() error {
	if f.left--; f.left == 0 {
		return errBroken
	}
	return nil
}

func (f *faultyOnce) CreateTemp(d, p string) (File, error) {
	if err := f.fault(); err != nil {
		return nil, err
	}
	file, err := f.OS.CreateTemp(d, p)
	return faultyFile{file, f}, err
}

func (f *faultyOnce) Rename(a, b string) error { return or(f.fault(), f.OS.Rename(a, b)) }

func (f *faultyOnce) Match(n string, i fs.FileInfo) error { return or(f.fault(), f.OS.Match(n, i)) }

func (f *faultyOnce) SyncDir(n string) error { return or(f.fault(), f.OS.SyncDir(n)) }

type faultyFile struct {
	File
	f *faultyOnce
}

func (f faultyFile) Write(b []byte) (int, error) {
	if err := f.f.fault(); err != nil {
		return 0, err
	}
	return f.File.Write(b)
}

func (f faultyFile) Sync() error { return or(f.f.fault(), f.File.Sync()) }

// One failure of any step is made good.
func TestOneFailureIsTriedAgain(t *testing.T) {
	for n := 1; ; n++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		fsys := &faultyOnce{left: n}
		if err := WriteWhole(fsys, path, []byte("new")); err != nil {
			t.Errorf("failure of step %d: %v", n, err)
		}
		check(t, path, "new", 0o600)
		onlyFile(t, dir, "f")
		if fsys.left > 0 {
			if n < 6 {
				t.Errorf("only %d steps", n)
			}
			return
		}
	}
}

func TestReasonOf(t *testing.T) {
	for err, want := range map[error]Reason{
		nil:               NoReason,
		syscall.EACCES:    NotPermitted,
		syscall.EPERM:     NotPermitted,
		syscall.EROFS:     ReadOnly,
		syscall.ENOLCK:    NoLocks,
		syscall.ENOTSUP:   NoLocks,
		syscall.ENOSYS:    NoLocks,
		syscall.EBUSY:     Mounted,
		syscall.EXDEV:     Mounted,
		syscall.ENOSPC:    NoSpace,
		syscall.EDQUOT:    NoSpace,
		syscall.ENOENT:    NotFound,
		syscall.ENOTDIR:   NotADirectory,
		syscall.EISDIR:    IsADirectory,
		syscall.ELOOP:     TooManyLinks,
		syscall.EIO:       Other,
		ErrInUse:          InUse,
		errors.New("any"): Other,
	} {
		if got := ReasonOf(err); got != want {
			t.Errorf("ReasonOf(%v) = %q, want %q", err, got, want)
		}
		if err == nil {
			continue
		}
		wrapped := fmt.Errorf("wrapped: %w", &os.LinkError{Op: "rename", Err: err})
		if got := ReasonOf(errors.Join(errors.New("more"), wrapped)); got != want {
			t.Errorf("ReasonOf(%v) = %q, want %q", wrapped, got, want)
		}
	}
	if got := ReasonOf(fmt.Errorf("%w: %w", ErrInUse, fs.ErrPermission)); got != InUse {
		t.Errorf("in use on Windows: %q", got)
	}
}
