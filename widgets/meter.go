package widgets

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Level is how a meter stands.
type Level int

// The levels.
const (
	LevelCalm  Level = iota // neutral
	LevelAhead              // the bar is ahead of the tick: spent faster than it refills
	LevelSpent              // nothing left
)

// MeterView is what a Meter shows.
type MeterView struct {
	Label   string  // which window, "5 h"
	Known   bool    // false draws a dashed track and no number
	Plain   bool    // draws neither bar nor number: there is no such window, as Right says
	Percent float64 // used, 0 to 100
	Number  string  // the percent in words; "61%" when empty
	Tick    float64 // where the window's time stands, 0 to 1; negative draws none
	Right   string  // when it resets, how old it is, or "no data yet"
	Short   string  // what stands there where Right has no room; may be empty
	Level   Level
	Dimmed  bool
}

// number is the percent in words.
func (v MeterView) number() string {
	if v.Number != "" {
		return v.Number
	}
	return percentText(v.Percent)
}

// Meter is one usage window: a label, the percent, a text on the right, and a
// bar with a tick.
type Meter struct {
	widget.BaseWidget
	view MeterView
}

var (
	_ fyne.Widget     = (*Meter)(nil)
	_ fyne.Accessible = (*Meter)(nil)
)

const (
	meterTextHeight float32 = 18
	meterHeight             = meterTextHeight + 6 + heightMeter // unscaled
	meterMinWidth   float32 = 120
	meterDashes             = 20
)

// NewMeter returns a meter showing v.
func NewMeter(v MeterView) *Meter {
	m := &Meter{view: v}
	m.ExtendBaseWidget(m)
	return m
}

// SetView shows v.
func (m *Meter) SetView(v MeterView) {
	if m.view != v {
		m.view = v
		m.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (m *Meter) AccessibilityLabel() string { return m.view.said() }

// AccessibilityRole implements fyne.Accessible.
func (m *Meter) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// said is the meter in words.
func (v MeterView) said() string {
	if !v.Known {
		return v.Label + ": " + v.Right
	}
	if v.Right == "" {
		return v.Label + ": " + v.number()
	}
	return v.Label + ": " + v.number() + ", " + v.Right
}

// CreateRenderer implements fyne.Widget.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	r := &meterRenderer{
		m:       m,
		label:   newLine(textDetail, false, fyne.TextAlignLeading),
		percent: newLine(textDetail, true, fyne.TextAlignLeading),
		right:   newLine(textDetail, false, fyne.TextAlignTrailing),
		track:   &canvas.Rectangle{CornerRadius: heightMeter / 2},
		fill:    &canvas.Rectangle{CornerRadius: heightMeter / 2},
		tick:    &canvas.Rectangle{CornerRadius: 1},
	}
	r.Refresh()
	return r
}

type meterRenderer struct {
	m                     *Meter
	label, percent, right *line
	track, fill, tick     *canvas.Rectangle
	dashes                []*canvas.Rectangle // made when first needed
}

func (r *meterRenderer) Destroy() {}

func (r *meterRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.label.Text, r.percent.Text, r.right.Text, r.track, r.fill, r.tick}
	for _, d := range r.dashes {
		all = append(all, d)
	}
	return all
}

func (r *meterRenderer) MinSize() fyne.Size {
	return fyne.NewSize(meterMinWidth, meterHeight*scaleOf(r.m))
}

func (r *meterRenderer) Layout(s fyne.Size) {
	v := r.m.view
	k := scaleOf(r.m)
	high := meterTextHeight * k
	label := r.label.place(0, 0, s.Width, high)
	label += r.percent.place(label+5*k, 0, max(0, s.Width-label-5*k), high) + 5*k
	room := max(0, s.Width-label-8*k)
	r.right.set(v.Right, r.right.Color)
	if v.Short != "" && r.right.natural() > room {
		r.right.set(v.Short, r.right.Color)
	}
	r.right.place(label+8*k, 0, room, high)

	bar := heightMeter * min(k, 1.5)
	top := s.Height - bar - 1
	r.track.Move(fyne.NewPos(0, top))
	r.track.Resize(fyne.NewSize(s.Width, bar))
	width := float32(clamp(v.Percent/100)) * s.Width
	if width > 0 {
		width = max(width, bar) // a round end needs its own height
	}
	r.fill.Move(fyne.NewPos(0, top))
	r.fill.Resize(fyne.NewSize(min(width, s.Width), bar))
	r.fill.Hidden = !v.Known || width == 0
	r.tick.Move(fyne.NewPos(float32(clamp(v.Tick))*(s.Width-2), top-3))
	r.tick.Resize(fyne.NewSize(2, bar+6))

	step := s.Width / meterDashes
	for i, d := range r.dashes {
		d.Move(fyne.NewPos(float32(i)*step, top+bar/2-1))
		d.Resize(fyne.NewSize(step*0.55, 2))
	}
}

func (r *meterRenderer) Refresh() {
	v, p, k := r.m.view, paletteOf(r.m), scaleOf(r.m)
	r.label.scale(k)
	r.percent.scale(k)
	r.right.scale(k)
	r.label.set(v.Label, p.Muted)
	number := p.Text
	if v.Dimmed {
		number = p.Muted
	}
	r.percent.set("", number)
	if v.Known {
		r.percent.set(v.number(), number)
	}
	r.right.set(v.Right, p.Muted)

	r.track.FillColor = p.Track
	r.fill.FillColor = p.Fill
	switch v.Level {
	case LevelAhead:
		r.fill.FillColor = p.Warn
	case LevelSpent:
		r.fill.FillColor = p.Bad
	}
	if v.Dimmed {
		r.fill.FillColor = blend(p.Track, p.Fill, 0.5)
	}
	r.tick.FillColor = p.Muted
	r.tick.Hidden = !v.Known || v.Tick < 0
	r.track.Hidden = !v.Known
	dashed := !v.Known && !v.Plain
	if dashed && r.dashes == nil {
		for range meterDashes {
			r.dashes = append(r.dashes, &canvas.Rectangle{CornerRadius: 1})
		}
	}
	for _, d := range r.dashes {
		d.FillColor = blend(p.Track, p.Muted, 0.35)
		d.Hidden = !dashed
	}
	r.Layout(r.m.Size())
	canvas.Refresh(r.m)
}

// clamp keeps a share within 0 to 1; what is not a number counts as 0.
func clamp(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return max(0, min(x, 1))
}
