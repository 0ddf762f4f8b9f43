//go:build cgo && !js

package tray

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"baton/app/backend"
)

// View is what the tray needs of the window's content. Its methods belong to
// the UI goroutine.
type View interface {
	Add()                     // opens what adds an account
	LogIn(key string)         // starts a login to an account that is there
	Cover(text string) string // hides email addresses where that is asked for
	CloseToTray() bool        // closing the window is to leave Baton in the tray
	Language() string         // the code of the language the window speaks
	// Words are a problem's line and next step in that language.
	Words(p *backend.Problem) (message, hint string)
}

// Config is what the tray needs of its surroundings.
type Config struct {
	// Backend is what the menu shows and acts on. Required.
	Backend backend.Backend
	// Hidden says that the window is not shown at the start. Where no tray
	// can be had within a while, it is shown after all.
	Hidden bool
	// Demo says that nothing here is real; the menu says it too.
	Demo bool
	// Host says whether a tray can be had; Watch when nil.
	Host func(ctx context.Context, changed func()) Host
	// Say tells the person something where there is a terminal. May be nil.
	Say func(line string)
	// Now is the clock; time.Now when nil. Its location is the one times are
	// told in.
	Now func() time.Time
	// Logger gets what is worth keeping; nothing is logged when nil.
	Logger *slog.Logger
}

// Tray is the icon and what belongs to it. Its methods and fields belong to the
// UI goroutine, but for what says otherwise.
type Tray struct {
	app  fyne.App
	win  fyne.Window
	view View
	cfg  Config
	ui   func(func()) // runs something on the UI goroutine, from another

	ctx     context.Context
	cancel  context.CancelFunc
	pending atomic.Bool // a change is on its way to the UI goroutine
	timer   *time.Timer
	notes   chan Note // to whoever sends them, away from the UI goroutine

	speech  Speech            // in the language of the window
	snap    *backend.Snapshot // the last one shown, nil before the first
	doing   string            // what our own action does, "" when none runs
	ended   chan struct{}     // closed when that action has ended
	items   []Item            // the menu as it is shown
	menu    *fyne.Menu        // one for ever: the toolkit may show the first again
	picture picture           // the icon as it is shown
	broken  bool              // the toolkit can show no tray any more
	end     closing
	stopped atomic.Bool // nothing is shown any more
	// showing is held while menu and icon are brought in line. That is work of
	// the UI goroutine's, but once the toolkit has ended it runs such work on
	// whatever goroutine asks.
	showing sync.Mutex
}

// Attach puts Baton into the tray and gives closing the window its meaning. It
// is called on the UI goroutine, before the window is shown. Close ends it.
func Attach(app fyne.App, win fyne.Window, view View, cfg Config) *Tray {
	return attach(app, win, view, cfg, fyne.Do)
}

func attach(app fyne.App, win fyne.Window, view View, cfg Config, ui func(func())) *Tray {
	t := &Tray{app: app, win: win, view: view, cfg: cfg.filled(), ui: ui, notes: make(chan Note, 16), menu: fyne.NewMenu("Baton")}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.speech = Speak(view.Language())
	go t.send()
	t.end.host = t.cfg.Host(t.ctx, func() { t.ui(t.hostChanged) })
	t.retake()
	app.Settings().AddListener(func(fyne.Settings) { t.ui(t.showIcon) })
	app.Preferences().AddChangeListener(func() { t.ui(t.show) }) // one of them is what Cover hides
	t.attachClose()                                              // last: setting up a tray may set an intercept of its own
	go t.listen(t.cfg.Backend.Events(t.ctx))
	return t
}

