package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// grip is what a card is dragged by. It lies over the avatar and is not seen;
// what it does can be done with keys and from the menu too.
type grip struct {
	widget.BaseWidget

	onDragged func(by float32) // how far down since it was taken
	onDropped func()

	by float32
}

var (
	_ fyne.Widget        = (*grip)(nil)
	_ fyne.Draggable     = (*grip)(nil)
	_ desktop.Cursorable = (*grip)(nil)
)

func newGrip() *grip {
	g := &grip{}
	g.ExtendBaseWidget(g)
	return g
}

// Dragged implements fyne.Draggable.
func (g *grip) Dragged(e *fyne.DragEvent) {
	g.by += e.Dragged.DY
	if g.onDragged != nil {
		g.onDragged(g.by)
	}
}

// DragEnd implements fyne.Draggable.
func (g *grip) DragEnd() {
	g.by = 0
	call(g.onDropped)
}

// Cursor implements desktop.Cursorable.
func (g *grip) Cursor() desktop.Cursor { return desktop.VResizeCursor }

// CreateRenderer implements fyne.Widget.
func (g *grip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
