package widgets

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func work() CardView {
	return CardView{
		Name: "Work", Badge: "Team", Detail: "ada@corp.example · Corp",
		Avatar: AvatarView{Initial: "W", Tone: 1},
		Meters: [2]MeterView{
			{Label: "5 h", Known: true, Percent: 8, Tick: 0.17, Right: "resets 17:23"},
			{Label: "7 d", Known: true, Percent: 47, Tick: 0.4, Right: "resets Sat 14:00", Level: LevelAhead},
		},
		State: "Ready", StateTone: ToneGood,
		Primary: "Swap", PrimaryKind: ButtonAccent,
	}
}

func cardIn(t *testing.T, v CardView, width float32) (*AccountCard, fyne.Window) {
	t.Helper()
	test.ApplyTheme(t, NewTheme(ModeDark))
	c := NewAccountCard(v)
	w := test.NewTempWindow(t, container.NewWithoutLayout(c))
	w.SetPadded(false)
	high := c.HeightFor(width)
	w.Resize(fyne.NewSize(width, high))
	c.Resize(fyne.NewSize(width, high))
	return c, w
}

func TestCardMarkup(t *testing.T) {
	active := work()
	active.Active, active.State, active.StateTone, active.Primary = true, "Active", ToneAccent, ""
	active.Second, active.SecondTone = "Limited until 14:05", ToneBad
	noData := work()
	noData.Meters = [2]MeterView{{Label: "5 h", Right: "no data yet", Tick: -1}, {Label: "7 d", Tick: -1}}
	problem := work()
	problem.Problem, problem.Hint = "the provider no longer accepts this login", "log in again; the name and the place in the list stay"
	problem.State, problem.StateTone, problem.Primary = "Needs login", ToneBad, "Log in"
	paused := work()
	paused.Dimmed, paused.State, paused.StateTone, paused.Primary, paused.PrimaryKind = true, "Paused", ToneMuted, "Resume", ButtonQuiet
	ends := work()
	ends.Second, ends.SecondTone, ends.SecondLink = "Login ends in 3 days", ToneWarn, true
	for _, c := range []struct {
		name  string
		view  CardView
		width float32
	}{
		{"wide", work(), 1040},
		{"medium", work(), 680},
		{"narrow", work(), 400},
		{"active", active, 1040},
		{"nodata", noData, 1040},
		{"problem", problem, 1040},
		{"problem_narrow", problem, 400},
		{"paused", paused, 1040},
		{"login_ends", ends, 1040},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, w := cardIn(t, c.view, c.width)
			test.AssertRendersToMarkup(t, "card_"+c.name+".xml", w.Canvas())
		})
	}
}

func TestNoDataIsNotZero(t *testing.T) {
	v := work()
	v.Meters[0] = MeterView{Label: "5 h", Right: "no data yet", Tick: -1}
	c, w := cardIn(t, v, 1040)
	if got := test.RenderToMarkup(w.Canvas()); strings.Contains(got, "0%") {
		t.Error("a window without data shows a percent")
	}
	if label := c.AccessibilityLabel(); !strings.Contains(label, "no data yet") || strings.Contains(label, "0%") {
		t.Errorf("said as %q", label)
	}
}

func TestPercentText(t *testing.T) {
	for in, want := range map[float64]string{0: "0%", 61.5: "61%", 99.9: "99%", 100: "100%", 130: "100%", -1: "0%"} {
		if got := percentText(in); got != want {
			t.Errorf("percentText(%v) = %q, want %q", in, got, want)
		}
	}
}

