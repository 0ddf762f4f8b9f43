//go:build windows

package local

import (
	"errors"

	"golang.org/x/sys/windows"
)

// stillActive is STILL_ACTIVE of GetExitCodeProcess.
const stillActive = 259

// alive says whether a process runs.
func alive(pid int) bool {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED) // somebody else's, but there
	}
	defer func() { _ = windows.CloseHandle(h) }()
	var code uint32
	return windows.GetExitCodeProcess(h, &code) == nil && code == stillActive
}
