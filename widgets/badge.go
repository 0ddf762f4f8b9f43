package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Badge is a short word in a thin frame, such as a plan's name.
type Badge struct {
	widget.BaseWidget
	text string
}

var _ fyne.Widget = (*Badge)(nil)

const (
	badgeHeight float32 = 20 // unscaled, like the padding
	badgePad    float32 = 7
)

// NewBadge returns a badge; an empty text shows nothing.
func NewBadge(text string) *Badge {
	b := &Badge{text: text}
	b.ExtendBaseWidget(b)
	return b
}

// SetText changes the word.
func (b *Badge) SetText(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	r := &badgeRenderer{
		b:     b,
		frame: &canvas.Rectangle{CornerRadius: 6, StrokeWidth: 1},
		text:  newLine(textSmall, false, fyne.TextAlignCenter),
	}
	r.Refresh()
	return r
}

type badgeRenderer struct {
	b     *Badge
	frame *canvas.Rectangle
	text  *line
	k     float32 // the scale
}

func (r *badgeRenderer) Destroy() {}

func (r *badgeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.frame, r.text.Text}
}

func (r *badgeRenderer) MinSize() fyne.Size {
	if r.b.text == "" {
		return fyne.NewSize(0, badgeHeight*r.k)
	}
	return fyne.NewSize(r.text.natural()+2*badgePad*r.k, badgeHeight*r.k)
}

func (r *badgeRenderer) Layout(s fyne.Size) {
	r.frame.Resize(s)
	r.text.place(badgePad*r.k, 0, s.Width-2*badgePad*r.k, s.Height)
}

func (r *badgeRenderer) Refresh() {
	p := paletteOf(r.b)
	r.k = scaleOf(r.b)
	r.text.scale(r.k)
	r.frame.FillColor, r.frame.StrokeColor = p.Card, p.Line
	r.frame.Hidden = r.b.text == ""
	r.text.set(r.b.text, p.Muted)
	r.Layout(r.b.Size())
	r.frame.Refresh()
}
