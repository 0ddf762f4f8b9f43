//go:build cgo || js

package gui

import "baton/widgets"

// step moves the focus to the card above or below.
func (v *View) step(from *widgets.AccountCard, by int) {
	cards := v.list.Cards()
	for i, c := range cards {
		if c != widgets.Card(from) || i+by < 0 || i+by >= len(cards) {
			continue
		}
		to, ok := cards[i+by].(*widgets.AccountCard)
		if !ok {
			return
		}
		v.list.ScrollTo(to)
		v.win.Canvas().Focus(to.Focusable())
		return
	}
}

func (v *View) setFilter(s string) {
	v.asked = s
	v.show()
}

func (v *View) clearFilter() { v.bar.clear() }

// name is what to call the account with this key.
func (v *View) name(key string) string {
	if a, ok := v.snap.Find(key); ok {
		return a.Name()
	}
	return key
}
