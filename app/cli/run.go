//go:build !js

package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"baton/app/backend"
)

// Run carries out one command line and returns the exit status: 0 done,
// 1 failed, 2 usage, 3 login needed, 4 all limited, 5 no other account,
// 6 busy. ctx ends the command: the caller ties it to Ctrl-C. Run never ends
// the process and leaves no goroutine that writes.
func Run(ctx context.Context, cfg Config) int {
	r := &runner{Config: cfg.withDefaults()}
	defer r.close()

	root := r.root()
	// A nil slice would make cobra read the process's own arguments.
	root.SetArgs(append([]string{}, r.Args...))
	return r.finish(root.ExecuteContext(ctx))
}

// runner is one command line under way.
type runner struct {
	Config
	opened backend.Backend
}

// backend opens the backend on first use.
func (r *runner) backend() (backend.Backend, error) {
	if r.opened != nil {
		return r.opened, nil
	}
	b, err := r.NewBackend()
	if err != nil {
		return nil, err
	}
	r.opened = b
	return b, nil
}

// close gives back what the backend holds, if it holds anything.
func (r *runner) close() {
	if c, ok := r.opened.(io.Closer); ok {
		if err := c.Close(); err != nil {
			r.complain(backend.AsProblem(err))
		}
	}
}

// do runs one action, showing on a terminal what it waits for.
func (r *runner) do(ctx context.Context, a backend.Action) (backend.Result, backend.Snapshot, error) {
	b, err := r.backend()
	if err != nil {
		return backend.Result{}, backend.Snapshot{}, err
	}
	stop := r.showProgress(ctx, b)
	res, err := b.Do(ctx, a)
	stop()
	return res, b.Snapshot(), err
}

// snapshot is for the commands that only read.
func (r *runner) snapshot() (backend.Snapshot, error) {
	b, err := r.backend()
	if err != nil {
		return backend.Snapshot{}, err
	}
	return b.Snapshot(), nil
}

// say prints one line of the answer.
func (r *runner) say(format string, args ...any) error {
	_, err := fmt.Fprintf(r.Stdout, format+"\n", args...)
	return err
}

// note prints one line beside the answer. Failing to do so is no reason to
// fail: standard error is where it would be told.
func (r *runner) note(line string) {
	_, _ = fmt.Fprintln(r.Stderr, plain(line))
}

// notes prints the backend's own remarks on an action.
func (r *runner) notes(lines []string) {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			r.note(line)
		}
	}
}
