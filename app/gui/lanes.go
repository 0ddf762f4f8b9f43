//go:build cgo || js

package gui

import (
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// span is how far ahead the availability looks.
type span struct {
	title key
	long  time.Duration
	mark  time.Duration // between two words on the axis
	step  time.Duration // how often lanes move on; about a pixel
}

func spans() []span {
	return []span{
		{textFiveHours, 5 * time.Hour, time.Hour, 30 * time.Second},
		{textDay, 24 * time.Hour, 4 * time.Hour, 2 * time.Minute},
		{textSevenDays, 7 * 24 * time.Hour, 24 * time.Hour, 15 * time.Minute},
	}
}

// laneView turns an account into its row. It is a pure function.
func laneView(a backend.Account, next string, look span, now time.Time) widgets.LaneView {
	a = a.At(now)
	v := laneRow(a, next, look, now)
	v.More, v.Spots = laneHints(a, v.Back, look, now)
	return v
}

// laneRow is the row without what it says when it is looked at closely.
func laneRow(a backend.Account, next string, look span, now time.Time) widgets.LaneView {
	v := widgets.LaneView{Name: a.Name(), Detail: planName(a.Plan, a.Tier), Active: a.Active}
	add := func(word string) {
		if v.Detail != "" {
			v.Detail += " · "
		}
		v.Detail += word
	}
	if a.Active {
		add(tr(textActiveSmall))
	}
	share := func(t time.Time) float64 { return float64(t.Sub(now)) / float64(look.long) }
	if u := a.Usage; u != nil {
		for _, w := range []*backend.Window{u.FiveHour, u.SevenDay} {
			if w != nil && w.ResetsAt.After(now) && share(w.ResetsAt) <= 1 {
				v.Resets = append(v.Resets, share(w.ResetsAt))
			}
		}
		if w := u.SevenDay; w != nil && w.Percent >= 100 && w.ResetsAt.After(now) {
			add(tr(textWeekly))
		}
	}
	switch a.State {
	case backend.StateNeedsLogin:
		v.Right, v.Tone, v.Back, v.Dimmed = tr(textNeedsLogin), widgets.ToneBad, 1, true
		return v
	case backend.StatePaused:
		v.Right, v.Tone, v.Dimmed = tr(textPaused), widgets.ToneMuted, true
	case backend.StateLimited:
		v.Tone, v.Back, v.Right = widgets.ToneMuted, 1, tr(textLimited)
		if !a.LimitedUntil.IsZero() {
			v.Back = min(1, share(a.LimitedUntil))
			v.Right = tr(textBackAt, "At", clock(a.LimitedUntil, now))
		}
		return v
	default:
		if a.Has(backend.NoticeRefused) {
			v.Right, v.Tone, v.Back, v.Dimmed = tr(textRefused), widgets.ToneBad, 1, true
			return v
		}
		v.Right, v.Tone = tr(textFreeNow), widgets.ToneMuted
		if a.Key == next {
			v.Right, v.Tone = tr(textFreeNext), widgets.ToneAccent
		}
	}
	v.Inside = insideText(a, look, now)
	return v
}

// insideText is what is left, of the window that matters at this zoom.
func insideText(a backend.Account, look span, now time.Time) string {
	if a.Usage == nil {
		return tr(textNoData)
	}
	w := a.Usage.FiveHour
	if look.long > 24*time.Hour || w == nil {
		w = a.Usage.SevenDay
	}
	switch {
	case w == nil:
		return tr(textNoData)
	case !w.ResetsAt.IsZero() && !now.Before(w.ResetsAt):
		return tr(textLeft, "Left", textPercentOf(100)) // it was reset since
	}
	return tr(textLeft, "Left", textPercentOf(100-used(w.Percent)))
}

// axisView is the words above the lanes: whole hours, or days.
func axisView(look span, now time.Time) widgets.AxisView {
	v := widgets.AxisView{Now: now.Format("15:04")}
	y, m, d := now.Date()
	at := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	for end := now.Add(look.long); !at.After(end); {
		if at.After(now) {
			text := at.Format("15:04")
			if look.mark >= 24*time.Hour || at.Hour() == 0 {
				text = weekday(at)
			}
			v.Marks = append(v.Marks, widgets.AxisMark{At: float64(at.Sub(now)) / float64(look.long), Text: text})
		}
		if look.mark >= 24*time.Hour {
			y, m, d := at.Date()
			at = time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()) // days are not always 24 hours
		} else {
			at = at.Add(look.mark)
		}
	}
	return v
}

// outlook says in a sentence who is next and when everything is free again.
func outlook(s backend.Snapshot, now time.Time) string {
	said := ""
	if s.Next != nil {
		if a, ok := s.Find(s.Next.Key); ok {
			said = textNextIs(a.Name(), reasonText(s.Next.Reason)) + ". "
		}
	}
	var first, last time.Time
	who, free := "", 0
	for _, a := range s.Accounts {
		a = a.At(now)
		switch {
		case a.Free():
			free++
		case a.State == backend.StateLimited && !a.LimitedUntil.IsZero():
			if first.IsZero() || a.LimitedUntil.Before(first) {
				first, who = a.LimitedUntil, a.Name()
			}
			if a.LimitedUntil.After(last) {
				last = a.LimitedUntil
			}
		}
	}
	switch {
	case free == 0 && !first.IsZero():
		return said + tr(textFirstBack, "Name", who, "At", clock(first, now))
	case !last.IsZero():
		return said + tr(textAllFree, "At", clock(last, now))
	case free > 0:
		return said + tr(textAllFreeNow)
	}
	return said
}
