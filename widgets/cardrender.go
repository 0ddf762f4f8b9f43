package widgets

import (
	"fmt"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

type cardRenderer struct {
	c            *AccountCard
	face, bar    *canvas.Rectangle
	dot          *canvas.Rectangle
	avatar       *Avatar
	name, detail *line
	badge        *Badge
	meters       [2]*Meter
	problem      *paragraph
	hint         *paragraph
	state        *paragraph
	second       *line
	all          []fyne.CanvasObject
	drawn        look     // what it was last drawn with
	view         CardView // and showing this
}

// look is what a theme may change about a card.
type look struct {
	Palette
	scale float32
}

func lookOf(w fyne.Widget) look { return look{paletteOf(w), scaleOf(w)} }

func newCardRenderer(c *AccountCard) *cardRenderer {
	r := &cardRenderer{
		c:       c,
		face:    &canvas.Rectangle{CornerRadius: radiusCard, StrokeWidth: 1},
		bar:     &canvas.Rectangle{CornerRadius: 2},
		dot:     &canvas.Rectangle{CornerRadius: 5},
		avatar:  NewAvatar(c.view.Avatar),
		name:    newLine(textName, true, fyne.TextAlignLeading),
		detail:  newLine(textDetail, false, fyne.TextAlignLeading),
		badge:   NewBadge(c.view.Badge),
		problem: newParagraph(textDetail, false, problemMost),
		hint:    newParagraph(textDetail, false, problemMost),
		state:   newParagraph(textDetail, false, 2),
		second:  newLine(textDetail, false, fyne.TextAlignLeading),
	}
	r.all = []fyne.CanvasObject{r.face, r.bar, r.avatar, r.name.Text, r.badge, r.detail.Text}
	for i := range r.meters {
		r.meters[i] = NewMeter(c.view.Meters[i])
		r.all = append(r.all, r.meters[i])
	}
	r.all = append(r.all, r.problem.objects()...)
	r.all = append(r.all, r.hint.objects()...)
	r.all = append(r.all, r.dot)
	r.all = append(r.all, r.state.objects()...)
	r.all = append(r.all, r.second.Text, c.second, c.primary, c.menu)
	r.Refresh()
	return r
}

func (r *cardRenderer) Destroy() {}

func (r *cardRenderer) Objects() []fyne.CanvasObject { return r.all }

func (r *cardRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, r.c.HeightFor(r.c.Size().Width))
}

func (r *cardRenderer) Refresh() {
	r.drawn, r.view = lookOf(r.c), r.c.view
	v, p, k := r.c.view, r.drawn.Palette, r.drawn.scale
	for _, l := range []*line{r.name, r.detail, r.second} {
		l.scale(k)
	}
	for _, t := range []*paragraph{r.problem, r.hint, r.state} {
		t.scale(k)
	}
	r.face.FillColor, r.face.StrokeColor = p.Card, p.Line
	r.bar.FillColor, r.bar.Hidden = p.Accent, !v.Active
	r.dot.FillColor, r.dot.Hidden = p.Accent, !v.Active
	if v.Active {
		r.face.StrokeColor = p.Accent
	}
	name := p.Text
	if v.Dimmed {
		name = p.Muted
		r.face.FillColor = blend(p.Background, p.Card, 0.5)
	}
	r.name.set(v.Name, name)
	r.detail.set(v.Detail, p.Muted)
	r.avatar.view, r.badge.text = v.Avatar, v.Badge
	r.avatar.Refresh()
	r.badge.Refresh()
	for i, m := range r.meters {
		m.Hidden = v.Problem != ""
		m.view = v.Meters[i]
		m.Refresh()
	}
	second := ""
	if !v.SecondLink {
		second = v.Second
	}
	r.second.set(second, p.tone(v.SecondTone))
	r.Layout(r.c.Size())
	r.c.primary.Refresh()
	r.c.menu.Refresh()
	r.c.second.Refresh()
	canvas.Refresh(r.c)
}

