package oauthcore_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

// row is a failed turn's row of a transcript; members are added to it.
func row(kind signals.Kind, members string) string {
	if members != "" {
		members = "," + members
	}
	return fmt.Sprintf(`{"type":"assistant","isApiErrorMessage":true,"error":%q,"apiErrorStatus":429%s}`, kind, members)
}

// What is called a rate limit limits the account only where the provider said so;
// an older client's word is believed for minutes, and not against what is known.
// Nothing but a limit makes another account take over.
func TestWhatARateLimitMeans(t *testing.T) {
	const newest = `"version":"2.1.332"`
	quota := func(status string, in time.Duration, w *world) string {
		return fmt.Sprintf(`"quotaLimits":{"status":%q,"resetsAt":%d,"rateLimitType":"five_hour"}`, status, w.clock.Now().Add(in).Unix())
	}
	for name, tt := range map[string]struct {
		known float64 // use of five hours, 0 for not known
		row   func(*world) string
		until time.Duration // from now on; 0: not limited
		swaps bool
	}{
		"reached":                      {12, func(w *world) string { return row(signals.RateLimit, quota("rejected", 2*time.Hour, w)) }, 2 * time.Hour, true},
		"reached, newest client":       {0, func(w *world) string { return row(signals.RateLimit, newest+","+quota("rejected", time.Hour, w)) }, time.Hour, true},
		"near, not reached":            {0, func(w *world) string { return row(signals.RateLimit, quota("allowed_warning", time.Hour, w)) }, 0, false},
		"allowed":                      {99, func(w *world) string { return row(signals.RateLimit, quota("allowed", time.Hour, w)) }, 0, false},
		"a busy server, newest client": {0, func(*world) string { return row(signals.RateLimit, newest) }, 0, false},
		"the same, nearly used up":     {99, func(*world) string { return row(signals.RateLimit, newest) }, 0, false},
		"long context, newest client": {6, func(*world) string {
			return row(signals.RateLimit, newest+`,"apiError":"long_context_credits_required"`)
		}, 0, false},
		"older client, nothing known":     {0, func(*world) string { return row(signals.RateLimit, "") }, 5 * time.Minute, false},
		"older client, much is left":      {12, func(*world) string { return row(signals.RateLimit, `"version":"2.1.112"`) }, 0, false},
		"older client, nearly used up":    {97, func(*world) string { return row(signals.RateLimit, `"version":"2.1.112"`) }, 5 * time.Minute, false},
		"the transcript tells of another": {0, func(*world) string { return row("overloaded", "") }, 5 * time.Minute, false},
		"one model's": {0, func(w *world) string {
			return row(signals.RateLimit, strings.Replace(quota("rejected", time.Hour, w), "five_hour", "seven_day_opus", 1))
		}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := fresh(t)
			w.configure("swap.auto", "on")
			w.configure("swap.acrossOrganizations", "on")
			if tt.known > 0 {
				w.observe(from("known", w.line(tt.known, tt.known/2, w.clock.Now().Add(3*time.Hour), w.clock.Now().Add(80*time.Hour))))
			}
			got := w.failed(signals.RateLimit, w.transcript(promptRow(w.clock.Now().Add(-time.Second)), tt.row(w)))
			until := w.view(personal).LimitedUntil
			switch {
			case tt.until == 0 && !until.IsZero():
				t.Errorf("limited until %v", until)
			case tt.until != 0 && until.Sub(w.clock.Now().Add(tt.until)).Abs() > time.Second:
				t.Errorf("limited for %v, want %v", until.Sub(w.clock.Now()), tt.until)
			}
			if (got.Swapped != nil) != tt.swaps {
				t.Errorf("swapped: %+v, %v", got.Swapped, got.Stays)
			}
		})
	}
}

// Three busy moments of the server in a row leave all accounts as they are.
func TestBusyMomentsTakeNoAccountOut(t *testing.T) {
	w := fresh(t)
	w.configure("swap.auto", "on")
	for range 5 {
		w.failed(signals.RateLimit, w.transcript(promptRow(w.clock.Now()), row(signals.RateLimit, `"version":"2.1.400"`)))
		w.clock.Add(time.Minute)
	}
	w.live(personal)
	for _, r := range w.home.Residents {
		if v := w.view(r.Key); !v.LimitedUntil.IsZero() {
			t.Errorf("%s limited until %v", r.Key, v.LimitedUntil)
		}
	}
}

