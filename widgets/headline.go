package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// HeadView is what a HeadLine shows.
type HeadView struct {
	Title  string // who is active
	Detail string // how much is left
	Next   string // who is next
}

// HeadLine answers the question people come with: who is active, how much is
// left, who is next.
type HeadLine struct {
	widget.BaseWidget
	view HeadView
}

var (
	_ fyne.Widget     = (*HeadLine)(nil)
	_ fyne.Accessible = (*HeadLine)(nil)
)

const (
	headRow    float32 = 30
	headSecond float32 = 22
	headBreak  float32 = 640 // under this the rest goes below the title
)

// NewHeadLine returns a head line showing v.
func NewHeadLine(v HeadView) *HeadLine {
	h := &HeadLine{view: v}
	h.ExtendBaseWidget(h)
	return h
}

// View returns what the line shows.
func (h *HeadLine) View() HeadView { return h.view }

// SetView shows v.
func (h *HeadLine) SetView(v HeadView) {
	if h.view != v {
		h.view = v
		h.Refresh()
	}
}

// HeightFor is the height the line needs at a width.
func (h *HeadLine) HeightFor(width float32) float32 {
	k := scaleOf(h)
	high := headRow
	if width < headBreak*k {
		if h.view.Detail != "" {
			high += headSecond
		}
		if h.view.Next != "" {
			high += headSecond
		}
	}
	return high * k
}

// AccessibilityLabel implements fyne.Accessible.
func (h *HeadLine) AccessibilityLabel() string {
	return h.view.Title + ". " + h.view.Detail + ". " + h.view.Next
}

// AccessibilityRole implements fyne.Accessible.
func (h *HeadLine) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (h *HeadLine) CreateRenderer() fyne.WidgetRenderer {
	r := &headRenderer{
		h:      h,
		title:  newLine(textHead, true, fyne.TextAlignLeading),
		detail: newLine(textName, false, fyne.TextAlignLeading),
		next:   newLine(textName, false, fyne.TextAlignLeading),
	}
	r.Refresh()
	return r
}

type headRenderer struct {
	h                   *HeadLine
	title, detail, next *line
}

func (r *headRenderer) Destroy() {}

func (r *headRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.title.Text, r.detail.Text, r.next.Text}
}

func (r *headRenderer) MinSize() fyne.Size {
	return fyne.NewSize(300, r.h.HeightFor(r.h.Size().Width))
}

func (r *headRenderer) Layout(s fyne.Size) {
	k := scaleOf(r.h)
	row, second := headRow*k, headSecond*k
	if s.Width < headBreak*k {
		r.title.place(0, 0, s.Width, row)
		y := row
		if r.detail.place(0, y, s.Width, second) > 0 {
			y += second
		}
		r.next.place(0, y, s.Width, second)
		return
	}
	next := min(r.next.natural(), s.Width*0.4)
	room := s.Width - next
	if next > 0 {
		room -= cardGap * k
	}
	r.next.place(s.Width-next, 2*k, next, row-2*k)
	used := r.title.place(0, 0, min(room, s.Width*0.45), row) + 10*k
	r.detail.place(used, 2*k, max(0, room-used), row-2*k)
}

func (r *headRenderer) Refresh() {
	p := paletteOf(r.h)
	for _, l := range []*line{r.title, r.detail, r.next} {
		l.scale(scaleOf(r.h))
	}
	r.title.set(r.h.view.Title, p.Text)
	r.detail.set(r.h.view.Detail, p.Muted)
	r.next.set(r.h.view.Next, p.Muted)
	r.Layout(r.h.Size())
}
