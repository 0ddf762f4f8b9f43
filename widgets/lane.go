package widgets

import (
	"slices"

	"fyne.io/fyne/v2"
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
	// More is all there is to say of it, and Spots what there is to say of a
	// part of its track, later ones over earlier ones. See Lane.OnHint.
	More  string
	Spots []LaneSpot
}

// LaneSpot is a part of a lane's track that has something of its own to say.
type LaneSpot struct {
	From, To float64 // shares
	Text     string
}

// Lane is one account's row of a timeline: from now on to the right, hatched
// until it can be used, a tick at each reset. Enter or a click asks for what
// belongs to it.
type Lane struct {
	widget.BaseWidget

	OnTapped func()
	OnFocus  func()
	// OnHint, if set, is told what there is to say of what the pointer is over,
	// or of all of a lane that has the focus; "" when neither holds any more.
	OnHint func(text string)
	// OnKey, if set, sees keys the lane has no use for.
	OnKey func(fyne.KeyName)

	view             LaneView
	focused, hovered bool
	hint             string // as last told
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
	if !slices.Equal(a.Spots, b.Spots) || a.More != b.More {
		return false
	}
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
	l.say(l.view.More)
}

// FocusLost implements fyne.Focusable.
func (l *Lane) FocusLost() {
	l.focused = false
	l.Refresh()
	l.say("")
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
func (l *Lane) MouseIn(e *desktop.MouseEvent) {
	l.hover(true)
	l.MouseMoved(e)
}

// MouseMoved implements desktop.Hoverable.
func (l *Lane) MouseMoved(e *desktop.MouseEvent) {
	if e == nil {
		return
	}
	l.say(l.at(e.Position.X))
}

// MouseOut implements desktop.Hoverable.
func (l *Lane) MouseOut() {
	l.hover(false)
	if l.focused {
		l.say(l.view.More)
		return
	}
	l.say("")
}

// at is what there is to say at a place of the lane.
func (l *Lane) at(x float32) string {
	from, to := trackIn(l.Size().Width, scaleOf(l))
	said := l.view.More
	if x < from-spotReach || x > to+spotReach {
		return said
	}
	for _, s := range l.view.Spots {
		if x >= from+float32(clamp(s.From))*(to-from)-spotReach && x <= from+float32(clamp(s.To))*(to-from)+spotReach {
			said = s.Text
		}
	}
	return said
}

// spotReach is how far from a mark two pixels wide the pointer still means it.
const spotReach float32 = 5

func (l *Lane) say(text string) {
	if l.hint != text {
		l.hint = text
		if l.OnHint != nil {
			l.OnHint(text)
		}
	}
}

func (l *Lane) hover(on bool) {
	l.hovered = on
	l.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (l *Lane) AccessibilityLabel() string {
	v := l.view
	label := v.Name
	for _, more := range []string{v.Detail, v.Inside, v.Right, v.More} {
		if more != "" {
			label += ", " + more
		}
	}
	return label
}

// AccessibilityRole implements fyne.Accessible.
func (l *Lane) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
