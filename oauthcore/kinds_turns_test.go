package oauthcore_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
	"baton/oauthcore/providertest"
	"baton/oauthcore/signals"
)

// auto is a fresh world in which another account takes over at a limit.
func auto(t *testing.T) *world {
	t.Helper()
	w := fresh(t)
	w.configure("swap.auto", "on")
	w.configure("swap.acrossOrganizations", "on")
	return w
}

// The hook may run before Claude Code wrote the row of this failure. The last
// failure in the transcript is then one of an earlier turn, which ended long ago.
func TestAFailureOfAnEarlierTurn(t *testing.T) {
	for _, ago := range []time.Duration{10 * time.Minute, 6 * time.Hour, 26 * time.Hour} {
		for _, kind := range []string{"five_hour", "seven_day", "", "overage"} {
			t.Run(fmt.Sprint(ago, " ", kind), func(t *testing.T) {
				w := auto(t)
				now := w.clock.Now()
				w.observe(w.line(12, 10, now.Add(4*time.Hour), now.Add(90*time.Hour)))
				old := now.Add(-ago)
				got := w.failed(signals.RateLimit, w.transcript(
					promptRow(old.Add(-time.Minute)),
					limitRow(old, old.Add(5*time.Minute), kind),
					`{"type":"assistant","version":"2.1.332","timestamp":"`+now.Add(-time.Hour).Format(time.RFC3339)+`"}`,
					promptRow(now.Add(-time.Second)), // the turn that failed now, of a busy server
				))
				if v := w.view(personal); !v.LimitedUntil.IsZero() {
					t.Errorf("limited for %v by a limit that ended", v.LimitedUntil.Sub(now))
				}
				if got.Swapped != nil {
					t.Errorf("swapped: %+v", got.Swapped)
				}
			})
		}
	}
}

// The same for an account that is refused: it is the account of this turn, not
// of an earlier turn that failed for another reason.
func TestARefusalIsOfThisTurnsAccount(t *testing.T) {
	for _, kind := range []signals.Kind{signals.BillingTrouble, signals.OrgNotAllowed, signals.AuthFailed} {
		t.Run(string(kind), func(t *testing.T) {
			w := fresh(t)
			old := w.clock.Now()
			w.clock.Add(time.Minute)
			w.swap(oauthcore.SwapRequest{To: work})
			w.clock.Add(time.Hour)
			got := w.failed(kind, w.transcript(promptRow(old), row("overloaded", ""), promptRow(w.clock.Now())))
			if got.Key != work {
				t.Errorf("put down to %q; the turn began on %s", got.Key, work)
			}
		})
	}
}

// A hook that comes late, after the computer slept, tells of a limit that is
// over: there is nothing to mark.
func TestALimitThatIsOver(t *testing.T) {
	for over, kind := range map[time.Duration]string{time.Second: "five_hour", 2 * time.Minute: "", 3 * time.Hour: "overage", 4 * time.Hour: "seven_day_overage"} {
		t.Run(fmt.Sprint(over, " ", kind), func(t *testing.T) {
			w := auto(t)
			now := w.clock.Now()
			got := w.failed(signals.RateLimit, w.transcript(promptRow(now.Add(-over-time.Minute)), limitRow(now.Add(-over-30*time.Second), now.Add(-over), kind)))
			if v := w.view(personal); !v.LimitedUntil.IsZero() {
				t.Errorf("limited for %v more", v.LimitedUntil.Sub(now))
			}
			if got.Swapped != nil {
				t.Errorf("swapped: %+v", got.Swapped)
			}
		})
	}
}

// Windows of several accounts often end at the same minute, since they end at
// full hours. When the turn began on an account, its limit is that account's,
// whatever is known of the others.
func TestALimitAtTheHourAnothersWindowEnds(t *testing.T) {
	for _, kind := range []string{"five_hour", "seven_day"} {
		for _, others := range []int{1, 2} {
			t.Run(fmt.Sprint(kind, " ", others), func(t *testing.T) {
				w := auto(t)
				now := w.clock.Now()
				at := now.Add(3 * time.Hour).Truncate(time.Hour)
				five, seven := at, now.Add(90*time.Hour)
				if kind == "seven_day" {
					five, seven = now.Add(2*time.Hour), at
				}
				w.observe(from("a", w.line(30, 20, five, seven)))
				if others == 2 {
					w.swap(oauthcore.SwapRequest{To: side})
					w.clock.Add(5 * time.Minute)
					w.observe(from("b", w.line(31, 21, five, seven)))
				}
				w.swap(oauthcore.SwapRequest{To: work})
				w.clock.Add(20 * time.Minute)
				got := w.failed(signals.RateLimit, w.transcript(promptRow(w.clock.Now().Add(-time.Minute)), limitRow(w.clock.Now(), at, kind)))
				if got.Key != work || w.view(work).LimitedUntil.IsZero() {
					t.Errorf("put down to %q", got.Key)
				}
				if v := w.view(personal); !v.LimitedUntil.IsZero() {
					t.Errorf("%s limited, with 30 %% used", personal)
				}
				if got.Swapped == nil {
					t.Error("no other account took over")
				}
			})
		}
	}
}

