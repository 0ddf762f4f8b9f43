//go:build cgo || js

package gui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"baton/app/backend"
	"baton/widgets"
)

func switches() []backend.Setting {
	return []backend.Setting{
		{Key: "swap.auto", Value: "off", Default: "off", About: "Swaps by itself."},
		{Key: "usage.poll", Value: "off", Default: "off", About: "Asks for usage now and then."},
	}
}

// row is the settings' row with this title.
func (d *driver) row(title string) *widgets.OptionRow {
	d.t.Helper()
	for _, c := range d.settings.list.Cards() {
		if r, ok := c.(*widgets.OptionRow); ok && r.Title() == title {
			return r
		}
	}
	d.t.Fatalf("no row %q", title)
	return nil
}

func (d *driver) turn(title string) {
	d.t.Helper()
	s, ok := d.row(title).Control().(*widgets.Switch)
	if !ok {
		d.t.Fatalf("%q is no switch", title)
	}
	test.Tap(s)
	d.settle()
}

func (d *driver) pick(title string, at int) {
	d.t.Helper()
	s, ok := d.row(title).Control().(*widgets.Segments)
	if !ok {
		d.t.Fatalf("%q is no choice", title)
	}
	s.OnChosen(at)
	d.settle()
}

func TestSwitchesOfBaton(t *testing.T) {
	s := fiveAccounts()
	s.Settings = switches()
	drive(t, s, func(d *driver) {
		d.hit(ctrl(fyne.KeyComma))
		d.turn(tr(textNamePoll))
		calls := d.f.called()
		if len(calls) != 1 || calls[0].Kind != backend.ActionConfigure || calls[0].Setting != "usage.poll" || calls[0].Value != "on" {
			t.Fatalf("calls %+v", calls)
		}
		d.f.refuse[backend.ActionConfigure] = &backend.Problem{Code: backend.ProblemFailed, Message: "the disk is full"}
		d.turn(tr(textNamePoll))
		if poll, _ := d.row(tr(textNamePoll)).Control().(*widgets.Switch); !poll.On() {
			t.Error("a switch that could not be turned does not turn back")
		}
		if got := d.foot.View().Right; !strings.HasPrefix(got, "The disk is full") {
			t.Errorf("foot %q", got)
		}
		d.typeKey(fyne.KeyEscape)
		if d.settings != nil || d.middle.Objects[0] != d.accounts.content() {
			t.Error("Escape does not leave the settings")
		}
		if d.typeKey(fyne.KeyDown); d.chosen() != personal {
			t.Errorf("after the settings, an arrow goes to %q", d.chosen())
		}
	})
}

func TestLookIsKept(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.showSettings()
		d.pick(tr(textTheme), 1)
		d.pick(tr(textTextSize), 4)
		d.pick(tr(textLanguage), 2)
		if got := d.bar.add.AccessibilityLabel(); got != "Konto hinzufügen" {
			t.Errorf("after choosing German the window says %q", got)
		}
		if d.settings == nil {
			t.Error("choosing a language leaves the settings")
		}
		theme, ok := d.app.Settings().Theme().(*widgets.Theme)
		if !ok || theme.Scale() != 2 {
			t.Errorf("theme %+v", d.app.Settings().Theme())
		}
		again := loadPrefs(d.app.Preferences())
		if again != d.prefs || again.mode != widgets.ModeLight || again.scale != 2 || again.language != langGerman {
			t.Errorf("kept %+v, chosen %+v", again, d.prefs)
		}
		d.escape()
		if got := d.card(workKey).State; got != "Bereit" {
			t.Errorf("a card says %q", got)
		}
		d.prefer(func(p *prefs) { p.language = langEnglish })
		if got := d.card(workKey).State; got != "Ready" {
			t.Errorf("back in English a card says %q", got)
		}
	})
}

func TestTrayIsOfferedOnlyWhereThereIsOne(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		if d.CloseToTray() {
			t.Error("without a tray the window would close to it")
		}
		there := false
		d.cfg.Tray = func() bool { return there }
		d.showSettings()
		for _, c := range d.settings.list.Cards() {
			if r, ok := c.(*widgets.OptionRow); ok && r.Title() == tr(textCloseToTray) {
				t.Error("closing to a tray is offered where there is none")
			}
		}
		d.escape()
		there = true
		d.showSettings()
		if !d.CloseToTray() {
			t.Error("with a tray, the window does not close to it")
		}
		d.turn(tr(textCloseToTray))
		if d.CloseToTray() {
			t.Error("it was turned off")
		}
	})
}

// TestHiddenEmails: with addresses hidden none is anywhere in the window, its
// sheets and its menus.
func TestHiddenEmails(t *testing.T) {
	s := everyState()
	s.Problems = []backend.Problem{{Message: "the entry ada@example.com is damaged", Hint: "look at ada@example.com"}}
	s.LastSwap = &backend.LastSwap{From: workKey, To: personal, At: tuesday()}
	for i := range s.Accounts {
		s.Accounts[i].Label = ""
	}
	drive(t, s, func(d *driver) {
		for _, i := range d.mainItems() {
			if i.Label == tr(textHideEmails) {
				i.Action()
			}
		}
		d.settle()
		none := func(where string) {
			t.Helper()
			if said := test.RenderToMarkup(d.win.Canvas()); strings.Contains(said, "@") {
				at := strings.Index(said, "@")
				t.Errorf("%s: %s", where, said[max(0, at-60):min(len(said), at+40)])
			}
		}
		none("cards")
		d.showAdd()
		none("the ways to add")
		d.tap(tr(textBrowser))
		none("a login")
		d.tap(tr(textCancel))
		d.logInAgain(personal)
		none("a login again")
		d.tap(tr(textCancel))
		d.choose(lab, tr(textRename))
		none("renaming")
		d.tap(tr(textCancel))
	})
}

func TestVeil(t *testing.T) {
	for in, want := range map[string]string{
		"ada@example.com":                    "a•••",
		"Next: ada@corp.example, 92% left":   "Next: a•••, 92% left",
		"ada@example.com · b.c+d@x.example":  "a••• · b•••",
		"?login_hint=ada%40example.com&x=1":  "?login_hint=a•••&x=1",
		"no address, 5 h @ night":            "no address, 5 h @ night",
		"ada@example.com's Organization":     "a•••'s Organization",
		"élan@exämple.com#1234abcd is there": "é•••#1234abcd is there",
	} {
		if got := veil(true).over(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if got := veil(false).over(in); got != in {
			t.Errorf("not hidden, %q became %q", in, got)
		}
	}
}
