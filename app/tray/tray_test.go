//go:build cgo && !js

package tray

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"baton/app/backend"
)

// The menu is shown again when it says something else, and only then; so is
// the icon.
func TestRebuiltWhenItChanges(t *testing.T) {
	play(t, Config{}, func(f *fake, _ *window, _ *Tray) {
		if f.menus != 1 || f.icons != 1 {
			t.Errorf("at the start %d menus, %d icons", f.menus, f.icons)
		}
		f.change(func(*backend.Snapshot) {})
		f.change(func(s *backend.Snapshot) { s.Accounts[0].Usage = seen(61, 35) })
		if f.menus != 1 || f.icons != 1 {
			t.Errorf("with nothing to show anew %d menus, %d icons", f.menus, f.icons)
		}
		first := f.menu
		f.change(func(s *backend.Snapshot) { s.Accounts[0].State = backend.StateLimited })
		if f.menus != 2 || f.icons != 2 || f.menu != first {
			t.Errorf("after a change %d menus, %d icons, the same menu: %v", f.menus, f.icons, f.menu == first)
		}
		f.pass(3 * time.Hour) // the side project's limit ends, nobody says so
		if f.menus < 3 || !slices.ContainsFunc(f.menu.Items, func(i *fyne.MenuItem) bool { return i.Label == "Side project · ready" }) {
			t.Error("a limit that ended by the clock still stands in the menu")
		}
	})
}

// A click swaps once however often it is made, is answered once, and is no news
// on top, whatever comes first.
func TestClickSwapsOnce(t *testing.T) {
	play(t, Config{}, func(f *fake, _ *window, _ *Tray) {
		f.change(func(s *backend.Snapshot) { *s = with(*s, SwitchSwap) })
		going, calls := make(chan struct{}), 0
		f.do = func(_ context.Context, a backend.Action) (backend.Result, error) {
			calls++
			if a.Kind != backend.ActionSwap || a.Key != "b" {
				t.Errorf("asked for %+v", a)
			}
			<-going
			f.mu.Lock()
			f.snap = changed(f.snap, activate("b"))
			f.mu.Unlock()
			f.events <- backend.Event{Kind: backend.EventChanged} // before the answer
			return backend.Result{From: "a", To: "b"}, nil
		}
		stale := slices.Clone(f.menu.Items)
		f.press(t, "Work · ")
		for _, i := range stale {
			if strings.HasPrefix(i.Label, "Personal · ") {
				i.Action() // a menu that was open meanwhile
			}
		}
		if f.menu.Items[0].Label != "Swapping to Work…" {
			t.Errorf("meanwhile it says %q", f.menu.Items[0].Label)
		}
		close(going)
		f.settle()
		if calls != 1 || !slices.Equal(f.told, []string{"Work is active"}) {
			t.Errorf("%d swaps, told %q", calls, f.told)
		}
		f.change(activate("a")) // somebody else's
		if !slices.Equal(f.told, []string{"Work is active", "Personal is active"}) {
			t.Errorf("told %q", f.told)
		}
	})
}

func TestClicks(t *testing.T) {
	play(t, Config{}, func(f *fake, w *window, _ *Tray) {
		f.do = func(_ context.Context, a backend.Action) (backend.Result, error) {
			return backend.Result{}, &backend.Problem{Code: backend.ProblemAllLimited, Message: "all are limited", Hint: "wait"}
		}
		f.press(t, "Swap to next")
		if !slices.Equal(f.told, []string{"All are limited"}) {
			t.Errorf("told %q", f.told)
		}
		for _, begins := range []string{"Log in: old__laptop", "old__laptop@example.com · ", "Add account", "Open Baton"} {
			f.press(t, begins)
		}
		if !slices.Equal(f.opened, []string{"log in d", "log in d", "add"}) || w.shown != 4 {
			t.Errorf("the window was asked for %q and shown %d times", f.opened, w.shown)
		}
		f.press(t, "Quit")
		if f.quits != 1 {
			t.Errorf("quit %d times", f.quits)
		}
	})
}

// What the person hides in the window is hidden in the tray and in notifications,
// from that moment on.
func TestCovered(t *testing.T) {
	play(t, Config{}, func(f *fake, _ *window, _ *Tray) {
		f.change(func(s *backend.Snapshot) { *s = with(*s, SwitchSwap) })
		f.cover = strings.NewReplacer("Personal", "P•••", "old_laptop@example.com", "o•••")
		f.Preferences().SetBool("anything", true)
		f.settle()
		for _, i := range f.menu.Items {
			if strings.Contains(i.Label, "Personal") || strings.Contains(i.Label, "laptop") {
				t.Errorf("the menu shows %q", i.Label)
			}
		}
		f.change(activate("b"))
		f.change(activate("a"))
		if !slices.Equal(f.told, []string{"Work is active", "P••• is active"}) {
			t.Errorf("told %q", f.told)
		}
	})
}

