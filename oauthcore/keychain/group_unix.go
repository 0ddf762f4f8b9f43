//go:build unix

package keychain

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the program into a process group of its own, and has the whole
// group killed where it must end.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
