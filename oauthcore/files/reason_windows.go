package files

import (
	"errors"

	"golang.org/x/sys/windows"
)

// reasonHere sorts what only Windows has; package syscall maps the common
// ones to the names used elsewhere.
func reasonHere(err error) Reason {
	var code windows.Errno
	if !errors.As(err, &code) {
		return Other
	}
	switch code {
	case windows.ERROR_WRITE_PROTECT:
		return ReadOnly
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED:
		return NoSpace
	case windows.ERROR_NOT_SUPPORTED, windows.ERROR_INVALID_FUNCTION, windows.ERROR_NO_SYSTEM_RESOURCES:
		return NoLocks
	case windows.ERROR_BUSY, windows.ERROR_NOT_SAME_DEVICE:
		return Mounted
	case windows.ERROR_DIRECTORY:
		return NotADirectory
	case windows.ERROR_CANT_RESOLVE_FILENAME:
		return TooManyLinks
	default:
		return Other
	}
}
