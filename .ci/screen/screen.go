// Package screen gives tests and tools a display of their own, on which they
// open real windows, drive them as a person does, and look at them. It stands
// on Xvfb, openbox and xdotool, and must not know what the windows show.
package screen

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// startWait bounds the start of the X server and of the window manager.
const startWait = time.Minute

// lookEvery is how often something in another process is asked for again.
const lookEvery = 50 * time.Millisecond

// Programs are what a screen stands on.
func Programs() []string { return []string{"Xvfb", "openbox", "xdotool"} }

// Screen is an X server with a window manager on it.
type Screen struct {
	Name string // for DISPLAY
	home string // the window manager's
	run  []*exec.Cmd
}

// Open starts both, in pixels; the server picks a number that is free. They end
// with Close.
func Open(ctx context.Context, width, height int) (_ *Screen, err error) {
	s := &Screen{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.home, err = os.MkdirTemp("", "screen-"); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // nothing is written any more
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	err = errors.Join(s.start(server), w.Close())
	if err != nil {
		return nil, err
	}
	if err := r.SetReadDeadline(time.Now().Add(startWait)); err != nil {
		return nil, err
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("no X server: %w", err)
	}
	s.Name = ":" + strings.TrimSpace(number)
	manager := exec.Command("openbox")
	manager.Env = append(os.Environ(), "DISPLAY="+s.Name, "HOME="+s.home)
	if err := s.start(manager); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	// A window manager that runs says so on the root window.
	if err := Until(ctx, func() bool {
		got, err := s.Run(ctx, "xdotool", "get_num_desktops")
		return err == nil && strings.TrimSpace(got) != "0"
	}); err != nil {
		return nil, fmt.Errorf("no window manager: %w", err)
	}
	return s, nil
}

func (s *Screen) start(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	s.run = append(s.run, cmd)
	return nil
}

// Close ends the window manager and the server.
func (s *Screen) Close() error {
	for i := len(s.run) - 1; i >= 0; i-- {
		_ = s.run[i].Process.Kill() // it may have ended by itself
		_ = s.run[i].Wait()         // killed: that is no news
	}
	s.run = nil
	if s.home == "" {
		return nil
	}
	return os.RemoveAll(s.home)
}

// Env is what a program needs to draw on the screen, by the software driver and
// at one pixel to a pixel.
func (s *Screen) Env() []string {
	return []string{"DISPLAY=" + s.Name, "WAYLAND_DISPLAY=", "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1"}
}

// Run runs a program on the screen to its end and gives what it prints.
func (s *Screen) Run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.Name)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %q: %w: %s", name, args, err, stderr.String())
	}
	return stdout.String(), nil
}

// Until asks again and again whether something holds in another process, until
// it does or ctx ends.
func Until(ctx context.Context, holds func() bool) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
