package tray

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// with switches some notifications on.
func with(s backend.Snapshot, keys ...string) backend.Snapshot {
	for _, key := range []string{SwitchSwap, SwitchLogin, SwitchLimit, SwitchFree} {
		value := "off"
		if slices.Contains(keys, key) {
			value = "on"
		}
		s.Settings = append(s.Settings, backend.Setting{Key: key, Value: value})
	}
	return s
}

func TestNews(t *testing.T) {
	swap := func(s *backend.Snapshot) { s.Active = "b" }
	refuse := func(s *backend.Snapshot) { s.Accounts[1].State = backend.StateNeedsLogin }
	ending := func(s *backend.Snapshot) {
		s.Accounts[1].Notices = []backend.Notice{backend.NoticeLoginEnds}
		s.Accounts[1].LoginExpiresAt = noon().Add(5*day + time.Hour)
	}
	free := func(s *backend.Snapshot) {
		s.Accounts[2].State, s.Accounts[2].LimitedUntil = backend.StateReady, time.Time{}
	}
	turnAway := func(s *backend.Snapshot) {
		s.Accounts[1].Notices, s.Accounts[1].Refused = []backend.Notice{backend.NoticeRefused}, "this organization has been disabled"
	}
	doubt := func(s *backend.Snapshot) { s.Accounts[1].Notices = []backend.Notice{backend.NoticeUnsure} }
	turnedAway := Note{"The provider refuses Work", "This organization has been disabled\nLook at the account at claude.ai, then refresh it."}
	doubted := Note{"Work's login is in doubt", "It is not sure that it still works; refresh it to find out."}
	swapped := Note{"Work is active", "92% left"}
	refused := Note{"Work needs login", "The provider no longer accepts this login; log in again."}
	ends := Note{"Work's login ends soon", "In 5 days"}
	both := []string{SwitchSwap, SwitchLogin}
	for _, c := range []struct {
		name   string
		on     []string
		first  bool // there was no snapshot before
		change []func(*backend.Snapshot)
		want   []Note
	}{
		{name: "nothing new", on: both},
		{name: "a swap", on: both, change: []func(*backend.Snapshot){swap}, want: []Note{swapped}},
		{name: "a swap, not asked for", on: []string{SwitchLogin}, change: []func(*backend.Snapshot){swap}},
		{name: "refused", on: both, change: []func(*backend.Snapshot){refuse}, want: []Note{refused}},
		{name: "refused, not asked for", on: []string{SwitchSwap}, change: []func(*backend.Snapshot){refuse}},
		{name: "about to end", on: both, change: []func(*backend.Snapshot){ending}, want: []Note{ends}},
		{name: "turned away", on: both, change: []func(*backend.Snapshot){turnAway}, want: []Note{turnedAway}},
		{name: "turned away, not asked for", on: []string{SwitchSwap, SwitchLimit}, change: []func(*backend.Snapshot){turnAway}},
		{name: "in doubt", on: both, change: []func(*backend.Snapshot){doubt}, want: []Note{doubted}},
		{name: "in doubt, not asked for", on: []string{SwitchSwap, SwitchLimit}, change: []func(*backend.Snapshot){doubt}},
		{name: "both at once", on: both, change: []func(*backend.Snapshot){swap, ending}, want: []Note{{"Work is active", "92% left · login ends in 5 days"}, ends}},
		{name: "at the start", on: both, first: true, change: []func(*backend.Snapshot){swap, refuse}},
		{name: "about to end at the start", on: both, first: true, change: []func(*backend.Snapshot){ending}, want: []Note{ends}},
		{name: "nothing asked for", change: []func(*backend.Snapshot){swap, refuse, ending}},
		{name: "a swap from one that is spent", on: both, change: []func(*backend.Snapshot){swap, func(s *backend.Snapshot) {
			s.Accounts[0].State, s.Accounts[0].LimitedUntil = backend.StateLimited, noon().Add(time.Hour)
		}}, want: []Note{{"Work is active", "92% left\nType on in the session that waits for the limit"}}},
		{name: "at its limit", on: []string{SwitchLimit}, change: []func(*backend.Snapshot){func(s *backend.Snapshot) {
			s.Accounts[0].State, s.Accounts[0].LimitedUntil = backend.StateLimited, noon().Add(time.Hour)
		}}, want: []Note{{"Personal has reached its limit", "Limited until 13:00"}}},
		{name: "free again", on: []string{SwitchFree}, change: []func(*backend.Snapshot){free}, want: []Note{{"Side project is free again", "Ready"}}},
		{name: "free again but turned away", on: []string{SwitchFree}, change: []func(*backend.Snapshot){free, func(s *backend.Snapshot) {
			s.Accounts[2].Notices, s.Accounts[2].Refused = []backend.Notice{backend.NoticeRefused}, "no"
		}}},
		{name: "limits, not asked for", on: both, change: []func(*backend.Snapshot){free, func(s *backend.Snapshot) {
			s.Accounts[0].State = backend.StateLimited
		}}},
		{name: "resumed is no news of limits", on: []string{SwitchLimit, SwitchFree}, change: []func(*backend.Snapshot){func(s *backend.Snapshot) {
			s.Accounts[4].State = backend.StateReady
		}}},
		{name: "logged out", on: both, change: []func(*backend.Snapshot){func(s *backend.Snapshot) {
			s.Active, s.Live = "", backend.Live{Reason: backend.LiveNone}
		}}, want: []Note{{"Nobody is logged in any more", ""}}},
		{name: "somebody unknown", on: both, change: []func(*backend.Snapshot){func(s *backend.Snapshot) {
			s.Active, s.Live = "", backend.Live{Present: true, Reason: backend.LiveUnknown}
		}}, want: []Note{{"Claude Code uses a login Baton does not know", ""}}},
		{name: "a file being written", on: both, change: []func(*backend.Snapshot){func(s *backend.Snapshot) {
			s.Active, s.Live = "", backend.Live{Reason: backend.LiveUnreadable}
		}}},
		{name: "a new account that needs login", on: both, change: []func(*backend.Snapshot){func(s *backend.Snapshot) {
			s.Accounts = append(s.Accounts, backend.Account{Key: "new", State: backend.StateNeedsLogin})
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			was, is := with(people(), c.on...), with(people(), c.on...)
			for _, f := range c.change {
				f(&is)
			}
			before := &was
			if c.first {
				before = nil
			}
			if got := Speak(english).News(before, is, noon()); !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
			if again := Speak(english).News(&is, is, noon()); len(again) != 0 {
				t.Errorf("told twice: %q", again)
			}
		})
	}
}

// For a face that is switched on as a whole no kind has to be.
func TestEveryKind(t *testing.T) {
	was, is := with(people()), with(people())
	is.Active = "b"
	is.Accounts[0].State = backend.StateLimited
	is.Accounts[1].Notices = []backend.Notice{backend.NoticeUnsure}
	if got := Speak(english).EveryKind(&was, is, noon()); len(got) != 3 {
		t.Errorf("told %q", got)
	}
	if got := Speak(english).EveryKind(&is, is, noon()); len(got) != 0 {
		t.Errorf("told %q without news", got)
	}
}

func TestRefusedAccountInTheTray(t *testing.T) {
	s := people()
	s.Accounts[0].Notices, s.Accounts[0].Refused = []backend.Notice{backend.NoticeRefused}, "this organization\nhas been disabled"+strings.Repeat(" for good", 9)
	menu := Speak(english).Menu(s, "", noon())
	const want = "Personal · refused by the provider: this organization has been disabled for good for good for g…"
	if menu[2].Title != want {
		t.Errorf("the menu says %q, want %q", menu[2].Title, want)
	}
	if LightOf(s, noon()) != LightAttention {
		t.Error("the icon shows no need of attention")
	}
	if got := Speak(german).Menu(s, "", noon())[2].Title; !strings.HasPrefix(got, "Personal · vom Anbieter abgewiesen: this organization") {
		t.Errorf("in German: %q", got)
	}
}

func TestAnswer(t *testing.T) {
	follow := "2 sessions follow at their next prompt; in one that waits for the limit, type on"
	for _, c := range []struct {
		click   Click
		result  backend.Result
		problem *backend.Problem
		want    Note
	}{
		{
			Click{ClickSwap, "b"},
			backend.Result{From: "a", To: "b", Notes: []string{follow}},
			nil,
			Note{"Work is active", follow},
		},
		{
			Click{ClickSwap, "b"},
			backend.Result{From: "a", To: "b"},
			nil,
			Note{"Work is active", "92% left"},
		},
		{
			Click{ClickSwap, "a"},
			backend.Result{From: "a", To: "a", Notes: []string{"ANTHROPIC_API_KEY is set", "more"}},
			nil,
			Note{"Personal is active already; its files were checked", "ANTHROPIC_API_KEY is set; more"},
		},
		{Click{Kind: ClickImport}, backend.Result{Key: "b"}, nil, Note{"Work is kept now", "92% left"}},
		{Click{ClickSwap, "gone"}, backend.Result{From: "a", To: "gone"}, nil, Note{"gone is active", ""}},
		{
			Click{ClickSwap, "d"},
			backend.Result{},
			&backend.Problem{Message: "the provider no longer accepts\nthis login", Hint: "log in again", Err: errors.New("secret cause")},
			Note{"The provider no longer accepts this login", "Log in again"},
		},
	} {
		if got := Speak(english).Answer(c.click, c.result, c.problem, people(), noon()); got != c.want {
			t.Errorf("%+v: %q, want %q", c.click, got, c.want)
		}
	}
}

func TestLabel(t *testing.T) {
	for goos, want := range map[string]string{"linux": "R&D__ada", "windows": "R&&D_ada", "darwin": "R&D_ada"} {
		if got := label("R&D_ada", goos); got != want {
			t.Errorf("%s: %s, want %s", goos, got, want)
		}
	}
}

// A name must not end the quotes of the script it is put into.
func TestSayable(t *testing.T) {
	evil := Note{"x\"; calc; \"” $(calc) `n", `a\" & do shell script "calc`}
	for _, goos := range []string{"windows", "darwin"} {
		got := sayable(evil, goos)
		if strings.ContainsAny(got.Title+got.Body, "\"“”„$`\\") {
			t.Errorf("%s: %q", goos, got)
		}
	}
	if got := sayable(evil, "linux"); got != evil {
		t.Errorf("changed where nothing needs to be: %q", got)
	}
}
