package files

import (
	"errors"
	"io"
	"io/fs"
	"time"
)

// patience is how long a file another program has open is waited for. It stays
// well under what the tightest lock allows, 2 s.
const patience = time.Second

// OnWindows is a file system by Windows's rules: a program that has a file open
// can keep others out, mostly for a moment (virus scanners, indexers), so an
// operation that fails with ErrInUse is tried again for up to a second; and
// folders cannot be synced and need not be.
func OnWindows(fsys FS) FS {
	if already, ok := fsys.(onWindows); ok {
		return already
	}
	return onWindows{fsys}
}

type onWindows struct{ FS }

func (w onWindows) ReadFile(name string) (doc []byte, err error) {
	err = patiently(func() error { doc, err = w.FS.ReadFile(name); return err })
	return doc, err
}

func (w onWindows) Open(name string) (f io.ReadCloser, err error) {
	err = patiently(func() error { f, err = w.FS.Open(name); return err })
	return f, err
}

func (w onWindows) Rename(from, to string) error {
	return patiently(func() error { return w.FS.Rename(from, to) })
}

func (w onWindows) Remove(name string) error {
	return patiently(func() error { return w.FS.Remove(name) })
}

func (w onWindows) CreateTemp(dir, pattern string) (f File, err error) {
	err = patiently(func() error { f, err = w.FS.CreateTemp(dir, pattern); return err })
	return f, err
}

func (w onWindows) Create(name string) (f File, err error) {
	err = patiently(func() error { f, err = w.FS.Create(name); return err })
	return f, err
}

func (w onWindows) Append(name string) (f File, err error) {
	err = patiently(func() error { f, err = w.FS.Append(name); return err })
	return f, err
}

func (w onWindows) Overwrite(name string, data []byte) error {
	return patiently(func() error { return w.FS.Overwrite(name, data) })
}

func (w onWindows) Writable(name string) error {
	return patiently(func() error { return w.FS.Writable(name) })
}

func (w onWindows) Match(name string, info fs.FileInfo) error {
	return patiently(func() error { return w.FS.Match(name, info) })
}

func (w onWindows) Touch(name string, t time.Time) error {
	return patiently(func() error { return w.FS.Touch(name, t) })
}

func (w onWindows) SyncDir(string) error { return nil }

// patiently does something until no other program is in the way, or patience
// is over.
func patiently(do func() error) error {
	start := time.Now()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := do()
		if !errors.Is(err, ErrInUse) || time.Since(start)+pause > patience {
			return err
		}
		time.Sleep(pause)
	}
}
