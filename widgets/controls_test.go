package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func TestSegments(t *testing.T) {
	s := NewSegments([]Segment{{Text: "One", Icon: theme.HomeIcon()}, {Text: "Two", Icon: theme.InfoIcon()}, {Text: "Three"}}, 0, true)
	w := test.NewTempWindow(t, s)
	w.Resize(fyne.NewSize(600, 100))
	chosen := -1
	s.OnChosen = func(at int) { chosen = at }
	test.Tap(s.buttons[1])
	if chosen != 1 || s.Chosen() != 0 {
		t.Errorf("told of %d, in force %d: whoever listens decides", chosen, s.Chosen())
	}
	s.Choose(1)
	if !s.buttons[1].Chosen || s.buttons[0].Chosen || s.AccessibilityLabel() != "Two" {
		t.Errorf("in force: %q", s.AccessibilityLabel())
	}
	w.Canvas().Focus(s.buttons[0])
	s.buttons[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if w.Canvas().Focused() != fyne.Focusable(s.buttons[1]) {
		t.Error("Right does not go to the next")
	}
	other := fyne.KeyName("")
	s.OnKey = func(k fyne.KeyName) { other = k }
	s.buttons[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if other != fyne.KeyEscape {
		t.Error("a key without a use is kept")
	}
	if long, short := s.Natural(false), s.Natural(true); short.Width >= long.Width || short.Height != long.Height {
		t.Errorf("with words %v, with icons %v", long, short)
	}
	s.Shorten(true)
	if s.buttons[0].Text != "" || s.buttons[0].Label != "One" || s.buttons[2].Text != "Three" {
		t.Error("shortened, the words are not icons, or lost")
	}
	s.SetChoices([]Segment{{Text: "Only"}}, 0)
	if len(s.Controls()) != 1 {
		t.Errorf("%d buttons for one choice", len(s.Controls()))
	}
}

func TestSwitch(t *testing.T) {
	var told []bool
	s := NewSwitch("Hide", false, func(on bool) { told = append(told, on) })
	s.States = [2]string{"off", "on"}
	test.NewTempWindow(t, s)
	test.Tap(s)
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	s.SetOn(true)
	if len(told) != 2 || !told[0] || told[1] || !s.On() {
		t.Errorf("told %v, stands at %v", told, s.On())
	}
	if got := s.AccessibilityLabel(); got != "Hide: on" {
		t.Errorf("said as %q", got)
	}
	s.Disable()
	test.Tap(s)
	if len(told) != 2 || !s.On() {
		t.Error("a disabled switch was turned")
	}
	if m := s.MinSize(); m.Height < 32 {
		t.Errorf("%v high", m.Height)
	}
}

func TestChoiceCard(t *testing.T) {
	pressed := 0
	c := NewChoiceCard("Paste", "For a browser on another machine: it shows a code, you paste it here.", true, func() { pressed++ })
	w := test.NewTempWindow(t, c)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, c.HeightFor(400)))
	test.Tap(c)
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if pressed != 2 {
		t.Errorf("pressed %d times, want 2", pressed)
	}
	if c.HeightFor(200) <= c.HeightFor(600) || c.HeightFor(600) < 32 {
		t.Error("its height does not follow its words")
	}
	w.Canvas().Focus(c)
	if ring := test.TempWidgetRenderer(t, c).(*choiceRenderer).ring; !ring.Visible() {
		t.Error("no ring with the focus")
	}
	test.AssertRendersToMarkup(t, "choice.xml", w.Canvas())
}

func TestOptionRow(t *testing.T) {
	test.ApplyTheme(t, NewTheme(ModeLight))
	s := NewSwitch("Hide", true, nil)
	o := NewOptionRow("Hide email addresses", "Everywhere in this window, so that you can share the screen.", false, s)
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	for _, c := range []struct {
		name  string
		width float32
	}{{"wide", 700}, {"narrow", 260}} {
		w.Resize(fyne.NewSize(c.width, o.HeightFor(c.width)))
		test.AssertRendersToMarkup(t, "option_"+c.name+".xml", w.Canvas())
	}
	if s.Position().Y < 40 {
		t.Errorf("without room beside the words the switch is at %v, not below", s.Position())
	}
	if head := NewOptionRow("Window", "", false, nil); head.HeightFor(700) >= o.HeightFor(700) {
		t.Error("a heading is as high as a row")
	}
}

// TestThemeScale: text follows the scale, within its bounds, and what can be
// pressed stays large enough.
func TestThemeScale(t *testing.T) {
	for _, c := range []struct{ asked, got float32 }{{0.1, LeastScale}, {1.25, 1.25}, {9, MostScale}} {
		th := NewScaledTheme(ModeDark, c.asked)
		if th.Scale() != c.got {
			t.Errorf("asked for %v, got %v", c.asked, th.Scale())
		}
		plain := NewTheme(ModeDark).Size(theme.SizeNameText)
		if got := th.Size(theme.SizeNameText); got != plain*c.got {
			t.Errorf("text at %v is %v, want %v", c.asked, got, plain*c.got)
		}
		test.ApplyTheme(t, th)
		for name, o := range map[string]fyne.CanvasObject{
			"button": NewButton("x", ButtonQuiet, nil), "link": NewLink("Undo", ToneText, nil),
			"switch": NewSwitch("x", false, nil), "tabs": NewSegments([]Segment{{Text: "x"}}, 0, false),
		} {
			if h := o.MinSize().Height; h < 32 {
				t.Errorf("at %v a %s is %v high", c.got, name, h)
			}
		}
	}
}