// Soon after a swap, with nothing known of the account before: a turn that began
// after the swap ran on the new account.
func TestALimitSoonAfterASwap(t *testing.T) {
	for _, known := range []bool{true, false} { // the new account's windows, of an earlier time
		t.Run(fmt.Sprint(known), func(t *testing.T) {
			w := auto(t)
			if known {
				w.swap(oauthcore.SwapRequest{To: work})
				w.clock.Add(5 * time.Minute)
				now := w.clock.Now()
				w.observe(from("w", w.line(5, 3, now.Add(3*time.Hour), now.Add(120*time.Hour))))
				w.swap(oauthcore.SwapRequest{To: personal})
				w.clock.Add(5 * time.Minute)
			}
			w.swap(oauthcore.SwapRequest{To: work})
			w.clock.Add(50 * time.Second)
			now := w.clock.Now()
			got := w.failed(signals.RateLimit, w.transcript(promptRow(now.Add(-20*time.Second)), limitRow(now, now.Add(4*time.Hour), "five_hour")))
			if got.Key != work || w.view(work).LimitedUntil.IsZero() {
				t.Errorf("put down to %q", got.Key)
			}
			if got.Swapped == nil {
				t.Error("no other account took over")
			}
		})
	}
}

// A person goes back to the account on purpose. A late hook of the limit that was
// answered with a swap already does not undo that.
func TestALateHookUndoesNoSwapOfAPersons(t *testing.T) {
	for _, later := range []time.Duration{time.Minute, 30 * time.Minute} {
		t.Run(fmt.Sprint(later), func(t *testing.T) {
			w := auto(t)
			now := w.clock.Now()
			path := w.transcript(promptRow(now.Add(-time.Minute)), limitRow(now, now.Add(2*time.Hour), "five_hour"))
			if got := w.failed(signals.RateLimit, path); got.Swapped == nil {
				t.Fatal("no swap")
			}
			w.clock.Add(time.Minute)
			w.swap(oauthcore.SwapRequest{To: personal})
			w.clock.Add(later)
			if got := w.failed(signals.RateLimit, path); got.Swapped != nil {
				t.Errorf("swapped away from what the person chose: %+v", got.Swapped)
			}
		})
	}
}

// The provider's answer that little of the window is used ends a limit of that
// window, also where nothing, or less, was known before the limit.
func TestUsageThatDisprovesAMark(t *testing.T) {
	for name, before := range map[string]float64{"nothing known": -1, "little known": 3, "less than now": 20} {
		for _, told := range []bool{true, false} { // the reset with the mark
			t.Run(fmt.Sprint(name, ", reset told ", told), func(t *testing.T) {
				w := fresh(t)
				who := w.resident(personal).Person
				until := w.clock.Now().Add(3 * time.Hour).Truncate(time.Second)
				if before >= 0 {
					w.observe(w.line(before, before, until, until.Add(90*time.Hour)))
				}
				resets := until
				if !told {
					resets = time.Unix(0, 0)
				}
				w.failed(signals.RateLimit, w.transcript(promptRow(w.clock.Now()), limitRow(w.clock.Now(), resets, "five_hour")))
				w.clock.Add(10 * time.Minute)
				u := providertest.Usage{FiveHour: &providertest.Window{Percent: 25, ResetsAt: until}, SevenDay: &providertest.Window{Percent: 30, ResetsAt: until.Add(90 * time.Hour)}}
				if err := w.provider.SetUsage(who.AccountUUID, who.OrganizationUUID, u); err != nil {
					t.Fatal(err)
				}
				if _, _, err := w.core.CheckUsage(t.Context(), personal); err != nil {
					t.Fatal(err)
				}
				if v := w.view(personal); !v.LimitedUntil.IsZero() {
					t.Errorf("the provider says 25 %%; still limited for %v", v.LimitedUntil.Sub(w.clock.Now()))
				}
			})
		}
	}
}

