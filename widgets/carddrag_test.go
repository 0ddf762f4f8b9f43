package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestDraggingShowsThePlace(t *testing.T) {
	l, cards, _ := listOf(t, 30)
	step := cards[1].Position().Y - cards[0].Position().Y
	for _, c := range []struct {
		by   float32
		want int
		seen bool
	}{{0, 3, false}, {step * 0.4, 3, false}, {step, 4, true}, {-2 * step, 1, true}, {-40 * step, 0, true}, {400 * step, 29, true}} {
		if got := l.Dragging(cards[3], c.by); got != c.want || l.mark.Visible() != c.seen {
			t.Errorf("dragged by %v: place %d, mark %v; want %d, %v", c.by, got, l.mark.Visible(), c.want, c.seen)
		}
	}
	l.Dropped()
	if l.mark.Visible() {
		t.Error("after dropping, the mark stays")
	}
	if got := l.Dragging(NewAccountCard(CardView{}), 10); got != -1 {
		t.Errorf("a card that is not there would go to %d", got)
	}
}

func TestGripAddsUp(t *testing.T) {
	c, _ := cardIn(t, work(), 1040)
	if c.grip.Visible() {
		t.Error("a card nobody listens to can be dragged")
	}
	var by []float32
	dropped := 0
	c.OnDragged = func(y float32) { by = append(by, y) }
	c.OnDropped = func() { dropped++ }
	for range 2 {
		c.grip.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(1, 5)})
		c.grip.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, 7)})
		c.grip.DragEnd()
	}
	if len(by) != 4 || by[1] != 12 || by[2] != 5 || dropped != 2 {
		t.Errorf("told %v, dropped %d times", by, dropped)
	}
	if got := len(test.LaidOutObjects(c)); got == 0 {
		t.Error("nothing is laid out")
	}
}
