package files

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// stubborn is a file system on which the target cannot be replaced by rename,
// in one of the ways that happen.
type stubborn struct {
	OS
	target  string
	mount   bool  // Mounted says so
	create  error // of a new file in the target's folder
	match   error // of giving the temp file the target's owner
	rename  error // onto the target
	open    error // of the target for writing
	over    func(name string, data []byte) error
	renames int
}

func (s *stubborn) Mounted(name string) bool { return s.mount && name == s.target }

func (s *stubborn) CreateTemp(dir, pattern string) (File, error) {
	if s.create != nil && dir == filepath.Dir(s.target) {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(dir, pattern), Err: s.create}
	}
	return s.OS.CreateTemp(dir, pattern)
}

func (s *stubborn) Match(name string, info fs.FileInfo) error {
	if s.match != nil && filepath.Dir(name) == filepath.Dir(s.target) {
		return &fs.PathError{Op: "chown", Path: name, Err: s.match}
	}
	return s.OS.Match(name, info)
}

func (s *stubborn) Rename(from, to string) error {
	if to == s.target {
		if s.renames++; s.rename != nil || s.mount {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: or(s.rename, syscall.EBUSY)}
		}
	}
	return s.OS.Rename(from, to)
}

func (s *stubborn) Writable(name string) error {
	if s.open != nil {
		return &fs.PathError{Op: "open", Path: name, Err: s.open}
	}
	return s.OS.Writable(name)
}

func (s *stubborn) Overwrite(name string, data []byte) error {
	if s.over != nil {
		return s.over(name, data)
	}
	return s.OS.Overwrite(name, data)
}

func or(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

const (
	oldDoc = `{"login":"old","number":1}`
	newDoc = `{"login":"new and longer","number":2}`
)

// bench is a folder with a target, reached by a link, and the place of its record.
type bench struct {
	*testing.T
	dir, link, target, record string
}

func newBench(t *testing.T, old string) *bench {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t, dir, filepath.Join(dir, "link"), filepath.Join(dir, "real", "f"), filepath.Join(dir, "own", "record")}
	for _, d := range []string{"real", "own"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if old != "" {
		if err := os.WriteFile(b.target, []byte(old), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join("real", "f"), b.link); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) is(want string) {
	b.Helper()
	if got, err := os.ReadFile(b.target); string(got) != want || (err != nil) != (want == "") {
		b.Errorf("the target holds %q, %v; want %q", got, err, want)
	}
}

// clean checks that neither a record nor a temp file is left.
func (b *bench) clean() {
	b.Helper()
	for dir, most := range map[string]int{filepath.Dir(b.record): 0, filepath.Dir(b.target): 1} {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > most {
			b.Errorf("left in %s: %v, %v", dir, entries, err)
		}
	}
}

func TestStageAtFindsAWayToWrite(t *testing.T) {
	for _, tt := range []struct {
		name    string
		fsys    stubborn
		old     string
		inPlace bool // found out by StageAt
		keeps   bool // the inode
	}{
		{"a plain file", stubborn{}, oldDoc, false, false},
		{"no file yet", stubborn{}, "", false, false},
		{"mounted", stubborn{mount: true}, oldDoc, true, true},
		{"folder not writable", stubborn{create: syscall.EACCES}, oldDoc, true, true},
		{"folder immutable", stubborn{create: syscall.EPERM}, oldDoc, true, true},
		{"folder read-only", stubborn{create: syscall.EROFS}, oldDoc, true, true},
		{"owner cannot be kept", stubborn{match: syscall.EPERM}, oldDoc, true, true},
		{"rename is EBUSY after all", stubborn{rename: syscall.EBUSY}, oldDoc, false, true},
		{"rename is EXDEV", stubborn{rename: syscall.EXDEV}, oldDoc, false, true},
		{"rename is EACCES", stubborn{rename: syscall.EACCES}, oldDoc, false, true},
		{"rename is EPERM (sticky folder)", stubborn{rename: syscall.EPERM}, oldDoc, false, true},
		{"rename is EROFS", stubborn{rename: syscall.EROFS}, oldDoc, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.old)
			tt.fsys.target = b.target
			before, _ := os.Stat(b.target)
			s, err := StageAt(&tt.fsys, b.link, []byte(newDoc), 0o644, b.record)
			if err != nil {
				t.Fatal(err)
			}
			if s.InPlace() != tt.inPlace || s.Target() != b.target {
				t.Errorf("InPlace = %v, Target = %s", s.InPlace(), s.Target())
			}
			b.is(tt.old)
			if err := s.Commit(); err != nil {
				t.Fatal(err)
			}
			b.is(newDoc)
			b.clean()
			if err := s.Discard(); err != nil {
				t.Errorf("Discard after Commit: %v", err)
			}
			b.is(newDoc)
			after, err := os.Stat(b.target)
			if err != nil || before == nil {
				return
			}
			if os.SameFile(before, after) != tt.keeps {
				t.Errorf("the same inode: %v", !tt.keeps)
			}
			if before.ModTime().Sub(after.ModTime()).Abs() < newTime {
				t.Errorf("modification times %v and %v", before.ModTime(), after.ModTime())
			}
			if after.Mode() != before.Mode() {
				t.Errorf("mode %v, was %v", after.Mode(), before.Mode())
			}
		})
	}
}

