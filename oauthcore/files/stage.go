package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrChanged says that a file is no longer the one that was read.
var ErrChanged = errors.New("the file was changed meanwhile")

// tempMark stands in the name of every temp file of Baton's, so that those a
// crash leaves can be told from the files of other programs.
const tempMark = ".baton-"

// Staged is a file whose new contents are safe on disk, to be put in place by
// Commit: as a temp file beside the target or, if the target can only be
// written in place, in a record elsewhere.
type Staged struct {
	fsys   FS
	target string
	temp   string // "" if the target is written in place
	keep   fs.FileMode

	record string // where an in-place write is recorded, "" if that is not allowed
	data   []byte // the new bytes of an in-place write
	noted  bool   // this write has made the record
}

// Stage writes data to a new file in path's folder and syncs it. Nothing is
// replaced until Commit. A new file has mode 0600; if one is replaced its mode
// is kept as far as keep is as wide (keep 0: always 0600).
func Stage(fsys FS, path string, data []byte, keep fs.FileMode) (*Staged, error) {
	return stage(fsys, path, keep, "", func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// StageAt is Stage for a file that Baton has to write even if it cannot be
// replaced by rename: one that is a mount point, or one in a folder that lets
// no new file be made. Such a file is written in place, and keeps its mode.
// Its old and new bytes are then in a file of mode 0600 at record from now
// until Commit or Discard; Mend restores the old ones after a crash in between.
// Use one record path for each target.
//
// What the target allows is found out now, before anything is replaced. The
// error is an *fs.PathError that names the target, not a link to it; it wraps
// ErrChanged if a record was found and Mend restored the target.
func StageAt(fsys FS, path string, data []byte, keep fs.FileMode, record string) (*Staged, error) {
	return stage(fsys, path, keep, record, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// stage runs write a second time if the file turns out to need writing in place.
func stage(fsys FS, path string, keep fs.FileMode, record string, write func(io.Writer) error) (*Staged, error) {
	target, err := Target(fsys, path)
	if err != nil {
		return nil, err
	}
	if err := makeDirs(fsys, filepath.Dir(target)); err != nil {
		return nil, err
	}
	old, err := fsys.Stat(target)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s := &Staged{fsys: fsys, target: target, record: record, keep: keep}
	if old == nil || record == "" || !fsys.Mounted(target) {
		err = s.stageTemp(old, write)
		if err == nil {
			return s, nil
		}
		if record == "" {
			return nil, err
		}
		if old == nil || !refused(err) {
			return nil, s.named(err)
		}
	}
	if err := s.stageInPlace(write); err != nil {
		return nil, err
	}
	return s, nil
}

// stageTemp writes the temp file. After an error it is removed.
func (s *Staged) stageTemp(old fs.FileInfo, write func(io.Writer) error) error {
	f, err := s.fsys.CreateTemp(filepath.Dir(s.target), "."+filepath.Base(s.target)+tempMark+"*.tmp")
	if err != nil {
		return err
	}
	s.temp = f.Name()
	err = write(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && old != nil {
		err = s.follow(old)
	}
	if err != nil {
		err = errors.Join(err, s.Discard())
		s.temp = ""
	}
	return err
}

// follow takes over what the replaced file's readers rely on.
func (s *Staged) follow(old fs.FileInfo) error {
	if err := s.fsys.Match(s.temp, narrowed{old, old.Mode().Perm() & (0o600 | s.keep)}); err != nil {
		return err
	}
	now, err := s.fsys.Stat(s.temp)
	if err != nil {
		return err
	}
	if sameTime(old, now) {
		return s.fsys.Touch(s.temp, old.ModTime().Add(newTime))
	}
	return nil
}

// newTime is how far apart the modification times of two versions of a file
// are at least: Claude Code sees a change by the milliseconds of that time, and
// two writes can happen inside one tick of the clock.
const newTime = 2 * time.Millisecond

func sameTime(a, b fs.FileInfo) bool { return a.ModTime().Sub(b.ModTime()).Abs() < newTime }

// narrowed is a FileInfo with another mode.
type narrowed struct {
	fs.FileInfo
	mode fs.FileMode
}

func (n narrowed) Mode() fs.FileMode { return n.mode | 0o600 }

// Refill gives what is staged other contents, in the room it has on disk: with
// no more bytes than before it works on a disk that is full. After an error
// nothing is staged any more.
func (s *Staged) Refill(data []byte) error {
	var err error
	if s.InPlace() {
		s.data = data
		var old []byte
		if old, err = s.fsys.ReadFile(s.target); err == nil {
			err = s.writeRecord(old, s.fsys.Overwrite)
		}
	} else {
		err = s.fsys.Overwrite(s.temp, data)
		if old, statErr := s.fsys.Stat(s.target); err == nil && statErr == nil {
			err = s.follow(old)
		}
	}
	if err != nil {
		return errors.Join(s.named(err), s.Discard())
	}
	return nil
}

// Commit puts the new contents in place and makes that durable. A rename that
// fails is tried once more at once. If the target cannot be replaced after all
// (EBUSY, EXDEV, EACCES, EPERM, EROFS) a file staged by StageAt is written in
// place. After an error of a rename the old file is untouched and the temp
// file is gone. After an error of an in-place write the old bytes are back or,
// if even that failed, the record stays for Mend.
//
// The error is an *fs.PathError that names the target, or wraps ErrChanged if
// the target changed while its record was being written; then nothing was
// written.
func (s *Staged) Commit() error {
	if s.InPlace() {
		return s.overwrite()
	}
	err := once(func() error { return s.fsys.Rename(s.temp, s.target) })
	if err == nil {
		return once(func() error { return s.fsys.SyncDir(filepath.Dir(s.target)) })
	}
	if s.record != "" && refused(err) && s.fsys.Writable(s.target) == nil {
		if s.data, err = s.fsys.ReadFile(s.temp); err == nil {
			err = s.overwrite()
		}
		if err == nil {
			_ = s.discardTemp() // the write is done; Leftovers finds the file
			return nil
		}
	}
	return errors.Join(s.named(err), s.discardTemp())
}

// once does something a second time if it fails. What another program keeps
// open was waited for already (OnWindows).
func once(do func() error) error {
	err := do()
	if err == nil || errors.Is(err, ErrInUse) {
		return err
	}
	return do()
}

// named is err about the target, whatever file or link the operation had.
func (s *Staged) named(err error) error {
	var onPath *fs.PathError
	var onLink *os.LinkError
	var op string
	var reason error
	switch {
	case errors.As(err, &onPath):
		op, reason = onPath.Op, onPath.Err
	case errors.As(err, &onLink):
		op, reason = onLink.Op, onLink.Err
	default:
		return err
	}
	if errors.Is(err, ErrInUse) && !errors.Is(reason, ErrInUse) {
		reason = fmt.Errorf("%w: %w", ErrInUse, reason)
	}
	return &fs.PathError{Op: op, Path: s.target, Err: reason}
}

// Discard removes the temp file or the record. Calling it again, or after
// Commit, does nothing.
func (s *Staged) Discard() error {
	if s.InPlace() {
		return s.removeRecord()
	}
	return s.discardTemp()
}

func (s *Staged) discardTemp() error { return removeIfThere(s.fsys, s.temp) }

func removeIfThere(fsys FS, name string) error {
	if err := fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// InPlace reports whether Commit writes the target in place. A rename can
// still turn out to be impossible in Commit.
func (s *Staged) InPlace() bool { return s.temp == "" }

// Temp is the temp file's path, "" if there is none.
func (s *Staged) Temp() string { return s.temp }

// Target is the file that Commit replaces or overwrites: no link.
func (s *Staged) Target() string { return s.target }

// Holds reports whether the file at path holds exactly these bytes; a missing
// one holds nil. It reads piece by piece: comparing must be cheap, so that it
// can be done right before a write.
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
