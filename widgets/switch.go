package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Switch is on or off. Its box is 32 high at least, reached by Tab, turned by
// Enter, Space or a tap.
type Switch struct {
	widget.BaseWidget

	// OnChanged is told when the person turned it.
	OnChanged func(on bool)
	// OnFocus, if set, is told when the focus arrives.
	OnFocus func()
	// OnKey, if set, sees keys the switch has no use for.
	OnKey func(fyne.KeyName)
	// Label is what assistive technology says; States what it says for off and
	// on.
	Label  string
	States [2]string

	on, disabled, hovered, focused bool
}

var (
	_ fyne.Widget       = (*Switch)(nil)
	_ fyne.Tappable     = (*Switch)(nil)
	_ fyne.Focusable    = (*Switch)(nil)
	_ fyne.Disableable  = (*Switch)(nil)
	_ fyne.Accessible   = (*Switch)(nil)
	_ desktop.Hoverable = (*Switch)(nil)
)

// NewSwitch returns a switch.
func NewSwitch(label string, on bool, changed func(bool)) *Switch {
	s := &Switch{Label: label, on: on, OnChanged: changed}
	s.ExtendBaseWidget(s)
	return s
}

// On says how it stands.
func (s *Switch) On() bool { return s.on }

// SetOn turns it without a word to OnChanged.
func (s *Switch) SetOn(on bool) {
	if s.on != on {
		s.on = on
		s.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (s *Switch) Tapped(*fyne.PointEvent) {
	if s.disabled {
		return
	}
	s.SetOn(!s.on)
	if s.OnChanged != nil {
		s.OnChanged(s.on)
	}
}

// FocusGained implements fyne.Focusable.
func (s *Switch) FocusGained() {
	s.focused = true
	s.Refresh()
	call(s.OnFocus)
}

// FocusLost implements fyne.Focusable.
func (s *Switch) FocusLost() {
	s.focused = false
	s.Refresh()
}

// TypedRune implements fyne.Focusable.
func (s *Switch) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (s *Switch) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.Tapped(nil)
	default:
		if s.OnKey != nil {
			s.OnKey(e.Name)
		}
	}
}

// Enable implements fyne.Disableable.
func (s *Switch) Enable() { s.setDisabled(false) }

// Disable implements fyne.Disableable.
func (s *Switch) Disable() { s.setDisabled(true) }

// Disabled implements fyne.Disableable.
func (s *Switch) Disabled() bool { return s.disabled }

func (s *Switch) setDisabled(to bool) {
	if s.disabled != to {
		s.disabled = to
		s.Refresh()
	}
}

// MouseIn implements desktop.Hoverable.
func (s *Switch) MouseIn(*desktop.MouseEvent) {
	s.hovered = true
	s.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (s *Switch) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (s *Switch) MouseOut() {
	s.hovered = false
	s.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (s *Switch) AccessibilityLabel() string {
	state := s.States[0]
	if s.on {
		state = s.States[1]
	}
	if state == "" {
		return s.Label
	}
	return s.Label + ": " + state
}

// AccessibilityRole implements fyne.Accessible.
func (s *Switch) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	r := &switchRenderer{
		s:     s,
		ring:  &canvas.Rectangle{StrokeWidth: 2},
		track: &canvas.Rectangle{StrokeWidth: 1},
		knob:  &canvas.Rectangle{},
	}
	r.Refresh()
	return r
}

type switchRenderer struct {
	s                 *Switch
	ring, track, knob *canvas.Rectangle
}

// A switch's track, unscaled.
const (
	switchWidth float32 = 40
	switchHigh  float32 = 22
)

func (r *switchRenderer) Destroy() {}

func (r *switchRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.track, r.knob}
}

func (r *switchRenderer) MinSize() fyne.Size {
	k := scaleOf(r.s)
	return fyne.NewSize(switchWidth*k, controlHeight(k))
}

func (r *switchRenderer) Layout(size fyne.Size) {
	k := scaleOf(r.s)
	w, h := switchWidth*k, switchHigh*k
	top := (size.Height - h) / 2
	put(r.track, box{0, top, w, h})
	put(r.ring, box{-3, top - 3, w + 6, h + 6})
	knob := h - 6*k
	x := 3 * k
	if r.s.on {
		x = w - knob - 3*k
	}
	put(r.knob, box{x, top + 3*k, knob, knob})
	r.track.CornerRadius, r.ring.CornerRadius, r.knob.CornerRadius = h/2, h/2+3, knob/2
}

func (r *switchRenderer) Refresh() {
	s, p := r.s, paletteOf(r.s)
	r.track.FillColor, r.track.StrokeColor, r.knob.FillColor = p.Track, p.Muted, p.Muted
	if s.on {
		r.track.FillColor, r.track.StrokeColor, r.knob.FillColor = p.Accent, p.Accent, p.OnAccent
	}
	if s.disabled {
		r.track.FillColor, r.track.StrokeColor = p.Card, p.Line
		r.knob.FillColor = p.Line
		if s.on {
			r.track.FillColor = blend(p.Card, p.Accent, 0.35)
		}
	} else if s.hovered {
		r.track.FillColor = blend(p.Track, p.Text, 0.1)
		if s.on {
			r.track.FillColor = blend(p.Accent, p.Text, 0.1)
		}
	}
	r.ring.FillColor, r.ring.StrokeColor = alpha(p.Accent, 0), p.Accent
	if s.on {
		r.ring.StrokeColor = p.Text
	}
	r.ring.Hidden = !s.focused || s.disabled
	r.Layout(s.Size())
	canvas.Refresh(s)
}
