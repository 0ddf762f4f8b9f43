package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Link is a few underlined words that do something. Its box is 32 high however
// small the text, so that it can be hit.
type Link struct {
	widget.BaseWidget

	Text     string
	Tone     Tone
	OnTapped func()
	OnFocus  func()
	// OnKey, if set, sees keys the link has no use for.
	OnKey func(fyne.KeyName)

	focused, hovered bool
}

var (
	_ fyne.Widget        = (*Link)(nil)
	_ fyne.Tappable      = (*Link)(nil)
	_ fyne.Focusable     = (*Link)(nil)
	_ fyne.Accessible    = (*Link)(nil)
	_ desktop.Cursorable = (*Link)(nil)
	_ desktop.Hoverable  = (*Link)(nil)
)

// linkHeight is how high a link's box is where text is scaled.
func linkHeight(scale float32) float32 { return max(leastTarget, 24*scale) }

// NewLink returns a link.
func NewLink(text string, tone Tone, tapped func()) *Link {
	l := &Link{Text: text, Tone: tone, OnTapped: tapped}
	l.ExtendBaseWidget(l)
	return l
}

// Tapped implements fyne.Tappable.
func (l *Link) Tapped(*fyne.PointEvent) {
	if l.OnTapped != nil {
		l.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (l *Link) FocusGained() {
	l.focused = true
	l.Refresh()
	if l.OnFocus != nil {
		l.OnFocus()
	}
}

// FocusLost implements fyne.Focusable.
func (l *Link) FocusLost() {
	l.focused = false
	l.Refresh()
}

// TypedRune implements fyne.Focusable.
func (l *Link) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *Link) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		l.Tapped(nil)
	default:
		if l.OnKey != nil {
			l.OnKey(e.Name)
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (l *Link) MouseIn(*desktop.MouseEvent) {
	l.hovered = true
	l.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (l *Link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *Link) MouseOut() {
	l.hovered = false
	l.Refresh()
}

// Cursor implements desktop.Cursorable.
func (l *Link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (l *Link) AccessibilityLabel() string { return l.Text }

// AccessibilityRole implements fyne.Accessible.
func (l *Link) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }

// CreateRenderer implements fyne.Widget.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	r := &linkRenderer{
		l:    l,
		text: newLine(textDetail, false, fyne.TextAlignLeading),
		rule: &canvas.Rectangle{},
		ring: &canvas.Rectangle{CornerRadius: 4, StrokeWidth: 2},
	}
	r.Refresh()
	return r
}

type linkRenderer struct {
	l          *Link
	text       *line
	rule, ring *canvas.Rectangle
}

func (r *linkRenderer) Destroy() {}

func (r *linkRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.text.Text, r.rule}
}

func (r *linkRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.text.natural(), linkHeight(scaleOf(r.l)))
}

func (r *linkRenderer) Layout(s fyne.Size) {
	w := r.text.place(0, 0, s.Width, s.Height)
	high := r.text.TextSize * leading
	top := (s.Height - high) / 2
	r.rule.Move(fyne.NewPos(0, top+high-1))
	r.rule.Resize(fyne.NewSize(w, 1))
	r.ring.Move(fyne.NewPos(-4, top-1))
	r.ring.Resize(fyne.NewSize(w+8, high+4))
}

func (r *linkRenderer) Refresh() {
	p := paletteOf(r.l)
	c := p.tone(r.l.Tone)
	if r.l.hovered {
		c = blend(c, p.Text, 0.35)
	}
	r.text.scale(scaleOf(r.l))
	r.text.set(r.l.Text, c)
	r.rule.FillColor = c
	r.ring.FillColor, r.ring.StrokeColor = alpha(p.Accent, 0), p.Accent
	r.ring.Hidden = !r.l.focused
	r.Layout(r.l.Size())
	r.rule.Refresh()
	r.ring.Refresh()
}
