package clientlock

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/files"
)

// mark tells one lock directory from every other: file systems use inodes
// again, so a random part of the modification time, kept by every heartbeat,
// goes with it.
type mark struct {
	Inode uint64 `json:"inode"`
	Nanos int64  `json:"nanos"` // of the modification time, 0 to 999,999,999
}

// asideInfix stands in the names of directories that are not in place yet, or
// no longer. Only a Baton with the operating system's lock makes them.
const asideInfix = ".baton-"

func asideName(path string) string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // does not fail
	return path + asideInfix + hex.EncodeToString(b[:])
}

// look reads a directory's mark. The error is that of package os.
func look(path string) (mark, time.Time, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return mark{}, time.Time{}, err
	}
	return mark{inode(path, info), int64(info.ModTime().Nanosecond())}, info.ModTime(), nil
}

// beat sets the modification time to now, with the mark's own nanoseconds.
func beat(path string, nanos int64, now time.Time) error {
	at := time.Unix(now.Unix(), nanos)
	return os.Chtimes(path, at, at)
}

// prepare makes a lock directory under a name beside its place.
func prepare(path string, now time.Time) (aside string, m mark, err error) {
	aside = asideName(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", m, err
	}
	if err := os.Mkdir(aside, 0o700); err != nil {
		return "", m, err
	}
	var b [8]byte
	_, _ = rand.Read(b[:])
	nanos := int64(binary.LittleEndian.Uint64(b[:]) % uint64(time.Second))
	if err := beat(aside, nanos, now); err != nil {
		return "", m, errors.Join(err, os.Remove(aside))
	}
	// Read back: a file system may keep less of the time than it was given.
	if m, _, err = look(aside); err != nil {
		return "", m, errors.Join(err, os.Remove(aside))
	}
	return aside, m, nil
}

// dirs are the two changes of a lock directory that Windows refuses while
// another program has it open. The error is then files.ErrInUse.
type dirs struct {
	rename func(from, to string) error // without replacing
	remove func(path string) error
}

// place puts a prepared directory where the lock is, if there is none. taken
// says that there is, or that somebody has one of the two open: nothing but
// waiting helps against either.
func (d dirs) place(aside, path string) (taken bool, err error) {
	err = d.rename(aside, path)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, errNotEmpty) || errors.Is(err, files.ErrInUse) {
		return true, nil
	}
	return false, err
}

// take takes a lock directory away if it is still the one marked.
func (d dirs) take(path string, m mark) error {
	now, _, err := look(path)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && now != m) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.patiently(path)
}

// Whoever opens a lock directory, as virus scanners and indexers do, has it
// open for a moment.
const (
	patience = time.Second
	pause    = 10 * time.Millisecond
)

// patiently removes a directory, also one that somebody has open for a moment:
// left where it is, it would lock others out until it has grown stale.
func (d dirs) patiently(path string) error {
	for start := time.Now(); ; time.Sleep(pause) {
		err := d.remove(path)
		if !errors.Is(err, files.ErrInUse) || time.Since(start) > patience {
			return err
		}
	}
}

// breakStale takes a stale lock of somebody else away: it is moved aside
// first, so that what is removed is what was watched. held says that somebody
// has it open, so that it is not as abandoned as it looks.
func (d dirs) breakStale(path string, m mark) (held bool, err error) {
	aside := asideName(path)
	switch err := d.rename(path, aside); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, files.ErrInUse):
		return true, nil
	case err != nil:
		return false, err
	}
	if now, _, err := look(aside); err != nil || now != m {
		// Somebody took it in between: it goes back, unless it was replaced.
		return false, errors.Join(err, d.rename(aside, path))
	}
	if err := d.patiently(aside); !errors.Is(err, files.ErrInUse) {
		return false, err
	}
	return false, nil // it is out of the way; the next Baton sweeps it
}

// sweep removes what a Baton that died left beside a lock's place.
func (d dirs) sweep(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+asideInfix) && e.IsDir() {
			errs = append(errs, d.remove(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return errors.Join(append(errs, err)...)
}
