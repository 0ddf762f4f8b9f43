package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func TestButtonPresses(t *testing.T) {
	pressed, other := 0, fyne.KeyName("")
	b := NewButton("Swap", ButtonQuiet, func() { pressed++ })
	b.OnKey = func(k fyne.KeyName) { other = k }
	press := func(k fyne.KeyName) { b.TypedKey(&fyne.KeyEvent{Name: k}) }

	test.Tap(b)
	press(fyne.KeyReturn)
	press(fyne.KeyEnter)
	press(fyne.KeySpace)
	if pressed != 4 {
		t.Errorf("pressed %d times, want 4: by tap, Return, Enter and Space", pressed)
	}
	press(fyne.KeyDown)
	if other != fyne.KeyDown || pressed != 4 {
		t.Errorf("Down: OnKey saw %q, pressed %d times", other, pressed)
	}
	b.Disable()
	test.Tap(b)
	press(fyne.KeyReturn)
	if pressed != 4 {
		t.Error("a disabled button was pressed")
	}
}

func TestFocusIsSeen(t *testing.T) {
	b := NewButton("Swap", ButtonAccent, nil)
	l := NewLink("Undo", ToneText, nil)
	w := test.NewTempWindow(t, b)
	ring := test.TempWidgetRenderer(t, b).(*buttonRenderer).ring
	if ring.Visible() {
		t.Error("a ring without the focus")
	}
	w.Canvas().Focus(b)
	if !ring.Visible() {
		t.Error("no ring with the focus")
	}
	w.SetContent(l)
	w.Canvas().Focus(l)
	if ring := test.TempWidgetRenderer(t, l).(*linkRenderer).ring; !ring.Visible() {
		t.Error("no ring round a focused link")
	}
}

func TestTargetsAreBigEnough(t *testing.T) {
	for name, o := range map[string]fyne.CanvasObject{
		"button": NewButton("x", ButtonQuiet, nil),
		"icon":   NewIconButton(theme.MoreVerticalIcon(), "More", ButtonBare, nil),
		"link":   NewLink("Undo", ToneText, nil),
	} {
		if h := o.MinSize().Height; h < 32 {
			t.Errorf("%s is %v high, want 32 at least", name, h)
		}
	}
}

func TestLinkPresses(t *testing.T) {
	pressed := 0
	l := NewLink("Undo", ToneText, func() { pressed++ })
	test.Tap(l)
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyA})
	if pressed != 2 {
		t.Errorf("pressed %d times, want 2", pressed)
	}
}
