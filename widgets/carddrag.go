package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Dragging shows where a card would go that is dragged by so far down, and
// returns that place among the cards. Its own place, or a card that is not in
// the list, shows nothing.
func (l *CardList) Dragging(c Card, by float32) (to int) {
	from := -1
	for i, have := range l.cards {
		if have == c {
			from = i
		}
	}
	if from < 0 || from >= len(l.tops) {
		l.Dropped()
		return -1
	}
	middle := (l.tops[from]+l.bottom(from))/2 + by
	to = 0
	for to < len(l.cards)-1 && middle > l.bottom(to)+listGap/2 {
		to++
	}
	if to == from {
		l.Dropped()
		return to
	}
	y := l.tops[to] - listGap/2
	if to > from {
		y = l.bottom(to) + listGap/2
	}
	l.mark.FillColor = paletteOf(l).Accent
	l.mark.Move(fyne.NewPos(gutter(l.Size().Width, l.widest), y-1.5))
	l.mark.Resize(fyne.NewSize(l.width, 3))
	l.mark.Show()
	canvas.Refresh(l.column) // no canvas knows what was never shown
	l.reach(y)
	return to
}

// Dropped takes the mark of Dragging away.
func (l *CardList) Dropped() {
	if l.mark.Visible() {
		l.mark.Hide()
		canvas.Refresh(l.column)
	}
}

// reach scrolls a little when a card is dragged to the edge of what is seen.
func (l *CardList) reach(y float32) {
	const edge, step = 30, 24
	top, seen := l.scroll.Offset.Y, l.scroll.Size().Height
	switch {
	case y < top+edge && top > 0:
		top = max(0, top-step)
	case y > top+seen-edge && top+seen < l.height:
		top = min(l.height-seen, top+step)
	default:
		return
	}
	l.scroll.ScrollToOffset(fyne.NewPos(0, top))
	l.reveal()
}
