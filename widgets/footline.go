package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// FootView is what a FootLine shows.
type FootView struct {
	Left  string // how things stand
	Right string // what happened last
	More  string // what follows from it
	Link  string // what can be done about it, empty for nothing
}

// FootLine is the quiet line at the window's lower edge. Where its words have
// no room side by side it takes more lines.
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
	footGap   float32 = 10 // between words and link
	footLines         = 4  // of what follows, at most
	footJoint         = " · "
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

// footPlan is how the words share the room there is.
type footPlan struct {
	k           float32
	first, next float32  // the first row's height and the height of the row below it for what happened, 0 for none
	right       string   // what happened, with what follows where that fits
	below       []string // what happened, where it has rows of its own
	more        []string
	height      float32
}

func (f *FootLine) plan(width float32) footPlan {
	v, k := f.view, scaleOf(f)
	p := footPlan{k: k, first: max(footRow, leastTarget+4, footRow*k), right: v.Right}
	size := textDetail * k
	long := func(s string) float32 { return measure(s, size, fyne.TextStyle{}) }
	beside := long(v.Left) + cardGap*k
	if v.Link != "" {
		beside += long(v.Link) + footGap*k
	}
	whole := v.Right
	if v.More != "" {
		whole += footJoint + v.More
	}
	switch {
	case v.Right == "":
	case beside+long(whole) <= width:
		p.right = whole
	default:
		if beside+long(v.Right) > width {
			p.right = ""
			p.below = wrap(v.Right, width-(beside-long(v.Left)-cardGap*k), size, fyne.TextStyle{}, footLines)
			p.next = max(linkHeight(k)-4, float32(len(p.below))*size*leading+8)
		}
		p.more = wrap(v.More, width, size, fyne.TextStyle{}, footLines)
	}
	p.height = p.first + p.next
	if n := len(p.more); n > 0 {
		p.height += float32(n)*size*leading + 8
	}
	return p
}

// HeightFor is the height the line needs at a width.
func (f *FootLine) HeightFor(width float32) float32 { return f.plan(width).height }

// AccessibilityLabel implements fyne.Accessible.
func (f *FootLine) AccessibilityLabel() string {
	return f.view.Left + ". " + f.view.Right + ". " + f.view.More
}

// AccessibilityRole implements fyne.Accessible.
func (f *FootLine) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (f *FootLine) CreateRenderer() fyne.WidgetRenderer {
	r := &footRenderer{
		f:     f,
		left:  newLine(textDetail, false, fyne.TextAlignLeading),
		right: newLine(textDetail, false, fyne.TextAlignLeading),
		below: newParagraph(textDetail, false, footLines),
		more:  newParagraph(textDetail, false, footLines),
	}
	r.Refresh()
	return r
}

type footRenderer struct {
	f           *FootLine
	left, right *line
	below, more *paragraph
}

func (r *footRenderer) Destroy() {}

func (r *footRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.left.Text, r.right.Text}
	all = append(append(all, r.below.objects()...), r.more.objects()...)
	return append(all, r.f.link)
}

func (r *footRenderer) MinSize() fyne.Size {
	return fyne.NewSize(150, r.f.HeightFor(r.f.Size().Width))
}

func (r *footRenderer) Layout(s fyne.Size) {
	plan := r.f.plan(s.Width)
	r.right.set(plan.right, r.right.Color)
	link, gap := float32(0), float32(0)
	if r.f.view.Link != "" {
		link, gap = min(s.Width, r.f.link.MinSize().Width), footGap*plan.k
	}
	left := r.left.place(0, 0, s.Width, plan.first)
	muted, tall := paletteOf(r.f).Muted, linkHeight(plan.k)
	if plan.next > 0 {
		r.right.Hide()
		words := float32(len(plan.below)) * r.below.lineHeight()
		y := plan.first - 4
		r.below.place(plan.below, 0, y+(plan.next-words)/2, s.Width-link-gap, muted)
		put(r.f.link, box{s.Width - link, y + (plan.next-tall)/2, link, tall})
	} else {
		room := max(0, min(s.Width-link-gap-left-cardGap*plan.k, r.right.natural()))
		x := s.Width - link - gap - room
		used := r.right.place(x, 0, room, plan.first)
		r.below.place(nil, 0, 0, 0, muted)
		put(r.f.link, box{x + used + gap, (plan.first - tall) / 2, link, tall})
	}
	r.more.place(plan.more, 0, plan.first+plan.next-2, s.Width, muted)
}

func (r *footRenderer) Refresh() {
	p, k := paletteOf(r.f), scaleOf(r.f)
	r.left.scale(k)
	r.right.scale(k)
	r.more.scale(k)
	r.below.scale(k)
	r.left.set(r.f.view.Left, p.Muted)
	r.right.set(r.f.view.Right, p.Muted)
	r.f.link.Refresh()
	r.Layout(r.f.Size())
}
