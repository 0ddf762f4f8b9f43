package oauthcore_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

// tank is what one account's plan lets through: a window of five hours that
// opens with the first use, and one of seven days.
type tank struct {
	five, seven           float64 // percent used
	fiveEnds, sevenEnds   time.Time
	perFive, perSevenStep float64
}

func (k *tank) roll(now time.Time) {
	if !now.Before(k.fiveEnds) {
		k.five = 0
	}
	if !now.Before(k.sevenEnds) {
		k.seven = 0
	}
}

// spentUntil is when the account works again, zero where it does.
func (k *tank) spentUntil(now time.Time) (until time.Time, kind string) {
	k.roll(now)
	if k.five >= 100 {
		until, kind = k.fiveEnds, "five_hour"
	}
	if k.seven >= 100 && k.sevenEnds.After(until) {
		until, kind = k.sevenEnds, "seven_day"
	}
	return until, kind
}

// use is one step's work; false where the account refuses it.
func (k *tank) use(now time.Time) bool {
	if until, _ := k.spentUntil(now); !until.IsZero() {
		return false
	}
	if k.five == 0 {
		k.fiveEnds = now.Add(5 * time.Hour).Truncate(time.Second)
	}
	if k.seven == 0 {
		k.sevenEnds = now.Add(7 * 24 * time.Hour).Truncate(time.Second)
	}
	k.five, k.seven = min(100, k.five+k.perFive), min(100, k.seven+k.perSevenStep)
	return true
}

const fortnightStep = 5 * time.Minute

// tanks are five plans of different size, in the order of the accounts.
func tanks(keys []string) map[string]*tank {
	out := map[string]*tank{}
	for i, key := range keys {
		size := []float64{4, 1, 1, 2, 2}[i] // how much more than the smallest plan
		out[key] = &tank{perFive: 16 / size, perSevenStep: 1.6 / size}
	}
	return out
}

// atWork says whether the person works: long weekdays, a bit on Saturday.
func atWork(now time.Time) bool {
	h := now.Hour()
	switch now.Weekday() {
	case time.Sunday:
		return false
	case time.Saturday:
		return h >= 10 && h < 14
	}
	return h >= 8 && h < 13 || h >= 14 && h < 20
}

// TestAFortnight is two weeks of one person with five accounts, all through
// status lines and hooks as Claude Code sends them, the next account taking
// over by itself. Beside it the same work on the first account alone, and by
// the rule that takes the first account not marked as limited.
func TestAFortnight(t *testing.T) {
	for _, troubled := range []bool{false, true} {
		t.Run(fmt.Sprintf("troubled %v", troubled), func(t *testing.T) {
			t.Parallel()
			fortnight(t, troubled)
		})
	}
}

