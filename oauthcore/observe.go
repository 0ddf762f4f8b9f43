package oauthcore

import (
	"context"
	"time"

	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

const (
	// jitter is how far two tellings of the same reset may lie apart: the
	// provider's move by seconds, only a minute or more is a new window.
	jitter = time.Minute
	// seenAgain is after what time an unchanged report is written down anyway,
	// so that its age can be shown.
	seenAgain = 10 * time.Minute
	// observeWait is how long a status line waits for its turn to write: it runs
	// after every answer, and the next one brings the same.
	observeWait = 100 * time.Millisecond
	// spentPercent is the use of a window from which it counts as used up where
	// a limit was met without a reset.
	spentPercent = 99.5
)

// Watched is what is known of the active account after a report.
type Watched struct {
	Active  *view.Account // nil where nobody known is logged in
	Next    *view.Next    // who a swap would go to, nil for nobody
	Changed bool          // usage.json was written
}

// Observe takes down what Claude Code reported to a status line. It writes
// only where that is news, and waits for nothing. The error is a *view.Problem.
func (c *Core) Observe(ctx context.Context, report signals.StatusLine) (Watched, error) {
	s, key, err := c.peek(ctx)
	if err != nil || key == "" {
		return Watched{}, err
	}
	now := c.Now()
	changed := false
	if report.Tells() && s.take(key, report, now) {
		err = c.modify(ctx, observeWait, c.Read, func(s *State) error {
			changed = s.take(key, report, now)
			return nil
		})
	}
	w := Watched{Changed: changed}
	shown := s.show(s.Vault.Get(key), key, now)
	w.Active, w.Next = &shown, s.next(key, now)
	return w, err
}

// peek reads which account is active, for display: it changes nothing and asks
// nobody.
func (c *Core) peek(ctx context.Context) (*State, string, error) {
	o, err := c.inspect(ctx, false)
	if err != nil || o.Owner == nil || o.Owner.Removed {
		return o.State, "", err
	}
	return o.State, o.Owner.Key, nil
}

// inspect does in memory what open does to the vault, without locks and
// without the provider, and with .claude.json only where config says so: it can
// be megabytes. The error is a *view.Problem, or that of ctx.
func (c *Core) inspect(ctx context.Context, config bool) (*Opened, error) {
	o := &Opened{}
	var err error
	if o.State, err = c.Read(ctx); err != nil {
		return o, err
	}
	o.readOnly = true
	if o.Live, err = c.PeekLive(ctx); err != nil {
		return o, err
	}
	if config {
		if o.Config, err = c.PeekConfig(ctx); err != nil {
			return o, err
		}
	}
	return o, c.reconcile(o, newProofs(), Opening{})
}
