package tray

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// noon is when the tests play.
func noon() time.Time {
	return time.Date(2026, 3, 4, 12, 0, 0, 0, time.FixedZone("CET", 3600)) // a Wednesday
}

func seen(five, seven float64) *backend.Usage {
	return &backend.Usage{
		FiveHour:   &backend.Window{Percent: five, ResetsAt: noon().Add(2 * time.Hour)},
		SevenDay:   &backend.Window{Percent: seven, ResetsAt: noon().Add(70 * time.Hour)},
		ObservedAt: noon().Add(-time.Minute),
	}
}

// people are accounts in every state.
func people() backend.Snapshot {
	return backend.Snapshot{
		Accounts: []backend.Account{
			{Key: "a", Label: "Personal", State: backend.StateReady, Active: true, Usage: seen(61, 34)},
			{Key: "b", Label: "Work", State: backend.StateReady, Usage: seen(8, 4)},
			{Key: "c", Label: "Side project", State: backend.StateLimited, LimitedUntil: noon().Add(125 * time.Minute)},
			{Key: "d", Email: "old_laptop@example.com", State: backend.StateNeedsLogin},
			{Key: "e", Label: "Resting", State: backend.StatePaused, Usage: seen(0, 0)},
		},
		Active: "a", Live: backend.Live{Present: true}, Next: &backend.Next{Key: "b", Reason: "92% left"},
	}
}

// spelled writes a menu down, a line each: ✓ ticked, - disabled, > and what a
// click does.
func spelled(items []Item) string {
	verbs := []string{"", " > swap %s", " > import", " > log in %s", " > add", " > open", " > quit"}
	var out []string
	for _, i := range items {
		line := i.Title
		if i.Separator {
			line = "---"
		}
		if i.Ticked {
			line = "✓ " + line
		}
		if i.Disabled {
			line = "- " + line
		}
		verb := verbs[i.Does.Kind]
		if strings.Contains(verb, "%s") {
			verb = fmt.Sprintf(verb, i.Does.Key)
		}
		out = append(out, line+strings.TrimRight(verb, " "))
	}
	return strings.Join(out, "\n")
}

// tail is what every menu ends with.
const tail = `
Add account… > add
---
Open Baton > open
Quit > quit`

