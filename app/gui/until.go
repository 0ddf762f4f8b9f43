//go:build cgo || js

package gui

import (
	"errors"
	"strings"
	"time"
)

var (
	errTime = errors.New("not a time")
	errPast = errors.New("that time has passed")
)

// maxAhead keeps a slip of the finger from shutting an account away for years.
const maxAhead = 366 * 24 * time.Hour

// parseUntil reads a moment as people type it: "+90m" from now on, "15:30" the
// next time the clock shows it, "tomorrow 09:00", a date and time, or RFC 3339.
// Times without a zone are in now's location. The result is after now and at
// most a year away; else the error is errTime or errPast.
func parseUntil(s string, now time.Time) (time.Time, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		d, err := time.ParseDuration(strings.ReplaceAll(rest, " ", ""))
		if err != nil {
			return time.Time{}, errTime
		}
		return within1Year(now.Add(d), now)
	}
	if rest, ok := strings.CutPrefix(s, "tomorrow"); ok {
		if t, ok := timeOfDay(rest, now, 1); ok {
			return within1Year(t, now)
		}
		return time.Time{}, errTime
	}
	if t, ok := timeOfDay(s, now, 0); ok {
		if !t.After(now) {
			t, _ = timeOfDay(s, now, 1)
		}
		return within1Year(t, now)
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02t15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, s, now.Location()); err == nil {
			return within1Year(t, now)
		}
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(s)); err == nil {
		return within1Year(t, now)
	}
	return time.Time{}, errTime
}

func timeOfDay(s string, now time.Time, days int) (time.Time, bool) {
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	if err != nil {
		return time.Time{}, false
	}
	y, m, d := now.Date()
	return time.Date(y, m, d+days, t.Hour(), t.Minute(), 0, 0, now.Location()), true
}

func within1Year(t, now time.Time) (time.Time, error) {
	switch {
	case !t.After(now):
		return time.Time{}, errPast
	case t.Sub(now) > maxAhead:
		return time.Time{}, errTime
	}
	return t, nil
}
