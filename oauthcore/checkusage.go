package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// CheckUsage asks the provider for one account's usage now and keeps the
// answer. An access token that lapsed, or is refused before its time, is
// refreshed once. The error is a *view.Problem.
func (c *Core) CheckUsage(ctx context.Context, name string) (key string, _ *view.Usage, err error) {
	key, err = c.resolve(ctx, name)
	if err != nil {
		return "", nil, err
	}
	usage, err := c.askUsage(ctx, key, true)
	if err == nil {
		c.renewFacts(ctx, key, true)
	}
	return key, usage, err
}

// askUsage asks for the usage of one account. refresh says that its access token
// may be refreshed where it lapsed or is refused; else a refused one is noted, so
// that the next swap to the account refreshes it. The error is a *view.Problem,
// or that of ctx.
func (c *Core) askUsage(ctx context.Context, key string, refresh bool) (*view.Usage, error) {
	c.Progress(key, view.WaitUsage)
	var seen provider.Usage
	a, err := c.withAccess(ctx, key, refresh, func(a *accounts.Account) (err error) {
		seen, err = c.Provider.Usage(ctx, a.Credential.AccessToken)
		return err
	})
	if accessRefused(err) && !refresh {
		err = errors.Join(err, c.noteBadAccess(ctx, a))
	}
	var p *view.Problem
	switch {
	case err == nil:
	case errors.As(err, &p):
		return nil, err
	default:
		e := trouble("ask for the usage of", a, err)
		e.Hint = strings.TrimPrefix(e.Hint, "the login is kept; ")
		return nil, e
	}
	now := c.Now()
	usage := usageOf(seen, a.Credential.Tier, "endpoint", now)
	err = c.Update(ctx, func(s *State) error {
		record := s.Usage.Record(key)
		setUsage(record, record.Usage.At(now), usage, now)
		record.Offline = false
		return nil
	})
	return usage, err
}

// withAccess calls fn with the account and a good access token. Where the
// provider refuses that before its time and refresh allows it, it is refreshed
// and fn called once more. The error is fn's, or a *view.Problem: there is no good
// access token.
func (c *Core) withAccess(ctx context.Context, key string, refresh bool, fn func(*accounts.Account) error) (*accounts.Account, error) {
	a, err := c.freshAccount(ctx, key, refresh, false)
	if err != nil {
		return nil, err
	}
	if err = fn(a); !accessRefused(err) {
		return a, err
	}
	if refresh {
		if a, err = c.freshAccount(ctx, key, true, true); err != nil {
			return nil, err
		}
		if err = fn(a); !accessRefused(err) {
			return a, err
		}
	}
	return a, err
}

// accessRefused says that the provider does not know the access token. A 403 is
// about what it may do.
func accessRefused(err error) bool {
	var pe *provider.Error
	return errors.Is(err, provider.ErrUnauthorized) && errors.As(err, &pe) && pe.Status == http.StatusUnauthorized
}

// noteBadAccess remembers that the provider refused an access token before its
// time. The error is a *view.Problem.
func (c *Core) noteBadAccess(ctx context.Context, a *accounts.Account) error {
	return c.UpdateUsage(ctx, func(u *accounts.UsageStore) {
		u.Record(a.Key).BadAccess = a.Credential.AccessToken.Fingerprint()
	})
}

// goodAccess says that the account's access token is good for so long, as far as
// is known.
func (s *State) goodAccess(a *accounts.Account, now time.Time, margin time.Duration) bool {
	return a.Credential.FreshAt(now, margin) && s.Usage.Peek(a.Key).BadAccess != a.Credential.AccessToken.Fingerprint()
}

// freshAccount is the account with an access token that is good. Where it lapsed
// or is refused, or where that is asked for, it is refreshed if that is allowed and
// it is in no doubt.
func (c *Core) freshAccount(ctx context.Context, key string, allowed, asked bool) (*accounts.Account, error) {
	for range 2 {
		s, err := c.Read(ctx)
		if err != nil {
			return nil, err
		}
		a := s.Vault.Get(key)
		if a == nil || a.Removed {
			return nil, errMoved(key)
		}
		if !asked && s.goodAccess(a, c.Now(), 0) {
			return a, nil
		}
		if s.Unsure(a) {
			return nil, errInDoubt(a)
		}
		if !allowed {
			return nil, &view.Problem{
				Code: view.CodeOffline, Key: key,
				Message: fmt.Sprintf("%s has no access token that the provider takes", a.Name()),
				Hint:    fmt.Sprintf("get one with: baton refresh %q", a.Key),
			}
		}
		if _, err := c.RefreshUnnamed(ctx, key); err != nil {
			return nil, err
		}
		asked = false
	}
	return nil, errMoved(key)
}

// ultra marks the tiers of the plan that may have no window of five hours.
const ultra = "20x"

// usageOf takes over an answer of the usage endpoint, or Claude Code's copy of
// one, about an account of this tier.
func usageOf(u provider.Usage, tier, source string, at time.Time) *view.Usage {
	window := func(w *provider.Window) *view.Window {
		if w == nil {
			return nil
		}
		return &view.Window{Percent: w.Percent, ResetsAt: w.ResetsAt.UTC()}
	}
	out := &view.Usage{FiveHour: window(u.FiveHour), SevenDay: window(u.SevenDay), ObservedAt: at.UTC(), Source: source}
	out.NoFiveHour = out.FiveHour == nil && out.SevenDay != nil && strings.Contains(tier, ultra)
	for _, m := range u.Models {
		out.Models = append(out.Models, view.ModelWindow{Name: m.Name, Window: view.Window{Percent: m.Percent, ResetsAt: m.ResetsAt.UTC()}})
	}
	return out
}
