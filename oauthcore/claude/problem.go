package claude

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"
)

// errBOM says that a document begins with a byte order mark, which Claude Code
// does not take there.
var errBOM = errors.New("begins with a byte order mark")

// Damaged is the problem of a file that does not say what it should. Baton
// never writes over such a file.
func Damaged(path string, cause error) *view.Problem {
	return &view.Problem{
		Code:    view.CodeDamaged,
		Message: fmt.Sprintf("%s %s; nothing was changed", path, Damage(cause)),
		Hint:    "repair the file or move it away, then try again; Baton never overwrites what it cannot read",
		Err:     cause,
	}
}

// Damage says in a few words what is wrong with a file.
func Damage(cause error) string {
	switch {
	case errors.Is(cause, errBOM):
		return "begins with a byte order mark (an invisible character at its start)"
	case errors.Is(cause, jsonedit.ErrDuplicate), errors.Is(cause, jsonedit.ErrShape), errors.Is(cause, jsonedit.ErrType):
		return "is not as it should be (" + cause.Error() + ")"
	}
	return "is not valid JSON"
}

// IsDamage says that an error is about what a file says.
func IsDamage(err error) bool { return accounts.Misshapen(err) || errors.Is(err, errBOM) }

// Changed is the problem of a file that is no longer what was read.
func Changed(path string, cause error) *view.Problem {
	return &view.Problem{Code: view.CodeBusy, Message: path + " was changed by another program just now", Hint: "nothing was overwritten; try again", Err: cause}
}

// Unreadable is the problem of a file that is there and cannot be read.
func Unreadable(path string, cause error) *view.Problem {
	p := fileProblem("read", path, cause)
	return p
}

// Unwritable is the problem of a file that could not be replaced. The old one
// is whole.
func Unwritable(path string, cause error) *view.Problem {
	p := fileProblem("write", path, cause)
	p.Hint += "; the old file is untouched"
	return p
}

// Unlockable is the problem of a lock that cannot be taken for another reason
// than its holder.
func Unlockable(path string, cause error) *view.Problem { return fileProblem("lock", path, cause) }

// fileProblem gives the real reason and the path that failed, which behind a
// symbolic link is another one than the path asked for.
func fileProblem(verb, path string, cause error) *view.Problem {
	why := cause
	at := path
	var pe *fs.PathError
	if errors.As(cause, &pe) {
		why = pe.Err
		if pe.Path != "" {
			at = pe.Path
		}
	}
	p := &view.Problem{Code: view.CodeFailed, Err: cause}
	subject := at
	if at != path && verb != "lock" {
		subject = fmt.Sprintf("%s (for %s)", at, path)
	}
	p.Message = fmt.Sprintf("cannot %s %s: %v", verb, subject, why)
	switch files.ReasonOf(cause) {
	case files.NotPermitted:
		p.Message = fmt.Sprintf("cannot %s %s: permission denied", verb, subject)
		p.Hint = fmt.Sprintf("its owner or mode keeps you out: look at them with: ls -ld %q %q", filepath.Dir(at), at)
	case files.ReadOnly:
		p.Message = fmt.Sprintf("cannot %s %s: the file system is read-only", verb, subject)
		p.Hint = "mount it writable, or set CLAUDE_CONFIG_DIR to a directory that is"
	case files.NoLocks:
		p.Message = fmt.Sprintf("cannot %s %s: no locks available on this file system", verb, subject)
		p.Hint = "a network file system without locks cannot keep two programs apart: set CLAUDE_CONFIG_DIR to a directory on a local disk"
	case files.Mounted:
		p.Message = fmt.Sprintf("cannot %s %s: it is mounted by itself, so it cannot be replaced", verb, subject)
		p.Hint = fmt.Sprintf("mount the directory %s and not the single file", filepath.Dir(at))
	case files.NoSpace:
		p.Message = fmt.Sprintf("cannot %s %s: no space left", verb, subject)
		p.Hint = "free some space, then try again"
	case files.InUse:
		p.Code = view.CodeBusy
		p.Message = fmt.Sprintf("cannot %s %s: another program has it open", verb, subject)
		p.Hint = "close what uses it, also a virus scanner or a backup, then try again"
	default:
		p.Hint = fmt.Sprintf("look at it with: ls -ld %q, then try again", at)
	}
	return p
}