func TestMenu(t *testing.T) {
	for _, c := range []struct {
		name  string
		snap  func(*backend.Snapshot)
		doing string
		want  string
	}{
		{name: "every state", want: `- Personal is active · 39% left
---
✓ Personal · 39% left > swap a
Work · 92% left > swap b
Side project · limited until 14:05 > swap c
old_laptop@example.com · needs login > log in d
- Resting · paused > swap e
---
Swap to next: Work > swap
Log in: old_laptop@example.com… > log in d` + tail},
		{name: "while a swap runs", doing: "Swapping to Work…", want: `- Swapping to Work…
---
- ✓ Personal · 39% left > swap a
- Work · 92% left > swap b
- Side project · limited until 14:05 > swap c
old_laptop@example.com · needs login > log in d
- Resting · paused > swap e
---
- Swap to next: Work > swap
Log in: old_laptop@example.com… > log in d` + tail},
		{name: "nothing yet", snap: func(s *backend.Snapshot) { *s = backend.Snapshot{Live: backend.Live{Reason: backend.LiveNone}} }, want: `- No accounts yet
---` + tail},
		{name: "a login of nobody's, and no accounts", snap: func(s *backend.Snapshot) {
			*s = backend.Snapshot{Live: backend.Live{Present: true, Reason: backend.LiveUnknown}}
		}, want: `- Claude Code uses a login Baton does not know
Add that login > import
---` + tail},
		{name: "nobody free", snap: func(s *backend.Snapshot) {
			s.Accounts, s.Next = s.Accounts[:3], nil
			s.Accounts[0].State, s.Accounts[0].LimitedUntil = backend.StateLimited, noon().Add(30*time.Hour)
			s.Accounts[1].State = backend.StateLimited
		}, want: `- Personal is active · limited until Thu 18:00
---
✓ Personal · limited until Thu 18:00 > swap a
Work · limited > swap b
Side project · limited until 14:05 > swap c
---
- No account is free before 14:05` + tail},
		{name: "nobody free, nobody knows until when", snap: func(s *backend.Snapshot) {
			s.Accounts, s.Next = s.Accounts[:2], nil
			s.Accounts[1].State = backend.StateLimited
		}, want: `- Personal is active · 39% left
---
✓ Personal · 39% left > swap a
Work · limited > swap b
---
- No other account is free` + tail},
		{name: "one account, logged out, a damaged file", snap: func(s *backend.Snapshot) {
			s.Accounts, s.Active, s.Next = s.Accounts[1:2], "", nil
			s.Live = backend.Live{Reason: backend.LiveTombstone}
			s.Problems = []backend.Problem{{Message: "settings.json is not valid JSON"}}
		}, want: `- Claude Code is logged out
settings.json is not valid JSON > open
---
Work · 92% left > swap b
---` + tail},
		{name: "notices", snap: func(s *backend.Snapshot) {
			s.Accounts = s.Accounts[:2]
			s.Accounts[0].Notices = []backend.Notice{backend.NoticeLoginEnds}
			s.Accounts[0].LoginExpiresAt = noon().Add(3*day + time.Hour)
			s.Accounts[1].Notices = []backend.Notice{backend.NoticeOffline, backend.NoticeUnsure}
			s.Accounts[1].Busy = "waiting for the provider"
		}, want: `- Personal is active · 39% left · login ends in 3 days
---
✓ Personal · 39% left · login ends in 3 days > swap a
- Work · 92% left · last refresh unsure > swap b
---
Swap to next: Work > swap` + tail},
		{name: "limits that are over", snap: func(s *backend.Snapshot) {
			s.Accounts = s.Accounts[:3]
			s.Accounts[2].LimitedUntil = noon()
			s.Accounts[0].Usage.FiveHour.ResetsAt = noon()
			s.Accounts[1].Usage = nil
		}, want: `- Personal is active · 66% left
---
✓ Personal · 66% left > swap a
Work · ready > swap b
Side project · ready > swap c
---
Swap to next: Work > swap` + tail},
		{name: "odd names", snap: func(s *backend.Snapshot) {
			s.Accounts = s.Accounts[:2]
			s.Accounts[0].Label = "two\nlines\u202e and\ta \x1b[31mturn"
			s.Accounts[1].Label = strings.Repeat("long ", 20)
		}, want: `- two lines and a [31mturn is active · 39% left
---
✓ two lines and a [31mturn · 39% left > swap a
long long long long long long long long… · 92% left > swap b
---
Swap to next: long long long long long long long long… > swap` + tail},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := people()
			if c.snap != nil {
				c.snap(&s)
			}
			if got := spelled(Speak(english).Menu(s, c.doing, noon())); got != c.want {
				t.Errorf("the menu is\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// A thousand accounts make a menu that fits a screen and holds the active one.
func TestMenuOfMany(t *testing.T) {
	s := backend.Snapshot{Active: "k999"}
	for i := range 1000 {
		key := fmt.Sprintf("k%d", i)
		s.Accounts = append(s.Accounts, backend.Account{Key: key, Email: key, State: backend.StateReady, Active: key == s.Active})
	}
	got := spelled(Speak(english).Menu(s, "", noon()))
	if n := strings.Count(got, "\n"); n > mostAccounts+10 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"✓ k999 · ready > swap k999", "979 more in Baton… > open"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// What the menu says changes by the clock alone only when it says it does.
func TestNextChange(t *testing.T) {
	s := people()
	s.Accounts[1].Notices = []backend.Notice{backend.NoticeLoginEnds}
	s.Accounts[1].LoginExpiresAt = noon().Add(3*day + 30*time.Minute)
	end := noon().Add(4 * day)
	for now := noon(); now.Before(end); {
		wait := nextChange(s, now)
		if wait <= 0 || wait > day+time.Hour {
			t.Fatalf("at %s the next change is %s off", now, wait)
		}
		before := spelled(Speak(english).Menu(s, "", now))
		for at := now.Add(time.Second); at.Before(now.Add(wait)); at = at.Add(wait / 7) {
			if later := spelled(Speak(english).Menu(s, "", at)); later != before {
				t.Fatalf("at %s it says\n%s\nat %s, before the change,\n%s", now, before, at, later)
			}
		}
		now = now.Add(wait + time.Millisecond)
	}
}

func TestLight(t *testing.T) {
	for want, change := range map[Light][]func(*backend.Snapshot){
		LightReady: {
			func(*backend.Snapshot) {},
			func(s *backend.Snapshot) { *s = backend.Snapshot{} },
			func(s *backend.Snapshot) { // over by the clock
				s.Accounts[0].State, s.Accounts[0].LimitedUntil = backend.StateLimited, noon()
			},
		},
		LightLimited: {
			func(s *backend.Snapshot) { s.Accounts[0].State = backend.StateLimited },
			func(s *backend.Snapshot) { s.Active = "c" },
		},
		LightAttention: {
			func(s *backend.Snapshot) { s.Active = "d" },
			func(s *backend.Snapshot) { s.Active = "" },
			func(s *backend.Snapshot) {
				*s = backend.Snapshot{Live: backend.Live{Present: true, Reason: backend.LiveUnknown}}
			},
			func(s *backend.Snapshot) { s.Problems = []backend.Problem{{Message: "damaged"}} },
		},
	} {
		for i, f := range change {
			s := people()
			f(&s)
			if got := LightOf(s, noon()); got != want {
				t.Errorf("case %d: light %d, want %d", i, got, want)
			}
		}
	}
}
