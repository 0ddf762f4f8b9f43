package oauthcore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

// line is a report of Claude Code's as a status line gets it.
func (w *world) line(five, seven float64, fiveResets, sevenResets time.Time) signals.StatusLine {
	return signals.ParseStatusLine(fmt.Appendf(nil,
		`{"session_id":"s","model":{"id":"m"},"rate_limits":{"five_hour":{"used_percentage":%v,"resets_at":%d},"seven_day":{"used_percentage":%v,"resets_at":%d}}}`,
		five, fiveResets.Unix(), seven, sevenResets.Unix()))
}

func (w *world) observe(s signals.StatusLine) oauthcore.Watched {
	w.Helper()
	got, err := w.core.Observe(context.Background(), s)
	if err != nil {
		w.Fatalf("observe: %v", err)
	}
	return got
}

func TestAReportIsTheActiveAccounts(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	now := w.clock.Now()
	vault := w.read(w.paths.Vault())
	got := w.observe(w.line(61.5, 34, now.Add(2*time.Hour), now.Add(70*time.Hour)))
	if got.Active == nil || got.Active.Key != work || !got.Changed || got.Next == nil || got.Next.Key == work {
		t.Fatalf("watched %+v", got)
	}
	u := w.view(work).Usage
	if u == nil || u.FiveHour.Percent != 61.5 || !u.FiveHour.ResetsAt.Equal(now.Add(2*time.Hour)) || u.SevenDay.Percent != 34 || u.Source != "statusline" {
		t.Errorf("usage %+v", u)
	}
	if string(w.read(w.paths.Vault())) != string(vault) {
		t.Error("a report wrote the vault")
	}
	w.unlocked()
}

// The same again, resets that move by seconds, and nothing at all are no news.
func TestAReportThatTellsNothingNewWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	now := w.clock.Now()
	five, seven := now.Add(2*time.Hour), now.Add(70*time.Hour)
	w.observe(w.line(50, 20, five, seven))
	before, err := os.Stat(w.paths.Usage())
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]signals.StatusLine{
		"the same":              w.line(50, 20, five, seven),
		"jitter":                w.line(50, 20, five.Add(20*time.Second), seven.Add(-40*time.Second)),
		"nothing":               signals.ParseStatusLine([]byte(`{"session_id":"s"}`)),
		"a window that is over": w.line(50, 20, now.Add(-time.Hour), seven),
	} {
		if got := w.observe(s); got.Changed {
			t.Errorf("%s: written", name)
		}
	}
	after, err := os.Stat(w.paths.Usage())
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("usage.json was replaced, %v", err)
	}
	if got := w.observe(w.line(50, 20, five.Add(2*time.Minute), seven)); !got.Changed {
		t.Error("a reset that moved by two minutes is another window")
	}
	w.clock.Add(11 * time.Minute)
	if got := w.observe(w.line(50, 20, five.Add(2*time.Minute), seven)); !got.Changed {
		t.Error("after eleven minutes the report's age is news")
	}
}

// Right after a swap a session may still report the account that went out.
func TestAReportRightAfterASwap(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.clock.Add(time.Hour)
	now := w.clock.Now()
	five, seven := now.Add(3*time.Hour), now.Add(90*time.Hour)
	w.observe(w.line(97, 40, five, seven))
	w.swap(oauthcore.SwapRequest{To: work})
	old := w.view(work).Usage
	w.clock.Add(5 * time.Second)
	w.observe(w.line(98, 40, five, seven))
	if got := w.view(personal).Usage; got.FiveHour.Percent != 98 {
		t.Errorf("personal at %v %%", got.FiveHour.Percent)
	}
	if got := w.view(work).Usage; got != nil && old != nil && got.FiveHour.Percent != old.FiveHour.Percent {
		t.Errorf("the other account's figures were put down to work: %v", got.FiveHour.Percent)
	}
}

// transcript writes rows as Claude Code does and gives the path.
func (w *world) transcript(rows ...string) string {
	path := filepath.Join(w.TempDir(), "session.jsonl")
	doc := ""
	for _, r := range rows {
		doc += r + "\n"
	}
	w.write(path, doc)
	return path
}

func promptRow(at time.Time) string {
	return fmt.Sprintf(`{"type":"user","message":{"role":"user","content":"go on"},"timestamp":%q}`, at.Format(time.RFC3339Nano))
}

func limitRow(at, resets time.Time, kind string) string {
	return fmt.Sprintf(`{"type":"assistant","isApiErrorMessage":true,"error":"rate_limit","apiErrorStatus":429,"timestamp":%q,"quotaLimits":{"status":"rejected","resetsAt":%d,"rateLimitType":%q,"isUsingOverage":false}}`,
		at.Format(time.RFC3339Nano), resets.Unix(), kind)
}

func (w *world) failed(kind signals.Kind, transcript string) oauthcore.Charged {
	w.Helper()
	f := signals.ParseFailure(fmt.Appendf(nil, `{"session_id":"s","hook_event_name":"StopFailure","error":%q,"transcript_path":%q,"last_assistant_message":"Please log in: http://localhost:3001/oauth/authorize"}`, kind, transcript))
	got, err := w.core.Failed(context.Background(), f)
	if err != nil {
		w.Fatalf("failed: %v", err)
	}
	return got
}

