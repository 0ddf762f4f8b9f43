//go:build unix

package local

import (
	"errors"
	"syscall"
)

// alive says whether a process runs. One that belongs to somebody else cannot
// be signalled, but is there.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
