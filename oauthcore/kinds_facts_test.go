package oauthcore_test

import (
	"fmt"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// upgrade gives an account another plan at the provider, and another name.
func (w *world) upgrade(key string) {
	w.Helper()
	who := w.resident(key).Person
	who.OrganizationType, who.RateLimitTier, who.OrganizationName = "claude_max", "default_claude_max_20x", "Renamed"
	w.provider.AddAccount(who)
}

// A plan that was changed, and a name, are seen after what a person asks for, at
// most a day later; nothing asks more often, and trouble with it stops nothing.
func TestPlanAndNamesAreAskedForOnceADay(t *testing.T) {
	for name, ask := range map[string]func(*world) error{
		"usage": func(w *world) error {
			_, _, err := w.core.CheckUsage(w.Context(), work)
			return err
		},
		"refresh": func(w *world) error {
			_, err := w.core.Refresh(w.Context(), work)
			return err
		},
		"refresh of all": func(w *world) error {
			_, err := w.core.RefreshUnnamed(w.Context(), work)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: personal})
			if err := ask(w); err != nil {
				t.Fatal(err)
			}
			w.upgrade(work)
			asked := func() int { return w.provider.State().Calls[providertest.EndpointProfile] }
			before := asked()
			w.clock.Add(23 * time.Hour)
			if err := ask(w); err != nil || asked() != before {
				t.Errorf("asked %d times within a day, %v", asked()-before, err)
			}
			w.clock.Add(2 * time.Hour)
			if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError}); err != nil {
				t.Fatal(err)
			}
			if err := ask(w); err != nil {
				t.Errorf("trouble with the profile: %v", err)
			}
			if err := ask(w); err != nil {
				t.Fatal(err)
			}
			if v := w.view(work); v.Plan != "max" || v.Tier != "default_claude_max_20x" || v.OrganizationName != "Renamed" {
				t.Errorf("%+v", v)
			}
			if n := asked(); n != before+2 {
				t.Errorf("asked %d times", n-before)
			}
			w.swap(oauthcore.SwapRequest{To: work})
			if cr := w.credential(); cr.Plan != "max" {
				t.Errorf("the live login says %q", cr.Plan)
			}
		})
	}
}

// An access token that is refused before its time is refreshed once, and the
// question asked again.
func TestARefusedAccessTokenIsRefreshedOnce(t *testing.T) {
	for name, ask := range map[string]func(*world) error{
		"usage": func(w *world) error {
			_, _, err := w.core.CheckUsage(w.Context(), work)
			return err
		},
		"the name of an account": func(w *world) error { return w.core.Describe(w.Context(), work) },
		"a swap to an account without a name": func(w *world) error {
			_, err := w.core.Swap(w.Context(), oauthcore.SwapRequest{To: work})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: personal})
			w.change(func(s *oauthcore.State) { s.Vault.Get(work).OAuthAccount = nil })
			w.refuseAccess(work)
			before := w.provider.State().Calls[providertest.EndpointRefresh]
			if err := ask(w); err != nil {
				t.Fatal(err)
			}
			if n := w.provider.State().Calls[providertest.EndpointRefresh] - before; n != 1 {
				t.Errorf("%d refreshes", n)
			}
			w.kept(work)
			if v := w.view(work); v.NeedsLogin || v.Unsure || v.Refused != "" {
				t.Errorf("%+v", v)
			}
		})
	}
}

// refuseAccess has the provider refuse the account's access token, which by its
// own time is good.
func (w *world) refuseAccess(key string) {
	w.Helper()
	who := w.resident(key).Person
	if err := w.provider.Expire(who.AccountUUID, who.OrganizationUUID); err != nil {
		w.Fatal(err)
	}
	if !w.account(key).Credential.FreshAt(w.clock.Now(), time.Minute) {
		w.Fatal("it is not fresh")
	}
}

