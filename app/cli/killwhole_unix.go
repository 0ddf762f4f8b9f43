//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// killWhole puts a command into a process group of its own, and has the whole
// group killed when its context ends.
func killWhole(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
