package view_test

import (
	"testing"
	"time"

	"baton/oauthcore/view"
)

func TestModelSpent(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		percent float64
		resets  time.Time
		want    bool
	}{
		"spent":             {100, now.Add(time.Hour), true},
		"spent, no reset":   {100, time.Time{}, true},
		"spent, reset past": {100, now, false},
		"nearly":            {99.9, now.Add(time.Hour), false},
	} {
		u := &view.Usage{Models: []view.ModelWindow{{Name: "Opus"}, {Name: "Sonnet", Window: view.Window{Percent: tt.percent, ResetsAt: tt.resets}}}}
		if got := u.ModelSpent(now); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	var none *view.Usage
	if none.ModelSpent(now) {
		t.Error("nothing is known")
	}
}
