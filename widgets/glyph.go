package widgets

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
)

// glyph is an icon of a few shapes that is written in the colour it is wanted
// in. Fyne takes its own apart and puts them together again as XML for each
// colour, twice, and in a page that is felt before the first list: every card
// has one.
type glyph struct{ name, shapes string }

var _ fyne.Resource = glyph{}

// AddIcon is a plus sign.
func AddIcon() fyne.Resource { return glyph{"add", `<path d="M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z"/>`} }

// MenuIcon is the three bars of a menu.
func MenuIcon() fyne.Resource {
	return glyph{"menu", `<path d="M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z"/>`}
}

// moreIcon is the three dots of an overflow menu.
func moreIcon() fyne.Resource {
	return glyph{"more", `<circle cx="12" cy="6" r="2"/><circle cx="12" cy="12" r="2"/><circle cx="12" cy="18" r="2"/>`}
}

// Name implements fyne.Resource.
func (g glyph) Name() string { return g.name + ".svg" }

// Content implements fyne.Resource: the icon in black.
func (g glyph) Content() []byte { return g.in(color.Black).Content() }

// in is the icon in an opaque colour; its name tells it from those in others.
func (g glyph) in(c color.Color) fyne.Resource {
	r, gr, b, _ := c.RGBA()
	hex := fmt.Sprintf("%02x%02x%02x", r>>8, gr>>8, b>>8)
	return fyne.NewStaticResource(g.name+"-"+hex+".svg", []byte(
		`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><g fill="#`+hex+`">`+g.shapes+`</g></svg>`))
}
