//go:build cgo || js

package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baton/widgets"
)

// sheet is a dialog with Baton's buttons. One is open at a time. What has no
// room in the window scrolls.
type sheet struct {
	v      *View
	title  string
	d      *widget.PopUp
	body   *fyne.Container
	scroll *container.Scroll
	onGone func()
}

const (
	sheetWidth float32 = 480
	sheetInset float32 = 22 // between a sheet's edge and what is in it
	sheetAway  float32 = 16 // between a sheet and the window's edge
)

// openSheet makes a sheet, closing one that is open; fill shows it.
func (v *View) openSheet(title string) *sheet {
	if v.sheet != nil {
		v.sheet.close()
	}
	s := &sheet{v: v, title: title, body: container.NewVBox()}
	s.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(sheetInset, sheetInset, sheetInset, sheetInset), s.body))
	s.d = widget.NewModalPopUp(s.scroll, v.win.Canvas())
	v.sheet = s
	return s
}

func (s *sheet) close() {
	s.d.Hide()
	if s.v.sheet == s {
		s.v.sheet = nil
	}
	if s.onGone != nil {
		f := s.onGone
		s.onGone = nil
		f()
	}
}

// room is how wide what is in the sheet can be.
func (s *sheet) room() float32 {
	there := s.v.win.Canvas().Size().Width - 2*sheetAway - 2*sheetInset
	return max(160, min(sheetWidth*max(1, s.v.prefs.scale), there))
}

// fill puts rows and, below them, buttons into the sheet and shows it, with
// the focus where it is wanted.
func (s *sheet) fill(focus fyne.Focusable, rows []fyne.CanvasObject, buttons ...*widgets.Button) {
	title := widget.NewLabelWithStyle(s.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	title.Wrapping = fyne.TextWrapWord
	all := append([]fyne.CanvasObject{title}, rows...)
	row := make([]fyne.CanvasObject, 0, len(buttons))
	for _, b := range buttons {
		s.escapable(b)
		row = append(row, b)
	}
	if len(row) > 0 {
		all = append(all, spacer(6), container.New(&flow{width: s.room, trailing: true}, row...))
	}
	s.body.Objects = all
	s.body.Refresh()
	s.d.Show()
	s.fit()
	if focus != nil {
		s.v.win.Canvas().Focus(focus)
	}
}

// fit makes the sheet as large as what is in it, and no larger than the window.
func (s *sheet) fit() {
	width := s.room()
	// A paragraph knows its height only once it has a width.
	for range 2 {
		s.body.Resize(fyne.NewSize(width, s.body.MinSize().Height))
	}
	high := min(s.body.MinSize().Height+2*sheetInset, s.v.win.Canvas().Size().Height-2*sheetAway)
	if size := fyne.NewSize(width+2*sheetInset, high).Add(s.pad()); s.d.Size() != size {
		s.d.Resize(size)
	}
}

// pad is what a pop-up adds round what is in it.
func (s *sheet) pad() fyne.Size {
	return s.d.MinSize().Subtract(s.scroll.MinSize())
}

func (s *sheet) escapable(b *widgets.Button) { b.OnKey = s.typed }

func (s *sheet) typed(k fyne.KeyName) {
	if k == fyne.KeyEscape {
		s.close()
	}
}

// high gives a card the height it needs in the sheet.
func (s *sheet) high(c widgets.Card) fyne.CanvasObject {
	return container.New(&cardHigh{width: s.room}, c)
}

// cardHigh is the layout of one card in a box that has to ask for a height.
type cardHigh struct{ width func() float32 }

// MinSize implements fyne.Layout.
func (l *cardHigh) MinSize(objects []fyne.CanvasObject) fyne.Size {
	high := float32(0)
	for _, o := range objects {
		if c, ok := o.(widgets.Card); ok {
			high = max(high, c.HeightFor(l.width()-2*flowRing))
		}
	}
	return fyne.NewSize(0, high)
}

// Layout implements fyne.Layout.
func (l *cardHigh) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		place(o, flowRing, 0, s.Width-2*flowRing, s.Height)
	}
}

// paragraph is text in a sheet.
func paragraph(s string, i widget.Importance) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	l.Importance = i
	return l
}

func spacer(high float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(1, high))
	return r
}

// field is an entry that closes its sheet on Escape.
type field struct {
	widget.Entry
	onEscape func()
}

func (s *sheet) newField() *field {
	f := &field{onEscape: s.close}
	f.ExtendBaseWidget(f)
	return f
}

// TypedKey implements fyne.Focusable.
func (f *field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.onEscape()
		return
	}
	f.Entry.TypedKey(e)
}
