//go:build cgo || js

package gui

import (
	"errors"
	"testing"
	"time"

	"baton/app/backend"
)

func TestClock(t *testing.T) {
	now := tuesday()
	for _, c := range []struct {
		t    time.Time
		want string
	}{
		{now.Add(time.Hour), "14:13"},
		{now.Add(-time.Hour), "12:13"},
		{now.Add(11 * time.Hour), "Wed 00:13"},
		{now.Add(6 * 24 * time.Hour), "Mon 13:13"},
		{now.Add(7 * 24 * time.Hour), "1 Dec 13:13"},
		{now.Add(-24 * time.Hour), "23 Nov 13:13"},
	} {
		if got := clock(c.t, now); got != c.want {
			t.Errorf("clock(%v) = %q, want %q", c.t, got, c.want)
		}
	}
	east := time.FixedZone("east", 2*3600)
	if got := clock(now, now.In(east)); got != "15:13" {
		t.Errorf("in the person's zone %q, want 15:13", got)
	}
}

func TestAgesAndDistances(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago", 3*time.Hour + time.Minute: "3 h ago", 49 * time.Hour: "2 d ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("ago(%v) = %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Hour: "now", 0: "now", 30 * time.Second: "within a minute", 59 * time.Minute: "in 59 min", 47 * time.Hour: "in 47 h", 73 * time.Hour: "in 3 days",
	} {
		if got := within(d); got != want {
			t.Errorf("within(%v) = %q, want %q", d, got, want)
		}
	}
}

// TestNextChangeIsInTime: between now and the moment nextChange names, nothing
// shown would have changed.
func TestNextChangeIsInTime(t *testing.T) {
	for _, s := range []backend.Snapshot{fiveAccounts(), everyState()} {
		now := tuesday()
		words := func(at time.Time) (all []string) {
			h := headView(s, at)
			f, _ := footView(s, nil, at)
			all = append(all, h.Detail, f.Left)
			for _, a := range s.Accounts {
				v, _ := present(a, situation{now: at})
				all = append(all, v.State, v.Second, v.Meters[0].Right, v.Meters[1].Right)
			}
			return all
		}
		for range 300 {
			d := nextChange(s, now)
			if d <= 0 {
				t.Fatalf("at %v nothing is to change any more", now)
			}
			before, after := words(now), words(now.Add(d-time.Nanosecond))
			for i := range before {
				if before[i] != after[i] {
					t.Fatalf("between %v and %v %q became %q unnoticed", now, now.Add(d), before[i], after[i])
				}
			}
			now = now.Add(d)
		}
	}
	if d := nextChange(backend.Snapshot{}, tuesday()); d != 0 {
		t.Errorf("an empty window changes in %v", d)
	}
}

func TestParseUntil(t *testing.T) {
	now := tuesday()
	day := func(days, h, m int) time.Time { return time.Date(2026, 11, 24+days, h, m, 0, 0, time.UTC) }
	for _, c := range []struct {
		in   string
		want time.Time
		err  error
	}{
		{in: "15:30", want: day(0, 15, 30)},
		{in: " 9:00 ", want: day(1, 9, 0)},
		{in: "13:13", want: day(1, 13, 13)},
		{in: "+90m", want: day(0, 14, 43)},
		{in: "+ 1h 30m", want: day(0, 14, 43)},
		{in: "Tomorrow 09:00", want: day(1, 9, 0)},
		{in: "2026-11-26 08:00", want: day(2, 8, 0)},
		{in: "2026-11-26", want: day(2, 0, 0)},
		{in: "2026-11-26T08:00:00Z", want: day(2, 8, 0)},
		{in: "2026-11-26T08:00:00+02:00", want: day(2, 6, 0)},
		{in: "2026-11-20 08:00", err: errPast},
		{in: "+0s", err: errPast},
		{in: "+-5m", err: errPast},
		{in: "2036-01-01", err: errTime},
		{in: "", err: errTime},
		{in: "soon", err: errTime},
		{in: "25:00", err: errTime},
		{in: "tomorrow", err: errTime},
	} {
		got, err := parseUntil(c.in, now)
		if !errors.Is(err, c.err) || !got.Equal(c.want) {
			t.Errorf("parseUntil(%q) = %v, %v; want %v, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func FuzzParseUntil(f *testing.F) {
	for _, s := range []string{"15:30", "+90m", "tomorrow 09:00", "2026-11-26 08:00", "2026-11-26T08:00:00Z", "+9999999h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		now := tuesday()
		got, err := parseUntil(s, now)
		switch {
		case err != nil && !got.IsZero():
			t.Errorf("%q: both %v and %v", s, got, err)
		case err == nil && (!got.After(now) || got.Sub(now) > maxAhead):
			t.Errorf("%q: %v is out of range", s, got)
		}
	})
}
