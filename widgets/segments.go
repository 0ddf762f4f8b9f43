package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Segment is one of the choices in a row of Segments.
type Segment struct {
	Text string
	Icon fyne.Resource // shown instead of the text while the row is short; may be nil
}

// Segments is a row of choices of which one is in force: the window's tabs, or
// a setting. Tab reaches each, the arrows go to the one beside.
type Segments struct {
	widget.BaseWidget

	// OnChosen is told which choice was pressed, also the one in force.
	OnChosen func(at int)
	// OnFocus is told when one of the choices gets the focus.
	OnFocus func()
	// OnKey, if set, sees keys the row has no use for.
	OnKey func(fyne.KeyName)

	choices []Segment
	chosen  int
	framed  bool
	short   bool
	buttons []*Button
}

var (
	_ fyne.Widget     = (*Segments)(nil)
	_ fyne.Accessible = (*Segments)(nil)
)

const segmentGap float32 = 4

// NewSegments returns a row of choices with the one at chosen in force. Framed
// says the row stands on a ground of its own, as a setting does.
func NewSegments(choices []Segment, chosen int, framed bool) *Segments {
	s := &Segments{framed: framed}
	s.ExtendBaseWidget(s)
	s.SetChoices(choices, chosen)
	return s
}

// SetChoices replaces the choices.
func (s *Segments) SetChoices(choices []Segment, chosen int) {
	s.choices = append([]Segment(nil), choices...)
	for len(s.buttons) < len(choices) {
		at := len(s.buttons)
		b := NewButton("", ButtonTab, func() {
			if s.OnChosen != nil {
				s.OnChosen(at)
			}
		})
		b.OnFocus = func() { call(s.OnFocus) }
		b.OnKey = func(k fyne.KeyName) { s.typed(at, k) }
		s.buttons = append(s.buttons, b)
	}
	s.buttons = s.buttons[:len(choices)]
	s.chosen = chosen
	s.dress()
}

// Choose puts the choice at this place in force, without a word to OnChosen.
func (s *Segments) Choose(at int) {
	if s.chosen != at {
		s.chosen = at
		s.dress()
	}
}

// Chosen is the place of the choice in force.
func (s *Segments) Chosen() int { return s.chosen }

// Shorten shows icons instead of words, where there are icons.
func (s *Segments) Shorten(short bool) {
	if s.short != short {
		s.short = short
		s.dress()
	}
}

// Controls are the buttons of the row.
func (s *Segments) Controls() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, len(s.buttons))
	for i, b := range s.buttons {
		all[i] = b
	}
	return all
}

// Natural is how much room the row takes, with words or with icons.
func (s *Segments) Natural(short bool) fyne.Size {
	k := scaleOf(s)
	var size fyne.Size
	for i, c := range s.choices {
		if i > 0 {
			size.Width += segmentGap
		}
		if short && c.Icon != nil {
			size.Width += controlHeight(k)
		} else {
			size.Width += max(controlHeight(k), measure(c.Text, textControl*k, fyne.TextStyle{})+2*buttonPad*k)
		}
	}
	size.Height = controlHeight(k)
	if s.framed {
		size = size.AddWidthHeight(6, 6)
	}
	return size
}

func (s *Segments) dress() {
	for i, b := range s.buttons {
		c := s.choices[i]
		b.Text, b.Icon, b.Label, b.Chosen = c.Text, nil, c.Text, i == s.chosen
		if s.short && c.Icon != nil {
			b.Text, b.Icon = "", c.Icon
		}
		b.Refresh()
	}
	s.Refresh()
}

func (s *Segments) typed(at int, k fyne.KeyName) {
	switch k {
	case fyne.KeyLeft:
		at--
	case fyne.KeyRight:
		at++
	default:
		if s.OnKey != nil {
			s.OnKey(k)
		}
		return
	}
	if at < 0 || at >= len(s.buttons) {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s.buttons[at])
	}
}

// AccessibilityLabel implements fyne.Accessible: the choice in force.
func (s *Segments) AccessibilityLabel() string {
	if s.chosen < 0 || s.chosen >= len(s.choices) {
		return ""
	}
	return s.choices[s.chosen].Text
}

// AccessibilityRole implements fyne.Accessible.
func (s *Segments) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// CreateRenderer implements fyne.Widget.
func (s *Segments) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentsRenderer{s: s, frame: &canvas.Rectangle{CornerRadius: radiusControl + 3, StrokeWidth: 1}}
	r.Refresh()
	return r
}

type segmentsRenderer struct {
	s     *Segments
	frame *canvas.Rectangle
}

func (r *segmentsRenderer) Destroy() {}

func (r *segmentsRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.frame}, r.s.Controls()...)
}

func (r *segmentsRenderer) MinSize() fyne.Size { return r.s.Natural(r.s.short) }

func (r *segmentsRenderer) Layout(size fyne.Size) {
	r.frame.Resize(size)
	inset := float32(0)
	if r.s.framed {
		inset = 3
	}
	// Where the row is given less room than it wants, all give way alike.
	gaps := segmentGap*float32(max(0, len(r.s.buttons)-1)) + 2*inset
	want := r.MinSize().Width - gaps
	share := float32(1)
	if want > 0 {
		share = min(1, max(0, size.Width-gaps)/want)
	}
	x := inset
	for _, b := range r.s.buttons {
		m := b.MinSize()
		put(b, box{x, inset, m.Width * share, max(0, size.Height-2*inset)})
		x += m.Width*share + segmentGap
	}
}

func (r *segmentsRenderer) Refresh() {
	p := paletteOf(r.s)
	r.frame.FillColor, r.frame.StrokeColor = p.Background, p.Line
	r.frame.Hidden = !r.s.framed
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}
