//go:build cgo || js

package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"baton/widgets"
)

// hit presses a shortcut the way a window hands it on: to what has the focus,
// if that takes shortcuts, else to what the canvas was told of it.
func (d *driver) hit(s fyne.Shortcut) {
	if f, ok := d.win.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
	} else if do := d.keys[s.ShortcutName()]; do != nil {
		do()
	} else {
		d.t.Errorf("nothing listens to %s", s.ShortcutName())
	}
	d.settle()
}

func ctrl(k fyne.KeyName) fyne.Shortcut { return primaryShortcut(k) }

func alt(k fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierAlt}
}

// typeKey types a key into what has the focus, or the canvas.
func (d *driver) typeKey(k fyne.KeyName) {
	c := d.win.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	} else if typed := c.OnTypedKey(); typed != nil {
		typed(&fyne.KeyEvent{Name: k})
	}
	d.settle()
}

func TestSwapByNumber(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.hit(ctrl(fyne.Key2))
		if got := d.calls(); got != "swap "+workKey {
			t.Errorf("calls: %s", got)
		}
		d.hit(&fyne.ShortcutUndo{})
		d.hit(ctrl(fyne.Key9))
		if got := d.calls(); got != "swap "+workKey+"; swap "+personal {
			t.Errorf("calls: %s", got)
		}
		d.bar.filter.SetText("lab")
		d.hit(ctrl(fyne.Key1))
		if got := d.f.called(); got[len(got)-1].Key != lab {
			t.Errorf("with a filter, 1 swaps to %s", got[len(got)-1].Key)
		}
	})
}

func TestShortcutsReachTheWindowFromTheFilter(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.hit(ctrl(fyne.KeyF))
		if d.win.Canvas().Focused() != fyne.Focusable(d.bar.filter) {
			t.Fatalf("the focus is on %T", d.win.Canvas().Focused())
		}
		d.hit(ctrl(fyne.KeyN))
		if d.sheet == nil {
			t.Fatal("from the filter, the way to add does not open")
		}
		d.hit(ctrl(fyne.Key2))
		if d.calls() != "" {
			t.Error("a shortcut went through an open sheet")
		}
		d.typeKey(fyne.KeyEscape)
		if d.sheet != nil {
			t.Error("Escape leaves the sheet open")
		}
	})
}

func TestFilterIsLeftByKeys(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.win.Resize(fyne.NewSize(400, 640))
		test.ApplyTheme(t, widgets.NewScaledTheme(widgets.ModeDark, 1.5))
		d.page.Refresh()
		if d.bar.filter.Visible() || !d.bar.find.Visible() {
			t.Fatal("in a narrow window the filter is no icon")
		}
		test.Tap(d.bar.find)
		if !d.bar.filter.Visible() || d.bar.icon.Visible() {
			t.Fatal("the icon does not open the filter")
		}
		test.Type(d.bar.filter, "work")
		d.typeKey(fyne.KeyDown)
		if d.chosen() != workKey {
			t.Errorf("Down goes to %q", d.chosen())
		}
		if !d.bar.filter.Visible() {
			t.Error("a filter that says something closed")
		}
		d.win.Canvas().Focus(d.bar.filter)
		d.typeKey(fyne.KeyEscape)
		d.typeKey(fyne.KeyEscape)
		if d.bar.filter.Visible() || d.asked != "" || d.chosen() != personal {
			t.Errorf("after leaving: filter %v, %q, chosen %q", d.bar.filter.Visible(), d.asked, d.chosen())
		}
	})
}

func TestCardsByKeys(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.typeKey(fyne.KeyDown)
		if got := d.chosen(); got != personal {
			t.Fatalf("the first arrow goes to %q", got)
		}
		for _, c := range []struct {
			key  fyne.KeyName
			want string
		}{
			{fyne.KeyDown, workKey}, {fyne.KeyEnd, night}, {fyne.KeyUp, lab}, {fyne.KeyHome, personal},
			{fyne.KeyPageDown, night}, {fyne.KeyPageUp, personal}, {fyne.KeyUp, personal},
		} {
			d.typeKey(c.key)
			if got := d.chosen(); got != c.want {
				t.Errorf("%s goes to %q, want %q", c.key, got, c.want)
			}
		}
		d.typeKey(fyne.KeyDown)
		d.typeKey(fyne.KeyRight)
		if d.chosen() != workKey {
			t.Error("Right leaves the card")
		}
		d.typeKey(fyne.KeyLeft)
		d.hit(ctrl(fyne.KeyR))
		d.typeKey(fyne.KeyReturn)
		if got := d.calls(); got != "refresh "+workKey+"; swap "+workKey {
			t.Errorf("calls: %s", got)
		}
		d.hit(&desktop.CustomShortcut{KeyName: fyne.KeyF10, Modifier: fyne.KeyModifierShift})
		if d.win.Canvas().Overlays().Top() == nil {
			t.Error("the card's menu did not open")
		}
	})
}

func TestMoveByKeys(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.win.Canvas().Focus(d.entries[side].card.Focusable())
		d.hit(alt(fyne.KeyUp))
		if d.shown[1] != side || d.chosen() != side {
			t.Errorf("order %q, chosen %q", d.shown, d.chosen())
		}
		d.hit(alt(fyne.KeyUp))
		d.hit(alt(fyne.KeyUp))
		if d.shown[0] != side {
			t.Errorf("order %q", d.shown)
		}
		calls := d.f.called()
		if len(calls) != 2 || calls[1].Place != 0 {
			t.Errorf("calls %+v: the first can't go further up", calls)
		}
		d.choose(side, tr(textMoveDown))
		if d.shown[1] != side {
			t.Errorf("order %q", d.shown)
		}
		d.bar.filter.SetText("limited")
		d.settle()
		d.choose(side, tr(textMoveDown))
		if want := []string{side, night}; d.shown[0] != night || d.shown[1] != side {
			t.Errorf("among those the filter leaves, the order is %q, was %q", d.shown, want)
		}
	})
}

func TestEverythingCanBeReachedByTab(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		c := d.win.Canvas()
		seen := map[fyne.Focusable]bool{}
		for range 40 {
			c.FocusNext()
			seen[c.Focused()] = true
		}
		for what, f := range map[string]fyne.Focusable{
			"the filter": d.bar.filter, "the way to add": d.bar.add, "the menu": d.bar.menu,
			"a card's button": d.entries[workKey].card.Focusable(), "the active card": d.entries[personal].card.Focusable(),
		} {
			if !seen[f] {
				t.Errorf("Tab never comes to %s", what)
			}
		}
	})
}
