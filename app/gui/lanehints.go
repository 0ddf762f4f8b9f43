//go:build cgo || js

package gui

import (
	"strings"
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// laneHints is what a lane says when it is looked at closely: of each window how
// much is used and when it begins anew, at its mark, and of the hatched part
// until when the account cannot be used. more is all of it.
func laneHints(a backend.Account, back float64, look span, now time.Time) (more string, spots []widgets.LaneSpot) {
	var all []string
	say := func(from, to float64, text string) {
		all = append(all, text)
		if from <= 1 {
			spots = append(spots, widgets.LaneSpot{From: from, To: to, Text: text})
		}
	}
	if a.State == backend.StateLimited {
		text := tr(textLimited)
		if !a.LimitedUntil.IsZero() {
			text = tr(textLaneLimited, "At", clock(a.LimitedUntil, now), "In", until(a.LimitedUntil.Sub(now)))
		}
		say(0, back, text)
	}
	if u := a.Usage; u != nil {
		for _, w := range []struct {
			name key
			seen *backend.Window
		}{{textFiveHours, u.FiveHour}, {textSevenDays, u.SevenDay}} {
			if w.seen == nil || !w.seen.ResetsAt.After(now) {
				continue
			}
			at := float64(w.seen.ResetsAt.Sub(now)) / float64(look.long)
			say(at, at, tr(textLaneWindow, "Window", tr(w.name), "Used", textPercentOf(used(w.seen.Percent)),
				"At", clock(w.seen.ResetsAt, now), "In", until(w.seen.ResetsAt.Sub(now))))
		}
	}
	return strings.Join(all, " · "), spots
}

// until writes how far off something is, in its two largest units.
func until(d time.Duration) string {
	const day = 24 * time.Hour
	d = d.Round(time.Minute)
	switch {
	case d < time.Hour:
		return tr(textInMinutes, "N", int(d/time.Minute))
	case d < day:
		return tr(textInHoursMinutes, "H", int(d/time.Hour), "M", int(d%time.Hour/time.Minute))
	}
	return tr(textInDaysHours, "D", int(d/day), "H", int(d%day/time.Hour))
}
