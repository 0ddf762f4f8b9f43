//go:build cgo || js

package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/widgets"
)

// availabilityPane is the tab that shows when each account can be used: a lane
// each, from now on.
type availabilityPane struct {
	v       *View
	box     *fyne.Container
	axis    *widgets.Axis
	zoom    *widgets.Segments
	list    *widgets.CardList
	foot    *widget.Label
	lanes   map[string]*widgets.Lane
	order   []*widgets.Lane
	looking int    // the zoom in force
	said    string // the sentence at the foot
	hint    string // what stands there instead while a lane is looked at
}

var _ pane = (*availabilityPane)(nil)

// prefZoom keeps the zoom.
const prefZoom = "availability.zoom"

func newAvailabilityPane(v *View) *availabilityPane {
	p := &availabilityPane{
		v:     v,
		axis:  widgets.NewAxis(widgets.AxisView{}),
		list:  widgets.NewCardList(),
		foot:  widget.NewLabel(""),
		lanes: map[string]*widgets.Lane{},
	}
	p.looking = min(max(0, v.app.Preferences().Int(prefZoom)), len(spans())-1)
	var choices []widgets.Segment
	for _, s := range spans() {
		choices = append(choices, widgets.Segment{Text: tr(s.title)})
	}
	p.zoom = widgets.NewSegments(choices, p.looking, true)
	p.zoom.OnChosen = p.lookAt
	p.foot.Wrapping = fyne.TextWrapWord
	p.foot.Importance = widget.LowImportance
	p.box = container.New(p, p.axis, p.zoom, p.list, p.foot)
	return p
}

func (p *availabilityPane) content() fyne.CanvasObject { return p.box }

// lookAt changes how far ahead is looked.
func (p *availabilityPane) lookAt(at int) {
	if at < 0 || at >= len(spans()) {
		return
	}
	p.looking = at
	p.zoom.Choose(at)
	p.v.app.Preferences().SetInt(prefZoom, at)
	p.v.show()
}

// show implements pane.
func (p *availabilityPane) show(s backend.Snapshot, now time.Time, filter string) {
	look := spans()[p.looking]
	next := ""
	if s.Next != nil {
		next = s.Next.Key
	}
	hide := p.v.prefs.hide
	cards := make([]widgets.Card, 0, len(s.Accounts))
	there := make(map[string]*widgets.Lane, len(s.Accounts))
	p.order = p.order[:0]
	for _, a := range s.Accounts {
		l := p.lanes[a.Key]
		if l == nil {
			l = p.newLane(a.Key)
		}
		there[a.Key] = l
		v := laneView(a, next, look, now)
		v.Name, v.Detail = hide.over(v.Name), hide.over(v.Detail)
		l.SetView(v)
		if filter == "" || matches(findable(a, now), filter) {
			cards = append(cards, l)
			p.order = append(p.order, l)
		}
	}
	p.lanes = there
	p.list.SetCards(cards)
	p.axis.SetView(axisView(look, now))
	p.said = hide.over(outlook(s, now))
	p.showFoot()
}

// showFoot writes what a lane that is looked at has to say, else the outlook.
func (p *availabilityPane) showFoot() {
	said := p.said
	if p.hint != "" {
		said = p.hint
	}
	if said != p.foot.Text {
		p.foot.SetText(said)
		p.Layout(nil, p.box.Size())
	}
}

func (p *availabilityPane) newLane(key string) *widgets.Lane {
	l := widgets.NewLane(widgets.LaneView{})
	l.OnTapped = func() { p.v.reveal(key) }
	l.OnFocus = func() { p.list.ScrollTo(l) }
	l.OnHint = func(text string) {
		p.hint = text
		if text != "" {
			p.hint = p.v.prefs.hide.over(l.View().Name + ": " + text)
		}
		p.showFoot()
	}
	l.OnKey = func(k fyne.KeyName) {
		switch k {
		case fyne.KeyLeft:
			p.lookAt(p.looking - 1)
		case fyne.KeyRight:
			p.lookAt(p.looking + 1)
		case fyne.KeyUp:
			p.step(l, -1)
		case fyne.KeyDown:
			p.step(l, 1)
		}
	}
	return l
}

// step moves the focus to the lane above or below.
func (p *availabilityPane) step(from *widgets.Lane, by int) {
	for i, l := range p.order {
		if l == from && i+by >= 0 && i+by < len(p.order) {
			p.list.ScrollTo(p.order[i+by])
			p.v.win.Canvas().Focus(p.order[i+by])
			return
		}
	}
}

// holds implements pane. Lanes move with the clock, but no oftener than can be
// seen.
func (p *availabilityPane) holds(s backend.Snapshot, now time.Time) time.Duration {
	step := spans()[p.looking].step
	if d := nextChange(s, now); d > 0 {
		return min(d, step)
	}
	return step
}

// MinSize implements fyne.Layout.
func (p *availabilityPane) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements fyne.Layout. The zoom stands beside the axis where there is
// room, else above it.
func (p *availabilityPane) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	side := widgets.Gutter(s.Width)
	inner := s.Width - 2*side
	zoom := p.zoom.MinSize()
	place(p.zoom, s.Width-side-zoom.Width, headGap-4, zoom.Width, zoom.Height)
	y := headGap + zoom.Height + 2
	if widgets.LaneInOneRow(p.axis, inner) {
		y -= p.axis.Height() + 2
	}
	place(p.axis, side, y, inner, p.axis.Height())
	y += p.axis.Height()
	p.foot.Resize(fyne.NewSize(inner, 1)) // its words need a width before they have a height
	foot := p.foot.MinSize().Height
	place(p.list, 0, y, s.Width, s.Height-y-foot-4)
	place(p.foot, side, s.Height-foot-2, inner, foot)
}

// reveal goes to an account's card.
func (v *View) reveal(key string) {
	v.goTo(0)
	if e := v.entries[key]; e != nil {
		v.accounts.list.ScrollTo(e.card)
		v.win.Canvas().Focus(e.card.Focusable())
	}
}
