package view

import (
	"slices"
	"time"
)

// Window is one usage window.
type Window struct {
	Percent  float64   `json:"percent"`           // used, 0 to 100
	ResetsAt time.Time `json:"resetsAt,omitzero"` // zero when unknown or not started
}

// ModelWindow is a weekly window of one model. It never limits the account.
type ModelWindow struct {
	Name string `json:"name"`
	Window
}

// Usage is what was last seen of an account's limits.
type Usage struct {
	FiveHour *Window       `json:"fiveHour,omitempty"`
	SevenDay *Window       `json:"sevenDay,omitempty"`
	Models   []ModelWindow `json:"models,omitempty"`
	// NoFiveHour says that the plan has no window of five hours.
	NoFiveHour bool      `json:"noFiveHour,omitempty"`
	ObservedAt time.Time `json:"observedAt"`
	Source     string    `json:"source"` // "statusline", "endpoint" or "claude"
}

// At gives the windows as they stand at a time: one that was reset since is
// empty.
func (u *Usage) At(now time.Time) *Usage {
	if u == nil {
		return nil
	}
	out := *u
	out.FiveHour, out.SevenDay = u.FiveHour.at(now), u.SevenDay.at(now)
	out.Models = slices.Clone(u.Models)
	for i := range out.Models {
		out.Models[i].Window = *out.Models[i].at(now)
	}
	return &out
}

func (w *Window) at(now time.Time) *Window {
	if w == nil || w.ResetsAt.IsZero() || now.Before(w.ResetsAt) {
		return w
	}
	return &Window{}
}

// Spent is when the account-wide window that resets last, of those used to at
// least so many percent, resets; zero where none is.
func (u *Usage) Spent(percent float64, now time.Time) (until time.Time) {
	if u == nil {
		return until
	}
	for _, w := range []*Window{u.FiveHour, u.SevenDay} {
		if w != nil && w.Percent >= percent && w.ResetsAt.After(now) && w.ResetsAt.After(until) {
			until = w.ResetsAt
		}
	}
	return until
}

// ModelSpent says that the weekly window of a model is used up.
func (u *Usage) ModelSpent(now time.Time) bool {
	return u != nil && slices.ContainsFunc(u.Models, func(m ModelWindow) bool {
		return m.Percent >= 100 && (m.ResetsAt.IsZero() || now.Before(m.ResetsAt))
	})
}

// Headroom is what is left of the fuller account-wide window in percent; known
// is false where no window is known.
func (u *Usage) Headroom(now time.Time) (percent float64, known bool) {
	u = u.At(now)
	if u == nil || (u.FiveHour == nil && u.SevenDay == nil) {
		return 0, false
	}
	most := 0.0
	for _, w := range []*Window{u.FiveHour, u.SevenDay} {
		if w != nil {
			most = max(most, w.Percent)
		}
	}
	return 100 - most, true
}
