package screen

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"
)

// closeWait is how long a window may take to close before it is asked again.
const closeWait = 3 * time.Second

// Window is a window on a screen.
type Window struct {
	*Screen
	ID string
}

// Find waits for a process's window with exactly this title.
func (s *Screen) Find(ctx context.Context, title string, pid int) (Window, error) {
	var ids []string
	err := Until(ctx, func() bool {
		out, err := s.Run(ctx, "xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(pid), "--name", "^"+title+"$")
		ids = strings.Fields(out)
		return err == nil && len(ids) > 0
	})
	if err != nil {
		return Window{}, fmt.Errorf("no window %q: %w", title, err)
	}
	return Window{s, ids[len(ids)-1]}, nil
}

// Click presses the left button at a place in the window.
func (w Window) Click(ctx context.Context, at image.Point) error {
	// Without --sync: that waits long where the pointer is there already.
	_, err := w.Run(ctx, "xdotool", "mousemove", "--window", w.ID, strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
	return err
}

// Point moves the pointer to a place in the window.
func (w Window) Point(ctx context.Context, at image.Point) error {
	_, err := w.Run(ctx, "xdotool", "mousemove", "--window", w.ID, strconv.Itoa(at.X), strconv.Itoa(at.Y))
	return err
}

// Keys presses keys one after the other, by the names xdotool has for them.
func (w Window) Keys(ctx context.Context, names ...string) error {
	_, err := w.Run(ctx, "xdotool", append([]string{"windowactivate", "--sync", w.ID, "key", "--clearmodifiers", "--delay", "40"}, names...)...)
	return err
}

// Resize gives the window's inside a size in pixels and waits until it has it.
func (w Window) Resize(ctx context.Context, width, height int) error {
	if _, err := w.Run(ctx, "xdotool", "windowsize", w.ID, strconv.Itoa(width), strconv.Itoa(height), "windowmove", w.ID, "20", "40"); err != nil {
		return err
	}
	want := fmt.Sprintf("WIDTH=%d HEIGHT=%d", width, height)
	err := Until(ctx, func() bool {
		out, err := w.Run(ctx, "xdotool", "getwindowgeometry", "--shell", w.ID)
		return err == nil && strings.Contains(strings.Join(strings.Fields(out), " "), want)
	})
	if err != nil {
		return fmt.Errorf("the window does not become %d x %d: %w", width, height, err)
	}
	return nil
}

// Close has the window manager ask the window to close, by the keys for it,
// until it is gone: keys that come while it is busy with another window are
// lost.
func (w Window) Close(ctx context.Context) error {
	return Until(ctx, func() bool {
		_, err := w.Run(ctx, "xdotool", "getwindowname", w.ID)
		if err != nil {
			return true
		}
		short, cancel := context.WithTimeout(ctx, closeWait)
		defer cancel()
		_ = w.Keys(short, "alt+F4") // the next look tells whether it worked
		return Until(short, func() bool {
			_, err := w.Run(short, "xdotool", "getwindowname", w.ID)
			return err != nil && short.Err() == nil
		}) == nil
	})
}
