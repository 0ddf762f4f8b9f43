//go:build unix

package filestest

import (
	"io/fs"
	"syscall"
)

// OwnedBy is info with another owner, for FS.Info.
func OwnedBy(info fs.FileInfo, uid uint32) fs.FileInfo {
	st := *info.Sys().(*syscall.Stat_t)
	st.Uid = uid
	return owned{info, &st}
}

type owned struct {
	fs.FileInfo
	sys *syscall.Stat_t
}

func (o owned) Sys() any { return o.sys }
