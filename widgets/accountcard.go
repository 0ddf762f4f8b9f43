package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// CardView is everything an AccountCard shows. Views that are equal look equal.
type CardView struct {
	Name   string
	Badge  string // the plan, may be empty
	Detail string // address · organisation
	Avatar AvatarView
	Meters [2]MeterView

	// Problem is what stands in the way, Hint the next step. When Problem is
	// set, both take the meters' place.
	Problem string
	Hint    string

	State     string // in words, two lines at most
	StateTone Tone
	// Middle is a line under the state that stands only with a Second.
	Middle     string
	MiddleTone Tone
	// Second is a line under the state; as a link it calls OnSecond.
	Second     string
	SecondTone Tone
	SecondLink bool

	Primary     string // the button's words, empty for no button
	PrimaryKind ButtonKind
	PrimaryOff  bool // shown, but can't be pressed now
	// PrimaryRoom is how wide the longest words are that buttons of this column
	// have; see TextWidth. They stay in line on every card.
	PrimaryRoom float32

	MenuLabel string // what assistive technology says for the menu; English when empty

	Active bool // accent frame and a dot before the state
	Dimmed bool // out of play
}

// AccountCard is one account in one row: who, how much is left, its state, and
// the one thing to do with it. Under 990 wide the meters stand below the name,
// under 560 the state and the button do too, and under 340 everything stands
// below each other; all times the theme's scale.
type AccountCard struct {
	widget.BaseWidget

	// OnPrimary, OnSecond: the button and the second line were pressed.
	OnPrimary func()
	OnSecond  func()
	// OnMenu asks for the overflow menu, to be shown below anchor.
	OnMenu func(anchor fyne.CanvasObject)
	// OnFocus is told when something on the card gets the focus.
	OnFocus func()
	// OnStep asks for the focus to go to the card below (1) or above (-1), or
	// by more than there are: to the last or the first.
	OnStep func(by int)

	// OnDragged is told how far down the card is being dragged by its avatar,
	// OnDropped that it was let go. Without OnDragged it can't be dragged.
	OnDragged func(by float32)
	OnDropped func()

	view    CardView
	primary *Button
	menu    *Button
	second  *Link
	grip    *grip
}

var (
	_ fyne.Widget            = (*AccountCard)(nil)
	_ fyne.SecondaryTappable = (*AccountCard)(nil)
	_ fyne.Accessible        = (*AccountCard)(nil)
	_ Card                   = (*AccountCard)(nil)
)

// NewAccountCard returns a card showing v.
func NewAccountCard(v CardView) *AccountCard {
	c := &AccountCard{view: v}
	c.primary = NewButton("", ButtonQuiet, func() { call(c.OnPrimary) })
	c.menu = NewIconButton(moreIcon(), "", ButtonBare, func() { c.openMenu() })
	c.second = NewLink("", ToneMuted, func() { call(c.OnSecond) })
	for _, b := range []*Button{c.primary, c.menu} {
		b.OnFocus = func() { call(c.OnFocus) }
		b.OnKey = c.typed
	}
	c.grip = newGrip()
	c.grip.onDragged = func(by float32) {
		if c.OnDragged != nil {
			c.OnDragged(by)
		}
	}
	c.grip.onDropped = func() { call(c.OnDropped) }
	c.second.OnFocus = func() { call(c.OnFocus) }
	c.second.OnKey = c.typed
	c.dressControls()
	c.ExtendBaseWidget(c)
	return c
}

func call(f func()) {
	if f != nil {
		f()
	}
}

// View returns what the card shows.
func (c *AccountCard) View() CardView { return c.view }

// SetView shows v and says whether that changed anything.
func (c *AccountCard) SetView(v CardView) bool {
	if c.view == v {
		return false
	}
	c.view = v
	c.dressControls()
	if c.Hidden || c.Size().IsZero() {
		return true // out of sight: it is drawn when it comes into sight
	}
	c.keepFocus()
	c.Refresh()
	return true
}

