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
	log.SetOutput(trayLog{os.Stderr})
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

// trayLog passes on what the toolkit logs, but for what its tray has to say:
// that there is no panel, or none any more. Baton says so in its own words, and
// a panel that comes later gets the icon.
type trayLog struct{ to io.Writer }

func (l trayLog) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("systray error:")) {
		return len(p), nil
	}
	return l.to.Write(p)
}
