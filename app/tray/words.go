package tray

import (
	"math"
	"strings"
	"time"
	"unicode"

	"baton/app/backend"
)

const (
	dot = " · " // parts what is said of one account
	day = 24 * time.Hour
)

// head says who is active and what is left, or what goes on.
func (sp Speech) head(s backend.Snapshot, doing string, now time.Time) string {
	if doing != "" {
		return doing
	}
	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		return sp.say(textIsActive, "Name", nameOf(a)) + dot + sp.condition(a.At(now), now)
	}
	switch {
	case s.Live.Reason == backend.LiveUnknown:
		return sp.say(textStranger)
	case s.Live.Reason == backend.LiveUnreadable:
		return sp.say(textDamaged)
	case len(s.Accounts) == 0:
		return sp.say(textNone)
	case s.Live.Reason == backend.LiveTombstone:
		return sp.say(textTombstone)
	}
	return sp.say(textNobody)
}

// condition is an account's state in a few words: what is left where that is
// known, else what stands in the way.
func (sp Speech) condition(a backend.Account, now time.Time) string {
	var said []string
	switch a.State {
	case backend.StateNeedsLogin:
		return sp.say(textNeedsLogin)
	case backend.StatePaused:
		said = append(said, sp.say(textPaused))
	case backend.StateLimited:
		word := sp.say(textLimited)
		if !a.LimitedUntil.IsZero() {
			word = sp.say(textLimitedUntil, "At", sp.clock(a.LimitedUntil, now))
		}
		said = append(said, word)
	default:
		if a.Has(backend.NoticeRefused) {
			break // what is left is of no use
		}
		word := sp.say(textReady)
		if left, known := left(a.Usage, now); known {
			word = sp.say(textLeft, "N", left)
		}
		said = append(said, word)
	}
	switch {
	case a.Has(backend.NoticeRefused):
		said = append(said, sp.say(textRefusal, "Words", short(a.Refused, longestWords)))
	case a.Has(backend.NoticeUnsure):
		said = append(said, sp.say(textUnsure))
	case a.Has(backend.NoticeLoginEnds) && !a.LoginExpiresAt.IsZero():
		said = append(said, sp.say(textEnds, "When", sp.ending(a.LoginExpiresAt, now)))
	case a.Has(backend.NoticeOffline):
		said = append(said, sp.say(textOffline))
	}
	return strings.Join(said, dot)
}

// left is how much of an account's limits is left in percent, by the fuller of
// its windows. A window that has been reset since tells nothing.
func left(u *backend.Usage, now time.Time) (percent int, known bool) {
	most := 0.0
	for _, w := range windows(u) {
		if w.ResetsAt.IsZero() || now.Before(w.ResetsAt) {
			most, known = max(most, w.Percent), true
		}
	}
	return int(math.Round(100 - min(100, most))), known
}

func windows(u *backend.Usage) (out []backend.Window) {
	if u == nil {
		return nil
	}
	for _, w := range []*backend.Window{u.FiveHour, u.SevenDay} {
		if w != nil {
			out = append(out, *w)
		}
	}
	return out
}

// clock writes a moment the way people say it: the time today, the weekday
// within a week, else the date. Both in now's location.
func (sp Speech) clock(t, now time.Time) string {
	t = t.In(now.Location())
	switch off := backend.Day(t).Sub(backend.Day(now)); {
	case off == 0:
		return t.Format("15:04")
	case off > 0 && off < 7*day:
		return sp.say(textOnWeekday, "Day", sp.word(textWeekdays, int(t.Weekday())), "Time", t.Format("15:04"))
	}
	return sp.say(textOnDate, "D", t.Day(), "Month", sp.word(textMonths, int(t.Month())-1), "Time", t.Format("15:04"))
}

// daysOff is how many whole days off something is, 0 for less than one.
func daysOff(t, now time.Time) time.Duration { return max(0, t.Sub(now)/day) }

// ending writes when a login ends.
func (sp Speech) ending(t, now time.Time) string {
	switch days := daysOff(t, now); {
	case !now.Before(t):
		return sp.say(textNow)
	case days > 1:
		return sp.count(textInDays, int(days))
	}
	return sp.clock(t, now)
}

// longestName and longestWords keep the menu from growing as wide as the screen,
// in characters.
const (
	longestName  = 40
	longestWords = 60
)

// nameOf is what an account is called in the tray.
func nameOf(a backend.Account) string { return short(a.Name(), longestName) }

// short is a text in one line of at most so many characters.
func short(text string, most int) string {
	line := []rune(oneLine(text))
	if len(line) > most {
		return string(line[:most-1]) + "…"
	}
	return string(line)
}

// oneLine takes out what would break a line or hide in it: a name is the
// person's own, but may come from elsewhere.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // control characters, and those that turn the direction of writing
			return -1
		}
		return r
	}, s))
}
