//go:build unix

package clientlock

import (
	"io/fs"
	"syscall"
)

func inode(_ string, info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino
	}
	return 0
}
