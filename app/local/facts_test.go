//go:build !js

package local_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/local"
)

// fail hands over what Claude Code hands its hook.
func (w *watched) fail(b *local.Backend, kind, words string) backend.Result {
	w.Helper()
	told, err := json.Marshal(map[string]string{"hook_event_name": "StopFailure", "error": kind, "last_assistant_message": words})
	if err != nil {
		w.Fatal(err)
	}
	done, err := b.Do(w.Context(), backend.Action{Kind: backend.ActionFailure, Told: string(told)})
	if err != nil {
		w.Fatal(err)
	}
	return done
}

func TestRefusalIsShownInItsWords(t *testing.T) {
	w := newHome(t)
	b := w.open()
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport}); err != nil {
		t.Fatal(err)
	}
	done := w.fail(b, "oauth_org_not_allowed", "This organization has been disabled.")
	if !done.News || done.Failure != backend.FailureRefused {
		t.Fatalf("the hook did %+v", done)
	}
	a, _ := b.Snapshot().Find(done.Key)
	if a.Refused != "This organization has been disabled" || !a.Has(backend.NoticeRefused) || a.Free() || a.State != backend.StateReady {
		t.Errorf("the account is %+v", a)
	}
	p := a.Problem
	if p == nil || p.Code != backend.ProblemRefused || p.Message != "the provider refuses this account: This organization has been disabled" || p.Hint == "" {
		t.Errorf("its problem is %+v", p)
	}
	if again := w.fail(b, "oauth_org_not_allowed", "This organization has been disabled."); again.News {
		t.Error("the same again is news")
	}
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionRefresh, Key: done.Key}); err != nil {
		t.Fatal(err)
	}
	if a, _ := b.Snapshot().Find(done.Key); a.Refused != "" || a.Has(backend.NoticeRefused) || a.Problem != nil {
		t.Errorf("refreshed, it is %+v", a)
	}
}

func TestHookSaysWhatTheFailureWas(t *testing.T) {
	for kind, want := range map[string]string{
		"rate_limit": backend.FailureLimited, "authentication_failed": backend.FailureDoubted,
		"account_on_hold": backend.FailureRefused, "server_error": "",
	} {
		w := newHome(t)
		b := w.open()
		if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport}); err != nil {
			t.Fatal(err)
		}
		if done := w.fail(b, kind, "words"); done.Failure != want {
			t.Errorf("%s: %+v, want %q", kind, done, want)
		}
	}
}

// What Claude Code asked for its own /usage is shown as that, and a plan without
// a 5-hour limit as one.
func TestUsageOfClaudeCodeWithoutFiveHours(t *testing.T) {
	w := newHome(t)
	b := w.open()
	done, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport})
	if err != nil {
		t.Fatal(err)
	}
	var account string
	for _, r := range w.home.Residents {
		if r.Key == done.Key {
			account = r.Person.AccountUUID
		}
	}
	path := filepath.Join(w.home.Dir, ".claude.json")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]json.RawMessage
	if err := json.Unmarshal(doc, &config); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Second)
	config["cachedUsageUtilization"] = json.RawMessage(fmt.Sprintf(
		`{"fetchedAtMs":%d,"accountUuid":%q,"utilization":{"five_hour":null,"seven_day":{"utilization":21,"resets_at":%q}}}`,
		at.UnixMilli(), account, at.Add(50*time.Hour).UTC().Format(time.RFC3339)))
	if doc, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	w.now = func() time.Time { return at.Add(time.Minute) }
	b = w.open()
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport}); err != nil {
		t.Fatal(err)
	}
	a, _ := b.Snapshot().Find(done.Key)
	if u := a.Usage; u == nil || u.Source != backend.SourceClaude || u.FiveHour != nil || !u.NoFiveHour || u.SevenDay == nil || u.SevenDay.Percent != 21 {
		t.Errorf("of %s (%s) the usage is %+v", a.Key, a.Tier, a.Usage)
	}
}

// Of a login that ended the refusal is no longer the question.
func TestEndedLoginIsNotCalledRefused(t *testing.T) {
	w := newHome(t)
	b := w.open()
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport}); err != nil {
		t.Fatal(err)
	}
	done := w.fail(b, "account_on_hold", "on hold")
	if err := w.home.Kill(done.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionRefresh, Key: done.Key}); err == nil {
		t.Fatal("a login that ended was refreshed")
	}
	a, _ := b.Snapshot().Find(done.Key)
	if a.State != backend.StateNeedsLogin || a.Has(backend.NoticeRefused) || a.Problem == nil || a.Problem.Code != backend.ProblemNeedsLogin {
		t.Errorf("the account is %+v", a)
	}
}
