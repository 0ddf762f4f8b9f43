//go:build linux && cgo

package app_test

import (
	"image"
	"image/color"

	"baton/widgets"

	"fyne.io/fyne/v2"
)

// Where things are on a card, in pixels at scale 1. It is enough to find a
// card by its colours and press its button; how a card is drawn is for the
// widgets' own tests.
const (
	cardLeft   = 20 + 8 // in a window up to 1320 wide: the gutter, and past the active card's bar
	cardBar    = 20 + 2 // in the middle of that bar
	cardLeast  = 60     // a card is at least this high
	buttonLeft = 105    // the button's middle, from the card's right edge
	buttonTop  = 36     // and from its top
)

// card is one account's as it is seen in a picture.
type card struct {
	image.Rectangle
	active bool
}

func (c card) button() image.Point { return image.Pt(c.Max.X-buttonLeft, c.Min.Y+buttonTop) }

// cards finds the cards in a picture of the window, from the top.
func cards(picture image.Image, variant fyne.ThemeVariant) []card {
	palette := widgets.PaletteFor(variant)
	b := picture.Bounds()
	right := b.Max.X - 20
	var out []card
	top := -1
	for y := b.Min.Y; y <= b.Max.Y; y++ {
		inside := y < b.Max.Y && !near(picture.At(b.Min.X+cardLeft, y), palette.Background)
		switch {
		case inside && top < 0:
			top = y
		case !inside && top >= 0:
			if y-top >= cardLeast {
				middle := picture.At(b.Min.X+cardBar, (top+y)/2)
				out = append(out, card{image.Rect(b.Min.X+20, top, right, y), near(middle, palette.Accent)})
			}
			top = -1
		}
	}
	return out
}

// near says whether two colours are the same but for rounding.
func near(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	const most = 3 << 8
	off := func(x, y uint32) bool { return max(x, y)-min(x, y) > most }
	return !off(ar, br) && !off(ag, bg) && !off(ab, bb)
}

// blank says whether a picture shows nothing: one colour all over.
func blank(picture image.Image) bool {
	b := picture.Bounds()
	first := picture.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if !near(picture.At(x, y), first) {
				return false
			}
		}
	}
	return true
}
