package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"time"
)

// record is what is known of an in-place write, so that one that a crash cut
// off can be undone. It holds whole files, logins among them.
type record struct {
	SchemaVersion int    `json:"schemaVersion"`
	Path          string `json:"path"` // the target, absolute if the caller's path was
	Old           []byte `json:"old"`
	New           []byte `json:"new"`
}

// stageInPlace makes sure that the target can be written and records the write.
func (s *Staged) stageInPlace(write func(io.Writer) error) error {
	if err := s.fsys.Writable(s.target); err != nil {
		return s.named(err)
	}
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	s.data = data.Bytes()
	old, err := s.fsys.ReadFile(s.target)
	if err != nil {
		return s.named(err)
	}
	return s.note(old)
}

// note records that old is about to be overwritten.
func (s *Staged) note(old []byte) error {
	if !s.noted {
		// A record of an earlier write: its target may be torn.
		if _, mended, err := Mend(s.fsys, s.record); err != nil {
			return err
		} else if mended {
			return s.changed()
		}
	}
	return s.writeRecord(old, func(path string, doc []byte) error { return WriteWhole(s.fsys, path, doc) })
}

// writeRecord writes the record. One that is cut off is as good as none, as long
// as the target was not touched.
func (s *Staged) writeRecord(old []byte, write func(path string, doc []byte) error) error {
	doc, err := json.Marshal(record{1, s.target, old, s.data})
	if err != nil {
		return err
	}
	s.noted = true
	return write(s.record, doc)
}

func (s *Staged) changed() error {
	return &fs.PathError{Op: "overwrite", Path: s.target, Err: ErrChanged}
}

// overwrite is Commit in place.
func (s *Staged) overwrite() error {
	before, err := s.fsys.Stat(s.target)
	if err != nil {
		return s.named(err)
	}
	old, err := s.fsys.ReadFile(s.target)
	if err != nil {
		return s.named(err)
	}
	if err := s.noteAgain(old); err != nil {
		return err
	}
	err = once(func() error { return s.fsys.Overwrite(s.target, s.data) })
	if err != nil {
		if putBack := once(func() error { return s.fsys.Overwrite(s.target, old) }); putBack != nil {
			return s.named(err) // the record stays for Mend
		}
		return errors.Join(s.named(err), s.removeRecord())
	}
	if err := s.setNewTime(before); err != nil {
		return s.named(err) // the record stays: Mend finds the new bytes and removes it
	}
	// A record that cannot be removed does no harm: Mend finds the new bytes,
	// or another program's later document.
	_ = s.removeRecord()
	return nil
}

// noteAgain makes sure that the record is there and holds what is about to be
// overwritten, which may have changed since it was written.
func (s *Staged) noteAgain(old []byte) error {
	doc, err := json.Marshal(record{1, s.target, old, s.data})
	if err != nil {
		return err
	}
	if s.noted {
		if same, err := Holds(s.fsys, s.record, doc); err == nil && same {
			return nil
		}
	}
	if err := s.note(old); err != nil {
		return err
	}
	// Writing the record took some time.
	same, err := Holds(s.fsys, s.target, old)
	if err != nil {
		return errors.Join(s.named(err), s.removeRecord())
	}
	if !same {
		return errors.Join(s.changed(), s.removeRecord())
	}
	return nil
}

// setNewTime gives the target a modification time that differs from the old one.
func (s *Staged) setNewTime(before fs.FileInfo) error {
	after, err := s.fsys.Stat(s.target)
	if err != nil || !sameTime(before, after) {
		return err
	}
	if s.fsys.Touch(s.target, before.ModTime().Add(newTime)) == nil {
		return nil
	}
	// Only the owner may set a time. A later write sets it, too.
	time.Sleep(10 * time.Millisecond) // more than a tick of the kernel's clock
	return s.fsys.Overwrite(s.target, s.data)
}

// removeRecord removes the record this write has made.
func (s *Staged) removeRecord() error {
	if !s.noted {
		return nil
	}
	s.noted = false
	return removeIfThere(s.fsys, s.record)
}

// Mend undoes an in-place write that was cut off, by its record. Call it at the
// start of an operation, with the locks held under which the file is written.
// The path is that of the recorded file, "" without a readable record. mended
// says that the old bytes were written back. That is done if the file holds a
// mixture of the old and the new bytes; everything else is another program's or
// a person's, and a missing file is left alone. The record stays where that is
// no JSON, and after an error, which names the file that could not be read or
// written.
func Mend(fsys FS, recordPath string) (path string, mended bool, err error) {
	doc, err := fsys.ReadFile(recordPath)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	var r record
	if json.Unmarshal(doc, &r) != nil || r.Path == "" || r.Old == nil {
		// Not written whole, so the file it is about was not touched yet; or not
		// written by this program.
		return "", false, removeIfThere(fsys, recordPath)
	}
	now, err := fsys.ReadFile(r.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return r.Path, false, err
	case r.torn(now):
		if err := once(func() error { return fsys.Overwrite(r.Path, r.Old) }); err != nil {
			return r.Path, false, err
		}
		mended = true
	case len(now) > 0 && !json.Valid(bytes.TrimPrefix(now, []byte("\xef\xbb\xbf"))):
		return r.Path, false, nil // the recorded bytes may be all there is of it
	}
	err = removeIfThere(fsys, recordPath)
	if err == nil && mended {
		err = fsys.SyncDir(filepath.Dir(recordPath))
	}
	return r.Path, mended, err
}

// torn reports whether now can be what a write of New over Old leaves that was
// cut off: pages of either in any order, and zeros where the file grew but the
// page was not written.
func (r record) torn(now []byte) bool {
	if bytes.Equal(now, r.New) || bytes.Equal(now, r.Old) || len(now) > max(len(r.Old), len(r.New)) {
		return false
	}
	if len(now) < min(len(r.Old), len(r.New)) && json.Valid(now) {
		return false // another program's
	}
	for i, b := range now {
		if b != 0 && (i >= len(r.Old) || b != r.Old[i]) && (i >= len(r.New) || b != r.New[i]) {
			return false
		}
	}
	return true
}
