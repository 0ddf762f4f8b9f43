package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"baton/.ci/screen"
)

const (
	// viewWait bounds all pictures of one view in one theme.
	viewWait = time.Minute
	// stillWait is how long a window may take to come to rest.
	stillWait = 3 * time.Second
)

// shown is a view's window, in a process of its own.
type shown struct {
	screen.Window
	cmd    *exec.Cmd
	ask    io.WriteCloser
	told   *bufio.Reader
	stderr bytes.Buffer
}

// shoot takes the pictures of a view in one theme and says how many.
func (v view) shoot(ctx context.Context, s *screen.Screen, variant, out string) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, viewWait)
	defer cancel()
	w, err := v.open(ctx, s, variant)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	for i, size := range sizes() {
		if err := w.Resize(ctx, size.width, size.height); err != nil {
			return n, err
		}
		// What is pressed is where it is once everything has found its place.
		if _, err := w.Still(ctx, stillWait); err != nil {
			return n, err
		}
		do := v.each
		if i == 0 {
			do = append(slices.Clone(v.once), v.each...)
		}
		if err := w.do(ctx, do); err != nil {
			return n, err
		}
		// The pointer is where nothing answers to it.
		if err := w.Point(ctx, image.Pt(2, 2)); err != nil {
			return n, err
		}
		picture, err := w.Still(ctx, stillWait)
		if err != nil {
			return n, err
		}
		if err := save(filepath.Join(out, fmt.Sprintf("%s-%s-%d.png", v.name, variant, size.width)), picture); err != nil {
			return n, err
		}
		n++
		if err := w.do(ctx, v.back); err != nil {
			return n, err
		}
	}
	return n, nil
}

// open starts this program again as the view's window.
func (v view) open(ctx context.Context, s *screen.Screen, variant string) (*shown, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &shown{cmd: exec.CommandContext(ctx, self, "-stage", v.name)}
	w.cmd.Env = append(os.Environ(), append(s.Env(), "FYNE_THEME="+variant, "LANG=en_US.UTF-8", "LC_ALL=", "LANGUAGE=", "TZ=UTC")...)
	w.cmd.Stderr = &w.stderr
	if w.ask, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	told, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.told = bufio.NewReader(told)
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	if w.Window, err = s.Find(ctx, "Baton", w.cmd.Process.Pid); err != nil {
		return nil, errors.Join(err, w.end())
	}
	return w, nil
}

// end closes the window and waits for its process.
func (w *shown) end() error {
	closed := w.ask.Close()
	if err := w.cmd.Wait(); err != nil {
		return fmt.Errorf("the window ended badly: %w\n%s", err, w.stderr.String())
	}
	return closed
}

// do does what a person does, one step after the other.
func (w *shown) do(ctx context.Context, steps []step) error {
	for _, s := range steps {
		err := func() error {
			if s.press == "" {
				return w.Keys(ctx, s.keys...)
			}
			at, err := w.place(ctx, s.press)
			if err != nil {
				return err
			}
			return w.Click(ctx, image.Pt((at.Min.X+at.Max.X)/2, (at.Min.Y+at.Max.Y)/2))
		}()
		if err != nil {
			return err
		}
		if _, err := w.Still(ctx, stillWait); err != nil {
			return err
		}
	}
	return nil
}

// place waits until something is there to be pressed, and says where.
func (w *shown) place(ctx context.Context, name string) (at image.Rectangle, err error) {
	var all map[string]image.Rectangle
	waited := screen.Until(ctx, func() bool {
		all, err = w.places()
		var there bool
		at, there = all[name]
		return err != nil || there
	})
	if err == nil && waited != nil {
		err = fmt.Errorf("nothing called %q is in the window: %w", name, waited)
	}
	return at, err
}

func (w *shown) places() (all map[string]image.Rectangle, err error) {
	if _, err := io.WriteString(w.ask, "places\n"); err != nil {
		return nil, err
	}
	line, err := w.told.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(line, &all)
}

func save(path string, picture image.Image) error {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
