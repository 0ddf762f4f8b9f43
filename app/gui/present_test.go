//go:build cgo || js

package gui

import (
	"testing"
	"time"

	"baton/app/backend"
	"baton/widgets"
)

func TestPresentStates(t *testing.T) {
	now := tuesday()
	offline := &backend.Problem{Code: backend.ProblemOffline, Message: "offline"}
	for _, c := range []struct {
		name    string
		a       backend.Account
		in      situation
		state   string
		second  string
		primary string
		kind    widgets.ButtonKind
		off     bool
		does    gesture
	}{
		{name: "ready", a: backend.Account{State: backend.StateReady}, state: "Ready", primary: "Swap", does: gestureSwap},
		{
			name: "suggested", a: backend.Account{Key: "a", State: backend.StateReady}, in: situation{next: "a"},
			state: "Ready", primary: "Swap", kind: widgets.ButtonAccent, does: gestureSwap,
		},
		{name: "active", a: backend.Account{State: backend.StateReady, Active: true}, state: "Active"},
		{
			name: "active and limited", a: backend.Account{State: backend.StateLimited, Active: true, LimitedUntil: now.Add(time.Hour)},
			state: "Active", second: "Limited until 14:13",
		},
		{
			name: "limited, nobody knows until when", a: backend.Account{State: backend.StateLimited},
			state: "Limited", primary: "Swap anyway", kind: widgets.ButtonFaint, does: gestureSwap,
		},
		{name: "paused", a: backend.Account{State: backend.StatePaused}, state: "Paused", primary: "Resume", does: gestureResume},
		{
			name: "needs login, others can be used", a: backend.Account{Key: "a", State: backend.StateNeedsLogin}, in: situation{next: "b"},
			state: "Needs login", primary: "Log in", does: gestureLogin,
		},
		{
			name: "active needs login", a: backend.Account{Key: "a", State: backend.StateNeedsLogin, Active: true}, in: situation{next: "b"},
			state: "Active", second: "Needs login", primary: "Log in", kind: widgets.ButtonAccent, does: gestureLogin,
		},
		{
			name: "ours is running", a: backend.Account{State: backend.StateReady}, in: situation{doing: "Swapping…", problem: offline},
			state: "Swapping…", primary: "Cancel", does: gestureCancel,
		},
		{
			name: "another's is running", a: backend.Account{State: backend.StateReady, Busy: "refreshing"},
			state: "refreshing", primary: "Swap", off: true, does: gestureSwap,
		},
		{
			name: "unsure", a: backend.Account{State: backend.StateReady, Notices: []backend.Notice{backend.NoticeUnsure}},
			state: "Ready", second: "Last refresh unsure", primary: "Swap", does: gestureSwap,
		},
		{
			name: "login ends", a: backend.Account{State: backend.StateReady, Notices: []backend.Notice{backend.NoticeLoginEnds}, LoginExpiresAt: now.Add(30 * time.Hour)},
			state: "Ready", second: "Login ends in 30 h", primary: "Swap", does: gestureSwap,
		},
		{
			name: "offline", a: backend.Account{State: backend.StateReady, Problem: offline},
			state: "Ready", primary: "Try again", does: gestureRetry,
		},
		{
			name: "a limit whose time has come", a: backend.Account{State: backend.StateLimited, LimitedUntil: now},
			state: "Ready", primary: "Swap", does: gestureSwap,
		},
	} {
		c.in.now = now
		v, does := present(c.a, c.in)
		if v.State != c.state || v.Second != c.second || v.Primary != c.primary || v.PrimaryKind != c.kind || v.PrimaryOff != c.off || does != c.does {
			t.Errorf("%s: state %q, second %q, button %q kind %d off %v, gesture %d", c.name, v.State, v.Second, v.Primary, v.PrimaryKind, v.PrimaryOff, does)
		}
	}
}

