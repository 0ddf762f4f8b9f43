package oauthcore

import (
	"context"
	"math"
	"slices"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/login"
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
	// afterSwap is how long after a swap a report may still be the account's
	// that went out.
	afterSwap = 2 * time.Minute
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
	if report.Tells() {
		key := s.charged(key, report, now)
		if s.note(key, report, now) {
			err = c.modify(ctx, observeWait, c.Read, func(s *State) error {
				changed = s.note(key, report, now)
				return nil
			})
		}
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

// charged is the account a report is about: the active one, but shortly after
// a swap the one before, where the report shows that one's windows.
func (s *State) charged(active string, report signals.StatusLine, now time.Time) string {
	if now.Sub(s.Usage.Peek(active).ActiveAt) > afterSwap {
		return active
	}
	before := s.Usage.Previous(s.Vault, active)
	if before == "" {
		return active
	}
	fits := func(key string) bool {
		u := s.Usage.Peek(key).Usage
		return u != nil && (sameReset(u.FiveHour, report.FiveHour) || sameReset(u.SevenDay, report.SevenDay))
	}
	if fits(before) && !fits(active) {
		return before
	}
	return active
}

func sameReset(w *view.Window, told *signals.Window) bool {
	return w != nil && told != nil && !w.ResetsAt.IsZero() && w.ResetsAt.Sub(told.ResetsAt).Abs() < jitter
}

// note takes a report down on an account's record and says whether that is news.
func (s *State) note(key string, report signals.StatusLine, now time.Time) bool {
	record := s.Usage.Record(key)
	next := &view.Usage{ObservedAt: now.UTC(), Source: "statusline"}
	news := true
	if u := record.Usage.At(now); u != nil {
		next.FiveHour, next.SevenDay, next.Models = u.FiveHour, u.SevenDay, u.Models
		news = now.Sub(u.ObservedAt) >= seenAgain || u.ObservedAt.After(now)
	}
	news = reported(&next.FiveHour, report.FiveHour, now) || news
	news = reported(&next.SevenDay, report.SevenDay, now) || news
	if !news {
		return false
	}
	record.Usage = next
	if record.Mark.Limited && record.Mark.ResetsAt.IsZero() {
		// The mark was made without knowing when it ends; now that is known.
		if until := next.Spent(spentPercent, now); !until.IsZero() {
			record.Mark.ResetsAt = until
		}
	}
	return true
}

// reported puts one reported window in place of the known one and says whether
// it is another.
func reported(known **view.Window, told *signals.Window, now time.Time) bool {
	if told == nil || !told.ResetsAt.IsZero() && !told.ResetsAt.After(now) {
		return false // of a window that is over
	}
	w := &view.Window{Percent: told.Percent, ResetsAt: told.ResetsAt}
	if have := *known; have != nil {
		if sameReset(have, told) {
			w.ResetsAt = have.ResetsAt
		}
		if math.Abs(have.Percent-w.Percent) < 0.05 && have.ResetsAt.Equal(w.ResetsAt) {
			return false
		}
	}
	*known = w
	return true
}

// Charged is what became of a failure Claude Code told of.
type Charged struct {
	Key   string    // the account it was put down to, "" for none
	Until time.Time // the limit's end, zero where unknown or none
	News  bool      // it was not known before
	// Swapped is the swap that followed, nil for none; Stays says why there was
	// none although it was switched on.
	Swapped *Swapped
	Stays   error
}

// longestLimit is the farthest end of a limit that is believed.
const longestLimit = 8 * 24 * time.Hour

// Failed takes down a failure Claude Code's hook told of: a limit, or a login
// that was not accepted. Where swap.auto is on and the account is the active
// one, the next free account takes over. The error is a *view.Problem.
func (c *Core) Failed(ctx context.Context, f signals.Failure) (Charged, error) {
	switch f.Kind {
	case signals.RateLimit:
		return c.limitHit(ctx, signals.ReadTranscript(f.TranscriptPath))
	case signals.AuthFailed:
		return c.loginDoubted(ctx, f)
	}
	return Charged{}, nil
}

func (c *Core) limitHit(ctx context.Context, q signals.Quota) (Charged, error) {
	if q.OfModel() {
		return Charged{}, nil // the account works on, with another model
	}
	s, active, err := c.peek(ctx)
	if err != nil {
		return Charged{}, err
	}
	now := c.Now()
	done := Charged{Key: c.activeWhen(q.PromptAt, active)}
	if a := s.Vault.Get(done.Key); a == nil || a.Removed {
		return Charged{}, nil
	}
	err = c.Update(ctx, func(s *State) error {
		if a := s.Vault.Get(done.Key); a == nil || a.Removed {
			return nil
		}
		record := s.Usage.Record(done.Key)
		mark := accounts.Mark{Limited: true, MarkedAt: now, ResetsAt: q.ResetsAt}
		if !mark.ResetsAt.After(now) || mark.ResetsAt.After(now.Add(longestLimit)) {
			mark.ResetsAt = time.Time{}
			if u := record.Usage.At(now); u != nil {
				mark.ResetsAt = u.Spent(spentPercent, now)
			}
		}
		was := record.Mark
		known := was.Limited && !was.Past(now)
		done.Until, _ = mark.Until()
		if have, assumed := was.Until(); known && !assumed && have.Add(jitter).After(done.Until) {
			done.Until = have
			return nil
		}
		if known && mark.ResetsAt.IsZero() {
			return nil // as little is known as before
		}
		record.Mark, done.News = mark, !known
		return nil
	})
	if err != nil {
		return done, err
	}
	if done.News {
		c.Note(view.Activity{Kind: "limited", Key: done.Key, Text: "Claude Code hit the limit"})
	}
	if done.Key == active {
		err = c.takeOver(ctx, &done)
	}
	return done, err
}

// loginDoubted marks the account unsure: its login may have been refused, or
// only its access token, or another program's. The provider decides at the
// next refresh.
func (c *Core) loginDoubted(ctx context.Context, f signals.Failure) (Charged, error) {
	_, active, err := c.peek(ctx)
	if err != nil || active == "" {
		return Charged{}, err
	}
	done := Charged{Key: c.activeWhen(signals.ReadTranscript(f.TranscriptPath).PromptAt, active)}
	address, _ := login.ExtractLoginURL(f.Text)
	err = c.Update(ctx, func(s *State) error {
		a := s.Vault.Get(done.Key)
		if a == nil || a.Removed || a.NeedsLogin {
			return nil
		}
		if done.News = a.Doubt != accounts.DoubtClient; a.Doubt == "" {
			a.Doubt = accounts.DoubtClient
		}
		s.Usage.Record(done.Key).LoginAddress = address
		return nil
	})
	if err == nil && done.News {
		c.Note(view.Activity{Kind: "doubted", Key: done.Key, Text: "Claude Code was told to log in again"})
	}
	return done, err
}

// activeWhen is the account that was active at a time, by the activity log;
// now where the log does not reach, or no time is known.
func (c *Core) activeWhen(at time.Time, now string) string {
	if at.IsZero() {
		return now
	}
	acts, err := c.Activities()
	if err != nil {
		return now
	}
	for _, a := range slices.Backward(acts) {
		switch {
		case a.Kind != "swapped" && a.Kind != "active":
		case !a.At.After(at):
			return a.Key
		case a.From != "":
			now = a.From
		}
	}
	return now
}
