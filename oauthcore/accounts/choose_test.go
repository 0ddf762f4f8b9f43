package accounts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"

	"pgregory.net/rapid"
)

func TestChoose(t *testing.T) {
	in := func(d time.Duration) time.Time { return noon.Add(d) }
	for _, tt := range []struct {
		name   string
		all    []accounts.Candidate
		active string
		want   string // key, or the start of the message
		code   view.Code
	}{
		{"no account", nil, "", "No account pool available for automatic account rotation (fewer than 2 accounts).", view.CodeNoOther},
		{"one", []accounts.Candidate{{Key: "a"}}, "a", "No account pool available", view.CodeNoOther},
		{"the other", []accounts.Candidate{{Key: "a"}, {Key: "b"}}, "a", "b", ""},
		{"limited are skipped", []accounts.Candidate{{Key: "a"}, {Key: "b", LimitedUntil: in(time.Hour)}, {Key: "c"}}, "a", "c", ""},
		{"a limit that is over", []accounts.Candidate{{Key: "a"}, {Key: "b", LimitedUntil: noon}}, "a", "b", ""},
		{"paused, refused and unsure are skipped", []accounts.Candidate{{Key: "a"}, {Key: "b", Paused: true}, {Key: "c", NeedsLogin: true}, {Key: "d", Unsure: true}, {Key: "e"}}, "a", "e", ""},
		{"refused by the provider", []accounts.Candidate{{Key: "a"}, {Key: "b", Refused: true}, {Key: "c"}}, "a", "c", ""},
		{"all refused by the provider", []accounts.Candidate{{Key: "a"}, {Key: "b", Name: "Lab", Refused: true}}, "a", "no other account can be used: Lab is refused by the provider", view.CodeNoOther},
		{"equal headroom, least recently used", []accounts.Candidate{{Key: "a"}, {Key: "b", Headroom: 40, HeadroomKnown: true, ActiveAt: in(-time.Hour)}, {Key: "c", Headroom: 40, HeadroomKnown: true, ActiveAt: in(-2 * time.Hour)}}, "a", "c", ""},
		{"one minute", []accounts.Candidate{{Key: "a", LimitedUntil: in(2 * time.Hour)}, {Key: "b", LimitedUntil: in(119 * time.Second)}}, "a", "All OAuth accounts are rate-limited. Earliest reset in 1 minute (at 13:14 UTC).", view.CodeAllLimited},
		{"a known end beside an assumed one", []accounts.Candidate{{Key: "a", LimitedUntil: in(time.Minute), Assumed: true}, {Key: "b", LimitedUntil: in(time.Hour)}}, "a", "All OAuth accounts are rate-limited. Earliest reset in 60 minutes", view.CodeAllLimited},
		{"most headroom", []accounts.Candidate{{Key: "a"}, {Key: "b", Headroom: 40, HeadroomKnown: true}, {Key: "c", Headroom: 92, HeadroomKnown: true}}, "a", "c", ""},
		{"of equals one with no model spent", []accounts.Candidate{{Key: "a"}, {Key: "b", Headroom: 40, HeadroomKnown: true, ModelSpent: true}, {Key: "c", Headroom: 40, HeadroomKnown: true, ActiveAt: in(-time.Hour)}}, "a", "c", ""},
		{"more left counts before a model", []accounts.Candidate{{Key: "a"}, {Key: "b", Headroom: 41, HeadroomKnown: true, ModelSpent: true}, {Key: "c", Headroom: 40, HeadroomKnown: true}}, "a", "b", ""},
		{"known before unknown", []accounts.Candidate{{Key: "a"}, {Key: "b"}, {Key: "c", Headroom: 1, HeadroomKnown: true}}, "a", "c", ""},
		{"least recently used", []accounts.Candidate{{Key: "a"}, {Key: "b", ActiveAt: in(-time.Hour)}, {Key: "c", ActiveAt: in(-2 * time.Hour)}}, "a", "c", ""},
		{"ties by order", []accounts.Candidate{{Key: "a"}, {Key: "b"}, {Key: "c"}}, "a", "b", ""},
		{
			"all limited",
			[]accounts.Candidate{{Key: "a", LimitedUntil: in(2 * time.Hour)}, {Key: "b", LimitedUntil: in(52 * time.Minute)}},
			"a", "All OAuth accounts are rate-limited. Earliest reset in 52 minutes (at 14:05 UTC).", view.CodeAllLimited,
		},
		{
			"the active one is back first",
			[]accounts.Candidate{{Key: "a", LimitedUntil: in(59 * time.Second)}, {Key: "b", LimitedUntil: in(time.Hour)}},
			"a", "All OAuth accounts are rate-limited. Earliest reset in 0 minutes (at 13:13 UTC).", view.CodeAllLimited,
		},
		{
			"an assumed end is no reset time",
			[]accounts.Candidate{{Key: "a", LimitedUntil: in(time.Hour), Assumed: true}, {Key: "b", LimitedUntil: in(time.Hour), Assumed: true}},
			"a", "All OAuth accounts are rate-limited. No reset time available.", view.CodeAllLimited,
		},
		{"none active", []accounts.Candidate{{Key: "a", LimitedUntil: in(time.Hour)}, {Key: "b", LimitedUntil: in(2 * time.Hour)}}, "", "All OAuth accounts are rate-limited. Earliest reset in 60 minutes (at 14:13 UTC).", view.CodeAllLimited},
		{"others limited, the active one free", []accounts.Candidate{{Key: "a", Name: "Personal"}, {Key: "b", LimitedUntil: in(time.Hour)}}, "a", "every other account is limited; Personal is active and free", view.CodeNoOther},
		{"others limited and paused", []accounts.Candidate{{Key: "a", Name: "Personal"}, {Key: "b", LimitedUntil: in(time.Hour)}, {Key: "c", Name: "Lab", Paused: true}}, "a", "every other account is limited (Lab is paused); Personal is active and free", view.CodeNoOther},
		{"only paused and refused others", []accounts.Candidate{{Key: "a"}, {Key: "b", Name: "Work", Paused: true}, {Key: "c", Name: "Lab", NeedsLogin: true}}, "a", "no other account can be used: Work is paused, Lab needs login", view.CodeNoOther},
		{"limited and refused mixed", []accounts.Candidate{{Key: "a", LimitedUntil: in(time.Hour)}, {Key: "b", LimitedUntil: in(2 * time.Hour)}, {Key: "c", NeedsLogin: true}}, "a", "All OAuth accounts are rate-limited. Earliest reset in 60", view.CodeAllLimited},
		{"a refused account's reset does not count", []accounts.Candidate{{Key: "a", LimitedUntil: in(2 * time.Hour)}, {Key: "b", LimitedUntil: in(3 * time.Hour)}, {Key: "c", NeedsLogin: true, LimitedUntil: in(time.Minute)}}, "a", "All OAuth accounts are rate-limited. Earliest reset in 120", view.CodeAllLimited},
		{"the active one limited, others refused", []accounts.Candidate{{Key: "a", LimitedUntil: in(time.Hour)}, {Key: "b", Name: "Lab", Unsure: true}}, "a", "no other account can be used: Lab is unsure", view.CodeNoOther},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := accounts.Choose(tt.all, tt.active, noon)
			if tt.code == "" {
				if err != nil || got.Key != tt.want {
					t.Fatalf("chose %q, %v; want %q", got.Key, err, tt.want)
				}
				return
			}
			if e := wantCode(t, err, tt.code); !strings.HasPrefix(e.Message, tt.want) {
				t.Errorf("says %q, want %q", e.Message, tt.want)
			}
		})
	}
}

