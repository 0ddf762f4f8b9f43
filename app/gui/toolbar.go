//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baton/icons"
	"baton/widgets"
)

// toolbar is the row at the top: the name or the tabs, the filter, the way to
// add, the menu. What has no room gives way in turn: the filter becomes an
// icon, then the tabs do, then the way to add.
type toolbar struct {
	box    *fyne.Container
	icon   *canvas.Image
	title  *canvas.Text
	tabs   *widgets.Segments
	filter *filterField
	find   *widgets.Button // opens the filter where that is an icon
	add    *widgets.Button
	menu   *widgets.Button

	many  bool // there is more than one tab
	bare  bool // nothing there to filter
	asked bool // the filter is open though there is no room for it
}

const (
	barInset    float32 = 12
	barGap      float32 = 10
	barIcon     float32 = 28
	filterWide  float32 = 170
	filterLeast float32 = 110
)

func newToolbar(v *View) *toolbar {
	t := &toolbar{
		icon:   canvas.NewImageFromResource(icons.Baton()),
		title:  canvas.NewText(v.cfg.Title, nil),
		filter: newFilterField(v),
		many:   len(v.tabs) > 1,
	}
	t.icon.FillMode = canvas.ImageFillContain
	t.title.TextStyle.Bold = true
	choices := make([]widgets.Segment, 0, len(v.tabs))
	for _, one := range v.tabs {
		choices = append(choices, widgets.Segment{Text: tr(one.title), Icon: one.icon})
	}
	t.tabs = widgets.NewSegments(choices, v.at, false)
	t.tabs.OnChosen = v.goTo
	t.find = widgets.NewIconButton(theme.SearchIcon(), tr(textFilterShow), widgets.ButtonQuiet, v.openFilter)
	t.add = widgets.NewButton(tr(textAdd), widgets.ButtonQuiet, v.showAdd)
	t.add.Icon = widgets.AddIcon()
	t.menu = widgets.NewIconButton(widgets.MenuIcon(), tr(textMenu), widgets.ButtonQuiet, nil)
	t.menu.OnTapped = func() { v.popUp(v.mainItems(), t.menu) }
	// In its place the tabs: a picture nobody sees is not even read.
	t.box = container.New(t, t.icon, t.title, t.find, t.filter, t.add, t.menu)
	if t.many {
		t.box.Objects = append([]fyne.CanvasObject{t.tabs}, t.box.Objects[2:]...)
	}
	return t
}

// height is the row's, air above and below included.
func (t *toolbar) height() float32 { return t.menu.MinSize().Height + 2*barInset }

// show brings the row in line with what there is to filter. A word in the
// filter keeps it open.
func (t *toolbar) show(some bool) {
	if t.bare == !some {
		return
	}
	t.bare = !some
	t.box.Refresh()
}

// open shows or hides the filter where it has no room of its own.
func (t *toolbar) open(yes bool) {
	if t.asked != yes {
		t.asked = yes
		t.box.Refresh()
	}
}

// MinSize implements fyne.Layout.
func (t *toolbar) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth-40, t.height())
}

// left is how much room the name or the tabs take.
func (t *toolbar) left(short bool) float32 {
	if t.many {
		return t.tabs.Natural(short).Width
	}
	if short {
		return t.iconSide()
	}
	return t.iconSide() + barGap + fyne.MeasureText(t.title.Text, theme.TextSize()*1.07, t.title.TextStyle).Width
}

// iconSide is how large the icon is: in line with the buttons.
func (t *toolbar) iconSide() float32 { return t.menu.MinSize().Height * barIcon / 34 }

// Layout implements fyne.Layout.
func (t *toolbar) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	side := t.menu.MinSize().Width
	words := func(w string) float32 {
		if w == "" {
			return side
		}
		// A plus sign stands before the words.
		return widgets.TextWidth(w) + side*24/34
	}
	filter, find, short, add := true, true, false, tr(textAdd)
	room := func() float32 {
		x := t.left(short) + barGap + words(add) + barGap + side
		switch {
		case t.bare:
		case filter:
			x += filterLeast + barGap
		case find:
			x += side + barGap
		}
		return s.Width - x
	}
	for _, give := range []func(){
		func() { add = tr(textAddShort) }, func() { filter = false },
		func() { short = true }, func() { add = "" },
		func() { find = false }, // the shortcut still opens it
	} {
		if room() >= 0 {
			break
		}
		give()
	}
	middle := func(o fyne.CanvasObject, x, w, h float32) { place(o, x, (s.Height-h)/2, w, h) }
	x := s.Width - side
	middle(t.menu, x, side, side)
	if t.add.Text != add {
		t.add.Text, t.add.Label = add, tr(textAdd)
		t.add.Refresh()
	}
	m := t.add.MinSize()
	x -= barGap + m.Width
	middle(t.add, x, m.Width, m.Height)
	instead := !filter && t.asked && !t.bare
	setVisible(t.find, !filter && find && !instead && !t.bare)
	setVisible(t.filter, (filter || instead) && !t.bare)
	switch {
	case t.bare:
	case instead:
		middle(t.filter, 0, x-barGap, max(m.Height, t.filter.MinSize().Height))
	case filter:
		wide := min(filterWide, filterLeast+room())
		x -= barGap + wide
		middle(t.filter, x, wide, max(m.Height, t.filter.MinSize().Height))
	case find:
		x -= barGap + side
		middle(t.find, x, side, side)
	}
	setVisible(t.tabs, t.many && !instead)
	setVisible(t.icon, !t.many && !instead)
	setVisible(t.title, !t.many && !instead && !short)
	if t.many {
		t.tabs.Shorten(short)
		n := t.tabs.Natural(short)
		middle(t.tabs, 0, n.Width, n.Height)
		return
	}
	t.title.TextSize = theme.TextSize() * 1.07
	t.title.Color = theme.Color(theme.ColorNameForeground)
	icon := t.iconSide()
	middle(t.icon, 0, icon, icon)
	middle(t.title, icon+barGap, t.left(false)-icon-barGap, t.title.MinSize().Height)
	t.title.Refresh()
}

// filterField is the field that filters the accounts. Unlike Fyne's entries it
// lets the window's shortcuts through.
type filterField struct {
	widget.Entry
	v *View
}

func newFilterField(v *View) *filterField {
	f := &filterField{v: v}
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(tr(textFilter))
	f.OnChanged = v.setFilter
	f.OnSubmitted = func(string) { v.focusFirst() }
	return f
}

// TypedShortcut implements fyne.Shortcutable.
func (f *filterField) TypedShortcut(s fyne.Shortcut) {
	if do := f.v.shortcut(s); do != nil {
		do()
		return
	}
	f.Entry.TypedShortcut(s)
}

// TypedKey implements fyne.Focusable.
func (f *filterField) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		f.v.leaveFilter()
	case fyne.KeyDown:
		f.v.focusFirst()
	default:
		f.Entry.TypedKey(e)
	}
}

// FocusLost implements fyne.Focusable: an open filter that says nothing closes.
func (f *filterField) FocusLost() {
	f.Entry.FocusLost()
	if f.Text == "" {
		f.v.bar.open(false)
	}
}

// openFilter shows the filter and puts the cursor into it.
func (v *View) openFilter() {
	v.goTo(v.at)
	if v.bar.bare {
		return
	}
	v.bar.open(true)
	v.win.Canvas().Focus(v.bar.filter)
}

// leaveFilter clears the filter, or, when it is clear, goes back to the cards.
func (v *View) leaveFilter() {
	if v.asked != "" {
		v.clearFilter()
		return
	}
	v.bar.open(false)
	v.focusFirst()
}