func TestALimitIsTheAccountsTheTurnBeganOn(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.clock.Add(10 * time.Minute)
	began := w.clock.Now()
	w.clock.Add(5 * time.Minute)
	w.swap(oauthcore.SwapRequest{To: work}) // by hand, while that turn runs
	w.clock.Add(time.Minute)
	until := w.clock.Now().Add(2 * time.Hour)
	got := w.failed(signals.RateLimit, w.transcript(promptRow(began), limitRow(w.clock.Now(), until, "five_hour")))
	if got.Key != personal || !got.News || got.Swapped != nil {
		t.Fatalf("charged %+v", got)
	}
	if at := w.view(personal).LimitedUntil; !at.Equal(until.Truncate(time.Second)) {
		t.Errorf("personal limited until %v, want %v", at, until)
	}
	if at := w.view(work).LimitedUntil; !at.IsZero() {
		t.Errorf("work is limited until %v", at)
	}
	w.live(work)
	if again := w.failed(signals.RateLimit, w.transcript(promptRow(began), limitRow(w.clock.Now(), until, "five_hour"))); again.News {
		t.Error("a second session's word of the same limit is no news")
	}
}

func TestALimitWithoutATime(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	untimed := w.transcript(promptRow(w.clock.Now()), `{"isApiErrorMessage":true,"error":"rate_limit","quotaLimits":{"status":"rejected"}}`)
	if got := w.failed(signals.RateLimit, untimed); got.Key != work || !got.Until.Equal(w.clock.Now().Add(accounts.AssumedLimit)) {
		t.Errorf("charged %+v", got)
	}
	// The next status line knows when it ends.
	until := w.clock.Now().Add(90 * time.Minute)
	w.observe(w.line(100, 20, until, w.clock.Now().Add(90*time.Hour)))
	if at := w.view(work).LimitedUntil; !at.Equal(until.Truncate(time.Second)) {
		t.Errorf("limited until %v, want %v", at, until)
	}
	// It ends by itself.
	w.clock.Add(91 * time.Minute)
	if at := w.view(work).LimitedUntil; !at.IsZero() {
		t.Errorf("still limited until %v", at)
	}
}

func TestALimitOfOneModelLimitsNobody(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	now := w.clock.Now()
	if got := w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, now.Add(50*time.Hour), "seven_day_opus"))); got.Key != "" {
		t.Errorf("charged %+v", got)
	}
	if at := w.view(work).LimitedUntil; !at.IsZero() {
		t.Errorf("limited until %v", at)
	}
}

// Only the typed kind counts, whatever the words say.
func TestOtherFailuresChangeNothing(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	now := w.clock.Now()
	for _, kind := range []signals.Kind{"", "server_error", "invalid_request", "rate limit"} {
		if got := w.failed(kind, w.transcript(promptRow(now), limitRow(now, now.Add(time.Hour), "five_hour"))); got.Key != "" {
			t.Errorf("%q charged %+v", kind, got)
		}
	}
	if at := w.view(work).LimitedUntil; !at.IsZero() {
		t.Errorf("limited until %v", at)
	}
}

func TestALoginClaudeCodeCouldNotUseIsUnsure(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clock.Add(time.Hour)
	got := w.failed(signals.AuthFailed, "")
	if got.Key != work || !got.News {
		t.Fatalf("charged %+v", got)
	}
	v := w.view(work)
	if !v.Unsure || v.NeedsLogin || v.LoginAddress != "http://localhost:3001/oauth/authorize" {
		t.Errorf("view %+v", v)
	}
	// The provider takes it after all.
	if _, err := w.core.Refresh(context.Background(), work); err != nil {
		t.Fatal(err)
	}
	if v := w.view(work); v.Unsure || v.LoginAddress != "" {
		t.Errorf("after a refresh: %+v", v)
	}
	// And one it does not take.
	w.failed(signals.AuthFailed, "")
	if err := w.home.Kill(work); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Refresh(context.Background(), work)
	wantCode(t, err, view.CodeNeedsLogin)
	if v := w.view(work); !v.NeedsLogin {
		t.Errorf("refused: %+v", v)
	}
}

func (w *world) configure(key, value string) {
	w.Helper()
	if err := w.core.Configure(context.Background(), key, value); err != nil {
		w.Fatal(err)
	}
}

func TestTheNextAccountTakesOverWhereThatIsSwitchedOn(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.swap(oauthcore.SwapRequest{To: personal})
	w.configure("swap.auto", "on")
	w.clock.Add(10 * time.Second)
	hit := func() oauthcore.Charged {
		now := w.clock.Now()
		return w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, now.Add(2*time.Hour), "five_hour")))
	}
	if got := hit(); got.Swapped != nil || got.Stays == nil {
		t.Errorf("right after a swap: %+v", got)
	}
	w.clock.Add(time.Minute)
	got := hit()
	if got.Swapped == nil || got.Swapped.From != personal {
		t.Fatalf("charged %+v, %v", got, got.Stays)
	}
	if to := got.Swapped.To; to == work || to == side {
		t.Errorf("took over to %s: another organization's, or limited", to)
	}
	w.live(got.Swapped.To)
}

// A company's work does not go on under a private plan by itself.
func TestAnAutomaticSwapStaysInItsOrganization(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.configure("swap.auto", "on")
	w.clock.Add(time.Hour)
	hit := func() oauthcore.Charged {
		now := w.clock.Now()
		return w.failed(signals.RateLimit, w.transcript(promptRow(now), limitRow(now, now.Add(2*time.Hour), "five_hour")))
	}
	got := hit()
	if got.Swapped != nil || view.CodeOf(got.Stays) != view.CodeNoOther {
		t.Fatalf("charged %+v, %v", got, got.Stays)
	}
	w.live(work)
	w.configure("swap.acrossOrganizations", "on")
	if got = hit(); got.Swapped == nil {
		t.Fatalf("allowed, and yet %v", got.Stays)
	}
	w.live(got.Swapped.To)
}
