//go:build linux && cgo

package app_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"baton/.ci/screen"

	"fyne.io/fyne/v2/theme"
)

// again starts Baton a second time on the display and gives its outcome.
func (w *world) again(ctx context.Context, d *screen.Screen, args ...string) (outcome, error) {
	cmd := exec.CommandContext(ctx, "baton", args...)
	cmd.Dir, cmd.Env = w.dir, w.onDisplay(d, "dark")
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ctx.Err() == nil {
		err = nil
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}, err
}

// A second start shows the window there is, whatever became of it.
func TestASecondStart(t *testing.T) {
	d := newDisplay(t)
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	o := open(ctx, t, w, d, "dark")
	o.showing(ctx, t, "first", theme.VariantDark, activeOnly(0))
	if _, err := d.Run(ctx, "xdotool", "windowminimize", o.ID); err != nil {
		t.Fatal(err)
	}
	if err := until(ctx, func() bool { return len(visible(ctx, d)) == 0 }); err != nil {
		t.Fatalf("the window is not out of the way: %v", err)
	}
	// One that starts with the desktop leaves it where it is.
	got, err := w.again(ctx, d, "--hidden")
	if err != nil || got != (outcome{}) || len(visible(ctx, d)) != 0 {
		t.Errorf("a hidden start: %v, %+v, windows %v", err, got, visible(ctx, d))
	}
	got, err = w.again(ctx, d)
	if err != nil || got.code != 0 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 {
		t.Fatalf("the second start: %v, %+v", err, got)
	}
	if err := until(ctx, func() bool {
		front, err := d.Run(ctx, "xdotool", "getactivewindow")
		return err == nil && strings.TrimSpace(front) == o.ID && len(visible(ctx, d)) == 1
	}); err != nil {
		t.Fatalf("the window did not come to the front: %v", err)
	}
	// A demo has accounts of its own, and a window.
	demo := open(ctx, t, w, d, "dark", "demo")
	if demo.ID == o.ID {
		t.Error("the demo has no window of its own")
	}
	if err := demo.Close(ctx); err != nil {
		t.Fatal(err)
	}
	demo.ended(t)
	// One that hangs is told of, with what to do.
	if err := o.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	got, err = w.again(ctx, d)
	if want := fmt.Sprintf("kill -9 %d", o.cmd.Process.Pid); err != nil || got.code != 1 || !strings.Contains(got.stderr, want) {
		t.Errorf("beside one that hangs: %v, %+v", err, got)
	}
	// It does what it says, and what the dead one left is in nobody's way.
	if err := o.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = o.cmd.Wait() // killed
	left, err := filepath.Glob(filepath.Join(w.dir, "baton", "*.sock"))
	if err != nil || len(left) != 1 {
		t.Fatalf("the one that was killed left %v, %v", left, err)
	}
	next := open(ctx, t, w, d, "dark")
	next.showing(ctx, t, "next", theme.VariantDark, activeOnly(0))
	if err := next.Close(ctx); err != nil {
		t.Fatal(err)
	}
	next.ended(t)
	if _, err := os.Stat(left[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its socket is still there: %v", err)
	}
}
