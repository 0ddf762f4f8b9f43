package files

import (
	"errors"
	"io"
	"time"
)

// patience is how long a file another program has open is waited for. It stays
// well under what the tightest lock allows, 2 s.
const patience = time.Second

// OnWindows is a file system by Windows's rules: a file that is open can be in
// others' way, mostly for a moment (virus scanners, indexers), so what fails
// with ErrInUse is tried again for up to a second; and folders cannot be synced
// and need not be.
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
