package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
)

// emptyHome is a doctor of a home in which nothing was done yet.
func emptyHome(t *testing.T, fsys files.FS) (*Doctor, claude.Paths) {
	t.Helper()
	home := t.TempDir()
	paths, err := claude.PathsFrom(func(string) (string, bool) { return "", false }, func() (string, error) { return home, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(paths.Own(), 0o700); err != nil {
		t.Fatal(err)
	}
	return New(oauthcore.New(oauthcore.Env{Paths: paths, FS: fsys, Locks: &files.Locks{}, Now: time.Now, GOOS: "linux"}), nil), paths
}

func examine(t *testing.T, d *Doctor, r Request) []Finding {
	t.Helper()
	found, err := d.Examine(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A network file system without locks: that is found out before the first lock
// was ever taken, and later at the locks' own files.
func TestNoLocksOnThisFileSystem(t *testing.T) {
	for _, cause := range []error{syscall.ENOLCK, syscall.ENOSYS, syscall.EOPNOTSUPP} {
		for _, used := range []bool{false, true} {
			d, paths := emptyHome(t, files.OS{})
			d.lock = func(_ context.Context, path string) (func(), error) {
				return nil, fmt.Errorf("lock %s: %w", path, cause)
			}
			at := paths.Own()
			if used {
				at = paths.ClientLock()
				if err := os.WriteFile(at, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			found := examine(t, d, Request{})
			if len(found) != 1 || found[0].ID != "no_lock" || found[0].Severity != SeverityError || found[0].Path != at ||
				!strings.Contains(found[0].Message, "no locks") || !strings.Contains(found[0].Fix, "local disk") {
				t.Errorf("%v, used %v: %+v", cause, used, found)
			}
		}
	}
}
