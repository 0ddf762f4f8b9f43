//go:build unix

package files

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil // some network file systems cannot sync a folder; the rename still holds
	}
	return errors.Join(err, d.Close())
}

// notALink reports whether Readlink failed because the path is no symbolic
// link. After any other error (EIO, ESTALE of a network file system) it may
// be one, and a rename would replace the link.
func notALink(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, fs.ErrNotExist)
}