func candidates() *rapid.Generator[[]accounts.Candidate] {
	return rapid.Custom(func(t *rapid.T) []accounts.Candidate {
		var out []accounts.Candidate
		for i := range rapid.IntRange(0, 7).Draw(t, "accounts") {
			c := accounts.Candidate{
				Key: string(rune('a' + i)), Paused: rapid.IntRange(0, 3).Draw(t, "paused") == 0,
				NeedsLogin: rapid.IntRange(0, 3).Draw(t, "refused") == 0, Unsure: rapid.IntRange(0, 5).Draw(t, "unsure") == 0,
				HeadroomKnown: rapid.Bool().Draw(t, "known"), Assumed: rapid.Bool().Draw(t, "assumed"),
				Headroom: float64(rapid.IntRange(0, 100).Draw(t, "headroom")),
			}
			if rapid.Bool().Draw(t, "limited") {
				c.LimitedUntil = noon.Add(time.Duration(rapid.IntRange(-90, 300).Draw(t, "until")) * time.Minute)
			}
			if rapid.Bool().Draw(t, "used") {
				c.ActiveAt = noon.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "ago")) * time.Minute)
			}
			out = append(out, c)
		}
		return out
	})
}

// The choice is never a limited, paused, refused, unsure or active account,
// is the same for the same input, and fails only where there is none.
func TestChooseNeverTakesOneItMustNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := candidates().Draw(t, "all")
		active := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "active")
		ok := func(c accounts.Candidate) bool {
			return c.Key != active && !c.Paused && !c.NeedsLogin && !c.Unsure && !c.LimitedUntil.After(noon)
		}
		before := slices.Clone(all)
		got, err := accounts.Choose(all, active, noon)
		again, err2 := accounts.Choose(all, active, noon)
		if got != again || (err == nil) != (err2 == nil) || (err != nil && err.Error() != err2.Error()) {
			t.Fatalf("two answers: %v, %v; %v, %v", got, err, again, err2)
		}
		if !slices.Equal(before, all) {
			t.Fatal("the input was changed")
		}
		if err == nil && !ok(got) {
			t.Fatalf("chose %+v, active %q", got, active)
		}
		if err != nil && len(all) >= 2 && slices.ContainsFunc(all, ok) {
			t.Fatalf("chose none: %v", err)
		}
	})
}

