package keychain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Program is where macOS has security. No search path is asked, so that no
// other program of that name is given a login.
const Program = "/usr/bin/security"

// drain is how long the pipes of a process that was ended are waited for.
const drain = time.Second

// Exec gives a Runner for a program, Program but in tests. Where ctx ends
// first, the program is killed with all it started. What it writes to standard
// error is dropped: its status says it all.
func Exec(program string) Runner {
	return func(ctx context.Context, stdin []byte, args ...string) ([]byte, int, error) {
		cmd := exec.CommandContext(ctx, program, args...)
		var out bytes.Buffer
		cmd.Stdin, cmd.Stdout = bytes.NewReader(stdin), &out
		cmd.WaitDelay = drain
		ownGroup(cmd)
		err := cmd.Run()
		var exited *exec.ExitError
		switch {
		case err == nil:
			return out.Bytes(), 0, nil
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return nil, 0, ErrTimeout
		case ctx.Err() != nil:
			return nil, 0, ctx.Err()
		case errors.As(err, &exited) && exited.Exited():
			return nil, exited.ExitCode(), nil
		}
		return nil, 0, fmt.Errorf("%w: %w", ErrFailed, err)
	}
}
