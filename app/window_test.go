//go:build linux && cgo

package app_test

import (
	"bytes"
	"context"
	"image"
	"os/exec"
	"syscall"
	"testing"

	"baton/.ci/screen"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// opened is a Baton with its window on a display.
type opened struct {
	screen.Window
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

// open starts Baton with its window and waits for it.
func open(ctx context.Context, t *testing.T, w *world, d *screen.Screen, variant string, args ...string) *opened {
	t.Helper()
	return openIn(ctx, t, w, d, w.onDisplay(d, variant), args...)
}

// openIn is open with an environment.
func openIn(ctx context.Context, t *testing.T, w *world, d *screen.Screen, env []string, args ...string) *opened {
	t.Helper()
	o := &opened{cmd: exec.CommandContext(ctx, "baton", args...)}
	o.cmd.Dir, o.cmd.Env = w.dir, env
	o.cmd.Stderr = &o.stderr
	background(t, o.cmd)
	var err error
	if o.Window, err = d.Find(ctx, "Baton", o.cmd.Process.Pid); err != nil {
		t.Fatalf("%v\n%s", err, o.stderr.String())
	}
	return o
}

// onDisplay is the environment of a Baton with a window.
func (w *world) onDisplay(d *screen.Screen, variant string) []string {
	return w.env(append(d.Env(), "FYNE_THEME="+variant, "XDG_RUNTIME_DIR="+w.dir)...)
}

// ended waits for the process and fails if it does not end well.
func (o *opened) ended(t *testing.T) {
	t.Helper()
	if err := o.cmd.Wait(); err != nil {
		t.Errorf("Baton ended badly: %v\n%s", err, o.stderr.String())
	}
}

// showing waits for a picture of which something holds, and keeps it.
func (o *opened) showing(ctx context.Context, t *testing.T, name string, variant fyne.ThemeVariant, holds func([]card) bool) []card {
	t.Helper()
	var last image.Image
	var found []card
	err := until(ctx, func() bool {
		picture, err := o.Picture(ctx)
		if err != nil {
			return false
		}
		last, found = picture, cards(picture, variant)
		return holds(found)
	})
	if last != nil {
		keep(t, name, last)
	}
	if err != nil {
		t.Fatalf("the window never showed what it should (%s): %v; seen %v\n%s", name, err, found, o.stderr.String())
	}
	if blank(last) {
		t.Errorf("%s: the window is blank", name)
	}
	return found
}

// activeOnly says that of the first cards exactly one is the active one.
func activeOnly(n int) func([]card) bool {
	return func(found []card) bool {
		for i, c := range found {
			if c.active != (i == n) {
				return false
			}
		}
		return len(found) > n && len(found) >= 4
	}
}

// One click in the window swaps, on the files themselves.
func TestSwapInTheWindow(t *testing.T) {
	d := newDisplay(t)
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	o := open(ctx, t, w, d, "dark")
	found := o.showing(ctx, t, "before", theme.VariantDark, activeOnly(0))
	if err := o.Click(ctx, found[1].button()); err != nil {
		t.Fatal(err)
	}
	o.showing(ctx, t, "after", theme.VariantDark, activeOnly(1))
	if got := w.active(t); got != "ada@corp.example" {
		t.Errorf("the window shows the second account as active, the files say %s", got)
	}
	if who := w.live(t); who.AccountUUID != w.home.Residents[1].Person.AccountUUID {
		t.Errorf("live is %v", who)
	}
	// What another process does is seen too.
	w.done(t, "swap", "ada@example.com")
	o.showing(ctx, t, "back", theme.VariantDark, activeOnly(0))
	if err := o.Close(ctx); err != nil {
		t.Fatal(err)
	}
	o.ended(t)
}

// The demo's window is Baton on made-up accounts; what it stood on is gone
// when it ends, also where it is told to from outside.
func TestDemoInTheWindow(t *testing.T) {
	d := newDisplay(t)
	for name, end := range map[string]func(context.Context, *opened) error{
		"closed":     func(ctx context.Context, o *opened) error { return o.Close(ctx) },
		"terminated": func(_ context.Context, o *opened) error { return o.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			w := started(t)
			ctx, cancel := context.WithTimeout(t.Context(), hangs)
			defer cancel()
			o := open(ctx, t, w, d, "light", "demo")
			o.showing(ctx, t, "demo", theme.VariantLight, activeOnly(0))
			if err := end(ctx, o); err != nil {
				t.Fatal(err)
			}
			o.ended(t)
		})
	}
}
