//go:build !js

package app

import (
	"errors"
	"io"
	"log"
	"net"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jezek/xgb"
)

// displayWait bounds the look for a display: a forwarded one may hang.
const displayWait = 3 * time.Second

var (
	errNoDisplay     = errors.New("there is no display (DISPLAY and WAYLAND_DISPLAY are not set)")
	errDisplaySilent = errors.New("the display DISPLAY names does not answer")
)

// displayAnswers says why no window can be shown, nil where one can. A
// variable that is set proves nothing: the toolkit would end the program on a
// display that is gone, so it is really connected to.
func displayAnswers(env environ) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil
	}
	if name := env.get("WAYLAND_DISPLAY"); name != "" {
		if !filepath.IsAbs(name) {
			name = filepath.Join(env.get("XDG_RUNTIME_DIR"), name)
		}
		if c, err := net.DialTimeout("unix", name, displayWait); err == nil {
			return c.Close()
		}
	}
	name := env.get("DISPLAY")
	if name == "" {
		return errNoDisplay
	}
	answer := make(chan error, 1)
	go func() { answer <- connectX(name) }()
	select {
	case err := <-answer:
		return err
	case <-time.After(displayWait):
		return errDisplaySilent
	}
}

// connectX does the whole handshake, with the person's X authority: a display
// that is there and refuses is no display.
func connectX(name string) error {
	xgb.Logger = log.New(io.Discard, "", 0)
	c, err := xgb.NewConnDisplay(name)
	if err != nil {
		return errDisplaySilent
	}
	c.Close()
	return nil
}
