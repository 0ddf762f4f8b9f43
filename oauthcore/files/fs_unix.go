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

// matchOwner keeps a file its person's when root runs Baton on it (sudo).
func matchOwner(name string, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 || st.Uid == 0 {
		return nil
	}
	return os.Chown(name, int(st.Uid), int(st.Gid))
}
