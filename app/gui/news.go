//go:build cgo || js

package gui

import (
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// happened is the last thing the foot line tells of.
type happened struct {
	text string
	at   time.Time
	undo string // key to swap back to, "" for nothing to undo
	to   string // key a swap made active, "" for anything else
	more string // what follows from it
}

const (
	// undoFor is how long a swap is offered to be undone.
	undoFor = 24 * time.Hour
	// followFor is how long it is news that sessions follow a swap.
	followFor = 10 * time.Minute
)

// news is what the foot line tells of: what this window did last, or a later
// swap by whomever. It is nil where there is nothing to tell.
func news(s backend.Snapshot, last *happened, now time.Time) *happened {
	swap := s.LastSwap
	if swap == nil || now.Sub(swap.At) >= undoFor {
		return last
	}
	ours := last != nil && last.to != "" && last.to == swap.To
	if last != nil && !ours && last.at.After(swap.At) {
		return last
	}
	from, fromThere := s.Find(swap.From)
	to, toThere := s.Find(swap.To)
	if !fromThere || !toThere {
		return last
	}
	h := &happened{
		text: tr(textSwapped, "From", from.Name(), "To", to.Name()),
		at:   swap.At, undo: swap.From, to: swap.To,
	}
	if ours {
		h.more = last.more
	}
	return h
}

// footView says how many accounts are free and what happened last; undo is the
// key its link swaps back to.
func footView(s backend.Snapshot, last *happened, now time.Time) (v widgets.FootView, undo string) {
	free := 0
	for _, a := range s.Accounts {
		if a.At(now).Free() {
			free++
		}
	}
	if len(s.Accounts) > 0 {
		v.Left = trn(textFree, len(s.Accounts), "Free", free)
	}
	h := news(s, last, now)
	if h == nil {
		return v, ""
	}
	v.Right, v.More = h.text, h.more
	if !h.at.IsZero() {
		v.Right = tr(textHappened, "What", h.text, "Ago", ago(now.Sub(h.at)))
	}
	if h.to != "" && v.More == "" && len(s.Sessions) > 0 && now.Sub(h.at) < followFor {
		v.More = trn(textSessions, len(s.Sessions))
	}
	if _, there := s.Find(h.undo); there && h.undo != s.Active {
		v.Link, undo = tr(textUndo), h.undo
	}
	return v, undo
}