// A session that began after the provider gave the limit back, and whose figure
// rises from answer to answer, is not idle: its figures are of now.
func TestANewSessionAfterAResetInMidWindow(t *testing.T) {
	w := fresh(t)
	now := w.clock.Now()
	five, seven := now.Add(4*time.Hour), now.Add(90*time.Hour)
	w.observe(from("a", w.line(60, 98, five, seven)))
	w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, seven, "seven_day")))
	for i := range 6 {
		w.clock.Add(5 * time.Minute)
		w.observe(from("new", w.line(2+float64(i), 1+float64(i), five, seven)))
	}
	if five, seven := w.used(personal); five != 7 || seven != 6 {
		t.Errorf("at %v and %v, the session tells 7 and 6", five, seven)
	}
	if v := w.view(personal); !v.LimitedUntil.IsZero() {
		t.Errorf("limited for %v", v.LimitedUntil.Sub(w.clock.Now()))
	}
}

// Accounts whose weeks end together (they were opened on one day): an idle
// session without an id, or one that was forgotten, tells the other account's
// week to the digit.
func TestWeeksThatEndTogether(t *testing.T) {
	for _, session := range []string{"", "never seen"} {
		t.Run(session, func(t *testing.T) {
			w := fresh(t)
			now := w.clock.Now()
			seven := now.Add(90 * time.Hour)
			w.observe(from("a", w.line(60, 97, now.Add(2*time.Hour), seven)))
			w.swap(oauthcore.SwapRequest{To: work})
			w.clock.Add(5 * time.Minute)
			w.observe(from("b", w.line(5, 4, now.Add(5*time.Hour), seven)))
			w.clock.Add(3 * time.Hour) // the five hours of the idle session are over
			w.observe(from(session, w.line(60, 97, now.Add(2*time.Hour), seven)))
			if _, seven := w.used(work); seven != 4 {
				t.Errorf("work has %v of its week", seven)
			}
		})
	}
}

// A refusal's words hold the number of the request, which is another one each
// time. It is the same refusal.
func TestTheSameRefusalWithAnotherRequest(t *testing.T) {
	w := fresh(t)
	news := 0
	for i := range 5 {
		f := signals.ParseFailure(fmt.Appendf(nil, `{"hook_event_name":"StopFailure","error":"billing_error","last_assistant_message":"API Error: 403 {\"type\":\"error\",\"error\":{\"type\":\"permission_error\",\"message\":\"Your credit balance is too low.\"},\"request_id\":\"req_011CTEST%d\"}"}`, i))
		got, err := w.core.Failed(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if got.News {
			news++
		}
	}
	if news != 1 {
		t.Errorf("told %d times", news)
	}
	if v := w.view(personal); v.Refused != "Your credit balance is too low" {
		t.Errorf("the card says %q", v.Refused)
	}
}

// A mark made while the clock was ahead holds no longer than a limit can.
func TestAMarkOfAClockThatWasAhead(t *testing.T) {
	for name, mark := range map[string]func(now time.Time) accounts.Mark{
		"no reset known": func(now time.Time) accounts.Mark { return accounts.Mark{Limited: true, MarkedAt: now} },
		"some minutes": func(now time.Time) accounts.Mark {
			return accounts.Mark{Limited: true, MarkedAt: now, ResetsAt: now.Add(5 * time.Minute)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := fresh(t)
			ahead := w.clock.Now().Add(30 * 24 * time.Hour)
			w.change(func(s *oauthcore.State) { s.Usage.Record(work).Mark = mark(ahead) })
			if v := w.view(work); v.LimitedUntil.Sub(w.clock.Now()) > 8*24*time.Hour {
				t.Errorf("limited for %v", v.LimitedUntil.Sub(w.clock.Now()))
			}
		})
	}
}

// One account's lock that cannot be had is that account's trouble alone.
func TestALockOfOneCandidate(t *testing.T) {
	for _, automatic := range []bool{false, true} {
		t.Run(fmt.Sprint(automatic), func(t *testing.T) {
			w := fresh(t)
			w.configure("swap.acrossOrganizations", "on")
			done, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{})
			if err != nil {
				t.Fatal(err)
			}
			first := done.To
			w.swap(oauthcore.SwapRequest{To: personal})
			w.change(func(s *oauthcore.State) { s.Usage.Record(first).ActiveAt = time.Time{} })
			w.clock.Add(time.Hour)
			lock := w.paths.AccountLock(first)
			_ = os.Remove(lock)
			if err := os.MkdirAll(lock, 0o700); err != nil { // as unusable as another user's file
				t.Fatal(err)
			}
			done, err = w.core.Swap(t.Context(), oauthcore.SwapRequest{Automatic: automatic, Leaving: personal})
			if err != nil || done.To == first {
				t.Errorf("%s first in line: %+v, %v", first, done, err)
			}
		})
	}
}

