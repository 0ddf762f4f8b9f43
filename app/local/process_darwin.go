//go:build darwin

package local

import (
	"time"

	"baton/oauthcore/claude"

	"golang.org/x/sys/unix"
)

// processes asks the kernel for a process.
func processes(pid int) (p claude.Process, ok bool) {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(info.Proc.P_pid) != pid {
		return p, alive(pid)
	}
	const zombie = 5 // SZOMB of sys/proc.h
	if info.Proc.P_stat == zombie {
		return p, false
	}
	p.Started = time.Unix(info.Proc.P_starttime.Unix())
	if name := unix.ByteSliceToString(info.Proc.P_comm[:]); name != "" {
		p.Names = []string{name}
	}
	return p, true
}
