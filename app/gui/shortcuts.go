//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"baton/app/backend"
)

// primaryShortcut is Ctrl and a key, Cmd on a Mac.
func primaryShortcut(k fyne.KeyName) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}
}

// binding is a shortcut and what it does.
type binding struct {
	on fyne.Shortcut
	do func()
}

// bindings are all shortcuts of the window.
func (v *View) bindings() []binding {
	all := []binding{
		{primaryShortcut(fyne.KeyN), v.showAdd},
		{primaryShortcut(fyne.KeyF), v.openFilter},
		{primaryShortcut(fyne.KeyComma), v.showSettings},
		{primaryShortcut(fyne.KeyR), v.refreshChosen},
		{primaryShortcut(fyne.KeyQ), v.quit},
		{&fyne.ShortcutUndo{}, v.undo},
		{&desktop.CustomShortcut{KeyName: fyne.KeyUp, Modifier: fyne.KeyModifierAlt}, func() { v.moveChosen(-1) }},
		{&desktop.CustomShortcut{KeyName: fyne.KeyDown, Modifier: fyne.KeyModifierAlt}, func() { v.moveChosen(1) }},
		{&desktop.CustomShortcut{KeyName: fyne.KeyF10, Modifier: fyne.KeyModifierShift}, v.menuOfChosen},
	}
	for n, k := range []fyne.KeyName{
		fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9,
	} {
		all = append(all, binding{primaryShortcut(k), func() { v.swapNth(n) }})
	}
	return all
}

// addShortcuts makes the canvas know them all. Escape leaves what is open; an
// arrow, with the focus nowhere, goes to the cards.
func (v *View) addShortcuts() {
	c := v.win.Canvas()
	v.keys = map[string]func(){}
	for _, b := range v.bindings() {
		do := func() {
			if v.sheet == nil && c.Overlays().Top() == nil && !v.stopped {
				b.do()
			}
		}
		v.keys[b.on.ShortcutName()] = do
		c.AddShortcut(b.on, func(fyne.Shortcut) { do() })
	}
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		switch e.Name {
		case fyne.KeyEscape:
			v.escape()
		case fyne.KeyDown, fyne.KeyUp, fyne.KeyHome:
			if v.sheet == nil && v.settings == nil {
				v.focusFirst()
			}
		}
	})
}

// shortcut is what the window does on s, nil when that is not its own, or what
// a field the person types into does better.
func (v *View) shortcut(s fyne.Shortcut) func() {
	if _, custom := s.(*desktop.CustomShortcut); !custom {
		return nil
	}
	return v.keys[s.ShortcutName()]
}

// escape leaves what is open: the sheet, the settings, the filter.
func (v *View) escape() {
	switch {
	case v.sheet != nil:
		v.sheet.close()
	case v.settings != nil:
		v.goTo(v.at)
	case v.asked != "":
		v.clearFilter()
	default:
		v.bar.open(false)
	}
}

// chosen is the account whose card has the focus, "" for none.
func (v *View) chosen() string {
	for _, key := range v.shown {
		if e := v.entries[key]; e != nil && e.card.HasFocus() {
			return key
		}
	}
	return ""
}

func (v *View) refreshChosen() {
	key := v.chosen()
	if key == "" {
		key = v.snap.Active
	}
	if key != "" && v.settings == nil {
		v.do(key, backend.Action{Kind: backend.ActionRefresh, Key: key})
	}
}

func (v *View) moveChosen(by int) {
	if key := v.chosen(); key != "" {
		v.move(key, by)
	}
}

func (v *View) menuOfChosen() {
	if e := v.entries[v.chosen()]; e != nil {
		e.card.OpenMenu()
	}
}

// swapNth swaps to the nth account shown, counted from 0.
func (v *View) swapNth(n int) {
	if v.settings != nil || n >= len(v.shown) {
		return
	}
	key := v.shown[n]
	if e := v.entries[key]; e != nil && e.account.Busy == "" {
		v.do(key, backend.Action{Kind: backend.ActionSwap, Key: key})
	}
}

// focusFirst puts the focus on the first card.
func (v *View) focusFirst() {
	if cards := v.accounts.list.Cards(); len(cards) > 0 && v.accounts.list.Visible() {
		v.focusCard(cards[0])
	} else {
		v.win.Canvas().Unfocus()
	}
}

func (v *View) quit() { v.app.Quit() }
