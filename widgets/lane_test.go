package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

func lanes() []LaneView {
	return []LaneView{
		{Name: "Personal", Detail: "Max 20× · active", Inside: "39% left", Right: "free now", Tone: ToneMuted, Resets: []float64{0.36}, Active: true},
		{Name: "Side project", Detail: "Pro", Right: "back 14:05", Tone: ToneMuted, Back: 0.17, Resets: []float64{0.17}},
		{Name: "Night runs", Detail: "Max 5× · weekly limit", Right: "back Tue 19:13", Tone: ToneMuted, Back: 1, Resets: []float64{0.2, 0.9}},
		{Name: "Old laptop", Detail: "Pro", Right: "Needs login", Tone: ToneBad, Back: 1, Dimmed: true},
		{Name: "somebody.with.a.very.long.address@a-company-with-a-long-name.example", Detail: "Enterprise", Inside: "no data yet", Right: "free now, next", Tone: ToneAccent},
	}
}

func TestATimelineWideAndNarrow(t *testing.T) {
	for name, width := range map[string]float32{"timeline_wide.xml": 1040, "timeline_narrow.xml": 380} {
		a := test.NewTempApp(t)
		a.Settings().SetTheme(NewTheme(ModeDark))
		box := container.NewVBox(NewAxis(AxisView{Now: "13:13", Marks: []AxisMark{{0.03, "13:20"}, {0.16, "14:00"}, {0.36, "15:00"}, {1, "18:13"}}}))
		for _, v := range lanes() {
			box.Add(NewLane(v))
		}
		w := test.NewTempWindow(t, box)
		w.SetPadded(false)
		w.Resize(fyne.NewSize(width, 400))
		test.AssertRendersToMarkup(t, name, w.Canvas())
	}
}

// What stands in a lane keeps within it, at every width and size of text, and
// name and time never run into each other.
func TestALaneKeepsItsWordsApart(t *testing.T) {
	a := test.NewTempApp(t)
	for _, scale := range []float32{0.8, 1, 1.5, 2} {
		a.Settings().SetTheme(NewScaledTheme(ModeLight, scale))
		for _, v := range lanes() {
			l := NewLane(v)
			r := test.WidgetRenderer(l).(*laneRenderer)
			r.Refresh()
			for width := float32(380); width < 2000; width += 173 {
				size := fyne.NewSize(width, l.HeightFor(width))
				l.Resize(size)
				for what, o := range map[string]fyne.CanvasObject{"name": r.name.Text, "detail": r.detail.Text, "inside": r.inside.Text, "right": r.right.Text, "track": r.track} {
					end := o.Position().AddXY(o.Size().Width, o.Size().Height)
					if o.Visible() && (o.Position().X < 0 || o.Position().Y < 0 || end.X > size.Width+1 || end.Y > size.Height+1) {
						t.Errorf("%v wide, text %v, %q: %s from %v to %v leaves %v", width, scale, v.Name, what, o.Position(), end, size)
					}
				}
				from, to := trackIn(width, scale)
				if to-from < 100 {
					t.Errorf("%v wide, text %v: the track is %v long", width, scale, to-from)
				}
				if size.Height < leastTarget {
					t.Errorf("%v high is too little to press", size.Height)
				}
			}
		}
	}
}

func TestALaneIsPressedByMouseAndKeyboard(t *testing.T) {
	test.NewTempApp(t)
	presses, keys := 0, ""
	l := NewLane(lanes()[0])
	l.OnTapped = func() { presses++ }
	l.OnKey = func(k fyne.KeyName) { keys += string(k) + " " }
	test.Tap(l)
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeySpace, fyne.KeyLeft, fyne.KeyDown} {
		l.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if presses != 3 || keys != "Left Down " {
		t.Errorf("%d presses, keys %q", presses, keys)
	}
	if got := l.AccessibilityLabel(); got != "Personal, Max 20× · active, 39% left, free now" {
		t.Errorf("read out as %q", got)
	}
}

func TestDeedsWideAndNarrow(t *testing.T) {
	for name, width := range map[string]float32{"deeds_wide.xml": 760, "deeds_narrow.xml": 320} {
		a := test.NewTempApp(t)
		a.Settings().SetTheme(NewTheme(ModeLight))
		l := NewCardList()
		l.SetCards([]Card{
			NewDeed(DeedView{Head: "Today", When: "14:05", Text: "Swapped from Personal to Work", Tone: ToneAccent}),
			NewDeed(DeedView{When: "13:59", Text: "The login of Lab was mended", More: "the live login was older than the one kept", Tone: ToneMuted}),
		})
		w := test.NewTempWindow(t, l)
		w.SetPadded(false)
		w.Resize(fyne.NewSize(width, 200))
		test.AssertRendersToMarkup(t, name, w.Canvas())
	}
}

// A lane says more of what the pointer is over, and all of it with the focus.
func TestALaneSaysMore(t *testing.T) {
	test.NewTempApp(t)
	v := lanes()[1]
	v.More = "all of it"
	v.Spots = []LaneSpot{{From: 0, To: 0.5, Text: "limited"}, {From: 0.5, To: 0.5, Text: "reset"}}
	l := NewLane(v)
	said := "nothing yet"
	l.OnHint = func(text string) { said = text }
	l.Resize(fyne.NewSize(1040, laneHeight))
	from, to := trackIn(1040, 1)
	at := func(share float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(from+share*(to-from), 20)}}
	}
	l.MouseIn(at(0.2))
	for _, c := range []struct {
		do   func()
		want string
	}{
		{func() {}, "limited"},
		{func() { l.MouseMoved(at(0.5)) }, "reset"},
		{func() { l.MouseMoved(at(0.8)) }, "all of it"},
		{func() { l.MouseMoved(at(-0.2)) }, "all of it"},
		{l.MouseOut, ""},
		{l.FocusGained, "all of it"},
		{func() { l.MouseIn(at(0.2)); l.MouseOut() }, "all of it"},
		{l.FocusLost, ""},
	} {
		if c.do(); said != c.want {
			t.Errorf("it says %q, want %q", said, c.want)
		}
	}
	if got := l.AccessibilityLabel(); got != "Side project, Pro, back 14:05, all of it" {
		t.Errorf("read out as %q", got)
	}
}
