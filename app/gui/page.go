//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baton/widgets"
)

// newPage puts the window together: toolbar, rule, banners, what is in front,
// rule, foot line.
func newPage(v *View) *fyne.Container {
	l := &pageLayout{v: v, upper: widget.NewSeparator(), lower: widget.NewSeparator()}
	v.middle = container.NewStack()
	return container.New(l, v.bar.box, l.upper, v.banners.scroll, v.middle, l.lower, v.foot)
}

// pageLayout is the window's arrangement. The foot line and the banners are as
// high as their words need at the width there is, which Fyne's layouts can't
// ask for.
type pageLayout struct {
	v            *View
	upper, lower *widget.Separator
}

const (
	headGap      float32 = 14
	leastWidth   float32 = 400
	leastHeight  float32 = 360
	ruleHeight   float32 = 1
	bannerOffset float32 = 10
)

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, max(0, h)))
}

func (l *pageLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth, leastHeight)
}

func (l *pageLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	side := widgets.Gutter(s.Width)
	inner := s.Width - 2*side
	bar := l.v.bar.height()
	place(l.v.bar.box, side, 0, inner, bar)
	place(l.upper, 0, bar, s.Width, ruleHeight)
	y := bar + ruleHeight
	foot := l.v.foot.HeightFor(inner)
	bottom := s.Height - foot
	place(l.v.foot, side, bottom, inner, foot)
	bottom -= ruleHeight
	place(l.lower, 0, bottom, s.Width, ruleHeight)
	if high := l.v.banners.heightFor(s.Width); high > 0 {
		// However much is wrong, the accounts stay in sight.
		seen := min(high, (bottom-y)*0.45)
		place(l.v.banners.box, 0, 0, s.Width, high)
		place(l.v.banners.scroll, 0, y+bannerOffset, s.Width, seen)
		y += bannerOffset + seen
	}
	place(l.v.middle, 0, y, s.Width, bottom-y)
	if l.v.sheet != nil {
		l.v.sheet.fit()
	}
	l.v.tellPlaces()
}

// heights is what decides where the middle begins and ends.
func (v *View) heights() [3]float32 {
	w := v.page.Size().Width
	return [3]float32{v.bar.height(), v.banners.heightFor(w), v.foot.HeightFor(w - 2*widgets.Gutter(w))}
}

// popUp shows a menu below anchor, its right edge in line.
func (v *View) popUp(items []*fyne.MenuItem, anchor fyne.CanvasObject) {
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), v.win.Canvas())
	at := v.app.Driver().AbsolutePositionForObject(anchor)
	at = at.AddXY(anchor.Size().Width-menu.MinSize().Width, anchor.Size().Height+2)
	menu.ShowAtPosition(fyne.NewPos(max(0, at.X), at.Y))
}
