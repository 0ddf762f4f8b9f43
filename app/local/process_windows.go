//go:build windows

package local

import (
	"time"

	"baton/oauthcore/claude"

	"golang.org/x/sys/windows"
)

// stillActive is STILL_ACTIVE of GetExitCodeProcess.
const stillActive = 259

// processes asks the system for a process. One of somebody else's that may not
// be asked about does not count.
func processes(pid int) (p claude.Process, ok bool) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return p, false
	}
	defer func() { _ = windows.CloseHandle(h) }()
	var code uint32
	if windows.GetExitCodeProcess(h, &code) != nil || code != stillActive {
		return p, false
	}
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) == nil {
		p.Started = time.Unix(0, created.Nanoseconds())
	}
	name := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(name))
	if windows.QueryFullProcessImageName(h, 0, &name[0], &size) == nil {
		p.Names = []string{windows.UTF16ToString(name[:size])}
	}
	return p, true
}
