//go:build unix

package oauthcore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// A login over the live account is killed at any step once it is on disk, and
// Claude Code refreshes whatever it finds before the next Baton looks. The new
// login, or what became of it, is the one that stays; never the old one, and
// never a token used up since.
func TestClaudeCodeGoesOnAfterAKilledLogin(t *testing.T) {
	t.Parallel()
	const name = "login of the live account"
	op := stepOps()[name]
	whole := newStepWorld(t, name, op).order.killed(t)
	from := slices.Index(whole.steps, answerStep) + 2
	if !whole.done || from < 2 {
		t.Fatalf("left alone: %+v", whole)
	}
	landed := 0
	stride := 1
	if testing.Short() && systemOf(t) != "linux" {
		stride = 5
	}
	for n := from; n <= len(whole.steps); n += stride {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := newStepWorld(t, name, op)
			w.order.At = n
			run := w.order.killed(t)
			if slices.Contains(run.taken(), liveStep) {
				landed++
			}
			w.clientRefreshes()
			w.core = w.newCore(quickFS())
			if err := w.core.Settle(context.Background()); err != nil {
				t.Fatal(err)
			}
			w.sound()
			logins := w.provider.State().Logins
			newest := logins[len(logins)-1] // the person's new login, as it is by now
			if newest.Email != personal {
				t.Fatalf("the newest login is %s's", newest.Email)
			}
			if w.account(personal).Credential.Fingerprint() != newest.RefreshFingerprint || w.credential().Fingerprint() != newest.RefreshFingerprint {
				t.Errorf("killed before %q: the new login is not the one kept and used", run.last())
			}
			w.world.live(personal)
		})
	}
	if landed == 0 || landed > len(whole.steps)-from {
		t.Errorf("of %d kills %d came after Claude Code had the new login", len(whole.steps)-from+1, landed)
	}
}
