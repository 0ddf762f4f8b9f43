package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// BannerView is what a Banner says.
type BannerView struct {
	Message string
	Hint    string
	Tone    Tone
	Action  string // the button's words, empty for no button
	Off     bool   // the button can't be pressed now
}

// Banner is a plain line, and a hint, about something that is no one account's
// matter: a file, the surroundings, a login nobody knows.
type Banner struct {
	widget.BaseWidget

	// OnAction is called when the button is pressed.
	OnAction func()

	view   BannerView
	button *Button
}

var (
	_ fyne.Widget     = (*Banner)(nil)
	_ fyne.Accessible = (*Banner)(nil)
)

const (
	bannerLines           = 5 // each, of message and hint
	bannerPadTop  float32 = 12
	bannerPadSide float32 = 18
)

// NewBanner returns a banner saying v.
func NewBanner(v BannerView) *Banner {
	b := &Banner{view: v}
	b.button = NewButton(v.Action, ButtonQuiet, func() { call(b.OnAction) })
	b.button.Hidden = v.Action == ""
	b.button.disabled = v.Off
	b.ExtendBaseWidget(b)
	return b
}

// View returns what the banner says.
func (b *Banner) View() BannerView { return b.view }

// SetView says v.
func (b *Banner) SetView(v BannerView) {
	if b.view == v {
		return
	}
	b.view = v
	b.button.Text, b.button.Hidden, b.button.disabled = v.Action, v.Action == "", v.Off
	b.button.Refresh()
	b.Refresh()
}

// HeightFor is the height the banner needs at a width.
func (b *Banner) HeightFor(width float32) float32 {
	message, hint, _ := b.broken(width)
	lines := float32(len(message) + len(hint))
	k := scaleOf(b)
	high := lines*textDetail*k*leading + 2*bannerPadTop
	if b.view.Action != "" {
		high = max(high, controlHeight(k)+2*8)
	}
	return high
}

// broken is the text in lines and the width it has.
func (b *Banner) broken(width float32) (message, hint []string, room float32) {
	room = width - 2*bannerPadSide
	if b.view.Action != "" {
		room -= b.button.MinSize().Width + cardGap
	}
	style, size := fyne.TextStyle{}, textDetail*scaleOf(b)
	return wrap(b.view.Message, room, size, style, bannerLines),
		wrap(b.view.Hint, room, size, style, bannerLines), room
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Banner) AccessibilityLabel() string { return b.view.Message + ". " + b.view.Hint }

// AccessibilityRole implements fyne.Accessible.
func (b *Banner) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	r := &bannerRenderer{
		b:       b,
		face:    &canvas.Rectangle{CornerRadius: radiusCard, StrokeWidth: 1},
		bar:     &canvas.Rectangle{CornerRadius: 2},
		message: newParagraph(textDetail, false, bannerLines),
		hint:    newParagraph(textDetail, false, bannerLines),
	}
	r.Refresh()
	return r
}

type bannerRenderer struct {
	b             *Banner
	face, bar     *canvas.Rectangle
	message, hint *paragraph
}

func (r *bannerRenderer) Destroy() {}

func (r *bannerRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.face, r.bar}
	all = append(all, r.message.objects()...)
	all = append(all, r.hint.objects()...)
	return append(all, r.b.button)
}

func (r *bannerRenderer) MinSize() fyne.Size {
	return fyne.NewSize(300, r.b.HeightFor(max(300, r.b.Size().Width)))
}

func (r *bannerRenderer) Layout(s fyne.Size) {
	p := paletteOf(r.b)
	r.face.Resize(s)
	r.bar.Move(fyne.NewPos(0, 12))
	r.bar.Resize(fyne.NewSize(4, s.Height-24))
	message, hint, room := r.b.broken(s.Width)
	y := (s.Height - float32(len(message)+len(hint))*r.message.lineHeight()) / 2
	y += r.message.place(message, bannerPadSide, y, room, p.Text)
	r.hint.place(hint, bannerPadSide, y, room, p.Muted)
	m := r.b.button.MinSize()
	put(r.b.button, box{s.Width - bannerPadSide - m.Width, (s.Height - m.Height) / 2, m.Width, m.Height})
}

func (r *bannerRenderer) Refresh() {
	p := paletteOf(r.b)
	r.face.FillColor, r.face.StrokeColor = p.Card, p.Line
	r.bar.FillColor = p.tone(r.b.view.Tone)
	r.message.scale(scaleOf(r.b))
	r.hint.scale(scaleOf(r.b))
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}
