package backend

import "time"

// At is the account as it stands at a moment: a limit whose time has come is
// over, so that no face says "limited until" a time that has passed while the
// next snapshot is under way.
func (a Account) At(now time.Time) Account {
	if a.State == StateLimited && !a.LimitedUntil.IsZero() && !now.Before(a.LimitedUntil) {
		a.State, a.LimitedUntil = StateReady, time.Time{}
	}
	return a
}

// Day is the beginning of t's calendar day as if it were in UTC: a number for
// the day that sums ignore summer time in.
func Day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
