package oauthcore

import (
	"context"
	"errors"
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
	return key, usage, err
}

// askUsage does it for one account; refresh says that it may be refreshed.
func (c *Core) askUsage(ctx context.Context, key string, refresh bool) (*view.Usage, error) {
	a, err := c.freshAccount(ctx, key, false)
	if err != nil {
		return nil, err
	}
	c.Progress(key, view.WaitUsage)
	seen, err := c.Provider.Usage(ctx, a.Credential.AccessToken)
	if errors.Is(err, provider.ErrUnauthorized) && refresh {
		if a, err = c.freshAccount(ctx, key, true); err != nil {
			return nil, err
		}
		seen, err = c.Provider.Usage(ctx, a.Credential.AccessToken)
	}
	if err != nil {
		e := trouble("ask for the usage of", a, err)
		e.Hint = strings.TrimPrefix(e.Hint, "the login is kept; ")
		return nil, e
	}
	usage := usageOf(seen, c.Now())
	err = c.Update(ctx, func(s *State) error {
		record := s.Usage.Record(key)
		record.Usage, record.Offline = usage, false
		return nil
	})
	return usage, err
}

// freshAccount is the account with an access token that is good, refreshed
// where it lapsed or where that is asked for, unless it is in doubt.
func (c *Core) freshAccount(ctx context.Context, key string, refresh bool) (*accounts.Account, error) {
	for range 2 {
		s, err := c.Read(ctx)
		if err != nil {
			return nil, err
		}
		a := s.Vault.Get(key)
		if a == nil || a.Removed {
			return nil, errMoved(key)
		}
		if !refresh && a.Credential.FreshAt(c.Now(), 0) {
			return a, nil
		}
		if s.Unsure(a) {
			return nil, errInDoubt(a)
		}
		if _, err := c.RefreshUnnamed(ctx, key); err != nil {
			return nil, err
		}
		refresh = false
	}
	return nil, errMoved(key)
}

// usageOf takes over an answer of the usage endpoint.
func usageOf(u provider.Usage, now time.Time) *view.Usage {
	window := func(w *provider.Window) *view.Window {
		if w == nil {
			return nil
		}
		return &view.Window{Percent: w.Percent, ResetsAt: w.ResetsAt.UTC()}
	}
	out := &view.Usage{FiveHour: window(u.FiveHour), SevenDay: window(u.SevenDay), ObservedAt: now.UTC(), Source: "endpoint"}
	for _, m := range u.Models {
		out.Models = append(out.Models, view.ModelWindow{Name: m.Name, Window: view.Window{Percent: m.Percent, ResetsAt: m.ResetsAt.UTC()}})
	}
	return out
}
