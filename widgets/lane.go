package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// LaneView is what a Lane shows. Shares run from 0, now, to 1, the end of the
// time looked at.
type LaneView struct {
	Name   string
	Detail string
	Inside string // what is left, written in the lane
	Right  string // when it is free
	Tone   Tone   // of Right
	// Back is the share after which it can be used; 0 is now, 1 and more not
	// within the time looked at. The lane is hatched until then.
	Back   float64
	Resets []float64 // shares at which a window begins anew
	Active bool
	Dimmed bool
}

// Lane is one account's row of a timeline: from now on to the right, hatched
// until it can be used, a tick at each reset. Enter or a click asks for what
// belongs to it.
type Lane struct {
	widget.BaseWidget

	OnTapped func()
	OnFocus  func()
	// OnKey, if set, sees keys the lane has no use for.
	OnKey func(fyne.KeyName)

	view             LaneView
	focused, hovered bool
}

var (
	_ Card              = (*Lane)(nil)
	_ fyne.Focusable    = (*Lane)(nil)
	_ fyne.Tappable     = (*Lane)(nil)
	_ desktop.Hoverable = (*Lane)(nil)
	_ fyne.Accessible   = (*Lane)(nil)
)

const (
	laneHeight float32 = 54 // unscaled
	laneNarrow float32 = 66
	laneTrack  float32 = 20
	laneName   float32 = 206 // where the track begins
	laneRight  float32 = 166 // what stands to the right of it takes
	laneInset  float32 = 8
	laneBreak  float32 = 640 // below this, a lane has two rows
)

// NewLane returns a lane showing v.
func NewLane(v LaneView) *Lane {
	l := &Lane{view: v}
	l.ExtendBaseWidget(l)
	return l
}

// View is what the lane shows.
func (l *Lane) View() LaneView { return l.view }

// SetView shows v.
func (l *Lane) SetView(v LaneView) {
	if !sameLane(l.view, v) {
		l.view = v
		l.Refresh()
	}
}

func sameLane(a, b LaneView) bool {
	if len(a.Resets) != len(b.Resets) {
		return false
	}
	for i := range a.Resets {
		if a.Resets[i] != b.Resets[i] {
			return false
		}
	}
	a.Resets, b.Resets = nil, nil
	return a.Name == b.Name && a.Detail == b.Detail && a.Inside == b.Inside && a.Right == b.Right &&
		a.Tone == b.Tone && a.Back == b.Back && a.Active == b.Active && a.Dimmed == b.Dimmed
}

// HeightFor implements Card.
func (l *Lane) HeightFor(width float32) float32 {
	k := scaleOf(l)
	if width < laneBreak*k {
		return laneNarrow * k
	}
	return laneHeight * k
}

// LaneInOneRow says whether a lane of this width has its words beside the track.
func LaneInOneRow(w fyne.Widget, width float32) bool { return width >= laneBreak*scaleOf(w) }

// trackIn is where the track lies in a lane of this width.
func trackIn(width, k float32) (from, to float32) {
	if width < laneBreak*k {
		return laneInset, width - laneInset
	}
	return laneInset + laneName*k, width - laneInset - laneRight*k
}

// Tapped implements fyne.Tappable.
func (l *Lane) Tapped(*fyne.PointEvent) { call(l.OnTapped) }

// FocusGained implements fyne.Focusable.
func (l *Lane) FocusGained() {
	l.focused = true
	l.Refresh()
	call(l.OnFocus)
}

// FocusLost implements fyne.Focusable.
func (l *Lane) FocusLost() {
	l.focused = false
	l.Refresh()
}

// TypedRune implements fyne.Focusable.
func (l *Lane) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *Lane) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		call(l.OnTapped)
	default:
		if l.OnKey != nil {
			l.OnKey(e.Name)
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (l *Lane) MouseIn(*desktop.MouseEvent) { l.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (l *Lane) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *Lane) MouseOut() { l.hover(false) }

func (l *Lane) hover(on bool) {
	l.hovered = on
	l.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (l *Lane) AccessibilityLabel() string {
	v := l.view
	label := v.Name
	for _, more := range []string{v.Detail, v.Inside, v.Right} {
		if more != "" {
			label += ", " + more
		}
	}
	return label
}

// AccessibilityRole implements fyne.Accessible.
func (l *Lane) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

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
	inside := max(0, wide-shut-16*k)
	r.inside.place(from+shut+8*k, top+(high-text)/2, inside, text)
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
