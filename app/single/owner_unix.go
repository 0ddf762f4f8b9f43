//go:build unix

package single

import (
	"io/fs"
	"os"
	"syscall"
)

// ours says whether a folder belongs to this user and nobody else may write
// into it or look into it.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}

// restrict keeps others from a socket. They cannot reach its folder either, so
// the moment before does no harm.
func restrict(socket string) error { return os.Chmod(socket, 0o600) }
