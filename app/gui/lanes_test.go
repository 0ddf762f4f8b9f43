//go:build cgo || js

package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"baton/app/backend"
)

func TestALaneSaysWhenItsAccountIsFree(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)
	five := spans()[0]
	usage := func(five, seven float64, fiveIn, sevenIn time.Duration) *backend.Usage {
		return &backend.Usage{
			FiveHour: &backend.Window{Percent: five, ResetsAt: now.Add(fiveIn)},
			SevenDay: &backend.Window{Percent: seven, ResetsAt: now.Add(sevenIn)},
		}
	}
	for name, tt := range map[string]struct {
		a             backend.Account
		look          span
		inside, right string
		back          float64
		resets        int
		detail        string
	}{
		"ready":         {backend.Account{Key: "a", State: backend.StateReady, Plan: "team", Usage: usage(8, 47, 4*time.Hour, 100*time.Hour)}, five, "92% left", "free now", 0, 1, "Team"},
		"active":        {backend.Account{Key: "a", State: backend.StateReady, Active: true, Plan: "pro", Usage: usage(61, 34, time.Hour, 100*time.Hour)}, five, "39% left", "free now", 0, 1, "Pro · active"},
		"next":          {backend.Account{Key: "next", State: backend.StateReady}, five, "no data yet", "free now, next", 0, 0, ""},
		"limited":       {backend.Account{Key: "a", State: backend.StateLimited, LimitedUntil: now.Add(52 * time.Minute), Usage: usage(100, 71, 52*time.Minute, 90*time.Hour)}, five, "", "back 14:05", 52.0 / 300, 1, ""},
		"weekly":        {backend.Account{Key: "a", State: backend.StateLimited, LimitedUntil: now.Add(30 * time.Hour), Usage: usage(20, 100, time.Hour, 30*time.Hour)}, five, "", "back Tue 19:13", 1, 1, "weekly limit"},
		"seven days":    {backend.Account{Key: "a", State: backend.StateReady, Usage: usage(8, 47, 4*time.Hour, 84*time.Hour)}, spans()[2], "53% left", "free now", 0, 2, ""},
		"limit is over": {backend.Account{Key: "a", State: backend.StateLimited, LimitedUntil: now.Add(-time.Second), Usage: usage(100, 10, -time.Second, 90*time.Hour)}, five, "100% left", "free now", 0, 0, ""},
		"no end known":  {backend.Account{Key: "a", State: backend.StateLimited}, five, "", "Limited", 1, 0, ""},
		"refused":       {backend.Account{Key: "a", State: backend.StateNeedsLogin}, five, "", "Needs login", 1, 0, ""},
		"paused":        {backend.Account{Key: "a", State: backend.StatePaused, Usage: usage(10, 10, time.Hour, 90*time.Hour)}, five, "90% left", "Paused", 0, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := laneView(tt.a, "next", tt.look, now)
			if v.Inside != tt.inside || v.Right != tt.right || v.Detail != tt.detail || len(v.Resets) != tt.resets {
				t.Errorf("got %+v", v)
			}
			if diff := v.Back - tt.back; diff > 1e-9 || diff < -1e-9 {
				t.Errorf("hatched for %v, want %v", v.Back, tt.back)
			}
		})
	}
}

func TestTheAxisShowsWholeHoursAndDays(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)
	for at, want := range map[int]string{
		0: "13:13| 14:00 15:00 16:00 17:00 18:00",
		1: "13:13| 16:00 20:00 Tue 04:00 08:00 12:00",
		2: "13:13| Tue Wed Thu Fri Sat Sun Mon",
	} {
		v := axisView(spans()[at], now)
		got := v.Now + "|"
		last := 0.0
		for _, m := range v.Marks {
			got += " " + m.Text
			if m.At <= last || m.At > 1 {
				t.Errorf("%s stands at %v", m.Text, m.At)
			}
			last = m.At
		}
		if got != want {
			t.Errorf("zoom %d: %s, want %s", at, got, want)
		}
	}
}

func TestTheOutlookSaysWhoIsNextAndWhenAllAreFree(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)
	limited := func(name string, in time.Duration) backend.Account {
		return backend.Account{Key: name, Email: name, State: backend.StateLimited, LimitedUntil: now.Add(in)}
	}
	free := backend.Account{Key: "w", Label: "Work", State: backend.StateReady}
	for want, s := range map[string]backend.Snapshot{
		"Next: Work, 92% left. Everything is free again at 16:53.": {Accounts: []backend.Account{free, limited("a", 220*time.Minute), limited("b", time.Hour)}, Next: &backend.Next{Key: "w", Reason: "92% left"}},
		"Nobody is free; b is back first, at 14:13.":               {Accounts: []backend.Account{limited("a", 220*time.Minute), limited("b", time.Hour)}},
		"Everything is free.":                                      {Accounts: []backend.Account{free}},
		"":                                                         {},
	} {
		if got := outlook(s, now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheViewsFollowTheKeyboardAndTheFilter(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.goTo(1)
		d.settle()
		p := d.panes[1].(*availabilityPane)
		if len(p.order) != 5 {
			t.Fatalf("%d lanes", len(p.order))
		}
		d.win.Canvas().Focus(p.order[0])
		p.order[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		if d.win.Canvas().Focused() != fyne.Focusable(p.order[1]) {
			t.Error("the arrow did not go to the lane below")
		}
		p.order[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		if p.looking != 1 || p.zoom.Chosen() != 1 {
			t.Errorf("zoom %d", p.looking)
		}
		p.order[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		d.settle()
		if d.at != 0 {
			t.Error("Enter leads to the account's card")
		}
		d.goTo(1)
		d.bar.filter.SetText("lab")
		d.settle()
		if len(p.order) != 1 || !strings.Contains(p.order[0].View().Name, "Lab") {
			t.Errorf("%d lanes for lab", len(p.order))
		}
	})
}

func TestDeedsAreSentencesByDay(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)
	s := fiveAccounts()
	s.Deeds = []backend.Deed{
		{At: now.Add(-time.Hour), Kind: backend.DeedSwapped, Key: workKey, From: personal},
		{At: now.Add(-2 * time.Hour), Kind: backend.DeedLimited, Key: personal},
		{At: now.Add(-26 * time.Hour), Kind: backend.DeedRemoved, Key: "gone@example.com"},
		{At: now.Add(-27 * time.Hour), Kind: "something new"},
		{At: now.Add(-80 * time.Hour), Kind: backend.DeedUnsure, Key: workKey, Text: "no answer came"},
	}
	var got []string
	for _, v := range deedViews(s, now, "", false) {
		got = append(got, v.Head+"|"+v.When+"|"+v.Text+"|"+v.More)
	}
	want := []string{
		"Today|12:13|Swapped from Personal to Work|",
		"|11:13|Personal hit its limit|",
		"Yesterday|11:13|gone@example.com was removed|",
		"Fri, Nov 20|05:13|It is not sure that the login of Work still works|no answer came",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if v := deedViews(s, now, "removed", true); len(v) != 1 || strings.Contains(v[0].Text, "gone@") || v[0].Head != "Yesterday" {
		t.Errorf("filtered and hidden: %+v", v)
	}
}
