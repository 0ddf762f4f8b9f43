//go:build unix

package oauthcore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// A swap to another organization is cut off after the login was replaced. The
// same command again says done: the old organization's policy files must be gone
// then, and .claude.json's caches with them.
func TestPolicyFilesStayAfterASwapThatWasCutOff(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	for _, name := range filesOfOrganization {
		w.write(filepath.Join(w.paths.Config, filepath.FromSlash(name)), "{}")
	}
	// The rename of .claude.json fails: "the login was swapped, its account's
	// name not yet; run the same command again".
	broken := w.newCore(fixed(".claude.json"))
	_, err := broken.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	t.Log(err)
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	for _, name := range filesOfOrganization {
		if _, err := os.Stat(filepath.Join(w.paths.Config, filepath.FromSlash(name))); err == nil {
			t.Errorf("%s of the other organization stays", name)
		}
	}
}

// fixed refuses to rename anything over a file, and to write it: as chattr +i, or
// a sticky folder, does. New files can be made beside it.
func fixed(base string) *filestest.FS {
	return &filestest.FS{Before: func(op, path string) error {
		if filepath.Base(path) == base && (op == "rename" || op == "writable" || op == "overwrite") {
			return syscall.EPERM
		}
		return nil
	}}
}

// Both files can be written: that is found out before a token is spent or the
// first one is replaced, also where a new file can be made beside the old one
// and cannot take its place.
func TestAFileThatCannotTakeItsPlace(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	core := w.newCore(fixed(".credentials.json"))
	before := w.credential()
	_, err := core.Refresh(t.Context(), personal)
	t.Log(err)
	if !w.alive(before.Fingerprint()) {
		t.Error("the token was spent though the live file cannot be written: Claude Code will present it again")
	}
	// and for the first of two
	core = w.newCore(fixed(".claude.json"))
	_, err = core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	t.Log(err)
	if got := w.credential(); got.AccountUUID != before.AccountUUID {
		t.Error("the login was replaced though .claude.json cannot be")
	}
}

// A credentials file that is a device (ln -s /dev/null) is never replaced.
func TestADeviceIsNotReplaced(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	null := filepath.Join(t.TempDir(), "null")
	if err := syscall.Mknod(null, syscall.S_IFCHR|0o666, 1<<8|3); err != nil {
		t.Skip("not run: no device can be made here:", err)
	}
	for _, path := range []string{w.paths.Credentials(), w.paths.Pool(), w.paths.ClaudeJSON} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(null, path); err != nil {
			t.Fatal(err)
		}
		_, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
		t.Log(path, err)
		info, err := os.Stat(null)
		if err != nil || info.Mode()&os.ModeCharDevice == 0 {
			t.Fatalf("%s: the device was replaced by a file: %v, %v", path, info.Mode(), err)
		}
	}
}

// A folder that cannot be synced: the file in it was replaced all the same. It
// is not said to be untouched, and the other file follows, since the login is
// swapped already.
func TestAFolderThatCannotBeSynced(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	core := w.newCore(&filestest.FS{Before: filestest.Fail("syncdir", w.paths.Secure, syscall.EIO)})
	_, err := core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	var said *view.Problem
	if errors.As(err, &said) && strings.Contains(said.Hint, "untouched") && w.credential().AccountUUID != w.resident(personal).Person.AccountUUID {
		t.Errorf("the login was replaced, and it is said: %s; %s", said.Message, said.Hint)
	}
	if got, want := w.liveName(), w.credential().AccountUUID+" "+w.credential().OrganizationUUID; got != want {
		t.Errorf(".claude.json names %s, the login is of %s", got, want)
	}
}
