package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// maxLinks is how many symbolic links in a row are followed, as in Linux.
const maxLinks = 40

// tempMark stands in the name of every file Baton has not yet moved into
// place, so that what a crash leaves can be told from everybody else's files.
const tempMark = ".baton-"

// Target follows symbolic links at path, also dangling ones, to the file that
// a write has to replace.
func Target(fsys FS, path string) (string, error) {
	for range maxLinks {
		to, err := fsys.Readlink(path)
		if err != nil {
			return path, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// Staged is a whole, synced file that waits beside the one it will replace.
type Staged struct {
	fsys   FS
	temp   string
	target string
}

// Stage writes data to a new file in path's folder and syncs it. Nothing is
// replaced until Commit. A new file has mode 0600; where one is replaced its
// mode is kept if that is no wider than keep allows (keep 0: always 0600).
func Stage(fsys FS, path string, data []byte, keep fs.FileMode) (*Staged, error) {
	return stage(fsys, path, keep, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func stage(fsys FS, path string, keep fs.FileMode, write func(io.Writer) error) (*Staged, error) {
	target, err := Target(fsys, path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(target)
	if err := fsys.MkdirAll(dir); err != nil {
		return nil, err
	}
	old, statErr := fsys.Stat(target)
	if statErr != nil && !errors.Is(statErr, fs.ErrNotExist) {
		return nil, statErr
	}
	f, err := fsys.CreateTemp(dir, "."+filepath.Base(target)+tempMark+"*.tmp")
	if err != nil {
		return nil, err
	}
	s := &Staged{fsys, f.Name(), target}
	err = write(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && old != nil {
		err = s.follow(old, keep)
	}
	if err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

// follow takes over what the replaced file's readers rely on.
func (s *Staged) follow(old fs.FileInfo, keep fs.FileMode) error {
	if err := s.fsys.Match(s.temp, narrowed{old, old.Mode().Perm() & (0o600 | keep)}); err != nil {
		return err
	}
	// Claude Code sees a change by the modification time, in milliseconds:
	// two writes inside one tick of the clock must still differ.
	now, err := s.fsys.Stat(s.temp)
	if err != nil {
		return err
	}
	if now.ModTime().UnixMilli() == old.ModTime().UnixMilli() {
		return s.fsys.Touch(s.temp, old.ModTime().Add(2*time.Millisecond))
	}
	return nil
}

// narrowed is a FileInfo with another mode.
type narrowed struct {
	fs.FileInfo
	mode fs.FileMode
}

func (n narrowed) Mode() fs.FileMode { return n.mode | 0o600 }

// Commit moves the file into place and makes that durable. After an error the
// old file may or may not have been replaced; it is never half-written.
func (s *Staged) Commit() error {
	if err := s.fsys.Rename(s.temp, s.target); err != nil {
		return errors.Join(err, s.Discard())
	}
	return s.fsys.SyncDir(filepath.Dir(s.target))
}

// Discard removes the waiting file.
func (s *Staged) Discard() error {
	if err := s.fsys.Remove(s.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Temp is the waiting file's path, Target the path it will have.
func (s *Staged) Temp() string { return s.temp }

// Target is the file that Commit replaces.
func (s *Staged) Target() string { return s.target }

// WriteWhole replaces path by data at once: Stage, then Commit, mode 0600.
func WriteWhole(fsys FS, path string, data []byte) error {
	s, err := Stage(fsys, path, data, 0)
	if err != nil {
		return err
	}
	return s.Commit()
}

// WriteQuick replaces path as a whole, mode 0600, without waiting for the disk:
// for what may be lost with the power but must never be seen half-written.
func WriteQuick(fsys FS, path string, data []byte) error {
	if err := fsys.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := fsys.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+tempMark+"*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = fsys.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, fsys.Remove(f.Name()))
	}
	return nil
}

// Holds says whether the file at path holds exactly these bytes; a missing one
// holds nil. It reads piece by piece: comparing must be cheap, so that it can
// be done right before a write.
func Holds(fsys FS, path string, want []byte) (bool, error) {
	f, err := fsys.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return want == nil, nil
	}
	if err != nil {
		return false, err
	}
	piece := make([]byte, 64<<10)
	for {
		n, err := f.Read(piece)
		if n > len(want) || !bytes.Equal(piece[:n], want[:n]) {
			return false, f.Close()
		}
		want = want[n:]
		if errors.Is(err, io.EOF) {
			return len(want) == 0, f.Close()
		}
		if err != nil {
			return false, errors.Join(err, f.Close())
		}
	}
}

// Leftovers lists the waiting files of writes to path that were cut off.
func Leftovers(fsys FS, path string) ([]string, error) {
	target, err := Target(fsys, path)
	if err != nil {
		return nil, err
	}
	return leftovers(fsys, filepath.Dir(target), func(name string) bool { return name == filepath.Base(target) })
}

// LeftoversIn lists the waiting files of every write to a folder that was cut
// off.
func LeftoversIn(fsys FS, dir string) ([]string, error) {
	return leftovers(fsys, dir, func(string) bool { return true })
}

func leftovers(fsys FS, dir string, of func(name string) bool) ([]string, error) {
	entries, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		hidden, dot := strings.CutPrefix(e.Name(), ".")
		name, random, marked := cutLast(hidden, tempMark)
		if dot && marked && strings.HasSuffix(random, ".tmp") && of(name) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, err
}

// cutLast is strings.Cut around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
