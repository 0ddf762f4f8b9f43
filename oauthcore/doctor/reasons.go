package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"baton/oauthcore/files"
)

var errNotADirectory error = syscall.ENOTDIR

// failing gives the file an error is about, or path, and its reason in words.
func failing(err error, path string) (at, why string) {
	var pe *fs.PathError
	if errors.As(err, &pe) && pe.Path != "" {
		path = pe.Path
	}
	return path, words(err)
}

// words says why a file operation failed.
func words(err error) string {
	switch files.ReasonOf(err) {
	case files.NotPermitted:
		return "permission denied"
	case files.ReadOnly:
		return "the file system is read-only"
	case files.NoLocks:
		return "there are no locks on this file system"
	case files.Mounted:
		return "it is mounted by itself as a single file"
	case files.NoSpace:
		return "no space is left"
	case files.InUse:
		return "another program has it open"
	case files.NotADirectory:
		return "it is not a directory"
	case files.IsADirectory:
		return "it is a directory"
	case files.TooManyLinks:
		return "its symbolic links lead in a circle"
	}
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return err.Error()
}

// fixOf says what helps against it.
func fixOf(err error, at string) string {
	switch files.ReasonOf(err) {
	case files.NotPermitted:
		return fmt.Sprintf("its owner or mode does not let you: look at them with: ls -ld %q %q", filepath.Dir(at), at)
	case files.ReadOnly:
		return "mount it writable, or set CLAUDE_CONFIG_DIR to a directory that is"
	case files.NoLocks:
		return "set CLAUDE_CONFIG_DIR to a directory on a local disk: a network file system without locks cannot keep two programs apart"
	case files.Mounted:
		return fmt.Sprintf("mount the directory %s and not the single file", filepath.Dir(at))
	case files.NoSpace:
		return "free some space"
	case files.InUse:
		return "close what uses it, also a virus scanner or a backup"
	case files.NotADirectory, files.IsADirectory, files.TooManyLinks:
		return fmt.Sprintf("move it away: %s", at)
	}
	return fmt.Sprintf("look at it with: ls -ld %q", at)
}

// linked adds which symbolic link led to the path, "" for none.
func linked(target, path string) string {
	if target == path {
		return ""
	}
	return "; " + path + " leads to it"
}
