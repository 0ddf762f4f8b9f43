package widgets

// shape is how a card arranges itself at a width.
type shape int

const (
	shapeWide   shape = iota // everything in one row
	shapeMedium              // meters in a second row
	shapeNarrow              // state and button in a second row, meters in a third
	shapeTiny                // everything below each other
)

// Measures of a card where text has its usual size; see arrange.
const (
	cardPad     float32 = 16
	cardGap     float32 = 14
	menuWidth   float32 = 34
	menuInset   float32 = 7 // the bare button brings its own air
	buttonWidth float32 = 112
	stateWidth  float32 = 152
	nameTop     float32 = 15
	nameHeight  float32 = 22
	detailTop   float32 = nameTop + nameHeight
	rowHeight   float32 = 72 // of a card in one row
)

// shapeFor is the shape for a width in units of the text's scale.
func shapeFor(units float32) shape {
	switch {
	case units >= 990:
		return shapeWide
	case units >= 560:
		return shapeMedium
	case units >= 340:
		return shapeNarrow
	}
	return shapeTiny
}

// box is where a part of a card goes.
type box struct{ x, y, w, h float32 }

func (b box) times(k float32) box { return box{b.x * k, b.y * k, b.w * k, b.h * k} }

// high is the same box with another height, about the same middle.
func (b box) high(h float32) box { return box{b.x, b.y + (b.h-h)/2, b.w, h} }

// boxes is the whole arrangement of a card.
type boxes struct {
	shape                shape
	k                    float32 // the scale it is made for
	avatar, name, detail box
	meters               box // both meters together, or the problem
	state                box
	button, menu         box
	height               float32
	problemLines         int
	stateLines           int
	stacked              bool // one meter above the other
}

// arrange places everything for a width, where text is scaled by k and the
// button's words want room. Columns start at the same place on every card of
// one width, so that the eye can run down them.
func arrange(width, k, room float32, button bool) boxes {
	b := inUnits(width/k, max(buttonWidth, room/k), button)
	b.k = k
	for _, x := range []*box{&b.avatar, &b.name, &b.detail, &b.meters, &b.state, &b.button, &b.menu} {
		*x = x.times(k)
	}
	b.height *= k
	// What can be pressed does not shrink with the text.
	b.button, b.menu = b.button.high(controlHeight(k)), b.menu.high(controlHeight(k))
	return b
}

// inUnits is arrange where text has its usual size.
func inUnits(width, room float32, button bool) boxes {
	b := boxes{shape: shapeFor(width), problemLines: 3, stateLines: 2}
	b.avatar = box{cardPad, (rowHeight - AvatarSize) / 2, AvatarSize, AvatarSize}
	b.menu = box{width - menuInset - menuWidth, (rowHeight - heightControl) / 2, menuWidth, heightControl}
	b.button = box{b.menu.x - 8 - room, (rowHeight - heightControl) / 2, room, heightControl}
	b.state = box{b.button.x - cardGap - stateWidth, 8, stateWidth, rowHeight - 16}
	left := cardPad + AvatarSize + cardGap
	nameEnd := b.menu.x - cardGap
	switch b.shape {
	case shapeWide:
		end := b.state.x - 2*cardGap
		nameEnd = left + min((end-left)*0.33, 280)
		b.meters = box{nameEnd + cardGap, 0, end - nameEnd, rowHeight}
		b.height = rowHeight
	case shapeMedium:
		nameEnd = b.state.x - cardGap
		b.meters = box{left, 66, width - cardPad - left, 46}
		b.problemLines, b.height = 2, 122
	case shapeNarrow:
		b.button = box{width - cardPad - room, 65, room, heightControl}
		b.state = box{cardPad, 62, b.button.x - cardGap - cardPad, 40}
		b.meters = box{cardPad, 108, width - 2*cardPad, 44}
		b.problemLines, b.height = 2, 162
	case shapeTiny:
		const pad = 12
		b.avatar.x, left = pad, pad+AvatarSize+10
		nameEnd = b.menu.x - 4
		b.state = box{pad, 66, width - 2*pad, 40}
		b.meters = box{pad, 112, width - 2*pad, 76}
		b.problemLines, b.height, b.stacked = 4, 200, true
		b.button = box{pad, 198, width - 2*pad, heightControl}
		if button {
			b.height += heightControl + 10
		}
	}
	b.name = box{left, nameTop, nameEnd - left, nameHeight}
	b.detail = box{left, detailTop, nameEnd - left, 20}
	return b
}
