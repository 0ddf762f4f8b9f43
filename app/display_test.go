//go:build linux && cgo

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// display is an X server of the test's own with a window manager on it.
type display struct{ name string }

// newDisplay starts both; they end with the test. The server picks a number
// that is free.
func newDisplay(t *testing.T) display {
	t.Helper()
	need(t, "Xvfb", "openbox", "xdotool", "import")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }() // nothing is written any more
	server := exec.CommandContext(t.Context(), "Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	background(t, server)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("no X server: %v", err)
	}
	d := display{":" + strings.TrimSpace(number)}
	manager := exec.CommandContext(t.Context(), "openbox")
	manager.Env = append(os.Environ(), "DISPLAY="+d.name, "HOME="+t.TempDir())
	background(t, manager)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	// A window manager that runs says so on the root window.
	if err := until(ctx, func() bool {
		got, err := d.run(ctx, "xdotool", "get_num_desktops")
		return err == nil && strings.TrimSpace(got) != "0"
	}); err != nil {
		t.Fatalf("no window manager: %v", err)
	}
	return d
}

// run runs a program on the display to its end and gives what it prints.
func (d display) run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.name)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %q: %w: %s", name, args, err, stderr.String())
	}
	return stdout.String(), nil
}

// window is a window on a display.
type window struct {
	display
	id string
}

// find waits for the window with exactly this title.
func (d display) find(ctx context.Context, title string) (window, error) {
	var ids []string
	err := until(ctx, func() bool {
		out, err := d.run(ctx, "xdotool", "search", "--onlyvisible", "--name", "^"+title+"$")
		ids = strings.Fields(out)
		return err == nil && len(ids) > 0
	})
	if err != nil {
		return window{}, fmt.Errorf("no window %q: %w", title, err)
	}
	return window{d, ids[len(ids)-1]}, nil
}

// picture is what the window looks like now.
func (w window) picture(ctx context.Context) (image.Image, error) {
	out, err := w.run(ctx, "import", "-window", w.id, "png:-")
	if err != nil {
		return nil, err
	}
	return png.Decode(strings.NewReader(out))
}

// click presses the left button at a place in the window.
func (w window) click(ctx context.Context, at image.Point) error {
	_, err := w.run(ctx, "xdotool", "mousemove", "--sync", "--window", w.id, strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
	return err
}

// close has the window manager ask the window to close, by the keys for it.
func (w window) close(ctx context.Context) error {
	_, err := w.run(ctx, "xdotool", "windowactivate", "--sync", w.id, "key", "--clearmodifiers", "alt+F4")
	return err
}

// keep saves a picture for people (go test -artifacts).
func keep(t *testing.T, name string, picture image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
