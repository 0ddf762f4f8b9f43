//go:build cgo || js

package gui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/widgets"
)

// area is something seen: words, or what can be pressed.
type area struct {
	what     string
	at, end  fyne.Position
	pressed  bool
	inside   fyne.CanvasObject // the control it belongs to, nil for none
	boxWide  float32
	textWide float32
}

// look gathers what is seen in root, from its own corner on. Where something
// scrolls, only what is in the part in sight counts.
func look(root fyne.CanvasObject) []area {
	var out []area
	var walk func(o fyne.CanvasObject, at fyne.Position, inside fyne.CanvasObject)
	walk = func(o fyne.CanvasObject, at fyne.Position, inside fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		switch o := o.(type) {
		case *canvas.Text:
			if o.Text == "" {
				return
			}
			m := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle)
			a := area{what: fmt.Sprintf("%q", o.Text), inside: inside, boxWide: o.Size().Width, textWide: m.Width}
			x := at.X
			switch o.Alignment {
			case fyne.TextAlignTrailing:
				x += o.Size().Width - m.Width
			case fyne.TextAlignCenter:
				x += (o.Size().Width - m.Width) / 2
			}
			// Letters without ascenders and descenders take about their size.
			y := at.Y + (o.Size().Height-o.TextSize)/2
			a.at, a.end = fyne.NewPos(x, y), fyne.NewPos(x+m.Width, y+o.TextSize)
			out = append(out, a)
			return
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child, at, inside)
			}
			return
		case *container.Scroll:
			return // its own story: what does not fit can be scrolled to
		case *widgets.Button, *widgets.Link, *widgets.Switch, *widgets.ChoiceCard, *filterField:
			out = append(out, area{what: fmt.Sprintf("%T", o), at: at, end: at.AddXY(o.Size().Width, o.Size().Height), pressed: true, inside: o})
			inside = o
		case *widget.Label:
			return // wraps by itself
		}
		if w, ok := o.(fyne.Widget); ok {
			if _, field := o.(*filterField); field {
				return
			}
			for _, child := range test.WidgetRenderer(w).Objects() {
				walk(child, at, inside)
			}
		}
	}
	walk(root, fyne.Position{}.Subtract(root.Position()), nil)
	return out
}

// faults are what is wrong with how root is laid out: words cut off or on top
// of others, things outside, targets too small to hit.
func faults(root fyne.CanvasObject) []string {
	var out []string
	all, size := look(root), root.Size()
	for i, a := range all {
		if a.at.X < -1 || a.at.Y < -1 || a.end.X > size.Width+1 || a.end.Y > size.Height+1 {
			out = append(out, fmt.Sprintf("%s leaves its parent: %v to %v in %v", a.what, a.at, a.end, size))
		}
		if !a.pressed && a.textWide > a.boxWide+1 {
			out = append(out, fmt.Sprintf("%s is %v wide, its box %v", a.what, a.textWide, a.boxWide))
		}
		if a.pressed && (a.end.Y-a.at.Y < 31.99 || a.end.X-a.at.X < 20) {
			out = append(out, fmt.Sprintf("%s is only %v by %v", a.what, a.end.X-a.at.X, a.end.Y-a.at.Y))
		}
		for _, b := range all[i+1:] {
			if a.inside != nil && a.inside == b.inside {
				continue
			}
			if a.pressed && b.pressed && (isLink(a) || isLink(b)) {
				continue // a link's target is higher than its line, and may reach beyond it
			}
			if isLink(a) || isLink(b) {
				continue
			}
			if a.at.X+1 < b.end.X && b.at.X+1 < a.end.X && a.at.Y+1 < b.end.Y && b.at.Y+1 < a.end.Y {
				out = append(out, fmt.Sprintf("%s and %s overlap: %v to %v, %v to %v", a.what, b.what, a.at, a.end, b.at, b.end))
			}
		}
	}
	return out
}

func isLink(a area) bool { _, ok := a.inside.(*widgets.Link); return ok && a.pressed }

// cardStates is every state a card can be in, by name.
func cardStates() map[string]backend.Account {
	s, five := everyState().Accounts, fiveAccounts().Accounts
	unsure := five[1]
	unsure.Notices = []backend.Notice{backend.NoticeUnsure}
	crowded := s[0]
	crowded.Notices, crowded.LoginExpiresAt = []backend.Notice{backend.NoticeLoginEnds}, tuesday().Add(80*time.Hour)
	bare := backend.Account{Key: "n", Email: "someone-with-a-long-address@department.university.example", State: backend.StateReady}
	long := five[1]
	long.Label, long.OrganizationName = "The account for everything that has no other place", "An organization with a name that goes on for quite a while"
	long.Busy = "waiting for Claude Code to finish with the login file it holds"
	refused := five[1]
	refused.Notices, refused.Refused = []backend.Notice{backend.NoticeRefused}, "This organization has been disabled"
	refused.Problem = &backend.Problem{Code: backend.ProblemRefused, Message: "the provider refuses this account: " + refused.Refused}
	weekly := five[1]
	weekly.Usage = &backend.Usage{SevenDay: five[1].Usage.SevenDay, NoFiveHour: true, ObservedAt: tuesday(), Source: backend.SourceClaude}
	return map[string]backend.Account{
		"refused": refused, "no_five_hours": weekly,
		"active": five[0], "active_limited": s[0], "ready": five[1], "limited": five[2], "login_ends": five[3], "stale": five[4],
		"busy": s[1], "no_data": s[2], "paused": s[3], "needs_login": s[4], "offline": s[5], "unsure": unsure, "crowded": crowded, "bare": bare, "long": long,
	}
}