func TestMeters(t *testing.T) {
	now := tuesday()
	for _, c := range []struct {
		name  string
		w     *backend.Window
		known bool
		tick  float64
		right string
		level widgets.Level
	}{
		{"nothing seen", nil, false, -1, "no data yet", widgets.LevelCalm},
		{"not started", &backend.Window{}, true, 0, "not started", widgets.LevelCalm},
		{"behind its time", &backend.Window{Percent: 40, ResetsAt: now.Add(150 * time.Minute)}, true, 0.5, "resets 15:43", widgets.LevelCalm},
		{"ahead of its time", &backend.Window{Percent: 60, ResetsAt: now.Add(150 * time.Minute)}, true, 0.5, "resets 15:43", widgets.LevelAhead},
		{"ahead, but hardly begun", &backend.Window{Percent: 5, ResetsAt: now.Add(5 * time.Hour)}, true, 0, "resets 18:13", widgets.LevelCalm},
		{"spent", &backend.Window{Percent: 100, ResetsAt: now.Add(150 * time.Minute)}, true, 0.5, "resets 15:43", widgets.LevelSpent},
		{"over", &backend.Window{Percent: 90, ResetsAt: now.Add(-time.Minute)}, false, -1, "was reset 13:12", widgets.LevelCalm},
		{"no reset known", &backend.Window{Percent: 50}, true, -1, "", widgets.LevelCalm},
	} {
		v := meter("5 h", c.w, fiveHours, now)
		if v.Known != c.known || v.Tick != c.tick || v.Right != c.right || v.Level != c.level {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func TestModelLimitStandsInTheWeek(t *testing.T) {
	views := meters(everyState().Accounts[0], tuesday())
	if got := views[1].Right; got != "Opus 100%, back Thu" {
		t.Errorf("7 d says %q", got)
	}
	five := fiveAccounts()
	if got := meters(five.Accounts[4], tuesday())[0].Right; got != "seen 3 h ago" {
		t.Errorf("old data says %q", got)
	}
}

func TestPlanName(t *testing.T) {
	for _, c := range [][3]string{
		{"max", "default_claude_max_20x", "Max 20×"},
		{"pro", "default_claude_ai", "Pro"},
		{"team", "", "Team"},
		{"", "default_claude_max_20x", ""},
		{"max", "x", "Max"},
		{"max", "odd_x", "Max"},
	} {
		if got := planName(c[0], c[1]); got != c[2] {
			t.Errorf("planName(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestDetailAndInitial(t *testing.T) {
	for _, c := range []struct {
		a    backend.Account
		want string
	}{
		{backend.Account{Email: "a@example.com"}, ""},
		{backend.Account{Email: "a@example.com", Label: "A"}, "a@example.com"},
		{backend.Account{Email: "a@example.com", Label: "A", OrganizationName: "a@example.com's Organization"}, "a@example.com"},
		{backend.Account{Email: "a@example.com", OrganizationName: "Corp"}, "Corp"},
		{backend.Account{Email: "a@example.com", Label: "A", OrganizationName: "Corp"}, "a@example.com · Corp"},
	} {
		if got := detail(c.a); got != c.want {
			t.Errorf("detail(%+v) = %q, want %q", c.a, got, c.want)
		}
	}
	for in, want := range map[string]string{"work": "W", "  élan": "É", "": "?", "\xff": "?", "漢": "漢"} {
		if got := initial(in); got != want {
			t.Errorf("initial(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHeadWithoutAnActiveAccount(t *testing.T) {
	for reason, want := range map[string]string{
		backend.LiveNone: tr(textNobody), backend.LiveUnknown: tr(textStranger),
		backend.LiveTombstone: tr(textTombstone), backend.LiveUnreadable: tr(textUnreadable), "": tr(textNobody),
	} {
		s := fiveAccounts()
		s.Active, s.Live = "", backend.Live{Reason: reason}
		if got := headView(s, tuesday()).Title; got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
}

func TestAvatarTonesDiffer(t *testing.T) {
	var accounts []backend.Account
	for i := range widgets.AvatarTones {
		accounts = append(accounts, backend.Account{Key: string(rune('a' + i))})
	}
	seen := map[int]bool{}
	for _, tone := range avatarTones(accounts) {
		seen[tone] = true
	}
	if len(seen) != widgets.AvatarTones {
		t.Errorf("%d different colours for %d accounts", len(seen), widgets.AvatarTones)
	}
	more := avatarTones(append(accounts, backend.Account{Key: "later"}))
	for _, a := range accounts {
		if more[a.Key] != avatarTones(accounts)[a.Key] {
			t.Errorf("%s changed its colour when another account came", a.Key)
		}
	}
}
