package oauthcore_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

// An entry of the pool without a refresh token whose access token lapsed cannot
// be used. Without the rule it is always the one used least recently, is chosen,
// and every swap fails while others are free.
func TestAnAccountWithoutAWayToATokenIsNeverChosen(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"old@example.com"}, {"0@example.com"}, {"zz@example.com", "0", "b@c.d"}} {
		for _, fresh := range []time.Duration{-time.Hour, time.Minute, 9 * time.Minute} {
			t.Run(fmt.Sprintf("%v/%v", keys, fresh), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.swap(oauthcore.SwapRequest{To: personal})
				for _, key := range keys {
					w.pool(key, providertest.Credentials{
						AccessToken: secret.New("sk-ant-oat01-TEST-" + key), ExpiresAt: w.clock.Now().Add(fresh), Scopes: []string{"user:inference"},
					})
				}
				for range 4 {
					w.clock.Add(time.Minute)
					done := w.swap(oauthcore.SwapRequest{})
					w.live(done.To)
				}
				for _, key := range keys {
					if v := w.view(key); !v.NeedsLogin {
						t.Errorf("%q is shown as one that can be used: %+v", key, v)
					}
				}
				_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: keys[0]})
				wantCode(t, err, view.CodeNeedsLogin)
			})
		}
	}
}

// oneTrouble is a provider to which the refresh of one token cannot be sent.
type oneTrouble struct {
	oauthcore.Provider
	token secret.Secret
}

func (o oneTrouble) Refresh(ctx context.Context, t secret.Secret, scopes []string) (provider.Grant, error) {
	if t.Equal(o.token) {
		return provider.Grant{}, &provider.Error{Op: "refresh", Kind: provider.ErrNetwork}
	}
	return o.Provider.Refresh(ctx, t, scopes)
}

// The next account's refresh meets trouble, and others are free. Without the
// rule the trouble of the one ends the swap: a session that hit its limit stays
// there while other accounts could go on.
func TestTroubleOfOneCandidateMovesOnToTheNext(t *testing.T) {
	t.Parallel()
	type trouble struct {
		fault providertest.Fault
		code  view.Code // of a swap to that account by name
		check func(view.Account) bool
	}
	status := func(code int) providertest.Fault {
		return providertest.Fault{Kind: providertest.FaultStatus, Status: code}
	}
	kind := func(k providertest.FaultKind) providertest.Fault { return providertest.Fault{Kind: k} }
	none := func(v view.Account) bool { return !v.NeedsLogin && !v.Unsure }
	troubles := map[string]trouble{
		"invalid_grant":  {kind(""), view.CodeNeedsLogin, func(v view.Account) bool { return v.NeedsLogin }},
		"400":            {status(http.StatusBadRequest), view.CodeRefused, none},
		"401":            {status(http.StatusUnauthorized), view.CodeRefused, none},
		"403":            {status(http.StatusForbidden), view.CodeRefused, none},
		"404":            {status(http.StatusNotFound), view.CodeRefused, none},
		"429":            {kind(providertest.FaultRateLimited), view.CodeOffline, none},
		"500":            {kind(providertest.FaultServerError), view.CodeOffline, none},
		"503":            {kind(providertest.FaultUnavailable), view.CodeOffline, none},
		"network":        {kind(""), view.CodeOffline, none},
		"captive portal": {kind(providertest.FaultHTML), view.CodeUnsure, func(v view.Account) bool { return v.Unsure }},
		"lost before":    {kind(providertest.FaultLostBefore), view.CodeUnsure, func(v view.Account) bool { return v.Unsure }},
		"524":            {status(524), view.CodeUnsure, func(v view.Account) bool { return v.Unsure }},
	}
	for name, tt := range troubles {
		for _, how := range []string{"next", "named", "automatic", "limited"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				ctx := context.Background()
				w.settled()
				w.swap(oauthcore.SwapRequest{To: work}) // lab is next: never used, and lapsed
				w.configure("swap.acrossOrganizations", "on")
				w.clock.Add(time.Minute)
				core := w.newCore(files.OS{})
				switch name {
				case "invalid_grant":
					if err := w.home.Kill(lab); err != nil {
						t.Fatal(err)
					}
				case "network":
					core.Provider = oneTrouble{core.Provider, w.account(lab).Credential.RefreshToken}
				default:
					f := tt.fault
					f.Endpoint, f.Account, f.Times = providertest.EndpointRefresh, w.resident(lab).Person.AccountUUID, -1
					if err := w.provider.Fail(f); err != nil {
						t.Fatal(err)
					}
				}
				r := oauthcore.SwapRequest{}
				switch how {
				case "named":
					r.To = lab
				case "automatic":
					r.Automatic, r.Leaving = true, work
				case "limited":
					r.LimitedUntil = w.clock.Now().Add(time.Hour)
				}
				before := w.provider.State().Calls[providertest.EndpointRefresh]
				done, err := core.Swap(ctx, r)
				if how == "named" {
					wantCode(t, err, tt.code)
					w.live(work)
				} else {
					if err != nil || done.To != personal {
						t.Fatalf("%+v, %v; want a swap to the next free account", done, err)
					}
					w.live(personal)
				}
				if n := w.provider.State().Calls[providertest.EndpointRefresh] - before; n > 2 {
					t.Errorf("%d refreshes", n)
				}
				if v := w.view(lab); !tt.check(v) {
					t.Errorf("lab is %+v", v)
				}
				w.expected = len(w.provider.Violations())
				if w.expected > 0 {
					t.Errorf("%v", w.provider.Violations())
				}
			})
		}
	}
}

