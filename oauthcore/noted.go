package oauthcore

import (
	"math"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/provider"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

const (
	// sameFigure is how far two percentages may lie apart to be the same.
	sameFigure = 0.05
	// fall is by how many percent a window has to fall before its reset for a
	// limit to be over: provider and clients round differently.
	fall = 5
)

func samePercent(a, b float64) bool { return math.Abs(a-b) < sameFigure }

func near(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() < jitter }

// note takes a report down on the record of the account it is of, and says
// whether that is news. last is what the same session reported before, repeated
// says that it was the same: an idle session goes on telling what it was told at
// its last answer, while others go on.
func (s *State) note(key string, report signals.StatusLine, last *accounts.SessionReport, repeated bool, now time.Time) bool {
	record := s.Usage.Record(key)
	next := &view.Usage{ObservedAt: now.UTC(), Source: "statusline"}
	news := true
	was := record.Usage.At(now)
	if was != nil {
		next.FiveHour, next.SevenDay, next.Models, next.NoFiveHour = was.FiveHour, was.SevenDay, was.Models, was.NoFiveHour
		news = now.Sub(was.ObservedAt) >= seenAgain || was.ObservedAt.After(now)
	}
	five := reported(&next.FiveHour, report.FiveHour, last.FiveHour, now)
	seven := reported(&next.SevenDay, report.SevenDay, last.SevenDay, now)
	if five || seven {
		if repeated {
			return false
		}
		news = true
	}
	if !news {
		return false
	}
	if next.FiveHour != nil && five {
		next.NoFiveHour = false
	}
	setUsage(record, was, next, now)
	return true
}

// setUsage puts newer figures in place of those known, was, and brings the
// account's mark in line with them.
func setUsage(record *accounts.UsageRecord, was, next *view.Usage, now time.Time) {
	record.Usage = next
	if !record.Mark.Limited {
		return
	}
	if (fell(record.Mark, was, next) || disproved(record.Mark, next)) && next.Spent(spentPercent, now).IsZero() {
		record.Mark = accounts.Mark{}
		return
	}
	if record.Mark.ResetsAt.IsZero() {
		// The mark was made without knowing when it ends; now that is known.
		if until := next.Spent(spentPercent, now); !until.IsZero() {
			record.Mark.ResetsAt = until
		}
	}
}

// fell says that the window a mark was made for fell before its reset: the
// provider gave the account its limit back.
func fell(mark accounts.Mark, was, is *view.Usage) bool {
	if was == nil {
		return false
	}
	for _, w := range [][2]*view.Window{{was.FiveHour, is.FiveHour}, {was.SevenDay, is.SevenDay}} {
		before, after := w[0], w[1]
		if after == nil {
			after = &view.Window{}
		}
		if before != nil && before.Percent-after.Percent >= fall && (mark.ResetsAt.IsZero() || near(mark.ResetsAt, before.ResetsAt)) {
			return true
		}
	}
	return false
}

// disproved says that the provider itself, asked after the mark was made, told of
// the window it was made for that much of it is left.
func disproved(mark accounts.Mark, is *view.Usage) bool {
	if is.Source == "statusline" || !is.ObservedAt.After(mark.MarkedAt) {
		return false
	}
	low := func(w *view.Window) bool { return w == nil || w.Percent <= 100-fall }
	switch {
	case mark.ResetsAt.IsZero():
		return low(is.FiveHour) && low(is.SevenDay)
	case is.FiveHour != nil && near(is.FiveHour.ResetsAt, mark.ResetsAt):
		return low(is.FiveHour)
	case is.SevenDay != nil && near(is.SevenDay.ResetsAt, mark.ResetsAt):
		return low(is.SevenDay)
	}
	return false
}

// reported puts one reported window in place of the known one and says whether
// it is another. last is what the same session reported of it before: where that
// changed the session was answered and the figure is of now, else it may be an older
// one told late.
func reported(known **view.Window, told *signals.Window, last *view.Window, now time.Time) bool {
	w := toldWindow(told, now)
	if w == nil {
		return false // not told, or over
	}
	if have := *known; have != nil {
		same := near(have.ResetsAt, w.ResetsAt) || w.ResetsAt.IsZero() && have.ResetsAt.After(now)
		lower := w.Percent < have.Percent && !samePercent(w.Percent, have.Percent)
		switch {
		case same && lower && (last == nil || samePercent(last.Percent, w.Percent) || !last.ResetsAt.IsZero() && !near(last.ResetsAt, have.ResetsAt)):
			return false
		case same && !lower:
			w.ResetsAt = have.ResetsAt
		}
		if samePercent(have.Percent, w.Percent) && have.ResetsAt.Equal(w.ResetsAt) {
			return false
		}
	}
	*known = w
	return true
}

// takeCachedUsage takes over what Claude Code itself asked of the usage endpoint,
// where that is newer. Claude Code notes the account and not its organization: the
// copy is of the account that its configuration names, or of the only one.
func (o *Opened) takeCachedUsage(now time.Time) {
	cached := o.Config.CachedUsage()
	if cached.At.IsZero() || cached.AccountUUID == "" || cached.At.After(now) {
		return
	}
	a := o.Vault.Only(func(a *accounts.Account) bool { return !a.Removed && a.AccountUUID == cached.AccountUUID })
	if named := o.Config.Identity(); named.AccountUUID == cached.AccountUUID && named.Complete() {
		a = o.Vault.Find(named)
	}
	if a == nil || a.Removed {
		return
	}
	record := o.Usage.Peek(a.Key)
	if record.ActiveAt.After(cached.At) {
		return // asked before the account was live: the other organization's, maybe
	}
	if u := record.Usage; u != nil && !u.ObservedAt.Before(cached.At.Truncate(time.Millisecond)) {
		return
	}
	usage := usageOf(provider.ParseUsage(cached.Answer), a.Credential.Tier, "claude", cached.At)
	if usage.FiveHour == nil && usage.SevenDay == nil {
		return
	}
	setUsage(o.Usage.Record(a.Key), record.Usage.At(now), usage, now)
}