// A limit that was given back, or cleared by the person, does not come back by a
// row of an earlier turn, when the server is busy.
func TestAClearedLimitOfAnEarlierTurn(t *testing.T) {
	w := auto(t)
	now := w.clock.Now()
	old := []string{promptRow(now.Add(-time.Minute)), limitRow(now, now.Add(80*time.Hour), "seven_day")}
	w.failed(signals.RateLimit, w.transcript(old...))
	w.clock.Add(time.Hour)
	if _, err := w.core.Unlimit(t.Context(), personal); err != nil { // the provider gave it back
		t.Fatal(err)
	}
	w.swap(oauthcore.SwapRequest{To: personal})
	w.clock.Add(time.Hour)
	got := w.failed(signals.RateLimit, w.transcript(append(old, promptRow(w.clock.Now().Add(-time.Second)))...))
	if v := w.view(personal); !v.LimitedUntil.IsZero() || got.Swapped != nil {
		t.Errorf("limited until %v, swapped %+v", v.LimitedUntil, got.Swapped)
	}
}

// A session that reports of the new account for the first time tells one window
// only, which ends at the hour another account's does.
func TestOneWindowAtTheHourAnothersEnds(t *testing.T) {
	for _, session := range []string{"a", "new"} { // the one that was prompted, and a new one
		t.Run(session, func(t *testing.T) {
			w := fresh(t)
			now := w.clock.Now()
			five := now.Add(4 * time.Hour).Truncate(time.Hour)
			w.observe(from("a", w.line(60, 40, five, now.Add(90*time.Hour))))
			w.swap(oauthcore.SwapRequest{To: work})
			w.clock.Add(30 * time.Minute)
			one := w.line(3, 0, five, now)
			one.SevenDay = nil
			w.observe(from(session, one))
			w.clock.Add(5 * time.Minute)
			one.FiveHour.Percent = 9
			w.observe(from(session, one))
			if five, _ := w.used(work); five != 9 {
				t.Errorf("work at %v; the session was answered twice on it", five)
			}
		})
	}
}

// What Claude Code kept of an account's use under one organization is not the
// other organization's of the same address.
func TestClaudeCodesUsageOfTheOtherOrganization(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	who := w.resident(personal).Person
	guild := who
	guild.OrganizationUUID, guild.OrganizationName, guild.OrganizationType = guildOrg, "Guild", "claude_team"
	w.provider.AddAccount(guild)
	w.clock.Add(10 * time.Minute)
	asked := w.clock.Now()
	w.clock.Add(10 * time.Minute)
	// A login by Claude Code as the other organization; a session that still runs
	// writes back what it had.
	w.goLive(who.Email, w.issue(who.AccountUUID, guildOrg, 8*time.Hour, 600*time.Hour), true)
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.set(w.paths.ClaudeJSON, fmt.Sprintf(`{"accountUuid":%q,"organizationUuid":%q,"emailAddress":%q}`, who.AccountUUID, guildOrg, who.Email), "oauthAccount")
	w.set(w.paths.ClaudeJSON, fmt.Sprintf(`{"fetchedAtMs":%d,"accountUuid":%q,"utilization":{"five_hour":{"utilization":91,"resets_at":"2026-11-23T16:00:00Z"}}}`, asked.UnixMilli(), who.AccountUUID), "cachedUsageUtilization")
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, a := range w.core.Snapshot(t.Context()).Accounts {
		if a.OrganizationUUID == guildOrg && a.Usage != nil && a.Usage.FiveHour != nil && a.Usage.FiveHour.Percent == 91 {
			t.Errorf("%s has what was asked before it was live", a.Key)
		}
	}
}