func TestClosing(t *testing.T) {
	for _, c := range []struct {
		name       string
		down, keep bool
		hidden     int
		quits      int
		told       []string
	}{
		{name: "a tray", keep: true, hidden: 1, told: []string{Speak(english).say(textInTray)}},
		{name: "a tray, not wanted", quits: 1},
		{name: "no tray", down: true, keep: true, quits: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, Config{}, func(f *fake, w *window, _ *Tray) {
				f.endsIt = !c.keep
				f.hostDown = c.down
				w.intercept()
				f.settle()
				if w.shown != -c.hidden || f.quits != c.quits || !slices.Equal(f.told, c.told) {
					t.Errorf("hidden %d times, quit %d times, told %q", -w.shown, f.quits, f.told)
				}
				if c.quits == 0 {
					w.intercept()
					f.settle()
					if len(f.told) != 1 {
						t.Errorf("told again: %q", f.told)
					}
				}
			})
		})
	}
}

// A window that is hidden while the host goes is shown again, but not while the
// host only restarts.
func TestHostGoesWhileHidden(t *testing.T) {
	var changed func()
	var f *fake
	cfg := Config{Host: func(_ context.Context, c func()) Host {
		changed = c
		return hostOf(func() bool { return f == nil || !f.hostDown })
	}}
	play(t, cfg, func(ff *fake, w *window, _ *Tray) {
		f = ff
		w.intercept()
		f.hostDown = true
		changed()
		f.settle()
		f.pass(hostWait / 2)
		f.hostDown = false
		changed()
		f.settle()
		f.pass(hostWait)
		if w.shown != -1 {
			t.Fatal("shown though the host came back")
		}
		f.hostDown = true
		changed()
		f.settle()
		f.pass(hostWait + time.Second)
		if w.shown != 0 || !slices.Contains(f.told, Speak(english).say(textNoTray)) {
			t.Errorf("shown %d, told %q", w.shown, f.told)
		}
	})
}

type hostOf func() bool

func (h hostOf) Answers() bool { return h() }
func (h hostOf) Close()        {}

// Without a session bus the toolkit is not even asked for a tray, and what is
// said is said on the terminal.
func TestNoBus(t *testing.T) {
	var said []string
	cfg := Config{
		Hidden: true,
		Host:   func(context.Context, func()) Host { return never{} },
		Say:    func(line string) { said = append(said, line) },
	}
	play(t, cfg, func(f *fake, w *window, _ *Tray) {
		f.pass(time.Second)
		if f.menus != 0 || f.icons != 0 || len(f.told) != 0 || w.shown != 1 || !slices.Equal(said, []string{Speak(english).say(textNoTray)}) {
			t.Errorf("%d menus, %d icons, told %q, said %q, shown %d", f.menus, f.icons, f.told, said, w.shown)
		}
	})
}

// The toolkit panics once its connection is gone. That ends the tray, not Baton.
func TestBusGoes(t *testing.T) {
	play(t, Config{}, func(f *fake, w *window, _ *Tray) {
		f.panics = true
		f.change(activate("b"))
		f.panics = false
		f.change(activate("c"))
		if f.menus != 1 {
			t.Errorf("shown %d times", f.menus)
		}
		f.hostDown = true
		w.intercept()
		if f.quits != 1 {
			t.Error("closing no longer ends Baton")
		}
	})
}

// A swap that was clicked is not broken off because the window goes.
func TestCloseWaitsForASwap(t *testing.T) {
	play(t, Config{}, func(f *fake, _ *window, tray *Tray) {
		var ended, broken bool
		f.do = func(ctx context.Context, _ backend.Action) (backend.Result, error) {
			select {
			case <-time.After(patience / 2):
				ended = true
			case <-ctx.Done():
				broken = true
			}
			return backend.Result{From: "a", To: "b"}, nil
		}
		f.press(t, "Work · ")
		tray.Close()
		if !ended || broken {
			t.Errorf("ended %v, broken off %v", ended, broken)
		}
	})
}

// The tray speaks the language of the window, also once that is another.
func TestTheTraySpeaksTheWindowsLanguage(t *testing.T) {
	play(t, Config{}, func(f *fake, _ *window, tray *Tray) {
		last := func() string { return f.menu.Items[len(f.menu.Items)-1].Label }
		if got := last(); got != "Quit" {
			t.Errorf("in English the last item is %q", got)
		}
		f.language = german
		tray.show()
		if got := last(); got != "Beenden" {
			t.Errorf("in German the last item is %q", got)
		}
	})
}
