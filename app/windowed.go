//go:build cgo && !js

package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"baton/app/gui"
	"baton/app/tray"

	"fyne.io/fyne/v2"
)

// hasWindow says that this build can show one.
const hasWindow = true

// showWindow shows the window, with the tray beside it, until it is closed for
// good or ctx ends. The toolkit ends on a signal by itself, but hears only those
// that come once it runs.
func showWindow(ctx context.Context, cfg gui.Config) error {
	log.SetOutput(&toolkitLog{to: os.Stderr})
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700) // the toolkit makes its own folder there, but not this one
	}
	var t *tray.Tray
	cfg.Tray = func() bool { return t != nil && t.Answers() }
	err := gui.RunWith(cfg, func(a fyne.App, w fyne.Window, v *gui.View) {
		context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
		t = tray.Attach(a, w, v, tray.Config{
			Backend: cfg.Backend, Hidden: cfg.Hidden, Demo: cfg.Demo != "",
			Say: func(line string) { fmt.Fprintln(os.Stderr, "baton: "+line) },
		})
	})
	if t != nil {
		t.Close()
	}
	return err
}

// toolkitLog passes on what the toolkit logs, but for two things: what its tray
// has to say of a panel that is not there, or not any more, since Baton says so
// in its own words and a panel that comes later gets the icon; and that it finds
// a word of its own in "English" but not in "English, United States", and so
// takes the former.
type toolkitLog struct {
	to     io.Writer
	inside int // lines still to come of what is left out
}

func (l *toolkitLog) Write(p []byte) (int, error) {
	switch {
	case bytes.Contains(p, []byte("systray error:")):
		return len(p), nil
	case bytes.Contains(p, []byte("Fyne error:  Translation failure")):
		l.inside = 2 // its cause, and where in the toolkit
		return len(p), nil
	case l.inside > 0 && (bytes.Contains(p, []byte("  Cause: ")) || bytes.Contains(p, []byte("  At: "))):
		l.inside--
		return len(p), nil
	}
	l.inside = 0
	return l.to.Write(p)
}
