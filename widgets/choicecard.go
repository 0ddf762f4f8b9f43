package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ChoiceCard is one of several ways to go on: its name, a sentence on when it
// is the right one, and an arrow. The whole of it is pressed, by a tap, Enter
// or Space.
type ChoiceCard struct {
	widget.BaseWidget

	// OnTapped is called on the UI goroutine.
	OnTapped func()
	// OnKey, if set, sees keys the card has no use for.
	OnKey func(fyne.KeyName)

	title, about     string
	suggested        bool
	hovered, focused bool
}

var (
	_ Card              = (*ChoiceCard)(nil)
	_ fyne.Tappable     = (*ChoiceCard)(nil)
	_ fyne.Focusable    = (*ChoiceCard)(nil)
	_ fyne.Accessible   = (*ChoiceCard)(nil)
	_ desktop.Hoverable = (*ChoiceCard)(nil)
)

const (
	choicePad   float32 = 12
	choiceArrow float32 = 20
	choiceLines         = 4
)

// NewChoiceCard returns a card; a suggested one has the accent.
func NewChoiceCard(title, about string, suggested bool, tapped func()) *ChoiceCard {
	c := &ChoiceCard{title: title, about: about, suggested: suggested, OnTapped: tapped}
	c.ExtendBaseWidget(c)
	return c
}

// Title is the way's name.
func (c *ChoiceCard) Title() string { return c.title }

// Tapped implements fyne.Tappable.
func (c *ChoiceCard) Tapped(*fyne.PointEvent) { call(c.OnTapped) }

// FocusGained implements fyne.Focusable.
func (c *ChoiceCard) FocusGained() {
	c.focused = true
	c.Refresh()
}

// FocusLost implements fyne.Focusable.
func (c *ChoiceCard) FocusLost() {
	c.focused = false
	c.Refresh()
}

// TypedRune implements fyne.Focusable.
func (c *ChoiceCard) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *ChoiceCard) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		call(c.OnTapped)
	default:
		if c.OnKey != nil {
			c.OnKey(e.Name)
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (c *ChoiceCard) MouseIn(*desktop.MouseEvent) {
	c.hovered = true
	c.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (c *ChoiceCard) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *ChoiceCard) MouseOut() {
	c.hovered = false
	c.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (c *ChoiceCard) AccessibilityLabel() string { return c.title + ". " + c.about }

// AccessibilityRole implements fyne.Accessible.
func (c *ChoiceCard) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (c *ChoiceCard) broken(width float32) (about []string, room, k float32) {
	k = scaleOf(c)
	room = max(0, width-2*choicePad-(choiceArrow+8)*k)
	return wrap(c.about, room, textDetail*k, fyne.TextStyle{}, choiceLines), room, k
}

// HeightFor implements Card.
func (c *ChoiceCard) HeightFor(width float32) float32 {
	about, _, k := c.broken(width)
	return 2*choicePad + (textControl+float32(len(about))*textDetail)*k*leading
}

// CreateRenderer implements fyne.Widget.
func (c *ChoiceCard) CreateRenderer() fyne.WidgetRenderer {
	r := &choiceRenderer{
		c:     c,
		ring:  &canvas.Rectangle{CornerRadius: radiusCard + 3, StrokeWidth: 2},
		face:  &canvas.Rectangle{CornerRadius: radiusCard, StrokeWidth: 1},
		title: newLine(textControl, true, fyne.TextAlignLeading),
		about: newParagraph(textDetail, false, choiceLines),
		arrow: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.Refresh()
	return r
}

type choiceRenderer struct {
	c          *ChoiceCard
	ring, face *canvas.Rectangle
	title      *line
	about      *paragraph
	arrow      *canvas.Image
}

func (r *choiceRenderer) Destroy() {}

func (r *choiceRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.ring, r.face, r.title.Text, r.arrow}
	return append(all, r.about.objects()...)
}

func (r *choiceRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, r.c.HeightFor(max(160, r.c.Size().Width)))
}

func (r *choiceRenderer) Layout(s fyne.Size) {
	about, room, k := r.c.broken(s.Width)
	put(r.face, box{0, 0, s.Width, s.Height})
	put(r.ring, box{-3, -3, s.Width + 6, s.Height + 6})
	high := textControl * k * leading
	r.title.place(choicePad, choicePad, room, high)
	r.about.place(about, choicePad, choicePad+high, room, paletteOf(r.c).Muted)
	side := choiceArrow * k
	put(r.arrow, box{s.Width - choicePad - side, (s.Height - side) / 2, side, side})
}

func (r *choiceRenderer) Refresh() {
	c, p, k := r.c, paletteOf(r.c), scaleOf(r.c)
	r.face.FillColor, r.face.StrokeColor = p.Card, p.Line
	name, words := theme.ColorNamePlaceHolder, p.Text
	if c.suggested {
		r.face.StrokeColor, words, name = p.Accent, p.Accent, theme.ColorNamePrimary
	}
	if c.hovered {
		r.face.FillColor = blend(p.Card, p.Text, 0.07)
	}
	r.ring.FillColor, r.ring.StrokeColor, r.ring.Hidden = alpha(p.Accent, 0), p.Accent, !c.focused
	r.title.scale(k)
	r.about.scale(k)
	r.title.set(c.title, words)
	r.arrow.Resource = theme.NewColoredResource(theme.NavigateNextIcon(), name)
	r.Layout(c.Size())
	r.arrow.Refresh()
	canvas.Refresh(c)
}