// An account that works again, as a session's answers on it show, is not refused
// any more; a swap of a person's that refreshes it is one way, not the only one.
func TestARefusedAccountThatWorksAgain(t *testing.T) {
	w := fresh(t)
	now := w.clock.Now()
	w.observe(w.line(10, 5, now.Add(4*time.Hour), now.Add(90*time.Hour)))
	w.failed(signals.BillingTrouble, w.transcript(promptRow(now), row(signals.BillingTrouble, "")))
	for i := range 4 { // the bill was paid
		w.clock.Add(3 * time.Hour)
		now = w.clock.Now()
		w.observe(w.line(11+float64(i), 6+float64(i), now.Add(4*time.Hour), now.Add(80*time.Hour)))
	}
	if v := w.view(personal); v.Refused != "" {
		t.Errorf("still %q after four answers", v.Refused)
	}
}

// Several sessions are refused at once, and their transcripts cannot be read, or
// have not got the failure's row yet: it is one account that is refused, not each
// that takes over from it.
func TestManyRefusalsWithoutATranscript(t *testing.T) {
	for _, kind := range []signals.Kind{signals.BillingTrouble, signals.OrgNotAllowed, signals.AuthFailed, signals.RateLimit} {
		for _, apart := range []time.Duration{100 * time.Millisecond, 10 * time.Second, time.Minute} {
			for _, written := range []bool{false, true} { // the prompt's row, not the failure's
				t.Run(fmt.Sprint(kind, " ", apart, " ", written), func(t *testing.T) {
					w := auto(t)
					began := w.clock.Now()
					w.clock.Add(time.Second)
					if kind == signals.AuthFailed || kind == signals.RateLimit {
						w.swap(oauthcore.SwapRequest{To: side}) // nothing takes over by itself; the person did
					}
					for i := range 5 {
						path := fmt.Sprintf("/nowhere/%d.jsonl", i)
						if written {
							path = w.transcript(promptRow(began))
						}
						w.failed(kind, path)
						w.clock.Add(apart)
					}
					for _, r := range w.home.Residents {
						v := w.view(r.Key)
						if r.Key != personal && (v.Refused != "" || v.Unsure || kind == signals.RateLimit && !v.LimitedUntil.IsZero()) {
							t.Errorf("%s: refused %q, unsure %v, limited %v", r.Key, v.Refused, v.Unsure, v.LimitedUntil)
						}
					}
				})
			}
		}
	}
}

// A swap noted while the clock was ahead does not make failures of now the
// account's before.
func TestASwapOfAClockThatWasAhead(t *testing.T) {
	w := auto(t)
	w.clock.Add(24 * time.Hour)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(-24*time.Hour + time.Hour)
	now := w.clock.Now()
	got := w.failed(signals.RateLimit, w.transcript(promptRow(now.Add(-time.Minute)), limitRow(now, now.Add(2*time.Hour), "five_hour")))
	if got.Key != work {
		t.Errorf("put down to %q", got.Key)
	}
}

// Where managed settings let Claude Code start with one organization only, an
// automatic swap goes to no other: the next start would be refused.
func TestAnAutomaticSwapToWhatManagedSettingsForbid(t *testing.T) {
	w := auto(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	w.paths.Managed = t.TempDir()
	w.write(w.paths.ManagedSettings(), fmt.Sprintf(`{"forceLoginOrgUUID":%q}`, w.resident(work).Person.OrganizationUUID))
	w.core = w.newCore(files.OS{})
	now := w.clock.Now()
	got := w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, now.Add(time.Hour), "five_hour")))
	if got.Swapped != nil {
		t.Errorf("swapped to %s, which Claude Code refuses to start with", got.Swapped.To)
	}
}

// A hook of a turn that began before the person had the account refreshed tells
// nothing that the refresh did not answer. One of a later turn does.
func TestARefusalFromBeforeARefresh(t *testing.T) {
	for _, kind := range []signals.Kind{signals.BillingTrouble, signals.OnHold, signals.AuthFailed} {
		t.Run(string(kind), func(t *testing.T) {
			w := fresh(t)
			path := w.transcript(promptRow(w.clock.Now()), row(kind, ""))
			w.clock.Add(time.Second)
			w.failed(kind, path)
			w.clock.Add(10 * time.Minute)
			if _, err := w.core.Refresh(t.Context(), personal); err != nil {
				t.Fatal(err)
			}
			w.clock.Add(10 * time.Minute)
			got := w.failed(kind, path)
			if v := w.view(personal); v.Refused != "" || v.Unsure || got.News {
				t.Errorf("refused %q, unsure %v, news %v", v.Refused, v.Unsure, got.News)
			}
		})
	}
}
