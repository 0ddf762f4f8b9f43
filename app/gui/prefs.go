//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"

	"baton/widgets"
)

// The keys of what Fyne keeps for the window. None of it is about an account.
const (
	prefWidth    = "window.width"
	prefHeight   = "window.height"
	prefHide     = "window.hide-emails"
	prefToTray   = "window.close-to-tray"
	prefTheme    = "look.theme"
	prefScale    = "look.scale"
	prefLanguage = "look.language"
)

// prefs is how the person wants the window.
type prefs struct {
	mode     widgets.Mode
	scale    float32 // of text, times its usual size
	language language
	hide     veil // email addresses
	toTray   bool // closing the window leaves Baton in the tray
}

func modes() map[string]widgets.Mode {
	return map[string]widgets.Mode{"system": widgets.ModeSystem, "light": widgets.ModeLight, "dark": widgets.ModeDark}
}

// loadPrefs reads them; what is not known, or was never set, is the usual.
func loadPrefs(p fyne.Preferences) prefs {
	out := prefs{
		mode:   modes()[p.StringWithFallback(prefTheme, "system")],
		scale:  float32(p.FloatWithFallback(prefScale, 1)),
		hide:   veil(p.BoolWithFallback(prefHide, false)),
		toTray: p.BoolWithFallback(prefToTray, true),
	}
	switch l := language(p.String(prefLanguage)); l {
	case langEnglish, langGerman:
		out.language = l
	}
	out.scale = min(widgets.MostScale, max(widgets.LeastScale, out.scale))
	return out
}

func (p prefs) save(to fyne.Preferences) {
	for name, mode := range modes() {
		if mode == p.mode {
			to.SetString(prefTheme, name)
		}
	}
	to.SetFloat(prefScale, float64(p.scale))
	to.SetString(prefLanguage, string(p.language))
	to.SetBool(prefHide, bool(p.hide))
	to.SetBool(prefToTray, p.toTray)
}

func (p prefs) theme() fyne.Theme { return widgets.NewScaledTheme(p.mode, p.scale) }

// prefer changes how the person wants the window, keeps it and shows it.
func (v *View) prefer(change func(*prefs)) {
	before := v.prefs
	change(&v.prefs)
	if v.prefs == before {
		return
	}
	v.prefs.save(v.app.Preferences())
	if v.prefs.mode != before.mode || v.prefs.scale != before.scale {
		v.app.Settings().SetTheme(v.prefs.theme())
	}
	if v.prefs.language != before.language {
		if err := speak(v.prefs.language); err != nil {
			v.cfg.Logger.Error("a catalogue can't be used", "language", string(v.prefs.language), "error", err)
		}
		v.rebuild()
	}
	v.measure()
	v.show()
	v.page.Refresh()
}

// CloseToTray says whether closing the window is to leave Baton in the tray:
// only where there is one, and the person did not turn it off. It belongs on
// the UI goroutine.
func (v *View) CloseToTray() bool { return v.trayThere() && v.prefs.toTray }

func (v *View) trayThere() bool { return v.cfg.Tray != nil && v.cfg.Tray() }
