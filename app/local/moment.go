//go:build !js

package local

import (
	"time"

	"baton/app/backend"
)

// loginWarning is how long before a login's own end an account says so.
const loginWarning = 7 * 24 * time.Hour

// untilMoment is how long until the snapshot is different by the clock alone,
// at most as long as every. Times in a snapshot are the wall clock's, and so
// must now be: a machine that slept finds them past.
func untilMoment(s backend.Snapshot, now time.Time, every time.Duration) time.Duration {
	wait := every
	for _, a := range s.Accounts {
		for _, at := range momentsOf(a) {
			// A little later: at the moment itself it may still hold.
			if d := at.Sub(now) + 10*time.Millisecond; at.After(now) && d < wait {
				wait = d
			}
		}
	}
	return wait
}

// momentsOf lists the times at which an account looks different by itself.
func momentsOf(a backend.Account) []time.Time {
	out := []time.Time{a.LimitedUntil}
	if !a.LoginExpiresAt.IsZero() {
		out = append(out, a.LoginExpiresAt, a.LoginExpiresAt.Add(-loginWarning))
	}
	if u := a.Usage; u != nil {
		for _, w := range []*backend.Window{u.FiveHour, u.SevenDay} {
			if w != nil {
				out = append(out, w.ResetsAt)
			}
		}
		for _, m := range u.Models {
			out = append(out, m.ResetsAt)
		}
	}
	return out
}
