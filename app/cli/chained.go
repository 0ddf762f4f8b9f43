//go:build !js

package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"time"
)

const (
	// chainedWait bounds the status line command that was there before Baton's.
	chainedWait = 5 * time.Second
	// chainedVariable is set for that command. A Baton that it runs in turn, for
	// example in a script, neither prints its line twice nor starts the command
	// again, which would never end.
	chainedVariable = "BATON_STATUSLINE_CHAINED"
)

// chained runs the command that was there before on the same input and gives
// its lines. After limit, or if ctx ends, it is killed with everything it
// started.
func chained(ctx context.Context, command string, told []byte, limit time.Duration) []byte {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	shell := []string{"sh", "-c", command}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C", command}
	}
	run := exec.CommandContext(ctx, shell[0], shell[1:]...)
	killWhole(run)
	run.Env = append(os.Environ(), chainedVariable+"=1")
	run.Stdin = bytes.NewReader(told)
	run.WaitDelay = 100 * time.Millisecond // what it left running must not hold the line up
	out, _ := run.Output()
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return out
}
