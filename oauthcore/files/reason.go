package files

import (
	"errors"
	"io/fs"
	"syscall"
)

// Reason says why a file operation failed, as far as a message needs it.
type Reason string

// The reasons. The values are stable and can be logged.
const (
	NotPermitted  Reason = "not permitted"   // EACCES, EPERM
	ReadOnly      Reason = "read-only"       // EROFS: the file system is mounted read-only
	NoLocks       Reason = "no locks"        // ENOLCK, ENOTSUP, ENOSYS: the file system has no locks
	Mounted       Reason = "mounted"         // EBUSY, EXDEV: a rename over a mount point
	NoSpace       Reason = "no space"        // ENOSPC, EDQUOT
	InUse         Reason = "in use"          // ErrInUse
	NotFound      Reason = "not found"       // ENOENT
	NotADirectory Reason = "not a directory" // ENOTDIR
	IsADirectory  Reason = "is a directory"  // EISDIR
	TooManyLinks  Reason = "too many links"  // ELOOP
	NoReason      Reason = ""                // no error
	Other         Reason = "other"           // anything else
)

// ReasonOf sorts an error of this package or of package os. ENOTSUP and ENOSYS
// are NoLocks: of all operations used here only locks have them.
func ReasonOf(err error) Reason {
	if err == nil {
		return NoReason
	}
	if errors.Is(err, ErrInUse) { // on Windows it wraps a refused permission
		return InUse
	}
	for _, r := range reasons {
		for _, e := range r.errs {
			if errors.Is(err, e) {
				return r.why
			}
		}
	}
	return reasonHere(err)
}

var reasons = []struct {
	why  Reason
	errs []error
}{
	{ReadOnly, []error{syscall.EROFS}},
	{NotPermitted, []error{fs.ErrPermission}},
	{NoLocks, []error{syscall.ENOLCK, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS}},
	{Mounted, []error{syscall.EBUSY, syscall.EXDEV}},
	{NoSpace, []error{syscall.ENOSPC, syscall.EDQUOT}},
	{NotFound, []error{fs.ErrNotExist}},
	{NotADirectory, []error{syscall.ENOTDIR}},
	{IsADirectory, []error{syscall.EISDIR}},
	{TooManyLinks, []error{syscall.ELOOP}},
}

// refused reports whether a file cannot be replaced by a new one, though it
// may be writable itself.
func refused(err error) bool {
	switch ReasonOf(err) {
	case NotPermitted, ReadOnly, Mounted:
		return true
	default:
		return false
	}
}
