package widgets

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// typed is what keys do that the card's own controls have no use for.
func (c *AccountCard) typed(k fyne.KeyName) {
	if k == desktop.KeyMenu {
		c.openMenu()
		return
	}
	if c.OnStep == nil {
		return
	}
	switch k {
	case fyne.KeyDown:
		c.OnStep(1)
	case fyne.KeyUp:
		c.OnStep(-1)
	case fyne.KeyPageDown:
		c.OnStep(pageStep)
	case fyne.KeyPageUp:
		c.OnStep(-pageStep)
	case fyne.KeyEnd:
		c.OnStep(math.MaxInt32)
	case fyne.KeyHome:
		c.OnStep(math.MinInt32)
	case fyne.KeyLeft:
		c.side(-1)
	case fyne.KeyRight:
		c.side(1)
	}
}

// pageStep is how many cards Page Up and Page Down go by.
const pageStep = 5

// side moves the focus to the control beside, on the same card.
func (c *AccountCard) side(by int) {
	row := []fyne.Focusable{}
	at := 0
	canvas := fyne.CurrentApp().Driver().CanvasForObject(c)
	if canvas == nil {
		return
	}
	add := func(f fyne.Focusable, there bool) {
		if there {
			if f == canvas.Focused() {
				at = len(row)
			}
			row = append(row, f)
		}
	}
	add(c.second, c.second.Visible())
	add(c.primary, c.primary.Visible() && !c.primary.disabled)
	add(c.menu, true)
	canvas.Focus(row[min(len(row)-1, max(0, at+by))])
}

// OpenMenu asks for the overflow menu, as pressing its button does.
func (c *AccountCard) OpenMenu() { c.openMenu() }

// HasFocus says whether something on the card has the focus.
func (c *AccountCard) HasFocus() bool {
	return c.primary.focused || c.menu.focused || c.second.focused
}
