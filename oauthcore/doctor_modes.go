package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

const (
	privateFile   fs.FileMode = 0o600
	privateFolder fs.FileMode = 0o700
	othersWrite   fs.FileMode = 0o022
	othersAny     fs.FileMode = 0o077
)

// modes looks who may read and write. Windows has no mode bits: there a file
// is as private as its folder's access list.
func (k *checkup) modes() {
	if k.GOOS == "windows" {
		return
	}
	k.private(k.Paths.Credentials(), true)
	k.private(k.Paths.Pool(), true)
	k.ownModes(k.Paths.Own())
	if k.Paths.State != "" {
		k.private(k.Paths.State, false)
		k.private(k.Paths.HighWater(), false)
	}
	// The rest is Claude Code's, which keeps its modes as it likes.
	k.shared(k.Paths.ClaudeJSON)
	k.shared(k.Paths.Secure)
	if k.Paths.Config != k.Paths.Secure {
		k.shared(k.Paths.Config)
	}
}

// ownModes looks at a folder of Baton's and what is in it. Symbolic links are
// not followed: what they lead to is somebody else's.
func (k *checkup) ownModes(dir string) {
	k.private(dir, false)
	entries, err := k.FS.ReadDir(dir)
	if err != nil {
		return // none there, or documents says that it cannot be read
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && (path == k.Paths.SetAside() || path == filepath.Join(k.Paths.Own(), "locks")):
			k.ownModes(path)
		case e.IsDir():
			k.private(path, false)
		case e.Type().IsRegular():
			k.private(path, k.holdsTokens(path))
		}
	}
}

// holdsTokens says whether a file of Baton's is one that tokens are kept in,
// or the beginning of one.
func (k *checkup) holdsTokens(path string) bool {
	switch path {
	case k.Paths.Book(), k.Paths.Settings(), k.Paths.Activity(), k.Paths.StoreLock(), k.Paths.ClientLock(), k.Paths.Ledger():
		return false
	}
	dir := filepath.Dir(path)
	return dir == k.Paths.Own() || dir == k.Paths.SetAside()
}

// private reports a file or folder others may use. Its cure takes away what is
// too much and never adds anything.
func (k *checkup) private(path string, tokens bool) {
	info, err := k.FS.Stat(path)
	if err != nil {
		return
	}
	want, have := privateFile, info.Mode().Perm()
	if info.IsDir() {
		want = privateFolder
		if have&privateFolder != privateFolder {
			k.report(Finding{
				ID: "folder_closed", Severity: SeverityError, Path: path,
				Message: fmt.Sprintf("Baton cannot work in this folder (mode %04o)", have),
				Fix:     fmt.Sprintf("chmod u+rwx %q", path),
			})
		}
	}
	if have&^want == 0 {
		return
	}
	f := Finding{
		ID: "mode", Severity: SeverityWarning, Path: path,
		Message: fmt.Sprintf("%s (mode %04o)", whoMay(have), have),
		Fix:     fmt.Sprintf("baton doctor --fix makes it %04o", have&want),
		mend:    func(context.Context) error { return k.narrow(path, want) },
	}
	if have&othersWrite != 0 || (tokens && have&othersAny != 0) {
		f.Severity = SeverityError
	}
	k.report(f)
}

// shared reports what others can write, of files and folders that are not
// Baton's to change.
func (k *checkup) shared(path string) {
	info, err := k.FS.Stat(path)
	if err != nil || info.Mode().Perm()&othersWrite == 0 {
		return
	}
	k.report(Finding{
		ID: "others_write", Severity: SeverityWarning, Path: path,
		Message: fmt.Sprintf("%s (mode %04o)", whoMay(info.Mode().Perm()), info.Mode().Perm()),
		Fix:     fmt.Sprintf("chmod go-w %q", path),
	})
}

func whoMay(mode fs.FileMode) string {
	switch {
	case mode&0o002 != 0:
		return "others can write it"
	case mode&0o020 != 0:
		return "its group can write it"
	case mode&0o007 != 0:
		return "others can look at it"
	case mode&0o070 != 0:
		return "its group can look at it"
	}
	return "it is marked as a program"
}

// narrow takes away what of a mode is more than want.
func (c *Core) narrow(path string, want fs.FileMode) error {
	info, err := c.FS.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unreadable(path, err)
	}
	if err := c.FS.Match(path, masked{info, want}); err != nil {
		e := unwritable(path, err)
		e.Hint = "look whose it is: only its owner may change its mode"
		return e
	}
	return nil
}

// masked is a FileInfo with some permission bits left out.
type masked struct {
	fs.FileInfo
	allow fs.FileMode
}

// Mode implements fs.FileInfo.
func (m masked) Mode() fs.FileMode { return m.FileInfo.Mode() &^ (fs.ModePerm &^ m.allow) }
