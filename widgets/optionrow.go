package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// OptionRow is a setting: its name, a sentence on what it does, and the control
// that changes it, on the right or, where there is no room, below. Without a
// control it is a heading. It is a Card, for a CardList.
type OptionRow struct {
	widget.BaseWidget
	title, about string
	off          bool
	control      fyne.CanvasObject
}

var (
	_ Card            = (*OptionRow)(nil)
	_ fyne.Accessible = (*OptionRow)(nil)
)

const (
	optionPad   float32 = 14
	optionLines         = 6
	optionLeast float32 = 240 // what words want beside a control, unscaled
)

// NewOptionRow returns a row; control may be nil. Off shows it as something
// that can't be had now.
func NewOptionRow(title, about string, off bool, control fyne.CanvasObject) *OptionRow {
	o := &OptionRow{title: title, about: about, off: off, control: control}
	o.ExtendBaseWidget(o)
	return o
}

// Control is what changes the setting, nil for a heading.
func (o *OptionRow) Control() fyne.CanvasObject { return o.control }

// Title is the setting's name.
func (o *OptionRow) Title() string { return o.title }

// optionPlan is where the parts of a row go.
type optionPlan struct {
	title, about []string
	words        box
	control      box
	height       float32
}

func (o *OptionRow) plan(width float32) optionPlan {
	k := scaleOf(o)
	pad := optionPad
	if o.control == nil {
		pad = 2
	}
	p := optionPlan{words: box{x: pad, w: width - 2*pad}}
	below := false
	var m fyne.Size
	if o.control != nil {
		m = o.control.MinSize()
		if room := p.words.w - m.Width - cardGap*k; room >= optionLeast*k {
			p.words.w = room
		} else {
			below = true
		}
	}
	size := textControl * k
	if o.control == nil {
		size = textName * k
	}
	p.title = wrap(o.title, p.words.w, size, fyne.TextStyle{Bold: o.control == nil}, 2)
	p.about = wrap(o.about, p.words.w, textDetail*k, fyne.TextStyle{}, optionLines)
	p.words.h = (float32(len(p.title))*size + float32(len(p.about))*textDetail*k) * leading
	if o.control == nil {
		p.words.y = 10
		p.height = p.words.h + 12
		return p
	}
	p.height = max(p.words.h, m.Height) + 2*optionPad
	p.words.y = (p.height - p.words.h) / 2
	p.control = box{width - optionPad - m.Width, (p.height - m.Height) / 2, m.Width, m.Height}
	if below {
		p.words.y = optionPad
		p.control = box{optionPad, optionPad + p.words.h + 8, min(m.Width, width-2*optionPad), m.Height}
		p.height = p.control.y + m.Height + optionPad
	}
	return p
}

// HeightFor implements Card.
func (o *OptionRow) HeightFor(width float32) float32 { return o.plan(width).height }

// AccessibilityLabel implements fyne.Accessible.
func (o *OptionRow) AccessibilityLabel() string {
	if o.about == "" {
		return o.title
	}
	return o.title + ". " + o.about
}

// AccessibilityRole implements fyne.Accessible.
func (o *OptionRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (o *OptionRow) CreateRenderer() fyne.WidgetRenderer {
	size := textControl
	if o.control == nil {
		size = textName
	}
	r := &optionRenderer{
		o:     o,
		face:  &canvas.Rectangle{CornerRadius: radiusCard, StrokeWidth: 1},
		title: newParagraph(size, o.control == nil, 2),
		about: newParagraph(textDetail, false, optionLines),
	}
	r.Refresh()
	return r
}

type optionRenderer struct {
	o            *OptionRow
	face         *canvas.Rectangle
	title, about *paragraph
}

func (r *optionRenderer) Destroy() {}

func (r *optionRenderer) Objects() []fyne.CanvasObject {
	all := append([]fyne.CanvasObject{r.face}, r.title.objects()...)
	all = append(all, r.about.objects()...)
	if r.o.control != nil {
		all = append(all, r.o.control)
	}
	return all
}

func (r *optionRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, r.o.HeightFor(max(160, r.o.Size().Width)))
}

func (r *optionRenderer) Layout(size fyne.Size) {
	p, at := paletteOf(r.o), r.o.plan(size.Width)
	r.face.Resize(size)
	name := p.Text
	if r.o.off {
		name = p.Muted
	}
	y := at.words.y + r.title.place(at.title, at.words.x, at.words.y, at.words.w, name)
	r.about.place(at.about, at.words.x, y, at.words.w, p.Muted)
	if r.o.control != nil {
		put(r.o.control, at.control)
	}
}

func (r *optionRenderer) Refresh() {
	p, k := paletteOf(r.o), scaleOf(r.o)
	r.face.FillColor, r.face.StrokeColor, r.face.Hidden = p.Card, p.Line, r.o.control == nil
	r.title.scale(k)
	r.about.scale(k)
	r.Layout(r.o.Size())
	canvas.Refresh(r.o)
}
