//go:build unix

package doctor

import (
	"io/fs"
	"os"
	"syscall"
)

// ownerOf is the user a file belongs to; ok is false if that is not known.
func ownerOf(info fs.FileInfo) (uid int, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}

// processUser is the user this process acts as.
func processUser() (uid int, ok bool) { return os.Geteuid(), true }
