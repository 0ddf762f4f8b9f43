//go:build cgo || js

package gui

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"baton/app/backend"
	"baton/widgets"
)

// View is everything in Baton's window. Its methods and fields belong to the
// UI goroutine.
type View struct {
	app fyne.App
	win fyne.Window
	cfg Config

	ui      func(func()) // runs something on the UI goroutine, from another
	ctx     context.Context
	cancel  context.CancelFunc
	pending atomic.Bool // an EventChanged is on its way to the UI goroutine
	timer   *time.Timer

	snap    backend.Snapshot
	entries map[string]*entry
	shown   []string // keys of the accounts the filter leaves, in their order
	asked   string   // the filter in force
	last    *happened
	undoTo  string // key Undo swaps back to, "" while it is not offered
	found   stranger
	login   *loginSheet
	sheet   *sheet
	prefs   prefs
	tones   map[string]int // avatar colours, by key
	room    float32        // what the widest words of a card's button take

	unfolded bool // all banners are shown
	asking   bool // everyone's usage is being asked for
	moving   bool // an account is being moved
	dragTo   int  // place among the cards shown a dragged one would go to

	tabs     []tab
	panes    []pane // built when first seen
	at       int    // the tab in front
	accounts *accountsPane
	settings *settingsPage // nil while they are closed
	keys     map[string]func()

	page     *fyne.Container
	middle   *fyne.Container
	bar      *toolbar
	banners  *bannerStack
	foot     *widgets.FootLine
	stopped  bool
	listened chan struct{} // closed when the listening goroutine is gone
}

// entry is one account's card and what goes on with it.
type entry struct {
	card    *widgets.AccountCard
	does    gesture
	account backend.Account
	op      *operation
	problem *trouble
	known   presented
}

// trouble is what our last action on an account met. It is forgotten when the
// account changes, since it may no longer be true then.
type trouble struct {
	*backend.Problem
	action backend.Action // to try again
	state  backend.State
	active bool
}

// NewView builds the window's content, shows the first snapshot in win, and
// listens to the backend until Close. It is called on the UI goroutine.
func NewView(app fyne.App, win fyne.Window, cfg Config) *View {
	return newView(app, win, cfg, fyne.Do)
}

func newView(app fyne.App, win fyne.Window, cfg Config, ui func(func())) *View {
	v := &View{
		app: app, win: win, cfg: cfg.filled(), ui: ui,
		entries:  map[string]*entry{},
		listened: make(chan struct{}),
	}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	v.prefs = loadPrefs(app.Preferences())
	if err := speak(v.prefs.language); err != nil {
		v.cfg.Logger.Error("a catalogue can't be used", "language", string(v.prefs.language), "error", err)
	}
	v.tabs = tabs()
	v.snap = v.cfg.Backend.Snapshot()
	v.adopt()
	v.rebuild()
	v.addShortcuts()
	go v.listen(v.cfg.Backend.Events(v.ctx))
	return v
}

