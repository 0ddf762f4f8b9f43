package clientlock

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// person is a user who is not root.
const person = 65534

// Root in a person's home directory leaves nothing of its own.
func TestRootsLocksBelongToThePerson(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root")
	}
	s := newStand(t)
	if err := os.Chown(s.dir, person, person); err != nil {
		t.Fatal(err)
	}
	h, err := s.take(s.keeper(), time.Second, s.a, s.b)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	k := s.keeper()
	if _, err := k.registry.dirs.prepare(k.registry.asideName(s.a), time.Now()); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if seen++; info.Sys().(*syscall.Stat_t).Uid != person {
			t.Errorf("%s belongs to root", path)
		}
		return nil
	})
	if err != nil || seen < 6 {
		t.Errorf("%d files, %v", seen, err)
	}
}

// The tests of folders that are not writable, as a user for whom that is true.
func TestUnwritableFolders(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root to become another user")
	}
	dir, err := os.MkdirTemp("", "clientlock")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "test")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, copied} {
		if err := os.Chown(path, person, person); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(copied, "-test.run=^TestALockInAnUnwritableFolderIsSkipped$", "-test.v")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "GOCOVERDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: person, Gid: person}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
