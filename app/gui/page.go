//go:build cgo || js

package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baton/icons"
	"baton/widgets"
)

// newPage puts the window together: toolbar, rule, banners, head line, list,
// rule, foot line.
func newPage(v *View) *fyne.Container {
	l := &pageLayout{v: v, upper: widget.NewSeparator(), lower: widget.NewSeparator()}
	return container.New(l, v.bar.box, l.upper, v.banners.box, v.head,
		v.list, v.empty.box, v.noMatch, l.lower, v.foot)
}

// pageLayout is the window's arrangement. The head and foot lines and the
// banners are as high as their words need at the width there is, which Fyne's
// layouts can't ask for.
type pageLayout struct {
	v            *View
	upper, lower *widget.Separator
}

const (
	barHeight    float32 = 58
	headGap      float32 = 14
	leastWidth   float32 = 400
	leastHeight  float32 = 360
	ruleHeight   float32 = 1
	bannerOffset float32 = 12
)

func (l *pageLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth, leastHeight)
}

func (l *pageLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	side := widgets.Gutter(s.Width)
	inner := s.Width - 2*side
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, max(0, h)))
	}
	put(l.v.bar.box, side, 0, inner, barHeight)
	put(l.upper, 0, barHeight, s.Width, ruleHeight)
	y := barHeight + ruleHeight
	if high := l.v.banners.heightFor(s.Width); high > 0 {
		put(l.v.banners.box, side, y+bannerOffset, inner, high)
		y += bannerOffset + high - bannerGap
	}
	if l.v.head.Visible() {
		high := l.v.head.HeightFor(inner)
		put(l.v.head, side+2, y+headGap, inner-4, high)
		y += headGap + high + 8
	}
	foot := l.v.foot.HeightFor(inner)
	bottom := s.Height - foot
	put(l.v.foot, side, bottom, inner, foot)
	put(l.lower, 0, bottom-ruleHeight, s.Width, ruleHeight)
	bottom -= ruleHeight
	for _, o := range []fyne.CanvasObject{l.v.list, l.v.empty.box, l.v.noMatch} {
		put(o, 0, y, s.Width, bottom-y)
	}
}

// toolbar is the row at the top: the name, the filter, the way to add.
type toolbar struct {
	box    *fyne.Container
	icon   *canvas.Image
	title  *widget.Label
	about  *widget.Label // the version
	filter *widget.Entry
	add    *widgets.Button
}

func newToolbar(cfg Config, filter func(string), add func()) *toolbar {
	t := &toolbar{
		icon:   canvas.NewImageFromResource(icons.Baton()),
		title:  widget.NewLabelWithStyle(cfg.Title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true}),
		about:  widget.NewLabel(cfg.Version),
		filter: widget.NewEntry(),
	}
	t.about.Importance = widget.LowImportance
	t.about.SizeName = theme.SizeNameCaptionText
	t.icon.FillMode = canvas.ImageFillContain
	t.title.Truncation = fyne.TextTruncateEllipsis
	t.filter.SetPlaceHolder(textFilter)
	t.filter.OnChanged = filter
	t.add = widgets.NewButton(textAdd, widgets.ButtonQuiet, add)
	t.add.Icon = theme.ContentAddIcon()
	t.box = container.New(t, t.icon, t.title, t.about, t.filter, t.add)
	return t
}

func (t *toolbar) clear() { t.filter.SetText("") }

// emphasise makes adding an account the one suggested step, and takes away the
// filter, which has nothing to filter then.
func (t *toolbar) emphasise(empty bool) { setVisible(t.filter, !empty) }

// MinSize implements fyne.Layout.
func (t *toolbar) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth-40, barHeight)
}

// Layout implements fyne.Layout.
func (t *toolbar) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	const icon, gap, filter = 28, 10, 200
	words := textAdd
	if s.Width < 560 {
		words = textAddShort
	}
	if t.add.Text != words {
		t.add.Text = words
		t.add.Label = textAdd
		t.add.Refresh()
	}
	t.icon.Move(fyne.NewPos(0, (s.Height-icon)/2))
	t.icon.Resize(fyne.NewSize(icon, icon))
	add := t.add.MinSize()
	t.add.Move(fyne.NewPos(s.Width-add.Width, (s.Height-add.Height)/2))
	t.add.Resize(add)
	right := s.Width - add.Width - gap
	wide := min(filter, max(90, right-icon-110))
	high := t.filter.MinSize().Height
	t.filter.Move(fyne.NewPos(right-wide, (s.Height-high)/2))
	t.filter.Resize(fyne.NewSize(wide, high))
	room := max(0, right-wide-icon-gap)
	title := fyne.NewSize(room, t.title.MinSize().Height)
	title.Width = min(room, fyne.MeasureText(t.title.Text, theme.TextSize(), t.title.TextStyle).Width+2*theme.InnerPadding()+1)
	t.title.Move(fyne.NewPos(icon+2, (s.Height-title.Height)/2))
	t.title.Resize(title)
	about := t.about.MinSize()
	t.about.Move(fyne.NewPos(icon+2+title.Width-theme.InnerPadding(), (s.Height-about.Height)/2+1))
	t.about.Resize(about)
	setVisible(t.about, t.about.Text != "" && title.Width+about.Width < room)
}

// emptyState leads to the first account.
type emptyState struct {
	box *fyne.Container
}

func newEmptyState(add func()) *emptyState {
	icon := canvas.NewImageFromResource(icons.Baton())
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSquareSize(72))
	title := widget.NewLabelWithStyle(textEmptyTitle, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	about := widget.NewLabelWithStyle(textEmptyAbout, fyne.TextAlignCenter, fyne.TextStyle{})
	about.Importance = widget.LowImportance
	about.Wrapping = fyne.TextWrapWord
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(340, 48))
	return &emptyState{box: container.NewCenter(container.NewVBox(
		icon, title, container.NewStack(width, about), spacer(4),
		container.NewCenter(widgets.NewButton(textAdd, widgets.ButtonAccent, add)),
	))}
}

// addShortcuts: Ctrl+F to the filter, Ctrl+N adds, Ctrl+R looks again; Escape
// closes what is open.
func (v *View) addShortcuts() {
	c := v.win.Canvas()
	on := func(key fyne.KeyName, do func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) {
				if v.sheet == nil {
					do()
				}
			})
	}
	on(fyne.KeyF, func() {
		if v.bar.filter.Visible() {
			c.Focus(v.bar.filter)
		}
	})
	on(fyne.KeyN, v.showAdd)
	on(fyne.KeyR, v.retake)
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			v.escape()
		}
	})
}

// escape closes the sheet, else clears the filter.
func (v *View) escape() {
	switch {
	case v.sheet != nil:
		v.sheet.close()
	case v.asked != "":
		v.clearFilter()
	}
}