// TestNoCardOverflows lays out every state of a card at many widths, sizes of
// text and both languages.
func TestNoCardOverflows(t *testing.T) {
	defer func() {
		if err := speak(langEnglish); err != nil {
			t.Error(err)
		}
	}()
	test.NewTempApp(t)
	room := float32(0)
	card := widgets.NewAccountCard(widgets.CardView{})
	for _, l := range []language{langEnglish, langGerman} {
		if err := speak(l); err != nil {
			t.Fatal(err)
		}
		for _, k := range []float32{0.8, 1, 1.25, 1.5, 2} {
			test.ApplyTheme(t, widgets.NewScaledTheme(widgets.ModeDark, k))
			room = widgets.TextWidth(tr(textSwapAnyway))
			for name, a := range cardStates() {
				view, _ := present(a, situation{now: tuesday(), next: a.Key, room: room})
				card.SetView(view)
				for width := float32(380); width <= 1280; width += 75 {
					card.Resize(fyne.NewSize(width, card.HeightFor(width)))
					for _, f := range faults(card) {
						t.Errorf("%s, %s, text %v, %v wide: %s", name, l, k, width, f)
					}
				}
			}
		}
	}
}

// TestNoPageOverflows does the same for what stands round the cards, and for
// the settings.
func TestNoPageOverflows(t *testing.T) {
	s := everyState()
	s.LastSwap = &backend.LastSwap{From: workKey, To: personal, At: tuesday()}
	for _, k := range []float32{0.8, 1, 1.5, 2} {
		for _, l := range []language{langEnglish, langGerman} {
			drive(t, s, func(d *driver) {
				test.ApplyTheme(t, widgets.NewScaledTheme(widgets.ModeDark, k))
				d.prefer(func(p *prefs) { p.language, p.scale = l, k })
				for _, width := range []float32{420, 480, 560, 640, 720, 900, 1080, 1600, 2000} {
					d.win.Resize(fyne.NewSize(width, 900))
					for _, o := range []fyne.CanvasObject{d.bar.box, d.accounts.head, d.foot} {
						for _, f := range faults(o) {
							t.Errorf("%s, text %v, window %v wide: %T: %s", l, k, width, o, f)
						}
					}
					for _, b := range d.banners.banners {
						for _, f := range faults(b) {
							t.Errorf("%s, text %v, window %v wide: banner: %s", l, k, width, f)
						}
					}
				}
				d.showSettings()
				for _, width := range []float32{420, 720, 1600} {
					d.win.Resize(fyne.NewSize(width, 3000))
					for _, c := range d.settings.list.Cards() {
						for _, f := range faults(c) {
							t.Errorf("%s, text %v, window %v wide: settings: %s", l, k, width, f)
						}
					}
				}
			})
		}
	}
	if err := speak(langEnglish); err != nil {
		t.Error(err)
	}
}

// TestFaultsAreNoticed: the look at a layout sees what it is to see.
func TestFaultsAreNoticed(t *testing.T) {
	test.NewTempApp(t)
	words := func(s string, x, w float32) fyne.CanvasObject {
		o := canvas.NewText(s, nil)
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, 20))
		return o
	}
	low := widgets.NewButton("low", widgets.ButtonQuiet, nil)
	low.Move(fyne.NewPos(200, 0))
	low.Resize(fyne.NewSize(80, 20))
	box := container.NewWithoutLayout(words("some words", 0, 100), words("other words", 30, 100), words("cut off", 120, 10), low)
	box.Resize(fyne.NewSize(250, 40))
	found := faults(box)
	if len(found) < 4 {
		t.Errorf("of an overlap, cut words, a low button and one outside only this was seen: %q", found)
	}
	card := widgets.NewAccountCard(widgets.CardView{})
	view, _ := present(fiveAccounts().Accounts[1], situation{now: tuesday()})
	card.SetView(view)
	card.Resize(fyne.NewSize(1000, card.HeightFor(1000)))
	if n := len(look(card)); n < 12 {
		t.Errorf("only %d things were seen on a card", n)
	}
}
