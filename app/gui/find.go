//go:build cgo || js

package gui

import "baton/widgets"

// step moves the focus by so many cards, no further than the first or the last.
func (v *View) step(from *widgets.AccountCard, by int) {
	cards := v.accounts.list.Cards()
	for i, c := range cards {
		if c == widgets.Card(from) {
			if to := min(len(cards)-1, max(0, i+by)); to != i {
				v.focusCard(cards[to])
			}
			return
		}
	}
}

// focusCard scrolls a card into sight and puts the focus on it.
func (v *View) focusCard(c widgets.Card) {
	if card, ok := c.(*widgets.AccountCard); ok {
		v.accounts.list.ScrollTo(card)
		v.win.Canvas().Focus(card.Focusable())
	}
}

func (v *View) setFilter(s string) {
	v.asked = s
	v.show()
}

func (v *View) clearFilter() {
	v.bar.filter.SetText("")
	v.bar.open(false)
}

// name is what to call the account with this key.
func (v *View) name(key string) string {
	if a, ok := v.snap.Find(key); ok {
		return a.Name()
	}
	return key
}
