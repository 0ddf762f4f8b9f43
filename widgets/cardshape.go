package widgets

// shape is how a card arranges itself at a width.
type shape int

const (
	shapeWide   shape = iota // everything in one row
	shapeMedium              // meters in a second row
	shapeNarrow              // state in a second row, meters in a third
)

const (
	cardPad     float32 = 16
	cardGap     float32 = 14
	menuWidth   float32 = 34
	menuInset   float32 = 7 // the bare button brings its own air
	buttonWidth float32 = 112
	stateWidth  float32 = 152
	nameTop     float32 = 15
	nameHeight  float32 = 22
	detailTop   float32 = nameTop + 22
)

func shapeFor(width float32) shape {
	switch {
	case width >= 990:
		return shapeWide
	case width >= 560:
		return shapeMedium
	}
	return shapeNarrow
}

func cardHeight(s shape) float32 {
	switch s {
	case shapeWide:
		return 72
	case shapeMedium:
		return 122
	}
	return 144
}

// box is where a part of a card goes.
type box struct{ x, y, w, h float32 }

// boxes is the whole arrangement of a card.
type boxes struct {
	avatar, name, detail box
	meters               box // both meters together, or the problem
	state                box
	button, menu         box
	problemLines         int
	oneLineState         bool // state and second line share one line
}

// arrange places everything for a width. Columns start at the same place on
// every card of one width, so that the eye can run down them.
func arrange(width float32) boxes {
	s := shapeFor(width)
	var b boxes
	b.avatar = box{cardPad, (72 - AvatarSize) / 2, AvatarSize, AvatarSize}
	b.menu = box{width - menuInset - menuWidth, (72 - heightControl) / 2, menuWidth, heightControl}
	b.button = box{b.menu.x - 8 - buttonWidth, (72 - heightControl) / 2, buttonWidth, heightControl}
	left := cardPad + AvatarSize + cardGap
	nameEnd := b.button.x - cardGap
	switch s {
	case shapeWide:
		b.state = box{b.button.x - cardGap - stateWidth, 8, stateWidth, 56}
		room := b.state.x - 2*cardGap - left
		name := min(room*0.36, 280)
		nameEnd = left + name
		b.meters = box{nameEnd + cardGap, 0, b.state.x - 2*cardGap - nameEnd, 72}
		b.problemLines = 3
	case shapeMedium:
		b.state = box{b.button.x - cardGap - stateWidth, 8, stateWidth, 56}
		nameEnd = b.state.x - cardGap
		b.meters = box{left, 66, width - cardPad - left, 46}
		b.problemLines = 2
	case shapeNarrow:
		b.state = box{cardPad, 62, width - 2*cardPad, 24}
		b.meters = box{cardPad, 90, width - 2*cardPad, 44}
		b.problemLines = 2
		b.oneLineState = true
	}
	b.name = box{left, nameTop, nameEnd - left, nameHeight}
	b.detail = box{left, detailTop, nameEnd - left, 20}
	return b
}