func (c Config) filled() Config {
	if c.Title == "" {
		c.Title = "Baton"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Close stops listening, and cancels what the window still waits for. It waits
// for nothing.
func (v *View) Close() {
	v.stopped = true
	v.cancel()
	if v.timer != nil {
		v.timer.Stop()
	}
}

// Content is what the window shows.
func (v *View) Content() fyne.CanvasObject { return v.page }

// rebuild makes everything but the cards anew, in the language spoken.
func (v *View) rebuild() {
	for _, e := range v.entries {
		e.known = presented{}
	}
	v.found = stranger{card: newStranger(v).card, op: v.found.op, refused: v.found.refused}
	v.panes = make([]pane, len(v.tabs))
	v.accounts = newAccountsPane(v)
	v.banners = newBannerStack()
	v.foot = widgets.NewFootLine(widgets.FootView{})
	v.foot.OnLink = v.undo
	v.bar = newToolbar(v)
	v.bar.filter.Text = v.asked
	v.page = newPage(v)
	if v.settings != nil {
		v.settings = newSettingsPage(v)
	}
	v.measure()
	v.show() // before it has a size: what is shown is laid out once
	v.win.SetContent(v.page)
	if v.settings != nil {
		v.win.Canvas().Focus(v.settings.back)
	}
}

// measure finds how wide the cards' buttons have to be, which depends on the
// language and the size of text.
func (v *View) measure() {
	v.room = 0
	for _, k := range []key{textSwap, textSwapAnyway, textResume, textLogIn, textCancel, textTryAgain, textAddIt} {
		v.room = max(v.room, widgets.TextWidth(tr(k)))
	}
}

// listen turns the backend's events into work on the UI goroutine. A burst of
// changes becomes one look at the snapshot.
func (v *View) listen(events <-chan backend.Event) {
	defer close(v.listened)
	for e := range events {
		switch e.Kind {
		case backend.EventProgress:
			v.ui(func() { v.progress(e.Key, e.Wait) })
		case backend.EventChanged:
			if !v.pending.Swap(true) {
				v.ui(func() {
					v.pending.Store(false)
					v.retake()
				})
			}
		}
	}
}

// retake takes the snapshot again and shows it.
func (v *View) retake() {
	if v.stopped {
		return
	}
	v.snap = v.cfg.Backend.Snapshot()
	v.adopt()
	v.show()
}

// adopt brings entries in line with the snapshot's accounts.
func (v *View) adopt() {
	there := make(map[string]bool, len(v.snap.Accounts))
	for _, a := range v.snap.Accounts {
		there[a.Key] = true
		e := v.entries[a.Key]
		if e == nil {
			e = v.newEntry(a.Key)
			v.entries[a.Key] = e
		}
		e.account = a
		if e.problem != nil && (e.problem.state != a.State || e.problem.active != a.Active) {
			e.problem = nil
		}
	}
	if v.snap.Live.Reason != backend.LiveUnknown {
		v.found.refused = nil
	}
	if v.last != nil && v.last.to != "" && v.last.to != v.snap.Active {
		v.last = nil // somebody else swapped since: what we did is no longer news
	}
	for key, e := range v.entries {
		if !there[key] && e.op == nil {
			delete(v.entries, key)
		}
	}
}

func (v *View) newEntry(key string) *entry {
	e := &entry{card: widgets.NewAccountCard(widgets.CardView{})}
	e.card.OnPrimary = func() { v.press(key) }
	e.card.OnSecond = func() { v.logInAgain(key) }
	e.card.OnMenu = func(anchor fyne.CanvasObject) { v.openMenu(key, anchor) }
	e.card.OnFocus = func() { v.accounts.list.ScrollTo(e.card) }
	e.card.OnStep = func(by int) { v.step(e.card, by) }
	e.card.OnDragged = func(by float32) { v.dragTo = v.accounts.list.Dragging(e.card, by) }
	e.card.OnDropped = func() { v.drop(key) }
	return e
}

// show brings everything in line with the snapshot and the clock. Widgets draw
// themselves again only where something changed.
func (v *View) show() {
	if v.stopped {
		return
	}
	now := v.cfg.Now()
	// Before it has a size there is nothing to draw again, nor to fit words into.
	laidOut := !v.page.Size().IsZero()
	front := v.front()
	in := front.content()
	if v.settings != nil {
		in = v.settings.box
		v.settings.show(v.snap.Settings)
	}
	if len(v.middle.Objects) != 1 || v.middle.Objects[0] != in {
		v.middle.Objects = []fyne.CanvasObject{in}
		if laidOut {
			v.middle.Refresh()
		}
	}
	var before [3]float32
	if laidOut {
		before = v.heights()
	}
	v.bar.show(len(v.snap.Accounts) > 0)
	v.banners.set(v.bannerViews())
	var foot widgets.FootView
	foot, v.undoTo = footView(v.snap, v.last, now)
	v.foot.SetView(v.prefs.hide.foot(foot))
	if laidOut && v.heights() != before {
		v.page.Refresh()
	}
	if v.settings == nil {
		front.show(v.snap, now, v.asked)
	}
	v.arm(now)
	v.tellPlaces()
}

// arm sets the one timer to when what is shown stops being true by itself.
func (v *View) arm(now time.Time) {
	if v.timer != nil {
		v.timer.Stop()
		v.timer = nil
	}
	d := v.front().holds(v.snap, now)
	if h := news(v.snap, v.last, now); h != nil && !h.at.IsZero() {
		if age := step(now.Sub(h.at)); d == 0 || age < d {
			d = age
		}
	}
	if d > 0 {
		v.timer = time.AfterFunc(d, func() { v.ui(v.retake) })
	}
}

func setVisible(o fyne.CanvasObject, yes bool) {
	if o.Visible() == yes {
		return
	}
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}