// fortnight plays it. With trouble the server is busy at times, idle sessions go on
// drawing their status lines, accounts are refused, and the provider gives limits
// back before their reset.
func fortnight(t *testing.T, troubled bool) {
	w := newWorld(t)
	keys := []string{personal, work, side, lab, night}
	w.swap(oauthcore.SwapRequest{To: personal})
	for _, key := range keys { // what the home was seeded with is another story
		if _, err := w.core.Unlimit(context.Background(), key); err != nil {
			t.Fatal(err)
		}
	}
	w.configure("swap.auto", "on")
	w.configure("swap.acrossOrganizations", "on")
	w.clock.Add(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC).Sub(w.clock.Now()))
	start := w.clock.Now()
	trouble := &troubles{world: w, random: rand.New(rand.NewPCG(20261127, 1)), shown: map[string]signals.StatusLine{}, refused: map[string]time.Time{}}
	real, first, free := tanks(keys), tanks(keys), tanks(keys)
	marked := map[string]time.Time{} // by the rule of the first free one
	firstFree := personal
	var waited, waitedFirst, waitedFree, worked time.Duration
	var swaps, prompts int
	lastSwap := start
	active := personal
	days := 14
	if watched {
		days = 1
	}
	for w.clock.Now().Before(start.AddDate(0, 0, days)) {
		now := w.clock.Now()
		if !atWork(now) {
			w.clock.Add(fortnightStep)
			continue
		}
		worked += fortnightStep
		if !first[personal].use(now) {
			waitedFirst += fortnightStep
		}
		if !useFirstFree(free, keys, marked, &firstFree, now) {
			waitedFree += fortnightStep
		}
		for _, key := range keys {
			if now.Hour() == 8 && now.Minute() == 0 && w.view(key).LoginEnds { // the person was warned, and logs in again
				w.login(key)
			}
		}
		if !w.credential().FreshAt(now, time.Minute) {
			w.clientRefreshes() // Claude Code does, before it asks
		}
		if troubled {
			trouble.meanwhile(real, active)
			if s := trouble.swapped; s != nil {
				active, lastSwap = s.To, w.clock.Now()
				swaps++
			}
		}
		done := false
		var stays error
		for try := 0; try < len(keys) && !done; try++ {
			prompts++
			k := real[active]
			if done = k.use(w.clock.Now()); done {
				trouble.answered(w.line(k.five, k.seven, k.fiveEnds, k.sevenEnds))
				break
			}
			until, kind := k.spentUntil(w.clock.Now())
			at := w.clock.Now()
			w.clock.Add(time.Second)
			got := w.failed(signals.RateLimit, w.transcript(promptRow(at), limitRow(w.clock.Now(), until, kind)))
			if got.Key != active {
				t.Fatalf("%v: %s hit its limit and %q was charged", at, active, got.Key)
			}
			if at := w.view(active).LimitedUntil; !at.Equal(until) {
				t.Fatalf("%s limited until %v, the provider says %v", active, at, until)
			}
			if stays = got.Stays; got.Swapped == nil {
				break // nobody is free: wait
			}
			swaps++
			if since := w.clock.Now().Sub(lastSwap); since < 45*time.Second {
				t.Fatalf("swapped again after %v", since)
			}
			lastSwap = w.clock.Now()
			if until, _ := real[got.Swapped.To].spentUntil(w.clock.Now()); !until.IsZero() {
				t.Fatalf("swapped to %s, which is limited until %v", got.Swapped.To, until)
			}
			active = got.Swapped.To
			w.clock.Add(3 * time.Minute) // the person types on
		}
		if !done {
			waited += fortnightStep
			// No reset is missed: if anybody is free now, Baton knows.
			for _, key := range keys {
				if until, _ := real[key].spentUntil(now); until.IsZero() && key != active && trouble.refused[key].IsZero() {
					t.Fatalf("%v: %s is free and nobody took over: %v; %+v", now, key, stays, w.view(key))
				}
			}
			// Whoever is back first is the one to go on with.
			if until, _ := real[active].spentUntil(now); until.IsZero() {
				t.Fatalf("%v: %s is free itself", now, active)
			}
		}
		trouble.marked(real)
		w.clock.Add(fortnightStep - w.clock.Now().Sub(now)%fortnightStep)
	}
	t.Logf("measured: troubled %v: %d days, %.0f h of work, %d prompts and %d swaps; without a free account: %.1f h. The first account alone: %.1f h. First not marked: %.1f h",
		troubled, days, worked.Hours(), prompts, swaps, waited.Hours(), waitedFirst.Hours(), waitedFree.Hours())
	if !troubled && (waited > waitedFirst || waited > waitedFree) {
		t.Error("the person waits longer than by a simpler rule")
	}
	if swaps == 0 || swaps > 200 {
		t.Errorf("%d swaps in two weeks", swaps)
	}
	w.kept(keys...)
	if troubled {
		t.Logf("measured: %d busy moments, %d refusals, %d limits given back, %d idle drawings", trouble.busy, trouble.refusals, trouble.givenBack, trouble.drawings)
	}
}

