//go:build !js

package providertest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func decode[T any](t *testing.T, r reply) T {
	t.Helper()
	var out T
	if r.status != http.StatusOK {
		t.Fatalf("answered %d %s", r.status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestProfile(t *testing.T) {
	s := newStand(t)
	born := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	who := ada
	who.AccountCreatedAt = born
	s.AddAccount(who) // again: replaces
	got := s.profile(s.issue(ada).AccessToken)
	want := `{"account":{"uuid":"` + adaUUID + `","email":"ada@example.com","full_name":"Ada Byron","display_name":"Ada",` +
		`"created_at":"2025-01-02T03:04:05.000000+00:00","has_claude_max":true,"has_claude_pro":false},` +
		`"organization":{"uuid":"` + personalOrg + `","name":"Home","organization_type":"claude_max",` +
		`"rate_limit_tier":"default_claude_max_20x","seat_tier":null,"billing_type":"stripe_subscription",` +
		`"has_extra_usage_enabled":false,"subscription_created_at":null}}`
	if got.body != want {
		t.Errorf("got  %s\nwant %s", got.body, want)
	}
	guild := decode[profile](t, s.profile(s.issue(adaGuild).AccessToken))
	if guild.Organization.SeatTier == nil || *guild.Organization.SeatTier != "team_standard" || guild.Account.HasClaudeMax {
		t.Errorf("%+v", guild)
	}
}

func TestBearer(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	for _, h := range []string{"", "Bearer", "Bearer ", "Basic " + c.AccessToken.Reveal(), "Bearer " + c.RefreshToken.Reveal(), "Bearer nonsense"} {
		r := s.get(PathProfile, "Authorization", h)
		if r.status != http.StatusUnauthorized || !strings.Contains(r.body, `"type":"authentication_error"`) {
			t.Errorf("Authorization of %d characters: %d %s", len(h), r.status, r.body)
		}
	}
	s.clock.advance(DefaultAccessLifetime - time.Second)
	if r := s.profile(c.AccessToken); r.status != http.StatusOK {
		t.Errorf("a second before its end: %d", r.status)
	}
	s.clock.advance(time.Second)
	if r := s.profile(c.AccessToken); r.status != http.StatusUnauthorized || !strings.Contains(r.body, "expired") {
		t.Errorf("at its end: %d %s", r.status, r.body)
	}
}

func TestUsage(t *testing.T) {
	s := newStand(t)
	now := s.clock.now()
	figures := Usage{
		FiveHour: &Window{Percent: 61.5, ResetsAt: now.Add(time.Hour)},
		SevenDay: &Window{Percent: 34},
		Models: []ModelWindow{
			{Name: "Opus", Window: Window{Percent: 90, ResetsAt: now.Add(50 * time.Hour)}},
			{Name: "Fable", Window: Window{Percent: 5}},
		},
	}
	set := func(u Usage) {
		t.Helper()
		if err := s.SetUsage(adaUUID, personalOrg, u); err != nil {
			t.Fatal(err)
		}
	}
	token := s.issue(ada).AccessToken
	if r := s.get(PathUsage, "Authorization", "Bearer "+token.Reveal()); r.status != http.StatusUnauthorized {
		t.Errorf("without anthropic-beta: %d", r.status)
	}
	t.Run("nothing known", func(t *testing.T) {
		want := `{"five_hour":null,"seven_day":null,"seven_day_opus":null,"seven_day_sonnet":null,` +
			`"extra_usage":{"is_enabled":false,"monthly_limit":null,"used_credits":null,"utilization":null}}`
		if r := s.usage(token); r.body != want {
			t.Errorf("got %s", r.body)
		}
	})
	set(figures)
	t.Run("both forms", func(t *testing.T) {
		got := decode[usageBody](t, s.usage(token))
		if got.FiveHour.Utilization != 61.5 || *got.FiveHour.ResetsAt != "2026-03-04T14:13:20.000000+00:00" {
			t.Errorf("five_hour %+v", got.FiveHour)
		}
		if got.SevenDay.Utilization != 34 || got.SevenDay.ResetsAt != nil || got.SevenDayOpus.Utilization != 90 || got.SevenDaySonnet != nil {
			t.Errorf("seven_day %+v, opus %+v, sonnet %+v", got.SevenDay, got.SevenDayOpus, got.SevenDaySonnet)
		}
		if len(got.Limits) != 4 || got.Limits[0].Kind != "session" || got.Limits[1].Kind != "weekly_all" {
			t.Fatalf("limits %+v", got.Limits)
		}
		if l := got.Limits[2]; l.Scope.Model.DisplayName != "Opus" || l.Group != "weekly" || !l.IsActive || l.Severity != "warning" {
			t.Errorf("the model's limit: %+v", l)
		}
	})
	t.Run("a passed reset", func(t *testing.T) {
		s.clock.advance(time.Hour)
		got := decode[usageBody](t, s.usage(token))
		if got.FiveHour.Utilization != 0 || got.FiveHour.ResetsAt != nil || got.Limits[0].Percent != 0 {
			t.Errorf("five_hour %+v", got.FiveHour)
		}
	})
	t.Run("windows only", func(t *testing.T) {
		figures.Shape = ShapeWindows
		set(figures)
		if got := decode[usageBody](t, s.usage(token)); got.Limits != nil || got.SevenDay == nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("limits only", func(t *testing.T) {
		figures.Shape = ShapeLimits
		set(figures)
		if got := decode[usageBody](t, s.usage(token)); len(got.Limits) != 4 || got.SevenDay != nil || got.SevenDayOpus != nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("jitter", func(t *testing.T) {
		set(Usage{SevenDay: &Window{Percent: 1, ResetsAt: now.Add(9 * time.Hour)}, Jitter: 3 * time.Second})
		seen := map[string]int{}
		for range 4 {
			seen[*decode[usageBody](t, s.usage(token)).SevenDay.ResetsAt]++
		}
		if seen["2026-03-04T22:13:20.000000+00:00"] != 2 || seen["2026-03-04T22:13:23.000000+00:00"] != 2 {
			t.Errorf("resets seen: %v", seen)
		}
	})
}

func TestUsageIsLimitedByTheHour(t *testing.T) {
	s := newStand(t)
	token, other := s.issue(ada).AccessToken, s.issue(lab).AccessToken
	for i := range usageCallsAnHour {
		if r := s.usage(token); r.status != http.StatusOK {
			t.Fatalf("call %d: %d", i+1, r.status)
		}
		s.clock.advance(time.Minute)
	}
	for range 2 { // refused calls do not move the wait
		r := s.usage(token)
		if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") != strconv.Itoa((60-usageCallsAnHour)*60) {
			t.Fatalf("call 29: %d, Retry-After %q", r.status, r.header.Get("Retry-After"))
		}
	}
	if r := s.usage(s.issue(ada).AccessToken); r.status != http.StatusTooManyRequests {
		t.Errorf("another token of the same account: %d", r.status)
	}
	if r := s.usage(other); r.status != http.StatusOK {
		t.Errorf("another account: %d", r.status)
	}
	s.clock.advance((60 - usageCallsAnHour) * time.Minute)
	if r := s.usage(token); r.status != http.StatusOK {
		t.Errorf("after the wait: %d", r.status)
	}
	if r := s.usage(token); r.status != http.StatusTooManyRequests {
		t.Errorf("one call came free, two were had: %d", r.status)
	}
}

func TestUnknownAccounts(t *testing.T) {
	p := NewProvider(Options{})
	p.AddAccount(ada)
	for name, err := range map[string]error{
		"usage":        p.SetUsage("nobody", "", Usage{}),
		"expire":       p.Expire("nobody", ""),
		"expire login": p.ExpireLogin("nobody", ""),
		"kill":         p.Kill(adaUUID, "nowhere"),
		"issue":        func() error { _, err := p.Issue(adaUUID, guildOrg); return err }(),
	} {
		if !errors.Is(err, ErrUnknownAccount) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
