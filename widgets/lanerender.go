package widgets

import (
	"image"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// CreateRenderer implements fyne.Widget.
func (l *Lane) CreateRenderer() fyne.WidgetRenderer {
	r := &laneRenderer{
		l:      l,
		ground: &canvas.Rectangle{CornerRadius: radiusControl},
		name:   newLine(textControl, true, fyne.TextAlignLeading),
		detail: newLine(textDetail, false, fyne.TextAlignLeading),
		inside: newLine(textDetail, false, fyne.TextAlignLeading),
		right:  newLine(textDetail, false, fyne.TextAlignTrailing),
		track:  &canvas.Rectangle{CornerRadius: 5},
		edge:   &canvas.Rectangle{CornerRadius: 5, StrokeWidth: 1},
		now:    &canvas.Rectangle{},
		rule:   &canvas.Rectangle{},
	}
	r.hatch = canvas.NewRaster(func(w, h int) image.Image { return hatched(w, h, r.stripe) })
	r.Refresh()
	return r
}

type laneRenderer struct {
	l                           *Lane
	ground                      *canvas.Rectangle
	name, detail, inside, right *line
	track, edge, now, rule      *canvas.Rectangle
	hatch                       *canvas.Raster
	stripe                      color.NRGBA
	ticks                       []*canvas.Rectangle
}

func (r *laneRenderer) Destroy() {}

func (r *laneRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.ground, r.rule, r.track, r.hatch, r.edge, r.inside.Text}
	for _, t := range r.ticks {
		all = append(all, t)
	}
	return append(all, r.now, r.name.Text, r.detail.Text, r.right.Text)
}

func (r *laneRenderer) MinSize() fyne.Size {
	return fyne.NewSize(200, laneHeight*scaleOf(r.l))
}

func (r *laneRenderer) Layout(s fyne.Size) {
	k := scaleOf(r.l)
	v := r.l.view
	from, to := trackIn(s.Width, k)
	wide := max(0, to-from)
	high := laneTrack * k
	top := (s.Height - high) / 2
	text := meterTextHeight * k
	if s.Width < laneBreak*k {
		top = s.Height - high - 10*k
		row := top - text - 6*k
		took := r.right.place(s.Width/2, row, s.Width/2-laneInset, text)
		left := laneInset + 8*k // clear of the line of the moment
		room := max(0, s.Width-left-laneInset-took-12*k)
		name := r.name.place(left, row, room, text)
		r.detail.place(left+name+8*k, row, max(0, room-name-8*k), text)
	} else {
		r.name.place(laneInset, s.Height/2-text-1, laneName*k-16, text)
		r.detail.place(laneInset, s.Height/2+1, laneName*k-16, text)
		r.right.place(to+10*k, (s.Height-text)/2, max(0, s.Width-laneInset-to-10*k), text)
	}
	r.ground.Move(fyne.NewPos(0, 1))
	r.ground.Resize(fyne.NewSize(s.Width, s.Height-2))
	r.rule.Move(fyne.NewPos(laneInset, s.Height-1))
	r.rule.Resize(fyne.NewSize(max(0, s.Width-2*laneInset), 1))
	r.track.Move(fyne.NewPos(from, top))
	r.track.Resize(fyne.NewSize(wide, high))
	shut := float32(clamp(v.Back)) * wide
	for _, o := range []fyne.CanvasObject{r.hatch, r.edge} {
		o.Move(fyne.NewPos(from, top))
		o.Resize(fyne.NewSize(shut, high))
	}
	begins := r.clearOfMarks(shut+8*k, wide, k)
	r.inside.place(from+begins, top+(high-text)/2, max(0, wide-begins-8*k), text)
	for i, t := range r.ticks {
		if i < len(v.Resets) {
			t.Move(fyne.NewPos(from+float32(clamp(v.Resets[i]))*max(0, wide-2), top-4*k))
			t.Resize(fyne.NewSize(2, high+8*k))
		}
	}
	// Up to the lane above: the moment is the same for all of them.
	r.now.Move(fyne.NewPos(from-1, -listGap))
	r.now.Resize(fyne.NewSize(2, s.Height+listGap))
}

// clearOfMarks is where the words in the track begin so that no mark goes
// through them, not before a place.
func (r *laneRenderer) clearOfMarks(begins, wide, k float32) float32 {
	marks := slices.Sorted(slices.Values(r.l.view.Resets))
	for _, m := range marks {
		at := float32(clamp(m)) * wide
		if at >= begins-8*k && at <= begins+r.inside.natural()+4*k {
			begins = at + 10*k
		}
	}
	return begins
}

func (r *laneRenderer) Refresh() {
	v, p, k := r.l.view, paletteOf(r.l), scaleOf(r.l)
	for _, l := range []*line{r.name, r.detail, r.inside, r.right} {
		l.scale(k)
	}
	name := p.Text
	if v.Dimmed {
		name = p.Muted
	}
	r.name.set(v.Name, name)
	r.detail.set(v.Detail, p.Muted)
	r.inside.set(v.Inside, p.Text)
	r.right.set(v.Right, p.tone(v.Tone))
	r.ground.FillColor = color.Transparent
	if r.l.hovered {
		r.ground.FillColor = p.Card
	}
	r.ground.StrokeWidth = 0
	if r.l.focused {
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, p.Accent
	}
	r.rule.FillColor, r.now.FillColor = p.Line, p.Accent
	r.track.FillColor = p.Track
	if v.Dimmed {
		r.track.FillColor = blend(p.Background, p.Track, 0.6)
	}
	r.edge.FillColor = color.Transparent
	r.edge.StrokeColor = p.Bad
	stripe := p.Bad
	if v.Dimmed {
		stripe = blend(p.Track, p.Muted, 0.6)
		r.edge.StrokeColor = stripe
	}
	r.hatch.Hidden, r.edge.Hidden = v.Back <= 0, v.Back <= 0
	if r.stripe != stripe {
		r.stripe = stripe
		canvas.Refresh(r.hatch)
	}
	for len(r.ticks) < len(v.Resets) {
		r.ticks = append(r.ticks, &canvas.Rectangle{CornerRadius: 1})
	}
	for i, t := range r.ticks {
		t.FillColor = p.Text
		t.Hidden = i >= len(v.Resets)
	}
	r.Layout(r.l.Size())
	canvas.Refresh(r.l)
}

// hatched draws slanting stripes, in device pixels.
func hatched(w, h int, stripe color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	period := max(8, h*7/10)
	for y := range h {
		for x := range w {
			if (x+y)%period < period*6/10 {
				img.SetNRGBA(x, y, stripe)
			}
		}
	}
	return img
}
