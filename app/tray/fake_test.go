//go:build cgo && !js

package tray

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"baton/app/backend"
)

// fake is a backend and an app with a tray that keeps what it is shown.
type fake struct {
	fyne.App
	mu     sync.Mutex
	snap   backend.Snapshot
	events chan backend.Event
	do     func(context.Context, backend.Action) (backend.Result, error)

	menus    int
	menu     *fyne.Menu
	icons    int
	told     []string
	quits    int
	panics   bool
	opened   []string // what the window was asked for
	cover    *strings.Replacer
	hostDown bool
	language string      // "" is English
	endsIt   bool        // closing the window ends Baton
	queue    chan func() // for the UI goroutine, which is the test's own
}

func (f *fake) Snapshot() backend.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *fake) Events(ctx context.Context) <-chan backend.Event {
	out := make(chan backend.Event)
	go func() {
		defer close(out)
		for {
			select {
			case e := <-f.events:
				out <- e
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (f *fake) Do(ctx context.Context, a backend.Action) (backend.Result, error) { return f.do(ctx, a) }

func (f *fake) Login(context.Context, backend.LoginMode) (backend.LoginFlow, error) {
	return nil, &backend.Problem{Code: backend.ProblemUnsupported, Message: "no login here"}
}

func (f *fake) SetSystemTrayMenu(m *fyne.Menu) {
	if f.panics {
		panic("dbus: connection closed by user")
	}
	f.menus, f.menu = f.menus+1, m
}
func (f *fake) SetSystemTrayIcon(fyne.Resource)           { f.icons++ }
func (f *fake) SetSystemTrayWindow(fyne.Window)           {}
func (f *fake) SendNotification(n *fyne.Notification)     { f.told = append(f.told, n.Title) }
func (f *fake) Quit()                                     { f.quits++ }
func (f *fake) Add()                                      { f.opened = append(f.opened, "add") }
func (f *fake) LogIn(key string)                          { f.opened = append(f.opened, "log in "+key) }
func (f *fake) Cover(text string) string                  { return f.cover.Replace(text) }
func (f *fake) CloseToTray() bool                         { return !f.endsIt }
func (f *fake) Words(p *backend.Problem) (string, string) { return p.Message, p.Hint }
func (f *fake) Language() string {
	if f.language == "" {
		return english
	}
	return f.language
}
func (f *fake) Answers() bool { return !f.hostDown }
func (f *fake) Close()        {}

// window counts how often it was hidden and shown.
type window struct {
	fyne.Window
	intercept func()
	shown     int
}

func (w *window) SetCloseIntercept(f func()) { w.intercept = f }
func (w *window) Show()                      { w.shown++ }
func (w *window) Hide()                      { w.shown-- }
func (w *window) RequestFocus()              {}

// play attaches a tray and plays with it in a bubble of time. The test's own
// goroutine is that of the UI.
func play(t *testing.T, cfg Config, with func(f *fake, w *window, tray *Tray)) {
	t.Helper()
	app := test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		f := &fake{App: app, snap: people(), events: make(chan backend.Event), cover: strings.NewReplacer(), queue: make(chan func(), 64)}
		now := time.Now()
		cfg.Backend = f
		cfg.Now = func() time.Time { return noon().Add(time.Since(now)) }
		if cfg.Host == nil {
			cfg.Host = func(context.Context, func()) Host { return f }
		}
		w := &window{}
		tray := attach(f, w, f, cfg, func(do func()) { f.queue <- do })
		f.settle()
		with(f, w, tray)
		tray.Close()
		f.settle() // whatever comes late finds a closed tray
	})
}

// settle does what waits for the UI goroutine until everybody waits.
func (f *fake) settle() {
	for {
		synctest.Wait()
		select {
		case do := <-f.queue:
			do()
		default:
			return
		}
	}
}

// pass lets time go by.
func (f *fake) pass(d time.Duration) {
	time.Sleep(d)
	f.settle()
}

// press clicks the item that begins so.
func (f *fake) press(t *testing.T, begins string) {
	t.Helper()
	for _, i := range f.menu.Items {
		if strings.HasPrefix(i.Label, begins) && !i.Disabled {
			i.Action()
			f.settle()
			return
		}
	}
	t.Fatalf("nothing to click begins with %q", begins)
}

func (f *fake) change(do func(*backend.Snapshot)) {
	f.mu.Lock()
	f.snap = changed(f.snap, do)
	f.mu.Unlock()
	f.events <- backend.Event{Kind: backend.EventChanged}
	f.settle()
}

// changed is a snapshot that says something else; the one before stays as it is.
func changed(s backend.Snapshot, do func(*backend.Snapshot)) backend.Snapshot {
	s.Accounts = slices.Clone(s.Accounts)
	do(&s)
	return s
}

func activate(key string) func(*backend.Snapshot) {
	return func(s *backend.Snapshot) {
		s.Active = key
		for i := range s.Accounts {
			s.Accounts[i].Active = s.Accounts[i].Key == key
		}
	}
}
