//go:build cgo || js

package gui

import (
	"slices"
	"strings"
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// presented is what a card was last presented from, so that of a thousand
// cards only those are looked at closely that may show something else.
type presented struct {
	account backend.Account
	in      situation // without the clock
	hide    veil
	at      time.Time
	until   time.Time // zero: for ever
	words   string    // what the filter looks in
}

// holds says whether presenting the account again would come to the same.
func (p *presented) holds(a backend.Account, in situation, hide veil, now time.Time) bool {
	return p.words != "" && p.in == in && p.hide == hide &&
		!now.Before(p.at) && (p.until.IsZero() || now.Before(p.until)) &&
		sameDay(now, p.at) && sameAccount(p.account, a)
}

func sameDay(a, b time.Time) bool { return backend.Day(a).Equal(backend.Day(b)) }

// showEntry brings an account's card in line.
func (v *View) showEntry(e *entry, tone int, now time.Time) {
	in := situation{tone: tone, room: v.room}
	if v.snap.Next != nil {
		in.next = v.snap.Next.Key
	}
	if e.op != nil {
		in.doing = e.op.text
	}
	if e.problem != nil {
		in.problem = e.problem.Problem
	}
	if e.known.holds(e.account, in, v.prefs.hide, now) {
		return
	}
	e.known = presented{account: e.account, in: in, hide: v.prefs.hide, at: now, words: findable(e.account, now)}
	if d := nextChange(backend.Snapshot{Accounts: []backend.Account{e.account}}, now); d > 0 {
		e.known.until = now.Add(d)
	}
	in.now = now
	var view widgets.CardView
	view, e.does = present(e.account, in)
	e.card.SetView(v.prefs.hide.card(view))
}

// sameAccount compares what a card can show of two accounts.
func sameAccount(a, b backend.Account) bool {
	if !slices.Equal(a.Notices, b.Notices) || !sameUsage(a.Usage, b.Usage) || !sameProblem(a.Problem, b.Problem) {
		return false
	}
	return a.Key == b.Key && a.Email == b.Email && a.Label == b.Label &&
		a.OrganizationName == b.OrganizationName && a.Plan == b.Plan && a.Tier == b.Tier &&
		a.State == b.State && a.Refused == b.Refused && a.Active == b.Active && a.Busy == b.Busy && a.LoginAddress == b.LoginAddress &&
		a.LimitedUntil.Equal(b.LimitedUntil) && a.LoginExpiresAt.Equal(b.LoginExpiresAt)
}

func sameProblem(a, b *backend.Problem) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Code == b.Code && a.Message == b.Message && a.Hint == b.Hint
}

func sameUsage(a, b *backend.Usage) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	window := func(a, b *backend.Window) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.Percent == b.Percent && a.ResetsAt.Equal(b.ResetsAt)
	}
	return a.NoFiveHour == b.NoFiveHour && window(a.FiveHour, b.FiveHour) && window(a.SevenDay, b.SevenDay) && a.ObservedAt.Equal(b.ObservedAt) &&
		slices.EqualFunc(a.Models, b.Models, func(x, y backend.ModelWindow) bool {
			return x.Name == y.Name && window(&x.Window, &y.Window)
		})
}

// findable is what the filter looks in, in small letters.
func findable(a backend.Account, now time.Time) string {
	word, _ := stateWord(a.At(now), now)
	if a.Active {
		word += " " + tr(textActive)
	}
	return strings.ToLower(strings.Join([]string{
		a.Label, a.Email, a.OrganizationName, planName(a.Plan, a.Tier), word,
	}, "\n"))
}

// matches says whether a text in small letters has all words of the filter
// somewhere.
func matches(in, filter string) bool {
	for _, w := range strings.Fields(strings.ToLower(filter)) {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}
