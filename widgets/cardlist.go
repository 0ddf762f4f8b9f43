package widgets

import (
	"sort"

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
// out of sight are hidden, so that a thousand cost no more than a screenful.
type CardList struct {
	widget.BaseWidget

	cards    []Card
	column   *column
	scroll   *container.Scroll
	widest   float32 // of a card
	width    float32 // of a card, as last laid out
	tops     []float32
	height   float32
	from, to int // the cards that are shown
}

var _ fyne.Widget = (*CardList)(nil)

const (
	listGap    float32 = 10
	listGutter float32 = 20 // at both sides, over which the focus ring and scroll bar may run
	listTop    float32 = 6
	listWidest float32 = 1280 // beyond this, lines get too long to read across
)

// NewCardList returns an empty list.
func NewCardList() *CardList { return NewCardListUpTo(listWidest) }

// NewCardListUpTo returns an empty list whose cards get no wider than widest.
func NewCardListUpTo(widest float32) *CardList {
	l := &CardList{widest: widest}
	l.column = newColumn(l)
	l.scroll = container.NewVScroll(l.column)
	l.scroll.OnScrolled = func(fyne.Position) { l.reveal() }
	l.ExtendBaseWidget(l)
	return l
}

// Gutter returns the space left free at both sides of the cards in a list of
// this width, for what is to be in line with them.
func Gutter(width float32) float32 {
	return gutter(width, listWidest)
}

func gutter(width, widest float32) float32 { return max(listGutter, (width-widest)/2) }

// SetCards shows cards in this order. Cards it showed before keep their state.
func (l *CardList) SetCards(cards []Card) {
	if same(l.cards, cards) {
		return
	}
	for _, c := range l.cards[min(l.from, len(l.cards)):min(l.to, len(l.cards))] {
		c.Hide()
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
		top, bottom := l.tops[i], l.bottom(i)
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

// bottom is where the card at i ends.
func (l *CardList) bottom(i int) float32 {
	if i+1 < len(l.tops) {
		return l.tops[i+1] - listGap
	}
	return l.height - listGap - listTop
}

// Relayout measures the cards anew, for when one of them has become higher or
// less high.
func (l *CardList) Relayout() { l.relayout() }

// relayout measures every card and places those in sight.
func (l *CardList) relayout() {
	full := l.Size().Width
	l.width = max(0, full-2*gutter(full, l.widest))
	l.tops = l.tops[:0]
	y := listTop
	for _, c := range l.cards {
		l.tops = append(l.tops, y)
		y += c.HeightFor(l.width) + listGap
	}
	l.height = y + listTop
	for i, c := range l.cards {
		if c.Visible() && (i < l.from || i >= l.to) {
			c.Hide()
		}
	}
	l.from, l.to = min(l.from, len(l.cards)), min(l.to, len(l.cards))
	l.scroll.Refresh()
	l.reveal()
}

// reveal shows the cards within one screenful of the part in sight, so that
// Tab finds the next one, and hides the others.
func (l *CardList) reveal() {
	seen := l.scroll.Size().Height
	top, end := l.scroll.Offset.Y-seen, l.scroll.Offset.Y+2*seen
	from := sort.Search(len(l.tops), func(i int) bool { return l.bottom(i) >= top })
	to := sort.Search(len(l.tops), func(i int) bool { return l.tops[i] > end })
	if l.width == 0 || seen == 0 {
		to = from
	}
	for i := l.from; i < l.to; i++ {
		if i < from || i >= to {
			l.cards[i].Hide()
		}
	}
	l.from, l.to = from, to
	side := gutter(l.Size().Width, l.widest)
	for i := from; i < to; i++ {
		c := l.cards[i]
		if at := fyne.NewPos(side, l.tops[i]); c.Position() != at {
			c.Move(at)
		}
		if size := fyne.NewSize(l.width, l.bottom(i)-l.tops[i]); c.Size() != size {
			c.Resize(size)
		}
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

func (r *listRenderer) MinSize() fyne.Size { return fyne.NewSize(160, 60) }

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
	l := r.c.l
	all := make([]fyne.CanvasObject, 0, l.to-l.from)
	for _, c := range l.cards[l.from:l.to] {
		all = append(all, c)
	}
	return all
}

func (r *columnRenderer) MinSize() fyne.Size { return fyne.NewSize(0, r.c.l.height) }

func (r *columnRenderer) Layout(fyne.Size) {}

func (r *columnRenderer) Refresh() { canvas.Refresh(r.c) }
