package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
)

const (
	privateFile fs.FileMode = 0o600
	privateDir  fs.FileMode = 0o700
	othersWrite fs.FileMode = 0o022
	othersAny   fs.FileMode = 0o077
)

// modes checks who may read and write. Windows has no mode bits: there a file is
// as private as its directory's access list.
func (x *examination) modes() {
	if x.GOOS == "windows" {
		return
	}
	x.private(x.Paths.Credentials(), true)
	x.private(x.Paths.Pool(), true)
	x.ownModes(x.Paths.Own())
	if x.Paths.State != "" {
		x.private(x.Paths.State, false)
		x.private(x.Paths.HighWater(), false)
	}
	// The rest is Claude Code's, which keeps its modes as it likes.
	x.shared(x.config)
	x.shared(x.Paths.Secure)
	if x.Paths.Config != x.Paths.Secure {
		x.shared(x.Paths.Config)
	}
}

// ownModes checks a directory of Baton's and what is in it. Symbolic links are
// not followed: what they lead to may belong to another program.
func (x *examination) ownModes(dir string) {
	x.private(dir, false)
	entries, err := x.FS.ReadDir(dir)
	if err != nil {
		return // it is missing, or documents reports that it cannot be read
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && dir == x.Paths.Own():
			x.ownModes(path)
		case e.IsDir():
			x.private(path, false)
		case e.Type().IsRegular():
			x.private(path, x.holdsTokens(path))
		}
	}
}

// holdsTokens says whether tokens are kept in a file of Baton's, or in the temp
// file of one.
func (x *examination) holdsTokens(path string) bool {
	switch path {
	case x.Paths.Usage(), x.Paths.Settings(), x.Paths.Activity(), x.Paths.StoreLock(), x.Paths.ClientLock(), x.Paths.LockRegistry(), x.Paths.GitIgnore():
		return false
	}
	return filepath.Dir(path) != filepath.Dir(x.Paths.AccountLock(""))
}

// private reports a file or directory that others may use. Its repair takes
// away what is too much and never adds anything. What a symbolic link leads to
// is reported, and left to the person.
func (x *examination) private(path string, tokens bool) {
	info, err := x.FS.Stat(path)
	if err != nil {
		return
	}
	want, have := privateFile, info.Mode().Perm()
	if info.IsDir() {
		want = privateDir
		if have&privateDir != privateDir {
			x.report(Finding{
				ID: "folder_closed", Severity: SeverityError, Path: path,
				Message: fmt.Sprintf("Baton cannot work in this directory (mode %04o)", have),
				Fix:     fmt.Sprintf("chmod u+rwx %q", path),
			})
		}
	}
	if have&^want == 0 {
		return
	}
	f := Finding{
		ID: "mode", Severity: SeverityWarning, Path: path,
		Message: fmt.Sprintf("%s (mode %04o)", access(have), have),
		Fix:     fmt.Sprintf("baton doctor --fix makes it %04o", have&want),
		repair:  repair{first, func(context.Context) error { return x.narrow(path, want) }},
	}
	if have&othersWrite != 0 || tokens && have&othersAny != 0 {
		f.Severity = SeverityError
	}
	if x.isLink(path) {
		f.repair = repair{}
		if target, err := files.Target(x.FS, path); err == nil {
			f.Message += linked(target, path)
			f.Path, f.Fix = target, fmt.Sprintf("chmod %04o %q", have&want, target)
		}
	}
	x.report(f)
}

// isLink says whether a path is a symbolic link itself.
func (x *examination) isLink(path string) bool {
	_, err := x.FS.Readlink(path)
	return err == nil
}

// shared reports what others can write, of files and directories that are not
// Baton's to change.
func (x *examination) shared(path string) {
	info, err := x.FS.Stat(path)
	if err != nil || info.Mode().Perm()&othersWrite == 0 {
		return
	}
	x.report(Finding{
		ID: "others_write", Severity: SeverityWarning, Path: path,
		Message: fmt.Sprintf("%s (mode %04o)", access(info.Mode().Perm()), info.Mode().Perm()),
		Fix:     fmt.Sprintf("chmod go-w %q", path),
	})
}

// access says in words what a mode allows that it should not.
func access(mode fs.FileMode) string {
	switch {
	case mode&0o002 != 0:
		return "others can write it"
	case mode&0o020 != 0:
		return "its group can write it"
	case mode&0o007 != 0:
		return "others can read it"
	case mode&0o070 != 0:
		return "its group can read it"
	}
	return "it is marked as a program"
}

// narrow takes away what of a mode is more than want.
func (x *examination) narrow(path string, want fs.FileMode) error {
	info, err := x.FS.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && x.isLink(path) {
		return nil
	}
	if err != nil {
		return claude.Unreadable(path, err)
	}
	if err := x.FS.Match(path, masked{info, want}); err != nil {
		p := claude.Unwritable(path, err)
		p.Hint = fmt.Sprintf("only its owner may change its mode: look at it with: ls -ld %q", path)
		return p
	}
	return nil
}

// masked is a FileInfo without some permission bits.
type masked struct {
	fs.FileInfo
	allow fs.FileMode
}

// Mode implements fs.FileInfo.
func (m masked) Mode() fs.FileMode { return m.FileInfo.Mode() &^ (fs.ModePerm &^ m.allow) }
