//go:build unix

package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// person is the user whose home directory root works in.
const person = 65534

// owners gives each file's owner below dir.
func owners(t *testing.T, dir string) map[string]int {
	t.Helper()
	out := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil {
			out[path] = int(info.Sys().(*syscall.Stat_t).Uid)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// makeAll makes files and folders in every way the package has.
func makeAll(t *testing.T, dir string) {
	t.Helper()
	var errs []error
	add := func(err error) { errs = append(errs, err) }
	finish := func(f File, err error) {
		if err != nil {
			add(err)
			return
		}
		add(f.Close())
	}
	add(OS{}.MkdirAll(filepath.Join(dir, "a", "deep", "folder")))
	add(Mkdir(filepath.Join(dir, "a", "one")))
	finish(OS{}.CreateTemp(filepath.Join(dir, "a"), "temp*"))
	finish(OS{}.Create(filepath.Join(dir, "a", "created")))
	finish(OS{}.Append(filepath.Join(dir, "a", "appended")))
	add(WriteWhole(OS{}, filepath.Join(dir, "b", "deep", "whole"), []byte("x")))
	add(WriteQuick(OS{}, filepath.Join(dir, "c", "deep", "quick"), []byte("x")))
	target := filepath.Join(dir, "b", "deep", "whole")
	s, err := StageAt(&stubborn{target: target, mount: true}, target, []byte("y"), 0, filepath.Join(dir, "d", "own", "record"))
	if add(err); err == nil {
		defer func() { _ = s.Discard() }()
	}
	release, err := (&Locks{}).Lock(t.Context(), filepath.Join(dir, "e", "locks", "lock"))
	if add(err); err == nil {
		release()
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestRootLeavesNothingOfItsOwn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root")
	}
	home := t.TempDir()
	if err := os.Chown(home, person, person); err != nil {
		t.Fatal(err)
	}
	makeAll(t, home)
	all := owners(t, home)
	if len(all) < 15 {
		t.Errorf("only %d files", len(all))
	}
	for path, uid := range all {
		if uid != person {
			t.Errorf("%s belongs to %d", path, uid)
		}
	}
}

func TestRootKeepsItsOwnFolders(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root")
	}
	home := t.TempDir()
	makeAll(t, home)
	for path, uid := range owners(t, home) {
		if uid != 0 {
			t.Errorf("%s belongs to %d", path, uid)
		}
	}
}

// What exists is not given away: the folder's owner may not be its owner.
func TestRootGivesNothingAwayThatExists(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root")
	}
	home := t.TempDir()
	if err := os.Chown(home, person, person); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "of root")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := (OS{}).Append(path)
	if err != nil {
		t.Fatal(err)
	}
	release, err := (&Locks{}).Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if err := errors.Join(f.Close(), (OS{}).MkdirAll(home)); err != nil {
		t.Fatal(err)
	}
	if uid := owners(t, home)[path]; uid != 0 {
		t.Errorf("it belongs to %d", uid)
	}
}

// A person's file in root's folder stays the person's when root replaces it.
func TestAReplacedFileKeepsItsOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root")
	}
	for uid, want := range map[int]int{person: person, 0: 0} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, uid, uid); err != nil {
			t.Skip("not run: ", err)
		}
		if err := WriteWhole(OS{}, path, []byte("y")); err != nil {
			t.Fatal(err)
		}
		if got := owners(t, path)[path]; got != want {
			t.Errorf("a file of user %d belongs to %d", uid, got)
		}
	}
}
