package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestWriteWholeMakesPrivateFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "deep", "file.json")
	if err := WriteWhole(OS{}, path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	check(t, path, "one", 0o600)
	info, err := os.Stat(filepath.Join(dir, "new"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder mode %v, %v", info.Mode(), err)
	}
	onlyFile(t, filepath.Dir(path), "file.json")
}

func TestStageKeepsOrNarrowsTheMode(t *testing.T) {
	for _, tt := range []struct{ have, keep, want fs.FileMode }{
		{0o644, 0o644, 0o644},
		{0o644, 0, 0o600},
		{0o666, 0o644, 0o644},
		{0o400, 0, 0o600},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.have); err != nil {
			t.Fatal(err)
		}
		s, err := Stage(OS{}, path, []byte("new"), tt.keep)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != "old" {
			t.Errorf("staged write changed the file to %q", got)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
		check(t, path, "new", tt.want)
	}
}

func TestCommitFollowsSymlinks(t *testing.T) {
	for _, exists := range []bool{true, false} {
		dir := t.TempDir()
		real := filepath.Join(dir, "real", "f")
		if err := os.MkdirAll(filepath.Dir(real), 0o700); err != nil {
			t.Fatal(err)
		}
		if exists {
			if err := os.WriteFile(real, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for link, to := range map[string]string{"mid": filepath.Join("real", "f"), "link": "mid"} {
			if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
		if err := WriteWhole(OS{}, filepath.Join(dir, "link"), []byte("new")); err != nil {
			t.Fatal(err)
		}
		check(t, real, "new", 0o600)
		if to, err := os.Readlink(filepath.Join(dir, "link")); err != nil || to != "mid" {
			t.Errorf("the link became %q, %v", to, err)
		}
	}
}

func TestLinkLoopIsAnError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := os.Symlink("a", path); err != nil {
		t.Fatal(err)
	}
	if err := WriteWhole(OS{}, path, nil); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("error = %v", err)
	}
}

// A reader that goes by the modification time in milliseconds must see every
// write, however fast they follow each other.
func TestEveryWriteHasANewTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var last time.Time
	for i := range 50 {
		if err := WriteWhole(OS{}, path, []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.ModTime().UnixMilli() == last.UnixMilli() {
			t.Fatalf("write %d has the time of the one before", i)
		}
		last = info.ModTime()
	}
}

// failing breaks one operation of the file system.
type failing struct {
	OS
	op string
}

var errBroken = errors.New("broken on purpose")

func (f failing) Rename(a, b string) error {
	if f.op == "rename" {
		return errBroken
	}
	return f.OS.Rename(a, b)
}

func (f failing) Match(n string, i fs.FileInfo) error {
	if f.op == "match" {
		return errBroken
	}
	return f.OS.Match(n, i)
}

func (f failing) CreateTemp(d, p string) (File, error) {
	file, err := f.OS.CreateTemp(d, p)
	return failingFile{file, f.op}, err
}

type failingFile struct {
	File
	op string
}

func (f failingFile) Write(b []byte) (int, error) {
	if f.op == "write" {
		return 0, errBroken
	}
	return f.File.Write(b)
}

func (f failingFile) Sync() error {
	if f.op == "sync" {
		return errBroken
	}
	return f.File.Sync()
}

func TestAFailedWriteLeavesTheOldFileAndNoLitter(t *testing.T) {
	for _, op := range []string{"write", "sync", "match", "rename"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		if err := WriteWhole(OS{}, path, []byte("old")); err != nil {
			t.Fatal(err)
		}
		if err := WriteWhole(failing{op: op}, path, []byte("new")); !errors.Is(err, errBroken) {
			t.Errorf("%s: error = %v", op, err)
		}
		check(t, path, "old", 0o600)
		onlyFile(t, dir, "f")
	}
}

func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	s, err := Stage(OS{}, path, []byte("cut off"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".f.swp"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Leftovers(OS{}, path)
	if err != nil || len(got) != 1 || got[0] != s.Temp() || s.Target() != path {
		t.Errorf("Leftovers = %v, %v; want %s", got, err, s.Temp())
	}
	if got, err := Leftovers(OS{}, filepath.Join(dir, "no", "folder")); err != nil || got != nil {
		t.Errorf("no folder: %v, %v", got, err)
	}
}

func TestLockKeepsOthersOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "locks", "a")
	var one, two Locks // two stand for two processes
	release, err := one.Lock(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*Locks{&one, &two} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		if _, err := l.Lock(ctx, path); !errors.Is(err, ErrBusy) {
			t.Errorf("second lock: %v", err)
		}
		cancel()
		ctx, cancel = context.WithCancel(context.Background())
		cancel()
		if _, err := l.Lock(ctx, path); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
	release()
	release()
	for _, l := range []*Locks{&two, &one} {
		release, err := l.Lock(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
}

func check(t *testing.T, path, want string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s has mode %v, want %v", path, info.Mode(), mode)
	}
}

func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("%s holds %v, %v", dir, entries, err)
	}
}