// change changes the vault.
func (w *world) change(fn func(*oauthcore.State)) {
	w.Helper()
	err := w.core.Update(w.Context(), func(s *oauthcore.State) error {
		fn(s)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

// Polling refreshes nothing, and remembers what was refused: a swap puts no such
// token in place.
func TestASwapRefreshesWhatPollingSawRefused(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.configure("usage.poll", "on")
	w.refuseAccess(work)
	refreshes := func() int { return w.provider.State().Calls[providertest.EndpointRefresh] }
	before := refreshes()
	if _, err := w.core.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if refreshes() != before {
		t.Error("polling refreshed")
	}
	was := w.account(work).Credential.AccessToken
	w.swap(oauthcore.SwapRequest{To: work})
	if cr := w.credential(); cr.AccessToken.Equal(was) || refreshes() != before+1 {
		t.Errorf("a refused access token is live, or %d refreshes", refreshes()-before)
	}
	w.swap(oauthcore.SwapRequest{To: personal})
	w.swap(oauthcore.SwapRequest{To: work})
	if refreshes() != before+1 {
		t.Error("the next token was taken for refused as well")
	}
}

// What Claude Code itself asked of the usage endpoint counts, where it is newer.
func TestClaudeCodesOwnUsage(t *testing.T) {
	const answer = `{"five_hour":{"utilization":%d,"resets_at":"2026-11-23T16:00:00Z"},"seven_day":{"utilization":33,"resets_at":"2026-11-28T00:00:00Z"}}`
	for name, tt := range map[string]struct {
		at      time.Duration // from now on
		account string        // "" for the live one's
		raw     string        // in place of the answer
		want    float64       // of five hours
	}{
		"newer":                {at: -time.Minute, want: 77},
		"older":                {at: -2 * time.Hour, want: 40},
		"of the future":        {at: time.Hour, want: 40},
		"another account's":    {at: -time.Minute, account: "00000000-0000-4000-8000-00000000dead", want: 40},
		"not an object":        {at: -time.Minute, raw: `[1]`, want: 40},
		"nothing in it":        {at: -time.Minute, raw: `{}`, want: 40},
		"nothing about usage":  {at: -time.Minute, raw: `{"five_hour":null}`, want: 40},
		"the week alone":       {at: -time.Minute, raw: `{"seven_day":{"utilization":50,"resets_at":"2026-11-28T00:00:00Z"}}`, want: -1},
		"the newer array only": {at: -time.Minute, raw: `{"limits":[{"kind":"session","percent":12,"resets_at":"2026-11-23T16:00:00Z"}]}`, want: 12},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: work})
			w.clock.Add(30 * time.Minute)
			now := w.clock.Now()
			w.observe(w.line(40, 20, now.Add(3*time.Hour), now.Add(100*time.Hour)))
			account, raw := tt.account, tt.raw
			if account == "" {
				account = w.resident(work).Person.AccountUUID
			}
			if raw == "" {
				raw = fmt.Sprintf(answer, 77)
			}
			w.clock.Add(10 * time.Minute)
			patientOf(w).set(w.paths.ClaudeJSON, fmt.Sprintf(`{"fetchedAtMs":%d,"accountUuid":%q,"utilization":%s}`, w.clock.Now().Add(tt.at).UnixMilli(), account, raw), "cachedUsageUtilization")
			for range 2 { // as shown, and as kept
				if got, _ := w.used(work); got != tt.want {
					t.Errorf("at %v, want %v", got, tt.want)
				}
				if u := w.view(work).Usage; (u.Source == "claude") != (tt.want != 40) {
					t.Errorf("by %q", u.Source)
				}
				if err := w.core.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Only of the plan that has no window of five hours it is said that there is none.
func TestAPlanWithoutAWindowOfFiveHours(t *testing.T) {
	for name, tt := range map[string]struct {
		tier  string
		usage providertest.Usage
		none  bool
	}{
		"Ultra":                    {"default_claude_max_20x", providertest.Usage{SevenDay: &providertest.Window{Percent: 3}}, true},
		"another plan":             {"default_claude_max_5x", providertest.Usage{SevenDay: &providertest.Window{Percent: 3}}, false},
		"Ultra, with such windows": {"default_claude_max_20x", providertest.Usage{FiveHour: &providertest.Window{}, SevenDay: &providertest.Window{Percent: 3}}, false},
		"Ultra, nothing told":      {"default_claude_max_20x", providertest.Usage{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			who := w.resident(work).Person
			who.RateLimitTier, who.Usage = tt.tier, tt.usage
			w.provider.AddAccount(who)
			w.swap(oauthcore.SwapRequest{To: personal})
			for range 2 { // the first brings the tier
				if _, _, err := w.core.CheckUsage(t.Context(), work); err != nil {
					t.Fatal(err)
				}
			}
			if u := w.view(work).Usage; u == nil || u.NoFiveHour != tt.none {
				t.Errorf("%+v", u)
			}
			if !tt.none {
				return
			}
			w.swap(oauthcore.SwapRequest{To: work})
			w.clock.Add(5 * time.Minute)
			now := w.clock.Now()
			w.observe(w.line(7, 4, now.Add(4*time.Hour), now.Add(100*time.Hour))) // it has one after all
			if u := w.view(work).Usage; u.NoFiveHour || u.FiveHour == nil {
				t.Errorf("%+v", u)
			}
		})
	}
}

// A window that fell before its reset ends the limit, whoever tells of it.
func TestALimitThatWasGivenBack(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	who := w.resident(work).Person
	until := w.clock.Now().Add(3 * time.Hour).Truncate(time.Second)
	use := func(five float64) {
		t.Helper()
		u := providertest.Usage{FiveHour: &providertest.Window{Percent: five, ResetsAt: until}, SevenDay: &providertest.Window{Percent: 30, ResetsAt: until.Add(90 * time.Hour)}}
		if err := w.provider.SetUsage(who.AccountUUID, who.OrganizationUUID, u); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.core.CheckUsage(t.Context(), work); err != nil {
			t.Fatal(err)
		}
	}
	for name, mark := range map[string]struct {
		at   time.Time
		free bool // when the window fell
	}{
		"of this window": {until, true},
		"without a time": {time.Time{}, true},
		"of another":     {until.Add(40 * time.Hour), false},
	} {
		use(98)
		w.change(func(s *oauthcore.State) {
			s.Usage.Record(work).Mark = accounts.Mark{Limited: true, ResetsAt: mark.at, MarkedAt: w.clock.Now()}
		})
		use(97)
		if v := w.view(work); v.LimitedUntil.IsZero() {
			t.Errorf("%s: free before anything fell", name)
		}
		use(10)
		if v := w.view(work); v.LimitedUntil.IsZero() != mark.free {
			t.Errorf("%s: limited until %v", name, v.LimitedUntil)
		}
	}
}

// Offline, or with an account that is refused, the choice goes on to one with a
// good access token, whatever the trouble of those before it is.
func TestTroubleOfOneCandidateMovesOn(t *testing.T) {
	for name, f := range map[string]providertest.Fault{
		"offline":         {Kind: providertest.FaultLostBefore},
		"refused":         {Kind: providertest.FaultStatus, Status: 403, Body: `{"error":{"message":"This organization has been disabled."}}`},
		"not found":       {Kind: providertest.FaultStatus, Status: 404, Body: `{}`},
		"a busy provider": {Kind: providertest.FaultServerError},
		"slow down":       {Kind: providertest.FaultRateLimited, RetryAfter: time.Hour},
		"a web page":      {Kind: providertest.FaultHTML},
		"a dead login":    {Kind: providertest.FaultStatus, Status: 400, Body: `{"error":"invalid_grant"}`},
	} {
		for _, automatic := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, automatic %v", name, automatic), func(t *testing.T) {
				w := fresh(t)
				w.configure("swap.acrossOrganizations", "on")
				if _, err := w.core.Refresh(t.Context(), night); err != nil {
					t.Fatal(err)
				}
				w.clock.Add(7*time.Hour + 45*time.Minute) // only night's access token lasts
				if _, err := w.core.Refresh(t.Context(), night); err != nil {
					t.Fatal(err)
				}
				w.clock.Add(30 * time.Minute)
				f.Endpoint, f.Times = providertest.EndpointRefresh, -1
				if err := w.provider.Fail(f); err != nil {
					t.Fatal(err)
				}
				done, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{Automatic: automatic, Leaving: personal})
				if err != nil || done.To != night {
					t.Errorf("%+v, %v (%s)", done, err, view.CodeOf(err))
				}
			})
		}
	}
}
