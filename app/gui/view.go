//go:build cgo || js

package gui

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

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
	asked   string // the filter in force
	last    *happened
	found   stranger
	login   *loginSheet
	sheet   *sheet

	page     *fyne.Container
	bar      *toolbar
	head     *widgets.HeadLine
	banners  *bannerStack
	list     *widgets.CardList
	empty    *emptyState
	foot     *widgets.FootLine
	noMatch  *fyne.Container
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
	v.build()
	win.SetContent(v.page)
	v.addShortcuts()
	v.retake()
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

func (v *View) build() {
	v.bar = newToolbar(v.cfg, v.setFilter, v.showAdd)
	v.head = widgets.NewHeadLine(widgets.HeadView{})
	v.banners = newBannerStack()
	v.list = widgets.NewCardList()
	v.empty = newEmptyState(v.showAdd)
	v.noMatch = container.NewCenter(container.NewVBox(
		widget.NewLabelWithStyle(textNoMatch, fyne.TextAlignCenter, fyne.TextStyle{}),
		container.NewCenter(widgets.NewButton(textClearFilter, widgets.ButtonQuiet, v.clearFilter)),
	))
	v.foot = widgets.NewFootLine(widgets.FootView{})
	v.foot.OnLink = v.undo
	v.page = newPage(v)
}

// listen turns the backend's events into work on the UI goroutine. A burst of
// changes becomes one look at the snapshot.
func (v *View) listen(events <-chan backend.Event) {
	defer close(v.listened)
	for e := range events {
		switch e.Kind {
		case backend.EventProgress:
			v.ui(func() { v.progress(e.Key, e.Text) })
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
	e.card.OnFocus = func() { v.list.ScrollTo(e.card) }
	e.card.OnStep = func(by int) { v.step(e.card, by) }
	return e
}

// show brings everything in line with the snapshot and the clock. Widgets draw
// themselves again only where something changed.
func (v *View) show() {
	now := v.cfg.Now()
	tones := avatarTones(v.snap.Accounts)
	var cards []widgets.Card
	for _, a := range v.snap.Accounts {
		e := v.entries[a.Key]
		v.showEntry(e, tones[a.Key], now)
		if v.asked == "" || matches(a, v.asked, now) {
			cards = append(cards, e.card)
		}
	}
	v.list.SetCards(cards)
	some := len(v.snap.Accounts) > 0
	setVisible(v.list, len(cards) > 0)
	setVisible(v.noMatch, some && len(cards) == 0)
	setVisible(v.empty.box, !some)
	setVisible(v.head, some)
	v.bar.emphasise(!some)
	before := v.heights()
	v.head.SetView(headView(v.snap, now))
	v.banners.set(v.bannerViews())
	v.showFoot(now)
	if v.heights() != before {
		v.page.Refresh()
	}
	v.arm(now)
	v.tellPlaces()
}

func (v *View) showEntry(e *entry, tone int, now time.Time) {
	in := situation{now: now, tone: tone}
	if v.snap.Next != nil {
		in.next = v.snap.Next.Key
	}
	if e.op != nil {
		in.doing = e.op.text
	}
	if e.problem != nil {
		in.problem = e.problem.Problem
	}
	var view widgets.CardView
	view, e.does = present(e.account, in)
	e.card.SetView(view)
}

func (v *View) showFoot(now time.Time) {
	v.foot.SetView(footView(v.snap, v.last, now))
}

// heights is what decides where the list begins and ends.
func (v *View) heights() [3]float32 {
	w := v.page.Size().Width
	return [3]float32{v.head.HeightFor(w), v.banners.heightFor(w), v.foot.HeightFor(w)}
}

// arm sets the one timer to when what is shown stops being true by itself.
func (v *View) arm(now time.Time) {
	if v.timer != nil {
		v.timer.Stop()
		v.timer = nil
	}
	var last time.Time
	if v.last != nil {
		last = v.last.at
	}
	if d := nextChange(v.snap, last, now); d > 0 {
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
