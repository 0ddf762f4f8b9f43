package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// DeedView is what a Deed shows.
type DeedView struct {
	When string // a clock time, or "" where it is that of the row above
	Text string // one sentence
	More string // what is worth adding, quietly; may be empty
	Tone Tone   // of the dot before the sentence
	Head string // a day, written above; "" for the same day as the row above
}

// Deed is one row of what was done: when, and what.
type Deed struct {
	widget.BaseWidget
	view DeedView
}

var (
	_ Card            = (*Deed)(nil)
	_ fyne.Accessible = (*Deed)(nil)
)

const (
	deedHeight float32 = 26
	deedHead   float32 = 34
	deedWhen   float32 = 62
)

// NewDeed returns a row showing v.
func NewDeed(v DeedView) *Deed {
	d := &Deed{view: v}
	d.ExtendBaseWidget(d)
	return d
}

// SetView shows v.
func (d *Deed) SetView(v DeedView) {
	if d.view != v {
		d.view = v
		d.Refresh()
	}
}

// HeightFor implements Card.
func (d *Deed) HeightFor(width float32) float32 {
	k := scaleOf(d)
	h := deedHeight
	if d.view.Head != "" {
		h += deedHead
	}
	if d.stacked(width) {
		h += meterTextHeight
	}
	return h * k
}

// stacked says that the addition stands below the sentence.
func (d *Deed) stacked(width float32) bool {
	k := scaleOf(d)
	need := measure(d.view.Text, textControl*k, fyne.TextStyle{}) + measure(d.view.More, textDetail*k, fyne.TextStyle{})
	return d.view.More != "" && need > width-(deedWhen+40)*k
}

// AccessibilityLabel implements fyne.Accessible.
func (d *Deed) AccessibilityLabel() string {
	label := d.view.When + " " + d.view.Text
	if d.view.More != "" {
		label += ", " + d.view.More
	}
	return label
}

// AccessibilityRole implements fyne.Accessible.
func (d *Deed) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (d *Deed) CreateRenderer() fyne.WidgetRenderer {
	r := &deedRenderer{
		d:    d,
		head: newLine(textControl, true, fyne.TextAlignLeading),
		when: newLine(textDetail, false, fyne.TextAlignLeading),
		text: newLine(textControl, false, fyne.TextAlignLeading),
		more: newLine(textDetail, false, fyne.TextAlignLeading),
		dot:  &canvas.Circle{},
	}
	r.Refresh()
	return r
}

type deedRenderer struct {
	d                      *Deed
	head, when, text, more *line
	dot                    *canvas.Circle
}

func (r *deedRenderer) Destroy() {}

func (r *deedRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.head.Text, r.when.Text, r.dot, r.text.Text, r.more.Text}
}

func (r *deedRenderer) MinSize() fyne.Size { return fyne.NewSize(160, deedHeight*scaleOf(r.d)) }

func (r *deedRenderer) Layout(s fyne.Size) {
	k := scaleOf(r.d)
	y := float32(0)
	if r.d.view.Head != "" {
		r.head.place(0, 10*k, s.Width, 20*k)
		y = deedHead * k
	} else {
		r.head.place(0, 0, 0, 0)
	}
	high := (deedHeight - 4) * k
	r.when.place(0, y, deedWhen*k-8, high)
	r.dot.Move(fyne.NewPos(deedWhen*k, y+high/2-3*k))
	r.dot.Resize(fyne.NewSize(6*k, 6*k))
	from := (deedWhen + 18) * k
	took := r.text.place(from, y, max(0, s.Width-from), high)
	if r.d.stacked(s.Width) {
		r.more.place(from, y+high-2*k, max(0, s.Width-from), meterTextHeight*k)
		return
	}
	r.more.place(from+took+10*k, y, max(0, s.Width-from-took-10*k), high)
}

func (r *deedRenderer) Refresh() {
	v, p, k := r.d.view, paletteOf(r.d), scaleOf(r.d)
	for _, l := range []*line{r.head, r.when, r.text, r.more} {
		l.scale(k)
	}
	r.head.set(v.Head, p.Text)
	r.when.set(v.When, p.Muted)
	r.text.set(v.Text, p.Text)
	r.more.set(v.More, p.Muted)
	r.dot.FillColor = p.tone(v.Tone)
	r.Layout(r.d.Size())
	canvas.Refresh(r.d)
}