// Candidates are the accounts in order, each with what the vault and the usage
// store know of it.
func TestCandidates(t *testing.T) {
	if accounts.FreshMargin != 10*time.Minute {
		t.Errorf("a token is fresh with %v left", accounts.FreshMargin)
	}
	v := parseVault(t, "")
	fresh := credential(t, "x")
	for i, key := range []string{"a", "paused", "gone", "dead", "bare", "lapsed", "refused", "doubt", "other"} {
		a := v.Add(key, accounts.Identity{Email: key})
		a.Label = "L" + key
		if key != "dead" {
			v.Save(a, credential(t, key, func(c *accounts.Credential) { c.ExpiresAt = noon.Add(time.Duration(i) * time.Hour) }))
		}
	}
	v.Get("paused").Paused = true
	v.Remove(v.Get("gone"))
	v.Get("refused").Refused = "words"
	v.Get("doubt").Doubt = accounts.DoubtSent
	for key, ends := range map[string]time.Duration{"bare": accounts.FreshMargin + time.Minute, "lapsed": accounts.FreshMargin} {
		cr, err := fresh.Edit(func(c *accounts.Credential) { c.RefreshToken, c.ExpiresAt = secret.Secret{}, noon.Add(ends) })
		if err != nil {
			t.Fatal(err)
		}
		v.Get(key).Credential = cr
	}
	v.Move(v.Get("other"), 0)
	u := parseUsage(t, "")
	u.Record("a").Mark = accounts.Mark{Limited: true, MarkedAt: noon}
	u.Record("a").ActiveAt = noon
	u.Record("other").Usage = &view.Usage{SevenDay: &view.Window{Percent: 30}}
	got := accounts.Candidates(v, u, func(a *accounts.Account) bool { return a.Key == "other" }, noon)
	want := []accounts.Candidate{
		{Key: "other", Unsure: true, Headroom: 70, HeadroomKnown: true},
		{Key: "a", LimitedUntil: noon.Add(accounts.AssumedLimit), Assumed: true, ActiveAt: noon},
		{Key: "paused", Paused: true},
		{Key: "dead", NeedsLogin: true},
		{Key: "bare"},
		{Key: "lapsed", NeedsLogin: true},
		{Key: "refused", Refused: true},
		{Key: "doubt", Unsure: true},
	}
	for i := range want {
		want[i].Name = "L" + want[i].Key
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