func (r *cardRenderer) Layout(s fyne.Size) {
	if s.Width <= 0 {
		return
	}
	if r.view != r.c.view || r.drawn != lookOf(r.c) {
		r.Refresh() // something changed while the card was out of sight
		return
	}
	b := r.c.arranged(s.Width)
	if b.shape == shapeNarrow && r.c.view.Primary == "" {
		b.state.w = b.menu.x - b.state.x // nothing is in line with the button
	}
	r.face.Resize(s)
	r.bar.Move(fyne.NewPos(0, 14))
	r.bar.Resize(fyne.NewSize(4, s.Height-28))
	put(r.avatar, b.avatar)
	r.layoutName(b)
	if r.detail.full != "" {
		r.detail.place(b.detail.x, b.detail.y, b.detail.w, b.detail.h)
	} else {
		r.detail.Hide()
	}
	r.layoutMeters(b)
	r.layoutProblem(b)
	r.layoutState(b)
	put(r.c.primary, b.button)
	put(r.c.menu, b.menu)
}

func put(o fyne.CanvasObject, b box) {
	o.Move(fyne.NewPos(b.x, b.y))
	o.Resize(fyne.NewSize(b.w, b.h))
}

// layoutName keeps the badge behind the name; a long name gives way to it.
func (r *cardRenderer) layoutName(b boxes) {
	if r.detail.full == "" {
		b.name.y = b.avatar.y + (b.avatar.h-b.name.h)/2 // one line stands in the middle
	}
	badge, gap := r.badge.MinSize(), 8*b.k
	room := b.name.w
	fits := badge.Width > 0 && room-badge.Width-gap >= min(r.name.natural(), 64*b.k)
	if fits {
		room -= badge.Width + gap
	}
	w := r.name.place(b.name.x, b.name.y, max(room, 0), b.name.h)
	r.badge.Hidden = !fits
	put(r.badge, box{b.name.x + w + gap, b.name.y + (b.name.h-badge.Height)/2, badge.Width, badge.Height})
}

func (r *cardRenderer) layoutMeters(b boxes) {
	at, high, gap := b.meters, meterHeight*b.k, cardGap*b.k
	if b.stacked {
		for i, m := range r.meters {
			put(m, box{at.x, at.y + float32(i)*(at.h-high), at.w, high})
		}
		return
	}
	w := (at.w - gap) / 2
	for i, m := range r.meters {
		put(m, box{at.x + float32(i)*(w+gap), at.y + (at.h-high)/2, w, high})
	}
}

// layoutProblem sets the sentence and, in what room is left, the hint.
func (r *cardRenderer) layoutProblem(b boxes) {
	v, p := r.c.view, paletteOf(r.c)
	keep := b.problemLines
	if v.Hint != "" && keep > 1 {
		keep--
	}
	sentence := r.problem.broken(v.Problem, b.meters.w, keep)
	var hint []string
	if v.Problem != "" {
		hint = r.hint.broken(v.Hint, b.meters.w, b.problemLines-len(sentence))
	}
	high := float32(len(sentence)+len(hint)) * r.problem.lineHeight()
	y := b.meters.y + (b.meters.h-high)/2
	y += r.problem.place(sentence, b.meters.x, y, b.meters.w, p.Text)
	r.hint.place(hint, b.meters.x, y, b.meters.w, p.Muted)
}

func (r *cardRenderer) layoutState(b boxes) {
	v, p := r.c.view, paletteOf(r.c)
	x, w := b.state.x, b.state.w
	if v.Active {
		x, w = x+16*b.k, w-16*b.k
	}
	high := r.state.lineHeight()
	limit := b.stateLines
	if v.Second != "" {
		limit = 1
	}
	words := r.state.broken(v.State, w, limit)
	whole := float32(len(words)) * high
	if v.Second != "" {
		whole += high
	}
	y := b.state.y + (b.state.h-whole)/2
	dot := 10 * b.k
	r.dot.CornerRadius = dot / 2
	put(r.dot, box{b.state.x, y + (high-dot)/2, dot, dot})
	y += r.state.place(words, x, y, w, p.tone(v.StateTone))
	r.second.place(b.state.x, y, b.state.w, high)
	wide := min(b.state.w, measure(v.Second, r.second.TextSize, fyne.TextStyle{})+1)
	tall := linkHeight(b.k)
	put(r.c.second, box{b.state.x, y + (high-tall)/2, wide, tall})
}

// percentText writes a percent the way people expect it: whole, and 100 only
// when it is all.
func percentText(p float64) string {
	return fmt.Sprintf("%.0f%%", math.Floor(clamp(p/100)*100))
}
