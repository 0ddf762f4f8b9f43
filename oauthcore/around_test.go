package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

func TestUsageIsAskedForAndKept(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	key, got, err := w.core.CheckUsage(ctx, personal)
	if err != nil || key != personal || got.FiveHour.Percent != 61 || got.SevenDay.Percent != 34 || got.Source != "endpoint" {
		t.Fatalf("%s: %+v, %v", key, got, err)
	}
	vault := string(w.read(w.paths.Vault()))
	// A lapsed access token is refreshed first.
	if _, _, err := w.core.CheckUsage(ctx, lab); err != nil {
		t.Fatal(err)
	}
	if string(w.read(w.paths.Vault())) == vault {
		t.Error("the refreshed login is not in the vault")
	}
	for i := range 2 { // the first time its plan and names are asked for as well
		vault = string(w.read(w.paths.Vault()))
		if _, _, err := w.core.CheckUsage(ctx, work); err != nil {
			t.Fatal(i, err)
		}
	}
	if string(w.read(w.paths.Vault())) != vault {
		t.Error("usage made the vault be written")
	}
	// A window that is spent limits the account, and ends with its reset.
	if _, _, err := w.core.CheckUsage(ctx, night); err != nil {
		t.Fatal(err)
	}
	until := w.view(night).LimitedUntil
	if until.IsZero() {
		t.Error("a spent week does not limit")
	}
	w.clock.Add(until.Sub(w.clock.Now()))
	if v := w.view(night); !v.LimitedUntil.IsZero() || v.Usage.SevenDay.Percent != 0 {
		t.Errorf("after its reset: %v, %+v", v.LimitedUntil, v.Usage.SevenDay)
	}
	// The next account is the one with most left.
	if next := w.core.Snapshot(ctx).Next; next == nil || !next.HeadroomKnown {
		t.Errorf("next %+v", next)
	}
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointUsage, Kind: providertest.FaultRateLimited, RetryAfter: time.Minute}); err != nil {
		t.Fatal(err)
	}
	_, _, err = w.core.CheckUsage(ctx, personal)
	if e := wantCode(t, err, view.CodeOffline); !strings.Contains(e.Message, "usage") || !strings.Contains(e.Hint, "1m") {
		t.Errorf("%q, %q", e.Message, e.Hint)
	}
}

func TestMarksWithoutAResetHoldFiveHours(t *testing.T) {
	w := newWorld(t)
	pool := strings.Replace(string(w.read(w.paths.Pool())), `"rateLimited": false`, `"rateLimited": true`, 1) // Personal's
	w.write(w.paths.Pool(), pool)
	if err := w.core.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := w.view(personal).LimitedUntil; !got.Equal(w.clock.Now().Add(accounts.AssumedLimit)) {
		t.Errorf("limited until %v", got)
	}
	w.clock.Add(accounts.AssumedLimit)
	if got := w.view(personal).LimitedUntil; !got.IsZero() {
		t.Errorf("still limited until %v", got)
	}
}

func TestSettings(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	all, err := w.core.Settings()
	if err != nil || len(all) < 6 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, s := range all {
		if s.On || s.About == "" {
			t.Errorf("%s is on at first, or says nothing", s.Key)
		}
	}
	w.write(w.paths.Settings(), `{"later":{"x":1.0}}`)
	if err := w.core.Configure(ctx, "swap.auto", "on"); err != nil {
		t.Fatal(err)
	}
	if all, _ = w.core.Settings(); !all[0].On {
		t.Errorf("%+v", all[0])
	}
	if !strings.Contains(string(w.read(w.paths.Settings())), `"x": 1.0`) {
		t.Error("an unknown member was lost")
	}
	wantCode(t, w.core.Configure(ctx, "swap.auto", "maybe"), view.CodeUsage)
	wantCode(t, w.core.Configure(ctx, "swap.never", "on"), view.CodeUsage)
	for _, bad := range []string{`{"swap.auto":"yes"}`, `{`} {
		w.write(w.paths.Settings(), bad)
		wantCode(t, w.core.Configure(ctx, "swap.auto", "off"), view.CodeDamaged)
		if string(w.read(w.paths.Settings())) != bad {
			t.Error("a damaged file was overwritten")
		}
	}
}

func TestOverrides(t *testing.T) {
	w := newWorld(t)
	env := map[string]string{"ANTHROPIC_API_KEY": "x"}
	w.write(w.paths.ClaudeSettings(), `{"env":{"ANTHROPIC_AUTH_TOKEN":"x","OTHER":"y","CLAUDE_CODE_OAUTH_TOKEN":""},"apiKeyHelper":"/bin/x"}`)
	var got []string
	for _, o := range w.core.Overrides(lookupIn(env)) {
		got = append(got, filepath.Base(o.Source)+":"+o.Name)
	}
	if strings.Join(got, " ") != "settings.json:env.ANTHROPIC_AUTH_TOKEN environment:ANTHROPIC_API_KEY settings.json:apiKeyHelper" {
		t.Errorf("overrides %q", got)
	}
	w.write(w.paths.ClaudeSettings(), `{`)
	if n := len(w.core.Overrides(lookupIn(nil))); n != 0 {
		t.Errorf("%d overrides in a file that does not parse", n)
	}
}

func TestTheActivityLogTellsWhatHappenedAndStaysSmall(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.swap(oauthcore.SwapRequest{To: work})
	if _, err := w.core.Refresh(ctx, work); err != nil {
		t.Fatal(err)
	}
	acts, err := w.core.Activities()
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range acts {
		kinds = append(kinds, a.Kind)
	}
	if got := strings.Join(kinds[len(kinds)-2:], " "); got != "swapped refreshed" {
		t.Errorf("log %q", kinds)
	}
	line := `{"at":"2026-01-01T00:00:00Z","kind":"swapped","text":"` + strings.Repeat("x", 100) + "\"}\n"
	w.write(w.paths.Activity(), strings.Repeat(line, 3000)+"torn")
	w.swap(oauthcore.SwapRequest{To: personal})
	info, err := os.Stat(w.paths.Activity())
	if err != nil || info.Size() > 256<<10 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Size(), err)
	}
	if acts, err = w.core.Activities(); err != nil || len(acts) < 1000 {
		t.Errorf("%d lines left, %v", len(acts), err)
	}
}

func TestBusyWhenAnotherBatonHoldsTheLock(t *testing.T) {
	w := newWorld(t)
	release, err := w.core.Locks.Lock(context.Background(), w.paths.AccountLock(work))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = w.newCore(w.core.FS).Swap(ctx, oauthcore.SwapRequest{To: work})
	wantCode(t, err, view.CodeBusy)
	w.live(personal)
}

func TestLabels(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	if _, err := w.core.Rename(ctx, personal, "  Mine "); err != nil {
		t.Fatal(err)
	}
	if key, err := w.core.Rename(ctx, "MINE", "Mine too"); err != nil || key != personal {
		t.Errorf("%s, %v", key, err)
	}
	for _, bad := range []string{"two\nlines", "-", strings.Repeat("x", 201)} {
		_, err := w.core.Rename(ctx, personal, bad)
		wantCode(t, err, view.CodeUsage)
	}
	for _, taken := range []string{work, "mine TOO"} {
		_, err := w.core.Rename(ctx, lab, taken)
		wantCode(t, err, view.CodeUsage)
	}
	if _, err := w.core.Rename(ctx, personal, ""); err != nil {
		t.Fatal(err)
	}
	if v := w.view(personal); v.Label != "" {
		t.Errorf("label %q", v.Label)
	}
}