// What cannot be written is found out before anything is replaced; the error
// names the target, not the link or a temp file.
func TestStageAtTellsWhatCannotBeWritten(t *testing.T) {
	for _, tt := range []struct {
		name string
		fsys stubborn
		old  string
		want error
	}{
		{"mounted read-only", stubborn{mount: true, open: syscall.EROFS}, oldDoc, syscall.EROFS},
		{"neither folder nor file", stubborn{create: syscall.EROFS, open: syscall.EACCES}, oldDoc, syscall.EACCES},
		{"no file in a closed folder", stubborn{create: syscall.EACCES}, "", syscall.EACCES},
		{"disk full", stubborn{create: syscall.ENOSPC}, oldDoc, syscall.ENOSPC},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.old)
			tt.fsys.target = b.target
			_, err := StageAt(&tt.fsys, b.link, []byte(newDoc), 0, b.record)
			var path *fs.PathError
			if !errors.Is(err, tt.want) || !errors.As(err, &path) || path.Path != b.target {
				t.Errorf("error = %v, want %v of %s", err, tt.want, b.target)
			}
			b.is(tt.old)
			b.clean()
		})
	}
}

// Baton's own files are never written in place.
func TestStageOnlyRenames(t *testing.T) {
	for _, fsys := range []*stubborn{{mount: true}, {rename: syscall.EBUSY}, {create: syscall.EACCES}} {
		b := newBench(t, oldDoc)
		fsys.target = b.target
		fsys.over = func(string, []byte) error { t.Error("written in place"); return nil }
		if err := WriteWhole(fsys, b.link, []byte(newDoc)); err == nil {
			t.Error("no error")
		}
		b.is(oldDoc)
		b.clean()
	}
}

func TestDiscardInPlaceRemovesTheRecord(t *testing.T) {
	b := newBench(t, oldDoc)
	s, err := StageAt(&stubborn{target: b.target, mount: true}, b.link, []byte(newDoc), 0, b.record)
	if err != nil {
		t.Fatal(err)
	}
	check(t, b.record, mustJSON(record{1, b.target, []byte(oldDoc), []byte(newDoc)}), 0o600)
	if err := errors.Join(s.Discard(), s.Discard()); err != nil {
		t.Error(err)
	}
	b.is(oldDoc)
	b.clean()
}

func mustJSON(v any) string {
	doc, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(doc)
}

// The record holds what is overwritten, also if that changed after StageAt.
func TestTheRecordHoldsWhatIsOverwritten(t *testing.T) {
	b := newBench(t, oldDoc)
	fsys := &stubborn{target: b.target, mount: true}
	s, err := StageAt(fsys, b.link, []byte(newDoc), 0, b.record)
	if err != nil {
		t.Fatal(err)
	}
	const later = `{"login":"later"}`
	if err := os.WriteFile(b.target, []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	fsys.over = func(name string, data []byte) error {
		check(t, b.record, mustJSON(record{1, b.target, []byte(later), []byte(newDoc)}), 0o600)
		return OS{}.Overwrite(name, data)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	b.is(newDoc)
	b.clean()
}

// meddling changes the target while the record is being written.
type meddling struct {
	stubborn
	record string
}

func (m *meddling) Rename(from, to string) error {
	if to == m.record {
		if err := os.WriteFile(m.target, []byte(`{"another":"program"}`), 0o600); err != nil {
			return err
		}
	}
	return m.stubborn.Rename(from, to)
}

func TestATargetThatChangesUnderTheRecordIsLeftAlone(t *testing.T) {
	b := newBench(t, oldDoc)
	m := &meddling{stubborn{target: b.target, rename: syscall.EBUSY}, b.record}
	s, err := StageAt(m, b.link, []byte(newDoc), 0, b.record)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); !errors.Is(err, ErrChanged) {
		t.Errorf("error = %v", err)
	}
	b.is(`{"another":"program"}`)
	b.clean()
}

var errTorn = errors.New("torn on purpose")

// tear writes the first n bytes of data over the file, as a write that is cut
// off does.
func tear(name string, data []byte, n int) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data[:min(n, len(data))])
	return errors.Join(err, f.Close(), errTorn)
}

func TestAFailedOverwriteIsTriedAgainThenUndone(t *testing.T) {
	for fails := range 5 {
		b := newBench(t, oldDoc)
		tries := 0
		fsys := &stubborn{target: b.target, mount: true, over: func(name string, data []byte) error {
			if tries++; tries <= fails {
				return tear(name, data, 13-tries) // the old bytes torn elsewhere than the new ones
			}
			return OS{}.Overwrite(name, data)
		}}
		s, err := StageAt(fsys, b.link, []byte(newDoc), 0, b.record)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Commit()
		if (err == nil) != (fails < 2) || err != nil && !errors.Is(err, errTorn) {
			t.Errorf("%d failures: %v", fails, err)
		}
		if fails < 2 {
			b.is(newDoc)
		} else {
			if fails == 4 { // not even the old bytes could be written
				if path, mended, err := Mend(OS{}, b.record); path != b.target || !mended || err != nil {
					t.Errorf("Mend = %s, %v, %v", path, mended, err)
				}
			}
			b.is(oldDoc)
		}
		b.clean()
	}
}
