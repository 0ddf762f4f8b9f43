package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ButtonKind is how much a button asks for attention.
type ButtonKind int

// The kinds.
const (
	ButtonQuiet  ButtonKind = iota // a border
	ButtonFaint                    // a border and muted words: possible, not advised
	ButtonAccent                   // filled: the one suggested step
	ButtonBare                     // neither border nor fill until pointed at
	ButtonDanger                   // words in the colour of trouble
	ButtonTab                      // bare until it is the chosen one of a row; see Chosen
)

// Button is a control of Baton's: 34 high, more or less as text is scaled but never under 32, reached by Tab, pressed by
// Enter or Space, with a ring while it has the focus. Set its fields and call
// Refresh.
type Button struct {
	widget.BaseWidget

	Text string
	Icon fyne.Resource // shown before the text, or alone
	Kind ButtonKind
	// Chosen says a ButtonTab is the one in force.
	Chosen bool
	// Label is what assistive technology says; the text when empty.
	Label string
	// OnTapped is called on the UI goroutine.
	OnTapped func()
	// OnFocus, if set, is told when the focus arrives.
	OnFocus func()
	// OnKey, if set, sees keys the button has no use for.
	OnKey func(fyne.KeyName)

	disabled, hovered, focused bool
}

var (
	_ fyne.Widget       = (*Button)(nil)
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Disableable  = (*Button)(nil)
	_ fyne.Accessible   = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
)

