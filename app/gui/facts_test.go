//go:build cgo || js

package gui

import (
	"strings"
	"testing"
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// refusedAccount is one the provider refuses, in its own words.
func refusedAccount(change func(*backend.Account)) backend.Account {
	a := backend.Account{
		Key: "w", Email: "ada@corp.example", Label: "Work", State: backend.StateReady,
		Notices: []backend.Notice{backend.NoticeRefused, backend.NoticeUnsure}, Refused: "This organization has been disabled",
		Problem: &backend.Problem{Code: backend.ProblemRefused, Message: "in English", Hint: "a command"},
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestRefusedCard(t *testing.T) {
	defer func() {
		if err := speak(langEnglish); err != nil {
			t.Error(err)
		}
	}()
	const words = "the provider refuses this account: This organization has been disabled"
	for name, c := range map[string]struct {
		language language
		change   func(*backend.Account)
		problem  string
		hint     string
		state    [2]string // State and Second
		does     gesture
	}{
		"ready":  {langEnglish, nil, words, "look at the account at claude.ai, then press “Try again”", [2]string{"Refused", ""}, gestureRetry},
		"active": {langEnglish, func(a *backend.Account) { a.Active = true }, words, "look at the account at claude.ai, then press “Try again”", [2]string{"Active", "Refused"}, gestureRetry},
		"paused": {
			langEnglish, func(a *backend.Account) { a.State = backend.StatePaused }, words,
			"look at the account at claude.ai, then choose “Refresh the login” in its menu",
			[2]string{"Paused", "Refused"},
			gestureResume,
		},
		"German": {
			langGerman, nil, "der Anbieter weist dieses Konto ab: This organization has been disabled",
			"das Konto auf claude.ai ansehen, dann „Noch einmal“ drücken",
			[2]string{"Abgewiesen", ""},
			gestureRetry,
		},
	} {
		if err := speak(c.language); err != nil {
			t.Fatal(err)
		}
		v, does := present(refusedAccount(c.change), situation{now: tuesday()})
		if v.StateTone != widgets.ToneBad && v.SecondTone != widgets.ToneBad {
			t.Errorf("%s: the refusal is not red", name)
		}
		if v.Problem != c.problem || v.Hint != c.hint || [2]string{v.State, v.Second} != c.state || does != c.does {
			t.Errorf("%s: %q, %q, %q, %q, gesture %d", name, v.Problem, v.Hint, v.State, v.Second, does)
		}
	}
}

// A refresh that was refused just now is told on the card in the same words.
func TestRefusedJustNow(t *testing.T) {
	a := refusedAccount(func(a *backend.Account) { a.Problem = nil })
	in := situation{now: tuesday(), problem: &backend.Problem{Code: backend.ProblemRefused, Message: "the provider refuses Work: no", Hint: "run a command"}}
	if v, does := present(a, in); !strings.HasSuffix(v.Problem, a.Refused) || strings.Contains(v.Hint, "run") || does != gestureRetry {
		t.Errorf("%q, %q, gesture %d", v.Problem, v.Hint, does)
	}
	a.Refused = ""
	if v, _ := present(a, in); v.Problem != in.problem.Message {
		t.Errorf("without words of the account's: %q", v.Problem)
	}
}

func TestRefusedAccountIsNotFree(t *testing.T) {
	a := refusedAccount(func(a *backend.Account) { a.Active = true })
	s := backend.Snapshot{Accounts: []backend.Account{a}, Active: a.Key}
	if got := headView(s, tuesday()).Detail; got != refusal(a) {
		t.Errorf("the head says %q", got)
	}
	if foot, _ := footView(s, nil, tuesday()); foot.Left != "0 of 1 account free now" {
		t.Errorf("the foot says %q", foot.Left)
	}
	if got := outlook(s, tuesday()); got != "" {
		t.Errorf("the outlook says %q", got)
	}
	lane := laneView(a, "", spans()[0], tuesday())
	if lane.Right != "Refused" || lane.Tone != widgets.ToneBad || lane.Back != 1 {
		t.Errorf("the lane is %+v", lane)
	}
	other := refusedAccount(func(b *backend.Account) { b.Active, b.Refused = true, "It is on hold" })
	if same := refusedAccount(func(b *backend.Account) { b.Active = true }); sameAccount(a, other) || !sameAccount(a, same) {
		t.Error("other words of the provider's do not redraw the card")
	}
}

func TestCardWithoutFiveHourLimit(t *testing.T) {
	now := tuesday()
	a := backend.Account{State: backend.StateReady, Usage: &backend.Usage{
		SevenDay: &backend.Window{Percent: 47, ResetsAt: now.Add(50 * time.Hour)}, NoFiveHour: true, ObservedAt: now,
	}}
	v, _ := present(a, situation{now: now})
	if m := v.Meters[0]; !m.Plain || m.Known || m.Right != "no 5-hour limit" {
		t.Errorf("the meter is %+v", m)
	}
	if v.Meters[1].Plain || v.Meters[1].Number != "47%" {
		t.Errorf("the other is %+v", v.Meters[1])
	}
	a.Usage.ObservedAt = now.Add(-3 * time.Hour)
	if v, _ := present(a, situation{now: now}); v.Meters[1].Right != "seen 3 h ago" || v.Meters[0].Right != "no 5-hour limit" {
		t.Errorf("three hours later: %+v", v.Meters)
	}
	has := *a.Usage
	has.NoFiveHour = false
	if sameUsage(a.Usage, &has) {
		t.Error("the card is not redrawn")
	}
	if v, _ := present(backend.Account{Usage: &has}, situation{now: now}); v.Meters[0].Plain || v.Meters[0].Right != "no data yet" {
		t.Errorf("where nothing is known: %+v", v.Meters[0])
	}
}

func TestRefusalInTheActivity(t *testing.T) {
	s := backend.Snapshot{Accounts: []backend.Account{refusedAccount(nil)}}
	v, ok := deedView(s, backend.Deed{At: tuesday(), Kind: backend.DeedRefused, Key: "w", Text: "it is on hold"}, tuesday())
	if !ok || v.Text != "The provider refused Work" || v.More != "it is on hold" {
		t.Errorf("%+v", v)
	}
}
