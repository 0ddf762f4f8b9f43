package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Card is a row of a CardList: it says itself how high it is at a width.
type Card interface {
	fyne.CanvasObject
	HeightFor(width float32) float32
}

// CardList is a scrolling column of cards. Unlike widget.List it does not move
// one row's contents into another's: a card stays its account's, so the focus
// stays where the person put it, and only a changed card is drawn again. Cards
// out of sight are hidden, so that hundreds cost no more than a screenful.
type CardList struct {
	widget.BaseWidget

	cards  []Card
	column *column
	scroll *container.Scroll
	width  float32 // of a card, as last laid out
	tops   []float32
	height float32
}

var _ fyne.Widget = (*CardList)(nil)

const (
	listGap    float32 = 10
	listGutter float32 = 20 // at both sides, over which the focus ring and scroll bar may run
	listTop    float32 = 6
	listWidest float32 = 1280 // beyond this, lines get too long to read across
)

// NewCardList returns an empty list.
func NewCardList() *CardList {
	l := &CardList{}
	l.column = newColumn(l)
	l.scroll = container.NewVScroll(l.column)
	l.scroll.OnScrolled = func(fyne.Position) { l.reveal() }
	l.ExtendBaseWidget(l)
	return l
}

// Gutter returns the space left free at both sides of the cards in a list of
// this width, for what is to be in line with them.
func Gutter(width float32) float32 {
	return max(listGutter, (width-listWidest)/2)
}

// SetCards shows cards in this order. Cards it showed before keep their state.
func (l *CardList) SetCards(cards []Card) {
	if same(l.cards, cards) {
		return
	}
	l.cards = append([]Card(nil), cards...)
	l.relayout()
}

func same(a, b []Card) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Cards returns the cards in the order shown.
func (l *CardList) Cards() []Card { return l.cards }

// ScrollTo scrolls just far enough to bring the card into sight.
func (l *CardList) ScrollTo(c Card) {
	for i, have := range l.cards {
		if have != c || i >= len(l.tops) {
			continue
		}
		top, bottom := l.tops[i], l.tops[i]+c.HeightFor(l.width)
		y, seen := l.scroll.Offset.Y, l.scroll.Size().Height
		switch {
		case top-listGap < y:
			y = top - listGap
		case bottom+listGap > y+seen:
			y = bottom + listGap - seen
		default:
			return
		}
		l.scroll.ScrollToOffset(fyne.NewPos(0, max(0, y)))
		l.reveal()
		return
	}
}

// relayout measures every card and places those in sight.
func (l *CardList) relayout() {
	full := l.Size().Width
	side := Gutter(full)
	l.width = max(0, full-2*side)
	l.tops = l.tops[:0]
	y := listTop
	for _, c := range l.cards {
		l.tops = append(l.tops, y)
		c.Move(fyne.NewPos(side, y))
		y += c.HeightFor(l.width) + listGap
	}
	l.height = y + listTop
	l.scroll.Refresh()
	l.reveal()
}

// reveal shows the cards within one screenful of the part in sight, so that
// Tab finds the next one, and hides the others.
func (l *CardList) reveal() {
	seen := l.scroll.Size().Height
	from, to := l.scroll.Offset.Y-seen, l.scroll.Offset.Y+2*seen
	for i, c := range l.cards {
		if i >= len(l.tops) {
			return
		}
		high := c.HeightFor(l.width)
		if l.width == 0 || l.tops[i]+high < from || l.tops[i] > to {
			if c.Visible() {
				c.Hide()
			}
			continue
		}
		c.Resize(fyne.NewSize(l.width, high))
		if !c.Visible() {
			c.Show()
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (l *CardList) CreateRenderer() fyne.WidgetRenderer { return &listRenderer{l: l} }

type listRenderer struct{ l *CardList }

func (r *listRenderer) Destroy() {}

func (r *listRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.l.scroll} }

func (r *listRenderer) MinSize() fyne.Size { return fyne.NewSize(340, 120) }

func (r *listRenderer) Layout(s fyne.Size) {
	r.l.scroll.Resize(s)
	r.l.relayout()
}

func (r *listRenderer) Refresh() {
	r.l.relayout()
	r.l.scroll.Refresh()
}

// column is what scrolls. It leaves placing the cards to the list, since that
// depends on the part in sight, and unlike a container does not draw all of
// them again when it is refreshed.
type column struct {
	widget.BaseWidget
	l *CardList
}

func newColumn(l *CardList) *column {
	c := &column{l: l}
	c.ExtendBaseWidget(c)
	return c
}

func (c *column) CreateRenderer() fyne.WidgetRenderer { return &columnRenderer{c: c} }

type columnRenderer struct{ c *column }

func (r *columnRenderer) Destroy() {}

func (r *columnRenderer) Objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, len(r.c.l.cards))
	for i, c := range r.c.l.cards {
		all[i] = c
	}
	return all
}

func (r *columnRenderer) MinSize() fyne.Size { return fyne.NewSize(0, r.c.l.height) }

func (r *columnRenderer) Layout(fyne.Size) {}

func (r *columnRenderer) Refresh() { canvas.Refresh(r.c) }
