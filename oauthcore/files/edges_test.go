package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
)

// Where a link that leads nowhere stands no folder can be made.
func TestMkdirAllWhereALinkStands(t *testing.T) {
	b := newBench(t, "")
	if err := (OS{}).MkdirAll(b.link); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "real") {
		t.Errorf("%v", err)
	}
	if err := (OS{}).MkdirAll(b.dir); err != nil {
		t.Error(err)
	}
}

// Some file systems cannot sync a folder, which is no error.
func TestSyncDir(t *testing.T) {
	if err := (OS{}).SyncDir(t.TempDir()); err != nil {
		t.Error(err)
	}
	if err := (OS{}).SyncDir("/nonexistent/folder"); err == nil && runtime.GOOS != "windows" {
		t.Error("a folder that is not there")
	}
	if runtime.GOOS == "linux" {
		if err := (OS{}).SyncDir("/proc"); err != nil {
			t.Errorf("/proc: %v", err)
		}
	}
}

// A lock that is taken is tried again and again, not without a pause.
func TestLockWaitsWithPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "lock")
		release, err := new(Locks).Lock(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		tries := 0
		l := &Locks{try: func(f *flock.Flock) (bool, error) { tries++; return f.TryLock() }}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		since := time.Now()
		if _, err := l.Lock(ctx, path); !errors.Is(err, ErrBusy) || time.Since(since) != time.Second || tries < 100 || tries > 201 {
			t.Errorf("%v after %v and %d tries", err, time.Since(since), tries)
		}
	})
}

func TestLeftoverNames(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]bool{
		".f" + tempMark + "1.tmp": true, "f" + tempMark + "1.tmp": false, ".f.1.tmp": false, ".f" + tempMark + "1": false, ".g" + tempMark + "1.tmp": false,
		".f" + tempMark + "x" + tempMark + "1.tmp": false, "." + tempMark + "1.tmp": true,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := leftovers(OS{}, dir, func(name string) bool { return name == "f" || name == "" })
		if err != nil || len(got) == 1 != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := leftovers(OS{}, filepath.Join(dir, "none"), nil); got != nil || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// Two times that differ by newTime are two; a missing file holds nil and nothing
// else; a file that cannot be removed is an error, a missing one is none.
func TestSmallRules(t *testing.T) {
	b := newBench(t, oldDoc)
	infoAt := func(at time.Time) fs.FileInfo {
		if err := os.Chtimes(b.target, at, at); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(b.target)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	at := time.Unix(1_790_000_000, 0)
	if first := infoAt(at); sameTime(first, infoAt(at.Add(newTime))) || !sameTime(first, infoAt(at.Add(newTime-time.Microsecond))) {
		t.Error("times")
	}
	missing := filepath.Join(b.dir, "missing")
	for _, tt := range []struct {
		want []byte
		same bool
	}{{nil, true}, {[]byte{}, false}, {[]byte("x"), false}} {
		if same, err := Holds(OS{}, missing, tt.want); same != tt.same || err != nil {
			t.Errorf("a missing file holds %q: %v, %v", tt.want, same, err)
		}
	}
	if same, err := Holds(OS{}, b.target, []byte(oldDoc)); !same || err != nil {
		t.Errorf("%v, %v", same, err)
	}
	if err := removeIfThere(OS{}, missing); err != nil {
		t.Error(err)
	}
	if err := removeIfThere(OS{}, filepath.Join(b.dir, "real")); err == nil {
		t.Error("a folder with a file in it was removed")
	}
}