func (c Config) filled() Config {
	if c.Host == nil {
		c.Host = Watch
	}
	if c.Say == nil {
		c.Say = func(string) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// patience is how long Close waits for a swap under way: one that was asked
// for is not broken off because the window went away.
const patience = 10 * time.Second

// Close ends the tray. An action of its own still running gets some time to
// come to its end; the core keeps what it has in hand when it does not.
func (t *Tray) Close() {
	t.stopped.Store(true)
	if t.ended != nil {
		select {
		case <-t.ended:
		case <-time.After(patience):
		}
	}
	t.cancel()
	t.showing.Lock()
	if t.timer != nil {
		t.timer.Stop()
	}
	t.showing.Unlock()
	t.detachClose()
}

// listen turns the backend's events into work on the UI goroutine. A burst of
// changes becomes one look at the snapshot.
func (t *Tray) listen(events <-chan backend.Event) {
	for e := range events {
		if e.Kind == backend.EventChanged {
			t.soon()
		}
	}
}

func (t *Tray) soon() {
	if !t.pending.Swap(true) {
		t.ui(func() {
			t.pending.Store(false)
			t.retake()
		})
	}
}

// retake takes the snapshot again, shows it, and tells what is new in it.
func (t *Tray) retake() {
	if t.stopped.Load() {
		return
	}
	s := t.cfg.Backend.Snapshot()
	for _, n := range t.news(s) {
		t.tell(n)
	}
	t.snap = &s
	t.show()
}

// news is what others did. What our own action does is told by its answer.
func (t *Tray) news(s backend.Snapshot) []Note {
	before := t.snap
	if before != nil && t.doing != "" {
		same := *before
		same.Active = s.Active
		before = &same
	}
	return t.speech.News(before, s, t.cfg.Now())
}

// show brings menu and icon in line with the snapshot and the clock. The menu
// is left alone while it says the same: one that is open would lose the click.
func (t *Tray) show() {
	if t.stopped.Load() || !t.showing.TryLock() {
		return
	}
	defer t.showing.Unlock()
	now := t.cfg.Now()
	if l := t.view.Language(); l != t.speech.language {
		t.speech = Speak(l)
	}
	items := t.speech.Menu(*t.snap, t.doing, now)
	for i := range items {
		items[i].Title = t.view.Cover(items[i].Title)
	}
	if t.cfg.Demo {
		items = append([]Item{{Title: t.speech.say(textDemo), Disabled: true}}, items...)
	}
	if !slices.Equal(items, t.items) {
		t.items = items
		t.menu.Items = t.build(items)
		t.onPanel(func(d desktop.App) { d.SetSystemTrayMenu(t.menu) })
	}
	t.showIcon()
	if t.timer != nil {
		t.timer.Stop()
	}
	t.timer = time.AfterFunc(nextChange(*t.snap, now)+time.Millisecond, t.soon)
}

// onPanel has the toolkit show something, where there is a session bus to show
// it on. Once that is gone, with the session or with the toolkit's own end, the
// toolkit panics; there is nobody left to show anything to then.
func (t *Tray) onPanel(show func(desktop.App)) {
	d, ok := t.app.(desktop.App)
	if _, none := t.end.host.(never); none || !ok || t.broken {
		return
	}
	defer func() {
		if gone := recover(); gone != nil {
			t.broken = true
			t.cfg.Logger.Info("the tray is gone", "reason", fmt.Sprint(gone))
		}
	}()
	show(d)
}

func (t *Tray) build(items []Item) (out []*fyne.MenuItem) {
	for _, i := range items {
		if i.Separator {
			out = append(out, fyne.NewMenuItemSeparator())
			continue
		}
		item := fyne.NewMenuItem(label(i.Title, runtime.GOOS), func() { t.click(i.Does) })
		item.Checked, item.Disabled = i.Ticked, i.Disabled
		item.IsQuit = i.Does.Kind == ClickQuit
		out = append(out, item)
	}
	return out
}

// picture is what decides how the icon looks.
type picture struct {
	set   bool
	light Light
	dark  bool
}

func (t *Tray) showIcon() {
	if t.snap == nil || t.stopped.Load() {
		return
	}
	p := picture{true, LightOf(*t.snap, t.cfg.Now()), darkPanel(t.app)}
	if p == t.picture {
		return
	}
	t.picture = p
	t.onPanel(func(d desktop.App) { d.SetSystemTrayIcon(icon(p.light, p.dark)) })
}

// send hands notifications to the system, one after the other: its server may
// take its time.
func (t *Tray) send() {
	for {
		select {
		case <-t.ctx.Done():
			return
		case n := <-t.notes:
			n = sayable(n, runtime.GOOS)
			t.app.SendNotification(fyne.NewNotification(n.Title, n.Body))
		}
	}
}

// tell gives the person a notification.
func (t *Tray) tell(n Note) {
	n.Title, n.Body = t.view.Cover(n.Title), t.view.Cover(n.Body)
	select {
	case t.notes <- n:
	default:
		t.cfg.Logger.Warn("a notification was left out: too many are waiting")
	}
}