// troubles are what goes on beside the person's work.
type troubles struct {
	*world
	random  *rand.Rand
	shown   map[string]signals.StatusLine // what each session shows
	refused map[string]time.Time          // accounts Claude Code was told are refused, and when
	swapped *oauthcore.Swapped            // by the last step

	busy, refusals, givenBack, drawings int
}

// answered is a report after an answer, in one of three sessions.
func (x *troubles) answered(s signals.StatusLine) {
	id := fmt.Sprint("session ", x.random.IntN(3))
	x.shown[id] = from(id, s)
	x.observe(x.shown[id])
}

// meanwhile is one step of trouble.
func (x *troubles) meanwhile(real map[string]*tank, active string) {
	x.swapped = nil
	for _, id := range slices.Sorted(maps.Keys(x.shown)) {
		x.observe(x.shown[id])
		x.drawings++
	}
	now := x.clock.Now()
	switch n := x.random.IntN(200); {
	case n < 20:
		x.busy++
		got := x.failed(signals.RateLimit, x.transcript(promptRow(now), row(signals.RateLimit, `"version":"2.1.332"`)))
		if got.Swapped != nil || got.News {
			x.Fatalf("a busy server: %+v", got)
		}
	case n == 20:
		x.refusals++
		got := x.failed(signals.BillingTrouble, x.transcript(promptRow(now), row(signals.BillingTrouble, "")))
		if got.Key != active {
			x.Fatalf("%s was refused and %q was charged", active, got.Key)
		}
		x.refused[active], x.swapped = now, got.Swapped
		if got.Swapped == nil && view.CodeOf(got.Stays) == view.CodeBusy {
			x.Fatal(got.Stays)
		}
	case n < 24:
		for _, key := range slices.Sorted(maps.Keys(real)) {
			if until, _ := real[key].spentUntil(now); !until.IsZero() {
				x.givenBack++
				real[key].five, real[key].seven = 0, 0
				x.told(key, real[key])
				break
			}
		}
	}
	for key, at := range x.refused {
		if now.Sub(at) > 5*time.Hour { // its bill is paid
			if _, err := x.core.Refresh(x.Context(), key); err != nil {
				x.Fatal(err)
			}
			delete(x.refused, key)
		}
	}
}

// told has the person look at an account's usage.
func (x *troubles) told(key string, k *tank) {
	who := x.resident(key).Person
	u := providertest.Usage{FiveHour: &providertest.Window{Percent: k.five}, SevenDay: &providertest.Window{Percent: k.seven}}
	if err := x.provider.SetUsage(who.AccountUUID, who.OrganizationUUID, u); err != nil {
		x.Fatal(err)
	}
	if _, _, err := x.core.CheckUsage(x.Context(), key); err != nil {
		x.Fatal(err)
	}
}

// marked fails where an account counts as limited that is not.
func (x *troubles) marked(real map[string]*tank) {
	now := x.clock.Now()
	for key, k := range real {
		if until, _ := k.spentUntil(now); until.IsZero() {
			if v := x.view(key); !v.LimitedUntil.IsZero() {
				x.Fatalf("%v: %s is limited until %v, and has used %v and %v: %+v", now, key, v.LimitedUntil, k.five, k.seven, v.Usage)
			}
		}
	}
}

// useFirstFree is a step by the rule that stays on an account until it hits
// its limit, and then takes the first one not marked.
func useFirstFree(all map[string]*tank, keys []string, marked map[string]time.Time, active *string, now time.Time) bool {
	for range len(keys) + 1 {
		if all[*active].use(now) {
			return true
		}
		marked[*active], _ = all[*active].spentUntil(now)
		next := ""
		for _, key := range keys {
			if key != *active && !marked[key].After(now) {
				next = key
				break
			}
		}
		if next == "" {
			return false
		}
		*active = next
	}
	return false
}
