package oauthcore_test

import (
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
)

func (w *world) refreshes() int { return w.provider.State().Calls[providertest.EndpointRefresh] }

// Polling refreshes nothing, however often the provider refuses the access token.
func TestPollingNeverRefreshes(t *testing.T) {
	for _, key := range []string{personal, work} { // the live one and another
		t.Run(key, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: personal})
			w.configure("usage.poll", "on")
			w.refuseAccess(key)
			before := w.refreshes()
			for range 4 {
				if _, err := w.core.Poll(t.Context()); err != nil {
					t.Fatal(err)
				}
				w.clock.Add(40 * time.Minute)
			}
			if n := w.refreshes() - before; n != 0 {
				t.Errorf("%d refreshes", n)
			}
		})
	}
}

// A 403 at the usage endpoint (a login without the scope user:profile, or an
// organization that hides it) says nothing of the access token: the account is
// not refreshed at each question and each swap.
func TestUsageIsNotAllowed(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	f := providertest.Fault{
		Endpoint: providertest.EndpointUsage, Kind: providertest.FaultStatus, Status: 403, Times: -1,
		Body: `{"type":"error","error":{"type":"permission_error","message":"OAuth token does not meet scope requirement user:profile"}}`,
	}
	if err := w.provider.Fail(f); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	before := w.refreshes()
	for range 3 {
		_, _, _ = w.core.CheckUsage(t.Context(), work)
	}
	w.swap(oauthcore.SwapRequest{To: work})
	w.swap(oauthcore.SwapRequest{To: personal})
	w.swap(oauthcore.SwapRequest{To: work})
	if n := w.refreshes() - before; n > 1 {
		t.Errorf("%d refreshes of a good login", n)
	}
}

// A profile that is refused after a refresh does not hold the refresh up: the
// account's lock is held by this very operation.
func TestTheProfileIsRefusedAfterARefresh(t *testing.T) {
	for _, status := range []int{401, 403} {
		w := newWorld(t)
		w.swap(oauthcore.SwapRequest{To: personal})
		w.clock.Add(25 * time.Hour)
		if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultStatus, Status: status, Times: -1}); err != nil {
			t.Fatal(err)
		}
		before, since := w.refreshes(), time.Now()
		if _, err := w.core.Refresh(t.Context(), work); err != nil {
			t.Error(err)
		}
		if took := time.Since(since); took > 3*time.Second {
			t.Errorf("%d: the refresh took %v", status, took)
		}
		if n := w.refreshes() - before; n != 1 {
			t.Errorf("%d: %d refreshes", status, n)
		}
		was := w.refreshes()
		w.swap(oauthcore.SwapRequest{To: work})
		if w.refreshes() != was {
			t.Errorf("%d: the login just refreshed is refreshed again at the swap", status)
		}
	}
}

// A plan that was cancelled is not shown for ever either.
func TestAPlanThatEnded(t *testing.T) {
	for _, kind := range []string{"claude_free", ""} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: work})
			if w.view(personal).Plan == "" {
				t.Fatal("no plan known")
			}
			w.clock.Add(25 * time.Hour)
			who := w.resident(personal).Person
			who.OrganizationType, who.RateLimitTier = kind, "default_claude_ai"
			w.provider.AddAccount(who)
			if _, _, err := w.core.CheckUsage(t.Context(), personal); err != nil {
				t.Fatal(err)
			}
			if v := w.view(personal); v.Plan != "" || v.Tier != "default_claude_ai" {
				t.Errorf("still %q, %q", v.Plan, v.Tier)
			}
		})
	}
}
