package tray

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"baton/app/backend"
)

// Every word the tray says is in this file.
const (
	textOpen      = "Open Baton"
	textQuit      = "Quit"
	textAdd       = "Add account…"
	textAddThat   = "Add that login"
	textDemo      = "Demo: nothing here is yours"
	textNone      = "No accounts yet"
	textNobody    = "Nobody is logged in"
	textStranger  = "Claude Code uses a login Baton does not know"
	textTombstone = "Claude Code is logged out"
	textDamaged   = "Claude Code's login can't be read"

	textNeedsLogin = "needs login"
	textPaused     = "paused"
	textLimited    = "limited"
	textReady      = "ready"
	textUnsure     = "last refresh unsure"
	textOffline    = "offline"

	textNoTray     = "Baton has no tray here; closing the window ends it"
	textNoTrayHint = "Open it again from the menu or with: baton"
	textInTray     = "Baton goes on in the tray"
	textInTrayHint = "Its menu has Quit; the settings can have closing end it."
	textRefused    = "The provider no longer accepts this login; log in again."
	textLoggedOut  = "Nobody is logged in any more"

	dot = " · "
	day = 24 * time.Hour
)

func textLogIn(name string) string     { return "Log in: " + name + "…" }
func textNext(name string) string      { return "Swap to next: " + name }
func textSwapping(name string) string  { return "Swapping to " + name + "…" }
func textIsActive(name string) string  { return name + " is active" }
func textStillThat(name string) string { return name + " is active already; its files were checked" }
func textAdded(name string) string     { return name + " is kept now" }
func textEnds(when string) string      { return "login ends " + when }
func textEndsOf(name string) string    { return name + "'s login ends soon" }
func textRefusedOf(name string) string { return name + " needs login" }
func textAtLimit(name string) string   { return name + " has reached its limit" }
func textFreeAgain(name string) string { return name + " is free again" }

const (
	textSwappingNext = "Swapping to the next account…"
	textImporting    = "Reading the current login…"
)

func textNobodyFree(until string) string {
	if until == "" {
		return "No other account is free"
	}
	return "No account is free before " + until
}

func textMore(n int) string {
	if n == 1 {
		return "1 more in Baton…"
	}
	return fmt.Sprintf("%d more in Baton…", n)
}

// head says who is active and what is left, or what goes on.
func head(s backend.Snapshot, doing string, now time.Time) string {
	if doing != "" {
		return doing
	}
	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		return textIsActive(nameOf(a)) + dot + condition(upToDate(a, now), now)
	}
	switch {
	case s.Live.Reason == backend.LiveUnknown:
		return textStranger
	case s.Live.Reason == backend.LiveUnreadable:
		return textDamaged
	case len(s.Accounts) == 0:
		return textNone
	case s.Live.Reason == backend.LiveTombstone:
		return textTombstone
	}
	return textNobody
}

// condition is an account's state in a few words: what is left where that is
// known, else what stands in the way.
func condition(a backend.Account, now time.Time) string {
	var said []string
	switch a.State {
	case backend.StateNeedsLogin:
		return textNeedsLogin
	case backend.StatePaused:
		said = append(said, textPaused)
	case backend.StateLimited:
		word := textLimited
		if !a.LimitedUntil.IsZero() {
			word += " until " + clock(a.LimitedUntil, now)
		}
		said = append(said, word)
	default:
		word := textReady
		if left, known := left(a.Usage, now); known {
			word = fmt.Sprintf("%d%% left", left)
		}
		said = append(said, word)
	}
	switch {
	case a.Has(backend.NoticeUnsure):
		said = append(said, textUnsure)
	case a.Has(backend.NoticeLoginEnds) && !a.LoginExpiresAt.IsZero():
		said = append(said, textEnds(ending(a.LoginExpiresAt, now)))
	case a.Has(backend.NoticeOffline):
		said = append(said, textOffline)
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
func clock(t, now time.Time) string {
	t = t.In(now.Location())
	switch off := dayOf(t).Sub(dayOf(now)); {
	case off == 0:
		return t.Format("15:04")
	case off > 0 && off < 7*day:
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 15:04")
}

// dayOf is a number for the calendar day that sums ignore summer time in.
func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// daysOff is how many whole days off something is, 0 for less than one.
func daysOff(t, now time.Time) time.Duration { return max(0, t.Sub(now)/day) }

// ending writes when a login ends.
func ending(t, now time.Time) string {
	switch days := daysOff(t, now); {
	case !now.Before(t):
		return "now"
	case days > 1:
		return fmt.Sprintf("in %d days", days)
	}
	return clock(t, now)
}

// longestName keeps the menu from growing as wide as the screen.
const longestName = 40

// nameOf is what an account is called in the tray.
func nameOf(a backend.Account) string {
	name := []rune(oneLine(a.Name()))
	if len(name) > longestName {
		return string(name[:longestName-1]) + "…"
	}
	return string(name)
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
