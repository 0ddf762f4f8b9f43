package cli

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/windows"
)

// killWhole has a command killed with the processes it started when its context
// ends.
func killWhole(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	cmd.Cancel = func() error {
		system, err := windows.GetSystemDirectory()
		if err != nil {
			return cmd.Process.Kill()
		}
		kill := exec.Command(filepath.Join(system, "taskkill.exe"), "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)) //nolint:gosec // a program of the system
		kill.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
		if kill.Run() != nil {
			return cmd.Process.Kill()
		}
		return nil
	}
}
