//go:build !js

package app_test

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"testing"
)

// outcome is how one command ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// baton runs one command to its end and gives its outcome, whatever it is.
func (w *world) baton(ctx context.Context, args ...string) (outcome, error) {
	cmd := exec.CommandContext(ctx, "baton", args...)
	cmd.Env, cmd.Dir = w.env(), w.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ctx.Err() == nil {
		err = nil
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}, err
}

// done runs a command that has to succeed and gives what it printed.
func (w *world) done(t *testing.T, args ...string) string {
	t.Helper()
	got, err := w.baton(t.Context(), args...)
	if err != nil || got.code != 0 {
		t.Fatalf("baton %q: %v, exit status %d\n%s%s", args, err, got.code, got.stdout, got.stderr)
	}
	return got.stdout
}

// background starts a program that is ended and waited for when the test ends.
func background(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()         // killed: that is no news
	})
}
