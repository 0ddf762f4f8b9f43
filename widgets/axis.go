package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// AxisMark is a word on an Axis.
type AxisMark struct {
	At   float64 // share, 0 is now
	Text string
}

// AxisView is what an Axis shows.
type AxisView struct {
	Now   string
	Marks []AxisMark // in their order
}

// Axis is the line of times above the lanes of a timeline of the same width.
// Words that would run into one another give way.
type Axis struct {
	widget.BaseWidget
	view AxisView
}

var _ fyne.Widget = (*Axis)(nil)

const axisHeight float32 = 26

// NewAxis returns an axis showing v.
func NewAxis(v AxisView) *Axis {
	a := &Axis{view: v}
	a.ExtendBaseWidget(a)
	return a
}

// SetView shows v.
func (a *Axis) SetView(v AxisView) {
	a.view = v
	a.Refresh()
}

// Height is how high it is.
func (a *Axis) Height() float32 { return axisHeight * scaleOf(a) }

// CreateRenderer implements fyne.Widget.
func (a *Axis) CreateRenderer() fyne.WidgetRenderer {
	r := &axisRenderer{a: a, now: newLine(textDetail, false, fyne.TextAlignLeading), stroke: &canvas.Rectangle{}}
	r.Refresh()
	return r
}

type axisRenderer struct {
	a      *Axis
	now    *line
	marks  []*line
	stroke *canvas.Rectangle
}

func (r *axisRenderer) Destroy() {}

func (r *axisRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.stroke, r.now.Text}
	for _, m := range r.marks {
		all = append(all, m.Text)
	}
	return all
}

func (r *axisRenderer) MinSize() fyne.Size { return fyne.NewSize(100, r.a.Height()) }

func (r *axisRenderer) Layout(s fyne.Size) {
	k := scaleOf(r.a)
	from, to := trackIn(s.Width, k)
	high := meterTextHeight * k
	r.stroke.Move(fyne.NewPos(from-1, high+2*k))
	r.stroke.Resize(fyne.NewSize(2, max(0, s.Height-high-2*k)))
	last := to + 4*k // beyond may stand what belongs to the whole timeline
	end := from + r.now.place(from, 0, to-from, high) + 12*k
	for i, m := range r.marks {
		if i >= len(r.a.view.Marks) {
			m.Hide()
			continue
		}
		wide := m.natural()
		at := from + float32(clamp(r.a.view.Marks[i].At))*(to-from) - wide/2
		if at < end || at+wide > last {
			m.place(0, 0, 0, high)
			continue
		}
		m.place(at, 0, wide+1, high)
		end = at + wide + 12*k
	}
}

func (r *axisRenderer) Refresh() {
	p, k := paletteOf(r.a), scaleOf(r.a)
	for len(r.marks) < len(r.a.view.Marks) {
		r.marks = append(r.marks, newLine(textDetail, false, fyne.TextAlignLeading))
	}
	r.now.scale(k)
	r.now.set(r.a.view.Now, p.Accent)
	r.stroke.FillColor = p.Accent
	for i, m := range r.marks {
		m.scale(k)
		if i < len(r.a.view.Marks) {
			m.set(r.a.view.Marks[i].Text, p.Muted)
		}
	}
	r.Layout(r.a.Size())
	canvas.Refresh(r.a)
}
