package widgets

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func listOf(t testing.TB, n int) (*CardList, []Card, fyne.Window) {
	t.Helper()
	l := NewCardList()
	var cards []Card
	for i := range n {
		v := work()
		v.Name = fmt.Sprint("Account ", i)
		cards = append(cards, NewAccountCard(v))
	}
	l.SetCards(cards)
	w := test.NewWindow(l)
	t.Cleanup(w.Close)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1080, 600))
	return l, cards, w
}

func visible(cards []Card) (n int) {
	for _, c := range cards {
		if c.Visible() {
			n++
		}
	}
	return n
}

func TestOnlyCardsInSightAreShown(t *testing.T) {
	l, cards, _ := listOf(t, 200)
	if n := visible(cards); n < 8 || n > 30 {
		t.Errorf("%d of 200 cards are shown", n)
	}
	l.ScrollTo(cards[150])
	if !cards[150].Visible() || cards[0].Visible() {
		t.Error("after scrolling, the wrong cards are shown")
	}
	top := cards[150].Position().Y - l.scroll.Offset.Y
	if top < 0 || top+cards[150].Size().Height > 600 {
		t.Errorf("the card stands at %v", top)
	}
	before := l.scroll.Offset
	l.ScrollTo(cards[149])
	if l.scroll.Offset != before {
		t.Error("a card in sight was scrolled to")
	}
}

func TestEveryCardCanBeReached(t *testing.T) {
	l, cards, _ := listOf(t, 50)
	l.ScrollTo(cards[49])
	last := cards[49]
	if bottom := last.Position().Y + last.Size().Height; bottom > l.scroll.Offset.Y+600 {
		t.Errorf("the last card ends at %v, the part in sight at %v", bottom, l.scroll.Offset.Y+600)
	}
}

func TestListNarrowsAndFilters(t *testing.T) {
	l, cards, w := listOf(t, 20)
	w.Resize(fyne.NewSize(440, 600))
	if got, want := cards[1].Position().Y-cards[0].Position().Y, cards[0].HeightFor(400)+listGap; got != want {
		t.Errorf("narrow rows are %v apart, want %v", got, want)
	}
	l.SetCards([]Card{cards[19], cards[3]})
	if !cards[19].Visible() || cards[19].Position().Y >= cards[3].Position().Y {
		t.Error("the filtered list is not in its own order")
	}
	if got := len(test.LaidOutObjects(l)); got == 0 {
		t.Error("nothing is laid out")
	}
	l.SetCards(nil)
	if len(l.Cards()) != 0 {
		t.Error("cards are left in an emptied list")
	}
}

func BenchmarkScroll200(b *testing.B) {
	l, cards, _ := listOf(b, 200)
	for i := 0; b.Loop(); i++ {
		l.ScrollTo(cards[(i*7)%200])
	}
}
