package oauthcore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
)

// Five hours of asking, minute by minute: never more than 25 times in an hour for
// any account, never twice within three minutes, and nothing while switched off.
func TestPollingKeepsItsBounds(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	ctx := context.Background()
	if next, err := w.core.Poll(ctx); err != nil || !next.IsZero() {
		t.Fatalf("switched off: %v, %v", next, err)
	}
	if n := w.provider.State().Calls[providertest.EndpointUsage]; n != 0 {
		t.Fatalf("asked %d times while switched off", n)
	}
	w.configure("usage.poll", "on")
	var at []time.Time
	for range 5 * 60 { // while the access token lasts
		before := w.provider.State().Calls[providertest.EndpointUsage]
		next, err := w.core.Poll(ctx)
		if err != nil || !next.After(w.clock.Now()) {
			t.Fatalf("next %v, %v", next, err)
		}
		if w.provider.State().Calls[providertest.EndpointUsage] > before {
			at = append(at, w.clock.Now())
		}
		w.clock.Add(time.Minute)
	}
	if len(at) < 5*60/3-5 {
		t.Errorf("asked in %d minutes of 300 only", len(at))
	}
	if u := w.view(personal).Usage; u == nil || u.Source != "endpoint" || w.clock.Now().Sub(u.ObservedAt) > 4*time.Minute {
		t.Errorf("usage %+v", u)
	}
}

// Two processes: one asks.
func TestOneProcessPolls(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.configure("usage.poll", "on")
	reached, until := make(chan struct{}, 1), make(chan struct{})
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointUsage, Kind: providertest.FaultSlow, Until: until, Reached: reached}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.core.Poll(context.Background())
		done <- err
	}()
	<-reached
	before := w.provider.State().Calls[providertest.EndpointUsage]
	next, err := w.core.Poll(context.Background())
	if err != nil || !next.Equal(w.clock.Now().Add(time.Minute)) {
		t.Errorf("the second one: %v, %v", next, err)
	}
	if n := w.provider.State().Calls[providertest.EndpointUsage]; n != before {
		t.Error("both asked")
	}
	close(until)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// After a refusal the provider's own time is kept to, and the person's other
// accounts are asked all the same.
func TestPollingKeepsToRetryAfter(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.configure("usage.poll", "on")
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointUsage, Kind: providertest.FaultRateLimited, RetryAfter: 50 * time.Minute, Times: 100}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Poll(context.Background()); err != nil {
		t.Fatal(err)
	}
	first := w.provider.State().Calls[providertest.EndpointUsage]
	for range 49 {
		w.clock.Add(time.Minute)
		if _, err := w.core.Poll(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.provider.State().Calls[providertest.EndpointUsage]; n != first {
		t.Errorf("asked %d times more within the time named", n-first)
	}
	w.clock.Add(2 * time.Minute)
	if _, err := w.core.Poll(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := w.provider.State().Calls[providertest.EndpointUsage]; n == first {
		t.Error("never asked again")
	}
}

// In a home that no operation has opened yet every account with a good access
// token is asked for, the live one too.
func TestPollingInANewHome(t *testing.T) {
	w := newWorld(t)
	if err := w.core.Configure(t.Context(), "usage.poll", "on"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{personal, work, side} {
		if !strings.Contains(string(w.read(w.paths.Polled())), `"`+key+`":`) {
			t.Errorf("%s was not asked for", key)
		}
	}
}
