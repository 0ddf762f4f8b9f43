//go:build unix

package clientlock

import (
	"errors"
	"os"
	"syscall"
)

var errNotEmpty error = syscall.ENOTEMPTY

// renameByMkdir is for file systems that cannot rename without replacing. The
// new directory is made in place, which fails where one is, and then the
// prepared one, empty too, goes over our own. (Package os refuses to rename
// over any directory.)
func renameByMkdir(from, to string) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	if err := syscall.Rename(from, to); err != nil {
		return errors.Join(&os.LinkError{Op: "rename", Old: from, New: to, Err: err}, os.Remove(to))
	}
	return nil
}
