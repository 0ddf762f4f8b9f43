package oauthcore_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/signals"

	"pgregory.net/rapid"
)

// from is a report of one session.
func from(session string, s signals.StatusLine) signals.StatusLine {
	s.SessionID = session
	return s
}

// used is what a world shows of an account's five hours and seven days, -1 for
// nothing.
func (w *world) used(key string) (five, seven float64) {
	w.Helper()
	five, seven = -1, -1
	if u := w.view(key).Usage; u != nil {
		if u.FiveHour != nil {
			five = u.FiveHour.Percent
		}
		if u.SevenDay != nil {
			seven = u.SevenDay.Percent
		}
	}
	return five, seven
}

// fresh is a world in which nothing is known of any account's use, with
// personal live.
func fresh(t *testing.T) *world {
	w := newWorld(t)
	for _, r := range w.home.Residents {
		if _, err := w.core.Unlimit(t.Context(), r.Key); err != nil {
			t.Fatal(err)
		}
	}
	w.swap(oauthcore.SwapRequest{To: personal})
	w.clock.Add(time.Hour)
	return w
}

// After a swap an idle session goes on telling the figures of the account it ran
// on, for as long as nobody types in it.
func TestAnIdleSessionsFiguresStayItsAccounts(t *testing.T) {
	for _, known := range []bool{true, false} { // the new account's own figures
		for _, later := range []time.Duration{time.Second, 3 * time.Minute, 2 * time.Hour, 50 * time.Hour} {
			for _, session := range []string{"s", "one that never reported before", ""} {
				t.Run(fmt.Sprintf("known %v, after %v, session %q", known, later, session), func(t *testing.T) {
					w := fresh(t)
					now := w.clock.Now()
					five, seven := now.Add(4*time.Hour), now.Add(90*time.Hour)
					if known {
						w.swap(oauthcore.SwapRequest{To: work})
						w.observe(from("w", w.line(5, 3, now.Add(3*time.Hour), now.Add(120*time.Hour))))
						w.swap(oauthcore.SwapRequest{To: personal})
						w.clock.Add(5 * time.Minute)
					}
					w.observe(from("s", w.line(100, 97, five, seven)))
					w.swap(oauthcore.SwapRequest{To: work})
					fiveBefore, sevenBefore := w.used(work)
					w.clock.Add(later)
					w.observe(from(session, w.line(100, 97, five, seven)))
					fiveNow, sevenNow := w.used(work)
					if later < 2*time.Hour && fiveNow != fiveBefore || fiveNow > max(0, fiveBefore) || sevenNow != sevenBefore {
						t.Errorf("put down to the new account: %v and %v, before %v and %v", fiveNow, sevenNow, fiveBefore, sevenBefore)
					}
					if v := w.view(work); !v.LimitedUntil.IsZero() {
						t.Errorf("the new account is limited until %v", v.LimitedUntil)
					}
					if _, seven := w.used(personal); seven != 97 {
						t.Errorf("the old account has %v of its week", seven)
					}
				})
			}
		}
	}
}

// The first answer on the new account is the new account's, also in a session
// that reported of the old one.
func TestAPromptAfterASwapIsTheNewAccounts(t *testing.T) {
	w := fresh(t)
	now := w.clock.Now()
	w.observe(w.line(97, 40, now.Add(4*time.Hour), now.Add(90*time.Hour)))
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(10 * time.Minute)
	w.observe(w.line(1, 0.5, w.clock.Now().Add(5*time.Hour), w.clock.Now().Add(168*time.Hour)))
	if five, _ := w.used(work); five != 1 {
		t.Errorf("work at %v", five)
	}
	if five, _ := w.used(personal); five != 97 {
		t.Errorf("personal at %v", five)
	}
}

// Of the same window a lower figure is an older one, told late, unless it fell in
// one and the same session: then the provider gave the limit back.
func TestALowerFigure(t *testing.T) {
	for name, tt := range map[string]struct {
		first, second string // the sessions
		lower         float64
		want          float64
		free          bool
	}{
		"an idle session":             {"a", "b", 60, 98, false},
		"an unnamed session":          {"a", "", 60, 98, false},
		"it fell":                     {"a", "a", 2, 2, true},
		"it was rounded":              {"a", "a", 96, 96, false},
		"it did not fall by much":     {"a", "a", 94, 94, false},
		"it fell in an unnamed one":   {"", "", 2, 98, false},
		"nothing left of it":          {"a", "a", 0, 0, true},
		"a session that starts later": {"a", "c", 0, 98, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := fresh(t)
			now := w.clock.Now()
			five, seven := now.Add(4*time.Hour), now.Add(90*time.Hour)
			w.observe(from("b", w.line(60, 20, five, seven)))
			w.observe(from(tt.first, w.line(98, 20, five, seven)))
			w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, five, "five_hour")))
			if v := w.view(personal); v.LimitedUntil.IsZero() {
				t.Fatal("not limited")
			}
			w.clock.Add(time.Minute)
			w.observe(from(tt.second, w.line(tt.lower, 20, five, seven)))
			if got, _ := w.used(personal); got != tt.want {
				t.Errorf("at %v, want %v", got, tt.want)
			}
			if v := w.view(personal); v.LimitedUntil.IsZero() != tt.free {
				t.Errorf("limited until %v", v.LimitedUntil)
			}
		})
	}
}

