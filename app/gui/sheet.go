//go:build cgo || js

package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"baton/widgets"
)

// sheet is a dialog with Baton's buttons. One is open at a time.
type sheet struct {
	v      *View
	d      *dialog.CustomDialog
	body   *fyne.Container
	onGone func()
}

const (
	sheetWidth float32 = 460
	sheetInset float32 = 24
)

// openSheet shows a sheet, closing one that is open.
func (v *View) openSheet(title string) *sheet {
	if v.sheet != nil {
		v.sheet.close()
	}
	s := &sheet{v: v, body: container.NewVBox()}
	s.d = dialog.NewCustomWithoutButtons(title, s.body, v.win)
	s.d.SetOnClosed(s.gone)
	v.sheet = s
	return s
}

func (s *sheet) gone() {
	if s.v.sheet == s {
		s.v.sheet = nil
	}
	if s.onGone != nil {
		f := s.onGone
		s.onGone = nil
		f()
	}
}

func (s *sheet) close() { s.d.Hide() }

// fill puts rows and, below them, buttons into the sheet and shows it. The
// first row or button that takes the focus gets it.
func (s *sheet) fill(focus fyne.Focusable, rows []fyne.CanvasObject, buttons ...*widgets.Button) {
	width := canvas.NewRectangle(color.Transparent)
	// A dialog brings padding of its own, which narrow windows have to spare.
	room := s.v.win.Canvas().Size().Width - 2*sheetInset - 60
	width.SetMinSize(fyne.NewSize(max(260, min(sheetWidth, room)), 1))
	all := append([]fyne.CanvasObject{width}, rows...)
	row := make([]fyne.CanvasObject, 0, len(buttons))
	for _, b := range buttons {
		s.escapable(b)
		row = append(row, b)
	}
	if len(row) > 0 {
		all = append(all, spacer(6), container.New(&trailing{}, row...))
	}
	s.body.Objects = all
	s.body.Refresh()
	s.d.Show()
	s.d.Resize(s.d.MinSize())
	if focus != nil {
		s.v.win.Canvas().Focus(focus)
	}
}

func (s *sheet) escapable(b *widgets.Button) {
	b.OnKey = func(k fyne.KeyName) {
		if k == fyne.KeyEscape {
			s.close()
		}
	}
}

// words is a paragraph in a sheet.
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

// trailing lays buttons out from the right, the last outermost.
type trailing struct{}

const buttonGap = 10

// MinSize implements fyne.Layout.
func (*trailing) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for i, o := range objects {
		m := o.MinSize()
		s.Width += m.Width
		if i > 0 {
			s.Width += buttonGap
		}
		s.Height = max(s.Height, m.Height)
	}
	return s.AddWidthHeight(0, 6) // room for the focus ring
}

// Layout implements fyne.Layout.
func (*trailing) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := size.Width - 3
	for i := len(objects) - 1; i >= 0; i-- {
		m := objects[i].MinSize()
		x -= m.Width
		objects[i].Move(fyne.NewPos(x, 3))
		objects[i].Resize(m)
		x -= buttonGap
	}
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
