//go:build cgo || js

package gui

import (
	"time"

	"baton/app/backend"
)

// tuesday is the moment the sketched accounts are seen at.
func tuesday() time.Time { return time.Date(2026, 11, 24, 13, 13, 0, 0, time.UTC) }

// fiveAccounts is a small pool in its everyday states.
func fiveAccounts() backend.Snapshot {
	now := tuesday()
	at := func(days, h, m int) time.Time { return time.Date(2026, 11, 24+days, h, m, 0, 0, time.UTC) }
	window := func(p float64, t time.Time) *backend.Window { return &backend.Window{Percent: p, ResetsAt: t} }
	usage := func(five, seven *backend.Window, age time.Duration) *backend.Usage {
		return &backend.Usage{FiveHour: five, SevenDay: seven, ObservedAt: now.Add(-age), Source: "statusline"}
	}
	return backend.Snapshot{
		TakenAt: now,
		Active:  "ada@example.com",
		Live:    backend.Live{Present: true, Email: "ada@example.com"},
		Next:    &backend.Next{Key: "ada@corp.example", Reason: "92% of its 5 hours left"},
		Sessions: []backend.Session{
			{PID: 11, Cwd: "/home/ada/one"}, {PID: 12, Cwd: "/home/ada/two"},
		},
		Accounts: []backend.Account{
			{
				Key: "ada@example.com", Email: "ada@example.com", Label: "Personal", Plan: "max", Tier: "default_claude_max_20x",
				State: backend.StateReady, Active: true, Usage: usage(window(61.5, at(0, 15, 1)), window(34, at(2, 9, 0)), time.Minute),
			},
			{
				Key: "ada@corp.example", Email: "ada@corp.example", Label: "Work", OrganizationName: "Corp", Plan: "team",
				State: backend.StateReady, Usage: usage(window(8, at(0, 17, 23)), window(47, at(4, 14, 0)), time.Minute),
			},
			{
				Key: "ada.side@example.com", Email: "ada.side@example.com", Label: "Side project", Plan: "pro",
				State: backend.StateLimited, LimitedUntil: at(0, 14, 5), Usage: usage(window(100, at(0, 14, 5)), window(71, at(3, 20, 0)), time.Minute),
			},
			{
				Key: "lab@uni.example", Email: "lab@uni.example", Label: "Lab", Plan: "max", Tier: "default_claude_max_5x",
				State: backend.StateReady, Notices: []backend.Notice{backend.NoticeLoginEnds}, LoginExpiresAt: now.Add(3*24*time.Hour + time.Hour),
				Usage: usage(window(0, time.Time{}), window(12, at(5, 8, 0)), time.Minute),
			},
			{
				Key: "night@example.com", Email: "night@example.com", Label: "Night runs", Plan: "max", Tier: "default_claude_max_5x",
				State: backend.StateLimited, LimitedUntil: at(0, 16, 53), Usage: usage(window(22, at(0, 15, 40)), window(100, at(0, 16, 53)), 3*time.Hour),
			},
		},
	}
}

// everyState is one account for each state a card can be in.
func everyState() backend.Snapshot {
	s := fiveAccounts()
	s.Active = "ada@example.com"
	p, w, side, lab := s.Accounts[0], s.Accounts[1], s.Accounts[2], s.Accounts[3]
	p.State, p.LimitedUntil = backend.StateLimited, side.LimitedUntil
	five := *side.Usage.FiveHour
	p.Usage = &backend.Usage{
		FiveHour: &five, SevenDay: &backend.Window{Percent: 64, ResetsAt: p.Usage.SevenDay.ResetsAt},
		Models:     []backend.ModelWindow{{Name: "Opus", Window: backend.Window{Percent: 100, ResetsAt: p.Usage.SevenDay.ResetsAt}}},
		ObservedAt: tuesday(),
	}
	w.Busy = "waiting for Claude Code"
	lab.State, lab.Notices = backend.StatePaused, nil
	side.State, side.LimitedUntil = backend.StateReady, time.Time{}
	side.Notices = []backend.Notice{backend.NoticeOffline}
	side.Problem = &backend.Problem{
		Code:    backend.ProblemOffline,
		Message: "could not reach the provider; the login is kept and will be tried again",
		Hint:    "check the network, then try again",
	}
	fresh := backend.Account{Key: "new@example.com", Email: "new@example.com", Label: "New account", Plan: "pro", State: backend.StateReady}
	old := backend.Account{
		Key: "old@example.com", Email: "old@example.com", Label: "Old laptop", Plan: "pro", State: backend.StateNeedsLogin,
		Problem: &backend.Problem{
			Code:    backend.ProblemNeedsLogin,
			Message: "the provider no longer accepts this login",
			Hint:    "log in again; the name and the place in the list stay",
		},
	}
	s.Accounts = []backend.Account{p, w, fresh, lab, old, side}
	s.Live = backend.Live{Present: true, Email: "someone@example.net", Reason: backend.LiveUnknown}
	s.Overrides = []backend.Override{{Source: "environment", Name: "ANTHROPIC_API_KEY"}}
	return s
}