// Only the window a mark is of lifts it.
func TestAnotherWindowLiftsNoMark(t *testing.T) {
	w := fresh(t)
	now := w.clock.Now()
	five, seven := now.Add(4*time.Hour), now.Add(90*time.Hour)
	w.observe(w.line(80, 99, five, seven))
	w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, seven, "seven_day")))
	w.observe(w.line(3, 99, now.Add(5*time.Hour), seven))
	if v := w.view(personal); !v.LimitedUntil.Equal(seven.Truncate(time.Second)) {
		t.Errorf("limited until %v", v.LimitedUntil)
	}
}

// player is one session of Claude Code: it shows what it was told at its last
// answer until it is prompted again.
type player struct {
	shows *signals.StatusLine
}

// Whatever sessions draw, and whenever: no account gets a figure that was never
// its own, none is limited that has something left, and the figure of an account
// is not older than what was last told of it.
func TestWhateverSessionsDraw(t *testing.T) {
	left := 20 // of rapid's hundred: each is a home of its own
	if watched || testing.Short() {
		left = 8
	}
	rapid.Check(t, func(rt *rapid.T) {
		if left--; left < 0 {
			return
		}
		w := fresh(t)
		keys := []string{personal, work, side}
		plans := map[string]*tank{}
		for i, key := range keys {
			plans[key] = &tank{perFive: 3 + 5*float64(i), perSevenStep: 1}
		}
		active, start, swapped := personal, w.clock.Now(), w.clock.Now().Add(-time.Hour)
		told := map[string]float64{} // the account's five hours, as last told
		sessions := []*player{{}, {}, {}, {}}
		draw := func(i int) {
			if p := sessions[i]; p.shows != nil {
				w.observe(*p.shows)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"swap": func(rt *rapid.T) {
				to := rapid.SampledFrom(keys).Draw(rt, "to")
				if to != active {
					if w.view(to).NeedsLogin {
						rt.Skip("its login ended")
					}
					w.swap(oauthcore.SwapRequest{To: to})
					active, swapped = to, w.clock.Now()
				}
			},
			"prompt": func(rt *rapid.T) {
				i := rapid.IntRange(0, len(sessions)-1).Draw(rt, "session")
				k := plans[active]
				w.clock.Add(rapid.SampledFrom([]time.Duration{90 * time.Second, 5 * time.Minute}).Draw(rt, "time")) // windows of two accounts do not begin in one minute
				if !k.use(w.clock.Now()) {
					return
				}
				line := from(fmt.Sprint("s", i), w.line(k.five, k.seven, k.fiveEnds, k.sevenEnds))
				sessions[i].shows = &line
				if w.clock.Now().Sub(swapped) > 2*time.Minute {
					told[active] = k.five
				} else {
					delete(told, active) // it may be left alone
				}
				draw(i)
			},
			"draw": func(rt *rapid.T) { draw(rapid.IntRange(0, len(sessions)-1).Draw(rt, "session")) },
			"time passes": func(rt *rapid.T) {
				if w.clock.Now().Sub(start) > 4*24*time.Hour {
					rt.Skip("the logins end")
				}
				w.clock.Add(rapid.SampledFrom([]time.Duration{time.Second, 2 * time.Minute, time.Hour, 6 * time.Hour, 30 * time.Hour}).Draw(rt, "time"))
				for _, k := range plans {
					k.roll(w.clock.Now())
				}
			},
			"": func(rt *rapid.T) {
				now := w.clock.Now()
				for _, key := range slices.Sorted(maps.Keys(plans)) {
					k := plans[key]
					k.roll(now)
					five, seven := w.used(key)
					if now.Before(k.fiveEnds) && told[key] > 0 && told[key] == k.five && five != told[key] {
						rt.Fatalf("%s has used %v of five hours, and %v is shown", key, told[key], five)
					}
					if five > k.five || seven > k.seven {
						rt.Fatalf("%s has used %v and %v, and %v and %v are shown", key, k.five, k.seven, five, seven)
					}
					if until, _ := k.spentUntil(now); until.IsZero() && !w.view(key).LimitedUntil.IsZero() {
						rt.Fatalf("%s is not limited, and shown as that", key)
					}
				}
			},
		})
	})
}
