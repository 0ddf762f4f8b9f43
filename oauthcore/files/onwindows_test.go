package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// openedFS is a file system in which another program has everything open for
// some time, and folders that cannot be synced.
type openedFS struct {
	OS
	until time.Time
	tries int
}

var errShared = errors.New("the process cannot access the file")

func (o *openedFS) busy() error {
	o.tries++
	if time.Now().Before(o.until) {
		return &os.PathError{Op: "open", Path: "x", Err: fmt.Errorf("%w: %w", ErrInUse, errShared)}
	}
	return nil
}

func (o *openedFS) ReadFile(name string) ([]byte, error) {
	if err := o.busy(); err != nil {
		return nil, err
	}
	return o.OS.ReadFile(name)
}

func (o *openedFS) Open(name string) (io.ReadCloser, error) {
	if err := o.busy(); err != nil {
		return nil, err
	}
	return o.OS.Open(name)
}

func (o *openedFS) Rename(from, to string) error {
	if err := o.busy(); err != nil {
		return err
	}
	return o.OS.Rename(from, to)
}

func (o *openedFS) Remove(name string) error {
	if err := o.busy(); err != nil {
		return err
	}
	return o.OS.Remove(name)
}

func (o *openedFS) CreateTemp(dir, pattern string) (File, error) {
	if err := o.busy(); err != nil {
		return nil, err
	}
	return o.OS.CreateTemp(dir, pattern)
}

func (o *openedFS) Create(name string) (File, error) {
	if err := o.busy(); err != nil {
		return nil, err
	}
	return o.OS.Create(name)
}

func (o *openedFS) Append(name string) (File, error) {
	if err := o.busy(); err != nil {
		return nil, err
	}
	return o.OS.Append(name)
}

func (o *openedFS) Overwrite(name string, data []byte) error {
	if err := o.busy(); err != nil {
		return err
	}
	return o.OS.Overwrite(name, data)
}

func (o *openedFS) Writable(name string) error {
	if err := o.busy(); err != nil {
		return err
	}
	return o.OS.Writable(name)
}

func (o *openedFS) Match(name string, info fs.FileInfo) error {
	if err := o.busy(); err != nil {
		return err
	}
	return o.OS.Match(name, info)
}

func (o *openedFS) Touch(name string, t time.Time) error {
	if err := o.busy(); err != nil {
		return err
	}
	return o.OS.Touch(name, t)
}

func (o *openedFS) SyncDir(string) error { return errShared }

// every does all that an open file can be in the way of.
func every(fsys FS, dir string) map[string]func() error {
	path := filepath.Join(dir, "f")
	return map[string]func() error{
		"read":    func() error { _, err := fsys.ReadFile(path); return err },
		"look":    func() error { _, err := Holds(fsys, path, []byte("old")); return err },
		"replace": func() error { return WriteWhole(fsys, path, []byte("new")) },
		"remove":  func() error { return fsys.Remove(path) },
		"temp": func() error {
			f, err := fsys.CreateTemp(dir, "new*")
			if err != nil {
				return err
			}
			return f.Close()
		},
		"create": func() error {
			f, err := fsys.Create(filepath.Join(dir, "created"))
			if err != nil {
				return err
			}
			return f.Close()
		},
		"append": func() error {
			f, err := fsys.Append(path)
			if err != nil {
				return err
			}
			return f.Close()
		},
		"overwrite": func() error { return fsys.Overwrite(path, []byte("new")) },
		"writable":  func() error { return fsys.Writable(path) },
		"match": func() error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			return fsys.Match(path, info)
		},
		"touch": func() error { return fsys.Touch(path, time.Now()) },
	}
}

func TestAFileOpenForAMoment(t *testing.T) {
	for name := range every(nil, "") {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "f"), []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
				faulty := &openedFS{until: time.Now().Add(500 * time.Millisecond)}
				start := time.Now()
				if err := every(OnWindows(faulty), dir)[name](); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took < 500*time.Millisecond || took > 600*time.Millisecond {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestAFileOpenForLong(t *testing.T) {
	for name := range every(nil, "") {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "f"), []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
				faulty := &openedFS{until: time.Now().Add(time.Hour)}
				start := time.Now()
				if err := every(OnWindows(faulty), dir)[name](); !errors.Is(err, ErrInUse) || !errors.Is(err, errShared) {
					t.Errorf("error = %v", err)
				}
				// A replacement that failed also removes its waiting file.
				if took := time.Since(start); took < patience/2 || took > 2*patience || faulty.tries < 10 {
					t.Errorf("it took %v and %d tries", took, faulty.tries)
				}
				if doc, err := os.ReadFile(filepath.Join(dir, "f")); err != nil || string(doc) != "old" {
					t.Errorf("%q, %v", doc, err)
				}
			})
		})
	}
}

// Other errors are told at once.
func TestWhatIsNotThereIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := OnWindows(OnWindows(OS{}))
		if w, ok := fsys.(onWindows); !ok || w.FS != (OS{}) {
			t.Errorf("%T over %T", fsys, w.FS)
		}
		start := time.Now()
		for name, do := range every(fsys, filepath.Join(t.TempDir(), "none")) {
			if err := do(); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if time.Since(start) != 0 {
			t.Errorf("it took %v", time.Since(start))
		}
	})
}
