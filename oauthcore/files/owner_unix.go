//go:build unix

package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// matchOwner keeps a person's file theirs when root runs Baton on it (sudo).
func matchOwner(name string, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 || st.Uid == 0 {
		return nil
	}
	return os.Lchown(name, int(st.Uid), int(st.Gid))
}

// heir is who a new file in dir should belong to if not to this process: the
// folder's owner, when root works in another user's folder.
func heir(dir string) (uid, gid int, ok bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	info, err := os.Stat(dir)
	if err != nil {
		return 0, 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return 0, 0, false
	}
	return int(st.Uid), int(st.Gid), true
}

// giveFile gives a file this process has just created to its folder's owner.
// It goes by the descriptor: the folder's owner could put another file of
// root's at the path. A chown that is refused (a container without CAP_CHOWN,
// NFS with root squash) is no reason to fail the write.
func giveFile(f *os.File) {
	if uid, gid, ok := heir(filepath.Dir(f.Name())); ok {
		_ = f.Chown(uid, gid)
	}
}

// giveFolder is giveFile for a folder.
func giveFolder(name string) {
	uid, gid, ok := heir(filepath.Dir(name))
	if !ok {
		return
	}
	d, err := os.OpenFile(name, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return
	}
	_ = d.Chown(uid, gid)
	_ = d.Close()
}

// sameOwner says that two files belong to the same user.
func sameOwner(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	y, ok2 := b.Sys().(*syscall.Stat_t)
	return ok && ok2 && x.Uid == y.Uid
}