// All candidates meet trouble: the error is that of the first, and the account
// that is live stays so.
func TestTroubleOfAllCandidatesIsToldAndChangesNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]providertest.Fault{
		"500": {Kind: providertest.FaultServerError}, "429": {Kind: providertest.FaultRateLimited},
		"403": {Kind: providertest.FaultStatus, Status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			w.swap(oauthcore.SwapRequest{To: personal})
			w.clock.Add(7 * time.Hour) // all lapsed
			w.clientRefreshes()
			f.Endpoint, f.Times = providertest.EndpointRefresh, -1
			if err := w.provider.Fail(f); err != nil {
				t.Fatal(err)
			}
			before := w.provider.State().Calls[providertest.EndpointRefresh]
			_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{})
			if err == nil {
				t.Fatal("no error")
			}
			var p *view.Problem
			if !errors.As(err, &p) || p.Key == "" || p.Hint == "" {
				t.Errorf("%v names no account or no way out", err)
			}
			if n := w.provider.State().Calls[providertest.EndpointRefresh] - before; n > 5 {
				t.Errorf("%d refreshes of five accounts", n)
			}
			w.live(personal)
			w.nothingLost()
		})
	}
}

// A hundred sessions hit one limit in the same second; each one's hook is a
// process of its own. Without the rule each swaps away from whatever the one
// before made active.
func TestOneLimitMakesOneSwap(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 5, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ctx := context.Background()
			w.swap(oauthcore.SwapRequest{To: work})
			w.swap(oauthcore.SwapRequest{To: personal})
			w.configure("swap.auto", "on")
			w.configure("swap.acrossOrganizations", "on")
			w.clock.Add(time.Hour)
			now := w.clock.Now()
			f := signals.ParseFailure(fmt.Appendf(nil, `{"session_id":"s","hook_event_name":"StopFailure","error":"rate_limit","transcript_path":%q}`,
				w.transcript(promptRow(now.Add(-time.Second)), limitRow(now, now.Add(2*time.Hour), "five_hour"))))
			var cores []*oauthcore.Core
			for range n {
				cores = append(cores, w.newCore(files.OS{}))
			}
			var mu sync.Mutex
			var swaps []oauthcore.Swapped
			hooks := func(more time.Duration) {
				var wg sync.WaitGroup
				for _, c := range cores {
					wg.Go(func() {
						got, err := c.Failed(ctx, f)
						mu.Lock()
						defer mu.Unlock()
						if err != nil && view.CodeOf(err) != view.CodeBusy {
							t.Errorf("a hook after %v: %v", more, err)
						}
						if got.Swapped != nil {
							swaps = append(swaps, *got.Swapped)
						}
					})
				}
				wg.Wait()
			}
			hooks(0)
			if len(swaps) != 1 || swaps[0].From != personal {
				t.Fatalf("%d swaps: %+v", len(swaps), swaps)
			}
			w.live(swaps[0].To)
			// A session that was slow to notice says so half a minute later.
			w.clock.Add(30 * time.Second)
			cores = cores[:min(n, 5)]
			hooks(30 * time.Second)
			w.clock.Add(30 * time.Second)
			hooks(time.Minute)
			if len(swaps) != 1 {
				t.Errorf("late hooks made %d swaps more", len(swaps)-1)
			}
		})
	}
}
