package files

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestInMountinfo(t *testing.T) {
	const table = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 22 254:0 /cred /home/a\040b/.claude/.credentials.json rw,relatime - ext4 /dev/vda rw
37 22 254:0 /x /home/back\134slash ro - ext4 /dev/vda rw
38 22 254:0 /fourth
39 22 254:0 /y /space/at/end\040 ro
40 22 254:0 /y /cut\04 ro
broken
`
	for path, want := range map[string]bool{
		"/space/at/end ": true, `/cut\04`: true, "/fourth": false,
		"/": true, "/home/a b/.claude/.credentials.json": true, `/home/back\slash`: true,
		"/home/a b/.claude": false, "/cred": false, "": false, `/home/a\040b/.claude/.credentials.json`: false,
	} {
		if got := inMountinfo([]byte(table), path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}

func TestPlainFilesAreNotMounted(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dir, path, filepath.Join(dir, "none")} {
		if (OS{}).Mounted(name) {
			t.Errorf("%s is mounted", name)
		}
	}
	if !(OS{}).Mounted("/proc") {
		t.Error("/proc is not mounted")
	}
}

// A file mounted by itself, in a mount namespace of this test's own process.
func TestAMountedFileIsWrittenInPlace(t *testing.T) {
	const inside = "FILES_TEST_MOUNTED"
	if os.Getenv(inside) == "" {
		if os.Geteuid() != 0 {
			t.Skip("not run: needs root")
		}
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), inside+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
		out, err := cmd.CombinedOutput()
		if errors.Is(err, syscall.EPERM) || strings.Contains(string(out), "not run:") {
			t.Skip("not run: no mount namespaces here")
		}
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	runtime.LockOSThread()
	b := newBench(t, "")
	source := filepath.Join(b.dir, "source")
	for _, path := range []string{source, b.target} {
		if err := os.WriteFile(path, []byte(oldDoc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount(source, b.target, "", unix.MS_BIND, ""); err != nil {
		t.Skip("not run: no bind mounts here:", err)
	}
	defer func() { _ = unix.Unmount(b.target, 0) }()
	if err := WriteWhole(OS{}, b.link, []byte(newDoc)); ReasonOf(err) != Mounted {
		t.Errorf("a rename over it: %v", err)
	}
	s, err := StageAt(OS{}, b.link, []byte(newDoc), 0, b.record)
	if err != nil || !s.InPlace() {
		t.Fatal(err, "in place:", s.InPlace())
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	b.is(newDoc)
	b.clean()
	if err := unix.Mount("", b.target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := StageAt(OS{}, b.link, []byte(oldDoc), 0, b.record); ReasonOf(err) != ReadOnly || !strings.Contains(err.Error(), b.target) {
		t.Errorf("mounted read-only: %v", err)
	}
}