// An account that is not allowed to work, for whatever reason, is left out of the
// choice with the provider's words, and another takes over; it comes back when its
// person has it refreshed or logs in again.
func TestRefusalsTakeTheAccountOut(t *testing.T) {
	const words = "Your organization has disabled Claude subscription access"
	for _, kind := range []signals.Kind{signals.OrgNotAllowed, signals.OnHold, signals.NotVerified, signals.BillingTrouble} {
		for _, says := range []string{words + ".", "", words + "\nsk-ant-ort01-TEST-x", "two  \x1b[31mlines\nof it"} {
			t.Run(fmt.Sprintf("%s, %q", kind, says), func(t *testing.T) {
				w := fresh(t)
				w.configure("swap.auto", "on")
				w.configure("swap.acrossOrganizations", "on")
				f := signals.ParseFailure(fmt.Appendf(nil, `{"hook_event_name":"StopFailure","error":%q,"last_assistant_message":%s}`, kind, jsonedit.String(says)))
				got, err := w.core.Failed(t.Context(), f)
				if err != nil || got.Key != personal || !got.News || got.Swapped == nil || got.Swapped.From != personal {
					t.Fatalf("%+v, %v", got, err)
				}
				v := w.view(personal)
				if v.Refused == "" || strings.ContainsAny(v.Refused, "\n\x1b") || strings.Contains(v.Refused, "sk-ant") {
					t.Errorf("told: %q", v.Refused)
				}
				if says == words+"." && v.Refused != words {
					t.Errorf("told: %q", v.Refused)
				}
				for range 3 {
					w.clock.Add(time.Minute)
					if done, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{}); err == nil && done.To == personal {
						t.Error("it was chosen again")
					}
				}
				if again, err := w.core.Failed(t.Context(), f); err != nil || again.News && again.Key == personal {
					t.Errorf("told twice: %+v, %v", again, err)
				}
				if done, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{To: personal}); err != nil || len(done.Notes) == 0 || !strings.Contains(done.Notes[0], v.Refused) {
					t.Errorf("a person's swap to it: %+v, %v", done, err)
				}
				if _, err := w.core.Refresh(t.Context(), personal); err != nil {
					t.Fatal(err)
				}
				if v := w.view(personal); v.Refused != "" {
					t.Errorf("after a refresh: %q", v.Refused)
				}
			})
		}
	}
}

// A hundred sessions meet one limit: one swap, whatever the order of their hooks
// and however late some are, and what is said of it names the account left.
func TestAHundredHooksAtOneLimit(t *testing.T) {
	hooks := 100
	if testing.Short() || watched {
		hooks = 20
	}
	w := fresh(t)
	w.configure("swap.auto", "on")
	w.configure("swap.acrossOrganizations", "on")
	now := w.clock.Now()
	path := w.transcript(promptRow(now.Add(-time.Minute)), limitRow(now, now.Add(2*time.Hour), "five_hour"))
	f := signals.Failure{Kind: signals.RateLimit, TranscriptPath: path}
	var wait sync.WaitGroup
	var mu sync.Mutex
	var swapped []oauthcore.Swapped
	for range hooks {
		core := w.newCore(files.OS{}) // a process of its own
		wait.Go(func() {
			got, err := core.Failed(t.Context(), f)
			if err != nil && view.CodeOf(err) != view.CodeBusy {
				t.Error(err)
			}
			if got.Swapped != nil {
				mu.Lock()
				swapped = append(swapped, *got.Swapped)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if len(swapped) != 1 || swapped[0].From != personal {
		t.Fatalf("%d swaps: %+v", len(swapped), swapped)
	}
	w.clock.Add(2 * time.Minute) // the last hooks come when the swap is old
	for range 3 {
		if got, err := w.core.Failed(t.Context(), f); err != nil || got.Swapped != nil || got.Key != personal {
			t.Errorf("late: %+v, %v", got, err)
		}
	}
	w.live(swapped[0].To)
	acts, err := w.core.Activities()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, a := range acts {
		if a.Kind == "swapped" && a.Key != personal || a.Kind == "limited" {
			lines = append(lines, a.Kind+" "+a.From+" "+a.Key)
		}
	}
	if want := []string{"limited  " + personal, "swapped " + personal + " " + swapped[0].To}; strings.Join(lines, "|") != strings.Join(want, "|") {
		t.Errorf("the log has %q", lines)
	}
	for _, r := range w.home.Residents {
		if v := w.view(r.Key); r.Key != personal && !v.LimitedUntil.IsZero() {
			t.Errorf("%s is limited as well", r.Key)
		}
	}
}