// keepFocus hands the focus on when what had it is gone: to lose one's place
// in the list for having pressed Swap would be a poor reward.
func (c *AccountCard) keepFocus() {
	primaryGone := c.primary.focused && (c.primary.Hidden || c.primary.disabled)
	if !primaryGone && (!c.second.focused || !c.second.Hidden) {
		return
	}
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(c); canvas != nil {
		canvas.Focus(c.Focusable())
	}
}

// Focusable returns the control Tab reaches first on this card.
func (c *AccountCard) Focusable() fyne.Focusable {
	if c.view.Primary != "" && !c.view.PrimaryOff {
		return c.primary
	}
	return c.menu
}

// Controls returns what can be pressed on the card: the button, the link in the
// second line, and the way to the overflow menu. Those not shown are hidden.
func (c *AccountCard) Controls() (primary, second, menu fyne.CanvasObject) {
	return c.primary, c.second, c.menu
}

// dressControls brings buttons and link in line with the view. They belong to
// the card and not to its renderer, because the focus stays on them while the
// renderer may be thrown away.
func (c *AccountCard) dressControls() {
	v := c.view
	c.primary.Text, c.primary.Kind = v.Primary, v.PrimaryKind
	c.primary.Label = strings.TrimSpace(v.Primary + " " + v.Name)
	c.primary.disabled = v.PrimaryOff
	c.primary.Hidden = v.Primary == ""
	c.menu.Label = v.MenuLabel
	if v.MenuLabel == "" {
		c.menu.Label = "More for " + v.Name
	}
	c.second.Text, c.second.Tone = v.Second, v.SecondTone
	c.second.Hidden = !v.SecondLink || v.Second == ""
}

func (c *AccountCard) openMenu() {
	if c.OnMenu != nil {
		c.OnMenu(c.menu)
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (c *AccountCard) TappedSecondary(*fyne.PointEvent) { c.openMenu() }

// AccessibilityLabel implements fyne.Accessible.
func (c *AccountCard) AccessibilityLabel() string {
	v := c.view
	parts := []string{v.Name, v.Badge, v.Detail, v.State, v.Middle, v.Second}
	if v.Problem != "" {
		parts = append(parts, v.Problem, v.Hint)
	} else {
		for _, m := range v.Meters {
			parts = append(parts, m.said())
		}
	}
	said := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "; ")
}

// AccessibilityRole implements fyne.Accessible.
func (c *AccountCard) AccessibilityRole() fyne.AccessibleRole {
	return fyne.AccessibleRoleContainer
}

// HeightFor implements Card.
func (c *AccountCard) HeightFor(width float32) float32 { return c.arranged(width).height }

// arranged is the card's arrangement; where a problem stands below the name, it
// is as high as the problem's words need.
func (c *AccountCard) arranged(width float32) boxes {
	v, k := c.view, scaleOf(c)
	b := arrange(width, k, v.PrimaryRoom, v.Primary != "")
	size := textDetail * k
	if v.Middle != "" && (b.shape == shapeNarrow || b.shape == shapeTiny) {
		grow := size * leading
		b.state.h += grow
		b.meters.y += grow
		b.height += grow
		if b.shape == shapeTiny {
			b.button.y += grow
		}
	}
	if v.Problem == "" || b.shape == shapeWide {
		return b
	}
	lines := len(wrap(v.Problem, b.meters.w, size, fyne.TextStyle{}, problemMost)) +
		len(wrap(v.Hint, b.meters.w, size, fyne.TextStyle{}, problemMost))
	if more := lines - b.problemLines; more > 0 {
		b.problemLines = lines
		grow := float32(more) * size * leading
		b.meters.h += grow
		b.height += grow
		if b.shape == shapeTiny {
			b.button.y += grow
		}
	}
	return b
}

// problemMost is how many lines a problem has at most, and its hint.
const problemMost = 4

// CreateRenderer implements fyne.Widget.
func (c *AccountCard) CreateRenderer() fyne.WidgetRenderer { return newCardRenderer(c) }
