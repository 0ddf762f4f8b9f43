package clientlock

import (
	"crypto/rand"
	"encoding/binary"
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
	Inode uint64 `json:"inode"` // 0: the file system has no lasting inode numbers
	Nanos int64  `json:"nanos"` // of the modification time, 0 to 999,999,999
}

// is reports whether a directory seen now is the one marked.
func (m mark) is(now mark) bool {
	return m.Nanos == now.Nanos && (m.Inode == 0 || m.Inode == now.Inode)
}

// dirs are the operations on lock directories that tests replace.
type dirs struct {
	// Windows refuses both while another program has the directory open; the
	// error is then files.ErrInUse.
	rename func(from, to string) error // without replacing
	remove func(path string) error
	// look reads a directory's mark. The error is that of package os.
	look func(path string) (mark, time.Time, error)
}

func look(path string) (mark, time.Time, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return mark{}, time.Time{}, err
	}
	return mark{inode(path, info), int64(info.ModTime().Nanosecond())}, info.ModTime(), nil
}

// lookTwice is look for a mark that is to be kept. Some file systems (sshfs)
// give a directory another inode number each time: it is then left out.
func (d dirs) lookTwice(path string) (mark, time.Time, error) {
	m, mtime, err := d.look(path)
	if err != nil {
		return m, mtime, err
	}
	again, _, err := d.look(path)
	if err != nil {
		return m, mtime, err
	}
	if m.Inode != again.Inode && m.Nanos == again.Nanos {
		m.Inode = 0
	}
	return m, mtime, nil
}

// beat sets the modification time to now, with the mark's own nanoseconds.
func beat(path string, nanos int64, now time.Time) error {
	at := time.Unix(now.Unix(), nanos)
	return os.Chtimes(path, at, at)
}

// errNoPlace says that the folder of a lock lets no directory be made in it.
var errNoPlace = errors.New("the lock's folder is not writable")

// prepare makes a lock directory under the name aside, beside its place. The
// error wraps errNoPlace if the folder allows none.
func (d dirs) prepare(aside string, now time.Time) (m mark, err error) {
	if err = (files.OS{}).MkdirAll(filepath.Dir(aside)); err == nil {
		err = files.Mkdir(aside)
	}
	if err != nil {
		switch files.ReasonOf(err) {
		case files.NotPermitted, files.ReadOnly:
			return m, errors.Join(errNoPlace, err)
		default:
			return m, err
		}
	}
	var b [8]byte
	_, _ = rand.Read(b[:])
	nanos := int64(binary.LittleEndian.Uint64(b[:]) % uint64(time.Second))
	if err := beat(aside, nanos, now); err != nil {
		return m, errors.Join(err, os.Remove(aside))
	}
	// Read back: a file system may keep less of the time than it was given.
	if m, _, err = d.lookTwice(aside); err != nil {
		return m, errors.Join(err, os.Remove(aside))
	}
	return m, nil
}

// place puts a prepared directory where the lock is, if there is none. taken
// says that there is one, or that another program has one of the two open: both
// can only be waited for.
func (d dirs) place(aside, path string) (taken bool, err error) {
	err = d.rename(aside, path)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, errNotEmpty) || errors.Is(err, files.ErrInUse) {
		return true, nil
	}
	return false, err
}

// take takes a lock directory away if it is still the one marked.
func (d dirs) take(path string, m mark) error {
	now, _, err := d.look(path)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !m.is(now)) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.patiently(path)
}

// Virus scanners and indexers have a directory open for a moment.
const (
	patience = time.Second
	pause    = 10 * time.Millisecond
)

// patiently removes a directory, also one that another program has open for a
// moment: left in place, it would lock others out until it has grown stale.
func (d dirs) patiently(path string) error {
	for start := time.Now(); ; time.Sleep(pause) {
		err := d.remove(path)
		if !errors.Is(err, files.ErrInUse) || time.Since(start) > patience {
			return err
		}
	}
}

// breakStale takes another program's stale lock away: it is moved aside first,
// so that what is removed is what was watched. held says that another program
// has it open, so that it is not as abandoned as it looks.
func (d dirs) breakStale(path, aside string, m mark) (held bool, err error) {
	switch err := d.rename(path, aside); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, files.ErrInUse):
		return true, nil
	case err != nil:
		return false, err
	}
	if now, _, err := d.look(aside); err != nil || !m.is(now) {
		// Another program took it in between: it goes back, unless it was replaced.
		return false, errors.Join(err, d.rename(aside, path))
	}
	if err := d.patiently(aside); !errors.Is(err, files.ErrInUse) {
		return false, err
	}
	return false, nil // it is out of the way; the next Baton sweeps it
}

// asides lists this registry's directories beside a lock's place.
func (r registry) asides(path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	prefix := filepath.Base(r.asidePrefix(path))
	var out []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && e.IsDir() {
			out = append(out, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return out, err
}

// sweep removes what a Baton that died left beside a lock's place.
func (r registry) sweep(path string) error {
	left, err := r.asides(path)
	errs := []error{err}
	for _, aside := range left {
		if err := r.dirs.remove(aside); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
