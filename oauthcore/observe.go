package oauthcore

import (
	"context"
	"math"
	"slices"
	"time"

	"baton/oauthcore/login"
	"baton/oauthcore/signals"
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
)

// Watched is what is known of the active account after a report.
type Watched struct {
	Active  *AccountView // nil where nobody known is logged in
	Next    *Candidate   // who a swap would go to, nil for nobody
	Changed bool         // usage.json was written
}

// Observe takes down what Claude Code reported to a status line. It writes
// only where that is news, and waits for nothing. The error is an *Error.
func (c *Core) Observe(ctx context.Context, report signals.StatusLine) (Watched, error) {
	s, key, err := c.glimpse(ctx)
	if err != nil || key == "" {
		return Watched{}, err
	}
	now := c.Now()
	changed := false
	if report.Tells() {
		key := s.charged(key, report, now)
		if s.note(key, report, now) {
			err = c.modify(ctx, observeWait, c.read, func(s *store) error {
				changed = s.note(key, report, now)
				return nil
			})
		}
	}
	w := Watched{Changed: changed}
	view := viewOf(s.vault.Get(key), s.book.look(key), key, now)
	w.Active = &view
	if next, none := Choose(Candidates(s.vault, s.book, now), key, now); none == nil {
		w.Next = &next
	}
	return w, err
}

// glimpse reads who is active, changing nothing and asking nobody.
func (c *Core) glimpse(ctx context.Context) (*store, string, error) {
	s, err := c.read()
	if err != nil {
		return nil, "", err
	}
	live, err := c.lookLive(ctx)
	if err != nil {
		return nil, "", err
	}
	p := newProofs()
	if err := c.adoptPool(&opened{store: s}, p); err != nil {
		return nil, "", err
	}
	s.adoptMarks(c.Now())
	if live.Usable() {
		if a := s.prove(live.Credential, config{}, p).account; a != nil && !a.Removed {
			return s, a.Key, nil
		}
	}
	return s, "", nil
}

// charged is the account a report is about: the active one, but shortly after
// a swap the one before, where the report shows that one's windows.
func (s *store) charged(active string, report signals.StatusLine, now time.Time) string {
	if now.Sub(s.book.look(active).ActiveAt) > afterSwap {
		return active
	}
	before, err := s.previous(active)
	if err != nil {
		return active
	}
	fits := func(key string) bool {
		u := s.book.look(key).Usage
		return u != nil && (sameReset(u.FiveHour, report.FiveHour) || sameReset(u.SevenDay, report.SevenDay))
	}
	if fits(before) && !fits(active) {
		return before
	}
	return active
}

func sameReset(w *Window, told *signals.Window) bool {
	return w != nil && told != nil && !w.ResetsAt.IsZero() && w.ResetsAt.Sub(told.ResetsAt).Abs() < jitter
}

// note takes a report down on an account's page and says whether that is news.
func (s *store) note(key string, report signals.StatusLine, now time.Time) bool {
	page := s.book.Page(key)
	next := &Usage{ObservedAt: now.UTC(), Source: "statusline"}
	news := true
	if u := page.Usage.At(now); u != nil {
		next.FiveHour, next.SevenDay, next.Models = u.FiveHour, u.SevenDay, u.Models
		news = now.Sub(u.ObservedAt) >= seenAgain || u.ObservedAt.After(now)
	}
	news = reported(&next.FiveHour, report.FiveHour, now) || news
	news = reported(&next.SevenDay, report.SevenDay, now) || news
	if !news {
		return false
	}
	page.Usage = next
	if page.Mark.Limited && page.Mark.ResetsAt.IsZero() {
		// The mark was made without knowing when it ends; now that is known.
		if until := next.fullest(now); !until.IsZero() {
			page.Mark.ResetsAt = until
		}
	}
	return true
}

// reported puts one reported window in place of the known one and says whether
// it is another.
func reported(known **Window, told *signals.Window, now time.Time) bool {
	if told == nil || !told.ResetsAt.IsZero() && !told.ResetsAt.After(now) {
		return false // of a window that is over
	}
	w := &Window{told.Percent, told.ResetsAt}
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

// fullest is when the fullest account-wide window that is spent resets, zero
// where none is.
func (u *Usage) fullest(now time.Time) time.Time {
	var until time.Time
	for _, w := range []*Window{u.FiveHour, u.SevenDay} {
		if w != nil && w.Percent >= 99.5 && w.ResetsAt.After(now) && w.ResetsAt.After(until) {
			until = w.ResetsAt
		}
	}
	return until
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
// one, the next free account takes over. The error is an *Error.
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
	s, active, err := c.glimpse(ctx)
	if err != nil {
		return Charged{}, err
	}
	now := c.Now()
	done := Charged{Key: c.activeWhen(q.PromptAt, active)}
	if a := s.vault.Get(done.Key); a == nil || a.Removed {
		return Charged{}, nil
	}
	err = c.update(ctx, func(s *store) error {
		if a := s.vault.Get(done.Key); a == nil || a.Removed {
			return nil
		}
		page := s.book.Page(done.Key)
		mark := Mark{Limited: true, MarkedAt: now, ResetsAt: q.ResetsAt}
		if !mark.ResetsAt.After(now) || mark.ResetsAt.After(now.Add(longestLimit)) {
			mark.ResetsAt = time.Time{}
			if u := page.Usage.At(now); u != nil {
				mark.ResetsAt = u.fullest(now)
			}
		}
		was := page.Mark
		known := was.Limited && !was.Past(now)
		done.Until, _ = mark.Until()
		if have, assumed := was.Until(); known && !assumed && have.Add(jitter).After(done.Until) {
			done.Until = have
			return nil
		}
		if known && mark.ResetsAt.IsZero() {
			return nil // as little is known as before
		}
		page.Mark, done.News = mark, !known
		return nil
	})
	if err != nil {
		return done, err
	}
	if done.News {
		c.log(Activity{Kind: "limited", Key: done.Key, Text: "Claude Code hit the limit"})
	}
	if done.Key == active {
		err = c.takeOver(ctx, s, &done)
	}
	return done, err
}

// loginDoubted marks the account unsure: its login may have been refused, or
// only its access token, or another program's. The provider decides at the
// next refresh.
func (c *Core) loginDoubted(ctx context.Context, f signals.Failure) (Charged, error) {
	_, active, err := c.glimpse(ctx)
	if err != nil || active == "" {
		return Charged{}, err
	}
	done := Charged{Key: c.activeWhen(signals.ReadTranscript(f.TranscriptPath).PromptAt, active)}
	address, _ := login.ExtractLoginURL(f.Text)
	err = c.update(ctx, func(s *store) error {
		a := s.vault.Get(done.Key)
		if a == nil || a.Removed || a.NeedsLogin {
			return nil
		}
		done.News = !a.ClientDoubts
		a.ClientDoubts = true
		s.book.Page(done.Key).LoginAddress = address
		return nil
	})
	if err == nil && done.News {
		c.log(Activity{Kind: "doubted", Key: done.Key, Text: "Claude Code was told to log in again"})
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
