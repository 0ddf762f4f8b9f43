package tray

import (
	"time"

	"baton/app/backend"
)

// mostAccounts is how many accounts the menu lists: a longer one no longer fits
// a screen. The window lists them all.
const mostAccounts = 20

// Kind is what a click on an item does.
type Kind int

// The kinds. Comments say what Click.Key means to each.
const (
	ClickNone   Kind = iota // the item only tells
	ClickSwap               // the account to swap to, "" for the next available
	ClickImport             // nothing: adds the login Claude Code uses now
	ClickLogIn              // the account that needs it; the window does it
	ClickAdd                // nothing; the window does it
	ClickOpen               // nothing: brings the window up
	ClickQuit               // nothing
)

// Click is what an item does.
type Click struct {
	Kind Kind
	Key  string
}

// Item is one line of the menu.
type Item struct {
	Title     string
	Ticked    bool
	Disabled  bool
	Separator bool // a line, and nothing else
	Does      Click
}

// Menu is what the tray's menu holds. now decides which limits are over, and its
// location is the one times are told in. doing, when not empty, says what an
// action of the tray's own does at the moment: until it has ended no second one
// can be started.
func (sp Speech) Menu(s backend.Snapshot, doing string, now time.Time) []Item {
	items := []Item{{Title: sp.head(s, doing, now), Disabled: true}}
	if len(s.Problems) > 0 {
		items = append(items, Item{Title: oneLine(s.Problems[0].Message), Does: Click{Kind: ClickOpen}})
	}
	if s.Live.Reason == backend.LiveUnknown {
		items = append(items, Item{Title: sp.say(textAddThat), Disabled: doing != "", Does: Click{Kind: ClickImport}})
	}
	items = append(items, Item{Separator: true})
	if len(s.Accounts) > 0 {
		items = append(items, sp.accounts(s, doing, now)...)
		items = append(items, Item{Separator: true})
	}
	if len(s.Accounts) > 1 {
		items = append(items, sp.next(s, doing, now))
	}
	for _, a := range s.Accounts[:min(len(s.Accounts), mostAccounts)] {
		if a.State == backend.StateNeedsLogin {
			items = append(items, Item{Title: sp.say(textLogIn, "Name", nameOf(a)), Does: Click{ClickLogIn, a.Key}})
		}
	}
	return append(items,
		Item{Title: sp.say(textAdd), Does: Click{Kind: ClickAdd}},
		Item{Separator: true},
		Item{Title: sp.say(textOpen), Does: Click{Kind: ClickOpen}},
		Item{Title: sp.say(textQuit), Does: Click{Kind: ClickQuit}},
	)
}

// accounts lists them in the person's order. The active one is there whatever
// its place.
func (sp Speech) accounts(s backend.Snapshot, doing string, now time.Time) []Item {
	var items []Item
	for i, a := range s.Accounts {
		if i >= mostAccounts && !a.Active {
			continue
		}
		a = a.At(now)
		item := Item{Title: nameOf(a) + dot + sp.condition(a, now), Ticked: a.Active, Does: Click{ClickSwap, a.Key}}
		switch {
		case a.State == backend.StateNeedsLogin:
			item.Does.Kind = ClickLogIn
		case a.State == backend.StatePaused && !a.Active:
			item.Disabled = true // the person took it out; the window puts it back
		default:
			item.Disabled = doing != "" || a.Busy != ""
		}
		items = append(items, item)
	}
	if more := len(s.Accounts) - len(items); more > 0 {
		items = append(items, Item{Title: sp.count(textMore, more), Does: Click{Kind: ClickOpen}})
	}
	return items
}

// next is the account a swap without a name would choose.
func (sp Speech) next(s backend.Snapshot, doing string, now time.Time) Item {
	if s.Next == nil {
		title := sp.say(textNobodyFree)
		if until := sp.earliest(s, now); until != "" {
			title = sp.say(textNobodyFreeUntil, "Until", until)
		}
		return Item{Title: title, Disabled: true}
	}
	name := s.Next.Key
	if a, ok := s.Find(s.Next.Key); ok {
		name = nameOf(a)
	}
	return Item{Title: sp.say(textNext, "Name", name), Disabled: doing != "", Does: Click{Kind: ClickSwap}}
}

// earliest is when the first limit ends, "" when none is known to.
func (sp Speech) earliest(s backend.Snapshot, now time.Time) string {
	var first time.Time
	for _, a := range s.Accounts {
		if t := a.LimitedUntil; a.State == backend.StateLimited && t.After(now) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if first.IsZero() {
		return ""
	}
	return sp.clock(first, now)
}

// nextChange is how long the menu stays true if nothing happens.
func nextChange(s backend.Snapshot, now time.Time) time.Duration {
	y, m, d := now.Date()
	// "15:04" today is "Mon 15:04" seen from the day before.
	soonest := time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()).Sub(now)
	at := func(t time.Time) {
		if far := t.Sub(now); !t.IsZero() && far > 0 {
			soonest = min(soonest, far)
		}
	}
	for _, a := range s.Accounts {
		at(a.LimitedUntil)
		if a.Has(backend.NoticeLoginEnds) {
			at(a.LoginExpiresAt.Add(-daysOff(a.LoginExpiresAt, now) * day))
		}
		for _, w := range windows(a.Usage) {
			at(w.ResetsAt)
		}
	}
	return soonest
}
