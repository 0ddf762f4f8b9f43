//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"baton/icons"
)

// Run shows Baton's window and blocks until it is closed. It must be called
// from the main goroutine. It never returns ErrNoWindow in this build.
func Run(cfg Config) error { return RunWith(cfg, nil) }

// RunWith is Run with a hook: setup is called on the UI goroutine with the app,
// the window and what is in it, before the window is shown. It is where a tray
// is put in, and where a close intercept belongs.
func RunWith(cfg Config, setup func(fyne.App, fyne.Window, *View)) error {
	cfg = cfg.filled()
	a := app.NewWithID(AppID)
	a.SetIcon(icons.Baton())
	a.Settings().SetTheme(loadPrefs(a.Preferences()).theme())
	w := a.NewWindow(cfg.Title)
	w.SetMaster()
	w.SetPadded(false)
	size := fyne.NewSize(
		float32(a.Preferences().FloatWithFallback(prefWidth, 1080)),
		float32(a.Preferences().FloatWithFallback(prefHeight, 640)))
	if cfg.Width > 0 && cfg.Height > 0 {
		size = fyne.NewSize(cfg.Width, cfg.Height)
	}
	// Before there is anything in it, which is then laid out once.
	w.Resize(size.Max(fyne.NewSize(leastWidth, leastHeight)))
	v := NewView(a, w, cfg)
	defer v.Close()
	a.Lifecycle().SetOnStopped(func() {
		if s := w.Canvas().Size(); s.Width >= leastWidth && s.Height >= leastHeight {
			a.Preferences().SetFloat(prefWidth, float64(s.Width))
			a.Preferences().SetFloat(prefHeight, float64(s.Height))
		}
	})
	if setup != nil {
		setup(a, w, v)
	}
	if cfg.Raise != nil {
		go v.raise(cfg.Raise)
	}
	if cfg.Hidden {
		a.Run()
	} else {
		w.ShowAndRun()
	}
	return nil
}

// raise brings the window to the front whenever somebody asks.
func (v *View) raise(asked <-chan struct{}) {
	for {
		select {
		case <-v.ctx.Done():
			return
		case _, ok := <-asked:
			if !ok {
				return
			}
			v.ui(func() {
				v.win.Show()
				v.win.RequestFocus()
			})
		}
	}
}
