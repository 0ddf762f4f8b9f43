//go:build cgo || js

package gui

import (
	"strings"
	"time"

	"baton/app/backend"
)

const (
	fiveHours = 5 * time.Hour
	sevenDays = 7 * 24 * time.Hour
	// staleAfter is how old usage may be before the card says its age.
	staleAfter = time.Hour
	// tickStep is how often the mark for a window's time is moved on: half a
	// percent of the shorter window or so, about the width of the mark.
	tickStep = 2 * time.Minute
)

// clock writes a moment the way people say it: the time today, the weekday
// within a week, else the date. Both in now's location.
func clock(t, now time.Time) string {
	t = t.In(now.Location())
	switch days := backend.Day(t).Sub(backend.Day(now)); {
	case days == 0:
		return t.Format("15:04")
	case days > 0 && days < sevenDays:
		return tr(textOnWeekday, "Day", weekday(t), "Time", t.Format("15:04"))
	}
	return tr(textOnDate, "D", t.Day(), "Month", word(textMonths, int(t.Month())-1), "Time", t.Format("15:04"))
}

// weekday is the day's short name.
func weekday(t time.Time) string { return word(textWeekdays, int(t.Weekday())) }

// word is the nth of a text's words.
func word(k key, n int) string {
	all := strings.Fields(tr(k))
	if n < 0 || n >= len(all) {
		return ""
	}
	return all[n]
}

// ago writes how long ago something was, in its largest unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return tr(textJustNow)
	case d < time.Hour:
		return tr(textMinutesAgo, "N", int(d/time.Minute))
	case d < 24*time.Hour:
		return tr(textHoursAgo, "N", int(d/time.Hour))
	}
	return trn(textDaysAgo, int(d/(24*time.Hour)))
}

// within writes how far off something is.
func within(d time.Duration) string {
	switch {
	case d <= 0:
		return tr(textNow)
	case d < time.Minute:
		return tr(textWithinMinute)
	case d < time.Hour:
		return tr(textInMinutes, "N", int(d/time.Minute))
	case d < 48*time.Hour:
		return tr(textInHours, "N", int(d/time.Hour))
	}
	return trn(textInDays, int(d/(24*time.Hour)))
}

// step is how long an age written by ago stays true.
func step(d time.Duration) time.Duration {
	u := 24 * time.Hour
	switch {
	case d < time.Hour:
		u = time.Minute
	case d < 24*time.Hour:
		u = time.Hour
	}
	return u - d%u
}

// nextChange is how long what the cards and the counts show stays true if
// nothing happens; zero when it does for ever.
func nextChange(s backend.Snapshot, now time.Time) time.Duration {
	var soonest time.Duration
	in := func(d time.Duration) {
		if d > 0 && (soonest == 0 || d < soonest) {
			soonest = d
		}
	}
	at := func(t time.Time) {
		if !t.IsZero() {
			in(t.Sub(now))
		}
	}
	windows := func(w *backend.Window) {
		if w != nil && w.ResetsAt.After(now) {
			at(w.ResetsAt)
			in(tickStep)
		}
	}
	for _, a := range s.Accounts {
		at(a.LimitedUntil)
		if a.Has(backend.NoticeLoginEnds) && a.LoginExpiresAt.After(now) {
			far := a.LoginExpiresAt.Sub(now)
			in(far%unit(far) + 1) // a whole unit is still a whole unit
		}
		if u := a.Usage; u != nil {
			windows(u.FiveHour)
			windows(u.SevenDay)
			if !u.ObservedAt.IsZero() {
				in(staleAfter - now.Sub(u.ObservedAt))
				if age := now.Sub(u.ObservedAt); age >= staleAfter {
					in(step(age))
				}
			}
		}
	}
	if len(s.Accounts) > 0 {
		// "15:04" today is "Mon 15:04" seen from the day before.
		y, m, d := now.Date()
		at(time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()))
	}
	return soonest
}

// unit is what within counts a distance in.
func unit(d time.Duration) time.Duration {
	switch {
	case d < time.Hour:
		return time.Minute
	case d < 48*time.Hour:
		return time.Hour
	}
	return 24 * time.Hour
}
