package oauthcore_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)

func TestChoose(t *testing.T) {
	in := func(d time.Duration) time.Time { return noon.Add(d) }
	for _, tt := range []struct {
		name   string
		all    []oauthcore.Candidate
		active string
		want   string // key, or the start of the message
		code   oauthcore.Code
	}{
		{"nobody", nil, "", "No account pool available for automatic account rotation (fewer than 2 accounts).", oauthcore.CodeNoOther},
		{"one", []oauthcore.Candidate{{Key: "a"}}, "a", "No account pool available", oauthcore.CodeNoOther},
		{"the other", []oauthcore.Candidate{{Key: "a"}, {Key: "b"}}, "a", "b", ""},
		{"limited are skipped", []oauthcore.Candidate{{Key: "a"}, {Key: "b", LimitedUntil: in(time.Hour)}, {Key: "c"}}, "a", "c", ""},
		{"a limit that is over", []oauthcore.Candidate{{Key: "a"}, {Key: "b", LimitedUntil: noon}}, "a", "b", ""},
		{"paused, refused and unsure are skipped", []oauthcore.Candidate{{Key: "a"}, {Key: "b", Paused: true}, {Key: "c", NeedsLogin: true}, {Key: "d", Unsure: true}, {Key: "e"}}, "a", "e", ""},
		{"most headroom", []oauthcore.Candidate{{Key: "a"}, {Key: "b", Headroom: 40, HeadroomKnown: true}, {Key: "c", Headroom: 92, HeadroomKnown: true}}, "a", "c", ""},
		{"known before unknown", []oauthcore.Candidate{{Key: "a"}, {Key: "b"}, {Key: "c", Headroom: 1, HeadroomKnown: true}}, "a", "c", ""},
		{"least recently used", []oauthcore.Candidate{{Key: "a"}, {Key: "b", ActiveAt: in(-time.Hour)}, {Key: "c", ActiveAt: in(-2 * time.Hour)}}, "a", "c", ""},
		{"ties by order", []oauthcore.Candidate{{Key: "a"}, {Key: "b"}, {Key: "c"}}, "a", "b", ""},
		{
			"all limited",
			[]oauthcore.Candidate{{Key: "a", LimitedUntil: in(2 * time.Hour)}, {Key: "b", LimitedUntil: in(52 * time.Minute)}},
			"a", "All OAuth accounts are rate-limited. Earliest reset in 52 minutes (at 14:05 UTC).", oauthcore.CodeAllLimited,
		},
		{
			"the active one is back first",
			[]oauthcore.Candidate{{Key: "a", LimitedUntil: in(59 * time.Second)}, {Key: "b", LimitedUntil: in(time.Hour)}},
			"a", "All OAuth accounts are rate-limited. Earliest reset in 1 minute (at 13:13 UTC).", oauthcore.CodeAllLimited,
		},
		{
			"an assumed end is no reset time",
			[]oauthcore.Candidate{{Key: "a", LimitedUntil: in(time.Hour), Assumed: true}, {Key: "b", LimitedUntil: in(time.Hour), Assumed: true}},
			"a", "All OAuth accounts are rate-limited. No reset time available.", oauthcore.CodeAllLimited,
		},
		{"nobody active", []oauthcore.Candidate{{Key: "a", LimitedUntil: in(time.Hour)}, {Key: "b", LimitedUntil: in(2 * time.Hour)}}, "", "All OAuth accounts are rate-limited. Earliest reset in 60 minutes (at 14:13 UTC).", oauthcore.CodeAllLimited},
		{"others limited, the active one free", []oauthcore.Candidate{{Key: "a", Name: "Personal"}, {Key: "b", LimitedUntil: in(time.Hour)}}, "a", "every other account is limited; Personal is active and free", oauthcore.CodeNoOther},
		{"others limited and paused", []oauthcore.Candidate{{Key: "a", Name: "Personal"}, {Key: "b", LimitedUntil: in(time.Hour)}, {Key: "c", Name: "Lab", Paused: true}}, "a", "every other account is limited (Lab is paused); Personal is active and free", oauthcore.CodeNoOther},
		{"only paused and refused others", []oauthcore.Candidate{{Key: "a"}, {Key: "b", Name: "Work", Paused: true}, {Key: "c", Name: "Lab", NeedsLogin: true}}, "a", "no other account can be used: Work is paused, Lab needs login", oauthcore.CodeNoOther},
		{"limited and refused mixed", []oauthcore.Candidate{{Key: "a", LimitedUntil: in(time.Hour)}, {Key: "b", LimitedUntil: in(2 * time.Hour)}, {Key: "c", NeedsLogin: true}}, "a", "All OAuth accounts are rate-limited. Earliest reset in 60", oauthcore.CodeAllLimited},
		{"a refused account's reset does not count", []oauthcore.Candidate{{Key: "a", LimitedUntil: in(2 * time.Hour)}, {Key: "b", LimitedUntil: in(3 * time.Hour)}, {Key: "c", NeedsLogin: true, LimitedUntil: in(time.Minute)}}, "a", "All OAuth accounts are rate-limited. Earliest reset in 120", oauthcore.CodeAllLimited},
		{"the active one limited, others refused", []oauthcore.Candidate{{Key: "a", LimitedUntil: in(time.Hour)}, {Key: "b", Name: "Lab", Unsure: true}}, "a", "no other account can be used: Lab is unsure", oauthcore.CodeNoOther},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := oauthcore.Choose(tt.all, tt.active, noon)
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

func candidates() *rapid.Generator[[]oauthcore.Candidate] {
	return rapid.Custom(func(t *rapid.T) []oauthcore.Candidate {
		var out []oauthcore.Candidate
		for i := range rapid.IntRange(0, 7).Draw(t, "accounts") {
			c := oauthcore.Candidate{
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
		ok := func(c oauthcore.Candidate) bool {
			return c.Key != active && !c.Paused && !c.NeedsLogin && !c.Unsure && !c.LimitedUntil.After(noon)
		}
		before := slices.Clone(all)
		got, err := oauthcore.Choose(all, active, noon)
		again, err2 := oauthcore.Choose(all, active, noon)
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
			t.Fatalf("chose nobody: %v", err)
		}
	})
}
