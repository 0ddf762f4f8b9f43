package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// FootView is what a FootLine shows.
type FootView struct {
	Left  string // how things stand
	Right string // what happened last
	Link  string // what can be done about it, empty for nothing
}

// FootLine is the quiet line at the window's lower edge.
type FootLine struct {
	widget.BaseWidget

	// OnLink is called when the link is pressed.
	OnLink func()

	view FootView
	link *Link
}

var (
	_ fyne.Widget     = (*FootLine)(nil)
	_ fyne.Accessible = (*FootLine)(nil)
)

const (
	footRow   float32 = 36
	footLine  float32 = 22
	footBreak float32 = 640
)

// NewFootLine returns a foot line showing v.
func NewFootLine(v FootView) *FootLine {
	f := &FootLine{view: v}
	f.link = NewLink(v.Link, ToneText, func() { call(f.OnLink) })
	f.link.Hidden = v.Link == ""
	f.ExtendBaseWidget(f)
	return f
}

// View returns what the line shows.
func (f *FootLine) View() FootView { return f.view }

// SetView shows v.
func (f *FootLine) SetView(v FootView) {
	if f.view != v {
		f.view = v
		f.link.Text, f.link.Hidden = v.Link, v.Link == ""
		f.Refresh()
	}
}

// Control returns the link, hidden where there is none.
func (f *FootLine) Control() fyne.CanvasObject { return f.link }

// HeightFor is the height the line needs at a width.
func (f *FootLine) HeightFor(width float32) float32 {
	if width >= footBreak || f.view.Right == "" {
		return footRow
	}
	return footRow + footLine
}

// AccessibilityLabel implements fyne.Accessible.
func (f *FootLine) AccessibilityLabel() string { return f.view.Left + ". " + f.view.Right }

// AccessibilityRole implements fyne.Accessible.
func (f *FootLine) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (f *FootLine) CreateRenderer() fyne.WidgetRenderer {
	r := &footRenderer{
		f:     f,
		left:  newLine(textDetail, false, fyne.TextAlignLeading),
		right: newLine(textDetail, false, fyne.TextAlignLeading),
	}
	r.Refresh()
	return r
}

type footRenderer struct {
	f           *FootLine
	left, right *line
}

func (r *footRenderer) Destroy() {}

func (r *footRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.left.Text, r.right.Text, r.f.link}
}

func (r *footRenderer) MinSize() fyne.Size {
	return fyne.NewSize(300, r.f.HeightFor(r.f.Size().Width))
}

func (r *footRenderer) Layout(s fyne.Size) {
	link := float32(0)
	if r.f.view.Link != "" {
		link = r.f.link.MinSize().Width
	}
	gap := float32(0)
	if link > 0 {
		gap = 10
	}
	x, y, room := float32(0), (footRow-footLine)/2, s.Width
	left := r.left.place(0, y, s.Width, footLine)
	if s.Width >= footBreak {
		room = max(0, s.Width-left-cardGap-link-gap)
		want := min(room, r.right.natural())
		x = s.Width - link - gap - want
		room = want
	} else {
		y += footLine
		room = max(0, room-link-gap)
	}
	used := r.right.place(x, y, room, footLine)
	put(r.f.link, box{x + used + gap, y + (footLine-linkHeight)/2, link, linkHeight})
}

func (r *footRenderer) Refresh() {
	p := paletteOf(r.f)
	r.left.set(r.f.view.Left, p.Muted)
	r.right.set(r.f.view.Right, p.Muted)
	r.f.link.Refresh()
	r.Layout(r.f.Size())
}