// TestArrangement: at every width and scale there is, no part of a card runs
// into another or out of the card, and what can be pressed is high enough.
func TestArrangement(t *testing.T) {
	for _, k := range []float32{0.8, 1, 1.25, 1.5, 2} {
		for width := float32(380); width <= 1960; width += 10 {
			for _, room := range []float32{0, 150 * k} {
				b := arrange(width, k, room, true)
				parts := map[string]box{
					"avatar": b.avatar, "name": b.name, "detail": b.detail,
					"meters": b.meters, "state": b.state, "button": b.button, "menu": b.menu,
				}
				for n, x := range parts {
					if x.x < 0 || x.y < 0 || x.x+x.w > width || x.y+x.h > b.height || x.w < 24 || x.h < 10 {
						t.Errorf("%v wide, scale %v: %s is at %+v, the card %v high", width, k, n, x, b.height)
					}
					for m, y := range parts {
						if n < m && x.x < y.x+y.w && y.x < x.x+x.w && x.y < y.y+y.h && y.y < x.y+x.h {
							t.Errorf("%v wide, scale %v: %s %+v and %s %+v overlap", width, k, n, x, m, y)
						}
					}
				}
				if b.button.h < 32 || b.menu.h < 32 {
					t.Errorf("scale %v: the button is %v high, the menu's %v", k, b.button.h, b.menu.h)
				}
				if width/k <= 640 && b.meters.y < b.detail.y+b.detail.h {
					t.Errorf("%v wide, scale %v: the meters are not below the name", width, k)
				}
			}
		}
	}
}

func TestCardGestures(t *testing.T) {
	v := work()
	v.Second, v.SecondLink = "Login ends in 3 days", true
	c, w := cardIn(t, v, 1040)
	var got []string
	c.OnPrimary = func() { got = append(got, "primary") }
	c.OnSecond = func() { got = append(got, "second") }
	c.OnMenu = func(anchor fyne.CanvasObject) { got = append(got, fmt.Sprintf("menu %v", anchor == c.menu)) }
	c.OnStep = func(by int) { got = append(got, fmt.Sprintf("step %d", by)) }
	c.OnFocus = func() { got = append(got, "focus") }
	b := arrange(1040, 1, 0, true)
	middle := func(b box) fyne.Position { return fyne.NewPos(b.x+b.w/2, b.y+b.h/2) }
	test.TapCanvas(w.Canvas(), middle(b.button))
	test.TapCanvas(w.Canvas(), middle(b.menu))
	test.TapCanvas(w.Canvas(), fyne.NewPos(b.state.x+20, 46))
	c.TappedSecondary(nil)
	w.Canvas().Focus(c.Focusable())
	c.primary.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	c.primary.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	c.menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	want := "primary|menu true|second|menu true|focus|primary|step 1|step -1"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("gestures %s\nwant %s", s, want)
	}
}

func TestFocusStaysOnTheCard(t *testing.T) {
	c, w := cardIn(t, work(), 1040)
	w.Canvas().Focus(c.primary)
	v := work()
	v.Primary = ""
	c.SetView(v)
	if got := w.Canvas().Focused(); got != fyne.Focusable(c.menu) {
		t.Errorf("the focus is on %T, want the menu button of the same card", got)
	}
}

func TestSetViewSaysWhatChanged(t *testing.T) {
	c, _ := cardIn(t, work(), 1040)
	if c.SetView(work()) {
		t.Error("the same view counted as a change")
	}
	v := work()
	v.State = "Paused"
	if !c.SetView(v) {
		t.Error("another view did not count as a change")
	}
}

// A window that the plan does not have is a plain line: no bar, whole or dashed.
func TestPlainMeterDrawsNoBar(t *testing.T) {
	v := work()
	v.Meters[0] = MeterView{Label: "5 h", Right: "no 5-hour limit", Tick: -1}
	c, _ := cardIn(t, v, 1040)
	bars := func() (shown int) {
		for _, o := range test.WidgetRenderer(test.WidgetRenderer(c).(*cardRenderer).meters[0]).Objects() {
			if _, ok := o.(*canvas.Rectangle); ok && o.Visible() {
				shown++
			}
		}
		return shown
	}
	if bars() == 0 {
		t.Fatal("a window without data has no dashes")
	}
	v.Meters[0].Plain = true
	c.SetView(v) // the dashes that are there already go
	if got := bars(); got != 0 {
		t.Errorf("%d parts of a bar are drawn", got)
	}
	if label := c.AccessibilityLabel(); !strings.Contains(label, "5 h: no 5-hour limit") {
		t.Errorf("read out as %q", label)
	}
}
