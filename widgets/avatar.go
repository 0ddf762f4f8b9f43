package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// AvatarView is what an Avatar shows.
type AvatarView struct {
	Initial string // one letter
	Tone    int    // which of the AvatarTones colours; taken modulo
	Dimmed  bool   // for an account that is out of play
}

// Avatar is a disc with an initial: the eye finds an account by it before it
// has read the name.
type Avatar struct {
	widget.BaseWidget
	view AvatarView
}

var _ fyne.Widget = (*Avatar)(nil)

// AvatarSize is the side of an avatar, unscaled.
const AvatarSize float32 = 40

// NewAvatar returns an avatar showing v.
func NewAvatar(v AvatarView) *Avatar {
	a := &Avatar{view: v}
	a.ExtendBaseWidget(a)
	return a
}

// SetView shows v.
func (a *Avatar) SetView(v AvatarView) {
	if a.view != v {
		a.view = v
		a.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	r := &avatarRenderer{
		a:    a,
		disc: &canvas.Rectangle{CornerRadius: AvatarSize / 2},
		text: newLine(textName, true, fyne.TextAlignCenter),
	}
	r.Refresh()
	return r
}

type avatarRenderer struct {
	a    *Avatar
	disc *canvas.Rectangle
	text *line
}

func (r *avatarRenderer) Destroy() {}

func (r *avatarRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.disc, r.text.Text}
}

func (r *avatarRenderer) MinSize() fyne.Size {
	return fyne.NewSquareSize(AvatarSize * scaleOf(r.a))
}

func (r *avatarRenderer) Layout(s fyne.Size) {
	r.disc.CornerRadius = s.Height / 2
	r.disc.Resize(s)
	r.text.place(0, 0, s.Width, s.Height)
}

func (r *avatarRenderer) Refresh() {
	p := paletteOf(r.a)
	r.text.scale(scaleOf(r.a))
	disc, letter := avatarColor(r.a.view.Tone), color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	if r.a.view.Dimmed {
		disc, letter = p.Track, p.Muted
	}
	r.disc.FillColor = disc
	r.text.set(r.a.view.Initial, letter)
	r.Layout(r.a.Size())
	r.disc.Refresh()
}