// NewButton returns a button.
func NewButton(text string, kind ButtonKind, tapped func()) *Button {
	b := &Button{Text: text, Kind: kind, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// NewIconButton returns a button that shows an icon alone; label is what
// assistive technology says.
func NewIconButton(icon fyne.Resource, label string, kind ButtonKind, tapped func()) *Button {
	b := &Button{Icon: icon, Label: label, Kind: kind, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) { b.press() }

func (b *Button) press() {
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	if b.OnFocus != nil {
		b.OnFocus()
	}
}

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() {
	b.focused = false
	b.Refresh()
}

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	default:
		if b.OnKey != nil {
			b.OnKey(e.Name)
		}
	}
}

// Enable implements fyne.Disableable.
func (b *Button) Enable() { b.setDisabled(false) }

// Disable implements fyne.Disableable.
func (b *Button) Disable() { b.setDisabled(true) }

// Disabled implements fyne.Disableable.
func (b *Button) Disabled() bool { return b.disabled }

func (b *Button) setDisabled(to bool) {
	if b.disabled != to {
		b.disabled = to
		b.Refresh()
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.hovered = false
	b.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string {
	if b.Label != "" {
		return b.Label
	}
	return b.Text
}

// AccessibilityRole implements fyne.Accessible.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// TextWidth is how wide a button with these words is, where the theme is the
// app's.
func TextWidth(words string) float32 {
	k := float32(1)
	if own, ok := fyne.CurrentApp().Settings().Theme().(interface{ Scale() float32 }); ok {
		k = own.Scale()
	}
	return measure(words, textControl*k, fyne.TextStyle{Bold: true}) + 2*buttonPad*k
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b:    b,
		ring: &canvas.Rectangle{CornerRadius: radiusControl + 3, StrokeWidth: 2},
		face: &canvas.Rectangle{CornerRadius: radiusControl},
		text: newLine(textControl, false, fyne.TextAlignCenter),
		icon: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b          *Button
	ring, face *canvas.Rectangle
	text       *line
	icon       *canvas.Image
	tinted     color.Color // the icon's, as last drawn
}

const (
	buttonPad  float32 = 14
	buttonIcon float32 = 18
	buttonGap  float32 = 6
)

func (r *buttonRenderer) Destroy() {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.face, r.icon, r.text.Text}
}

func (r *buttonRenderer) MinSize() fyne.Size {
	k := scaleOf(r.b)
	width, high := float32(0), controlHeight(k)
	if r.b.Text != "" {
		width = r.text.natural() + 2*buttonPad*k
	}
	switch {
	case r.b.Icon != nil && r.b.Text != "":
		width += (buttonIcon + buttonGap) * k
	case r.b.Icon != nil:
		width = high
	}
	return fyne.NewSize(max(width, high), high)
}

func (r *buttonRenderer) Layout(s fyne.Size) {
	r.face.Resize(s)
	r.ring.Move(fyne.NewPos(-3, -3))
	r.ring.Resize(s.AddWidthHeight(6, 6))
	k := scaleOf(r.b)
	side, gap := buttonIcon*k, buttonGap*k
	inset := min(buttonPad/2*k, max(3, (s.Width-r.text.natural())/2))
	left, width := inset, s.Width-2*inset
	if r.b.Icon != nil {
		x := (s.Width - side) / 2
		if r.b.Text != "" {
			whole := min(width, side+gap+r.text.natural())
			x = (s.Width - whole) / 2
			left, width = x+side+gap, whole-side-gap
		}
		r.icon.Move(fyne.NewPos(x, (s.Height-side)/2))
		r.icon.Resize(fyne.NewSize(side, side))
	}
	r.text.place(left, 0, width, s.Height)
}

func (r *buttonRenderer) Refresh() {
	b, p := r.b, paletteOf(r.b)
	face, words, border := p.Card, p.Text, p.Line
	switch b.Kind {
	case ButtonFaint:
		words = p.Muted
	case ButtonAccent:
		face, words, border = p.Accent, p.OnAccent, p.Accent
	case ButtonBare:
		face, border, words = alpha(p.Card, 0), alpha(p.Line, 0), p.Muted
	case ButtonDanger:
		words = p.Bad
	case ButtonTab:
		if !b.Chosen {
			face, border, words = alpha(p.Card, 0), alpha(p.Line, 0), p.Muted
		}
	}
	if b.hovered && !b.disabled {
		switch b.Kind {
		case ButtonBare:
			face = alpha(p.Text, 0x14)
		case ButtonTab:
			if !b.Chosen {
				face, words = alpha(p.Text, 0x14), p.Text
			}
		case ButtonAccent:
			face = blend(face, p.Text, 0.1)
		default:
			face = blend(face, p.Text, 0.07)
		}
		if b.Kind == ButtonFaint || b.Kind == ButtonBare {
			words = p.Text
		}
	}
	if b.disabled {
		face, words, border = p.Card, blend(p.Card, p.Muted, 0.7), p.Line
	}
	r.text.scale(scaleOf(b))
	r.face.FillColor, r.face.StrokeColor, r.face.StrokeWidth = face, border, 1
	r.ring.FillColor, r.ring.StrokeColor = alpha(p.Accent, 0), p.Accent
	if b.Kind == ButtonAccent {
		r.ring.StrokeColor = p.Text // accent on accent would be no ring at all
	}
	r.ring.Hidden = !b.focused || b.disabled
	r.text.TextStyle.Bold = b.Kind == ButtonAccent
	r.text.set(b.Text, words)
	r.icon.Hidden = b.Icon == nil
	if b.Icon != nil {
		name := theme.ColorNameForeground
		if b.Kind == ButtonAccent {
			name = theme.ColorNameForegroundOnPrimary
		} else if words == p.Muted || b.disabled {
			name = theme.ColorNamePlaceHolder
		}
		r.tint(b.Icon, name)
	}
	r.Layout(b.Size())
	r.ring.Refresh()
	r.face.Refresh()
}

// tint shows an icon in a colour of the theme. It is read and drawn anew only
// where that makes another picture: nothing else of a button takes as long.
func (r *buttonRenderer) tint(icon fyne.Resource, name fyne.ThemeColorName) {
	in := theme.ColorForWidget(name, r.b)
	var to fyne.Resource
	if g, own := icon.(glyph); own {
		to = g.in(in)
	} else {
		to = theme.NewColoredResource(icon, name)
	}
	if r.icon.Resource != nil && r.icon.Resource.Name() == to.Name() && r.tinted == in {
		return
	}
	r.icon.Resource, r.tinted = to, in
	if !r.icon.Size().IsZero() {
		r.icon.Refresh() // else when it gets its size
	}
}
