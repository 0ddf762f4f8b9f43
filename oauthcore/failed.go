package oauthcore

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/login"
	"baton/oauthcore/provider"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

const (
	// longestLimit is the farthest end of a limit that is believed.
	longestLimit = 8 * 24 * time.Hour
	// shortLimit is how long an account is left alone after what may have been a
	// limit and may have been a busy server.
	shortLimit = 5 * time.Minute
	// lowPercent is the use up to which no limit can have been reached.
	lowPercent = 90
)

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

// Failed takes down a failure Claude Code's hook told of: a limit, a login that
// was not accepted, or an account the provider refuses. Where swap.auto is on and
// the active account cannot go on, the next free one takes over. The error is a
// *view.Problem.
func (c *Core) Failed(ctx context.Context, f signals.Failure) (Charged, error) {
	if f.Kind != signals.RateLimit && f.Kind != signals.AuthFailed && !f.Kind.Refuses() {
		return Charged{}, nil
	}
	told := c.transcript(ctx, f.TranscriptPath)
	s, active, err := c.peek(ctx)
	if err != nil {
		return Charged{}, err
	}
	e := failing{c: c, began: told.PromptAt, at: c.activeWhen(told.PromptAt, active)}
	if e.began.IsZero() {
		e.at = s.withoutTime(f.SessionID, active, c.Now())
	}
	var goesOn bool
	switch {
	case f.Kind == signals.RateLimit:
		if told.Kind != signals.RateLimit {
			told.Quota = signals.Quota{} // the transcript does not tell of it
		}
		goesOn, err = e.limited(ctx, s, told)
	case f.Kind == signals.AuthFailed:
		goesOn, err = true, e.doubted(ctx, f)
	default:
		err = e.refused(ctx, f)
	}
	// A turn that began before the account became active tells nothing of why it is.
	late := !e.began.IsZero() && e.began.Before(s.Usage.Peek(active).ActiveAt)
	if err == nil && !goesOn && !late && e.done.Key != "" && e.done.Key == active {
		err = c.takeOver(ctx, &e.done)
	}
	return e.done, err
}

const (
	// rowWait is how long the row of a failure is waited for: Claude Code writes
	// it about when it runs the hook. rowStep is how often it is looked for.
	rowWait = 500 * time.Millisecond
	rowStep = 50 * time.Millisecond
	// settled is how long after a swap a failure of which nothing tells when its
	// turn began may still be of the account before.
	settled = 10 * time.Minute
)

// transcript reads what the transcript says of the turn that failed.
func (c *Core) transcript(ctx context.Context, path string) signals.Transcript {
	for end := time.Now().Add(rowWait); ; {
		told, ok := signals.ReadTranscript(path)
		if !ok || told.Kind != "" || time.Now().After(end) {
			return told
		}
		select {
		case <-ctx.Done():
			return told
		case <-time.After(rowStep):
		}
	}
}

// withoutTime is the account of a failure of which it is not known when its turn
// began: the one its session last reported of, else the active one, "" for none soon
// after a swap.
func (s *State) withoutTime(session, active string, now time.Time) string {
	if last, ok := s.Usage.Sessions.Of(session); ok && session != "" && last.Key != "" {
		return last.Key
	}
	if now.Sub(s.Usage.SwappedAt) < settled {
		return ""
	}
	return active
}

// failing is one failure being taken down.
type failing struct {
	c     *Core
	began time.Time // the turn, zero when not known
	at    string    // the account that was active then, "" for none
	done  Charged
}

// charge changes the account's record. fn says whether it is news.
func (e *failing) charge(ctx context.Context, key string, fn func(*State, *accounts.Account) bool) error {
	return e.c.Update(ctx, func(s *State) error {
		a := s.Vault.Get(key)
		if a == nil || a.Removed {
			return nil
		}
		e.done.Key = key
		e.done.News = fn(s, a)
		return nil
	})
}

// limited takes a limit down. goesOn says that it is no reason to swap.
func (e *failing) limited(ctx context.Context, s *State, told signals.Transcript) (goesOn bool, err error) {
	q, now := told.Quota, e.c.Now()
	switch {
	case q.OfModel():
		return true, nil // the account works on, with another model
	case q.Reached() && !q.ResetsAt.IsZero() && !q.ResetsAt.After(now):
		return true, nil // it is over
	case q.Reached():
	case q.Status != "", told.TellsQuota:
		return true, nil // such a client would have said so
	default:
		return true, e.maybeLimited(ctx)
	}
	key := e.at
	if report := quotaReport(q); key != "" && report.Tells() && !e.began.After(s.Usage.SwappedAt) && !s.Usage.SwappedAt.After(now) {
		key = s.whose(key, report, now)
	}
	err = e.charge(ctx, key, func(s *State, a *accounts.Account) bool {
		record := s.Usage.Record(a.Key)
		mark := accounts.Mark{Limited: true, MarkedAt: now, ResetsAt: q.ResetsAt}
		if !mark.ResetsAt.After(now) || mark.ResetsAt.After(now.Add(longestLimit)) {
			mark.ResetsAt = time.Time{}
			if u := record.Usage.At(now); u != nil {
				mark.ResetsAt = u.Spent(spentPercent, now)
			}
		}
		was := record.Mark
		known := was.Limited && !was.Past(now)
		e.done.Until, _ = mark.Until()
		if have, assumed := was.Until(); known && !assumed && have.Add(jitter).After(e.done.Until) {
			e.done.Until = have
			return false
		}
		if known && mark.ResetsAt.IsZero() {
			return false // as little is known as before
		}
		record.Mark = mark
		return !known
	})
	if err == nil && e.done.News {
		e.c.Note(view.Activity{Kind: "limited", Key: e.done.Key, Text: "Claude Code hit the limit"})
	}
	return false, err
}

// quotaReport is what a limit tells of the window it is of.
func quotaReport(q signals.Quota) signals.StatusLine {
	w := &signals.Window{Percent: 100, ResetsAt: q.ResetsAt}
	switch {
	case q.ResetsAt.IsZero():
	case q.Type == "five_hour":
		return signals.StatusLine{FiveHour: w}
	case q.Type == "seven_day":
		return signals.StatusLine{SevenDay: w}
	}
	return signals.StatusLine{}
}

// maybeLimited takes down what an older client calls a rate limit, which may be a
// busy server: the account is left alone for some minutes, unless it is known to
// have enough left.
func (e *failing) maybeLimited(ctx context.Context) error {
	now := e.c.Now()
	return e.charge(ctx, e.at, func(s *State, a *accounts.Account) bool {
		record := s.Usage.Record(a.Key)
		left, known := record.Usage.Headroom(now)
		if limited, _ := record.Limited(now); !limited.IsZero() || known && left >= 100-lowPercent {
			return false
		}
		record.Mark = accounts.Mark{Limited: true, MarkedAt: now, ResetsAt: now.Add(shortLimit)}
		e.done.Until = record.Mark.ResetsAt
		return true
	})
}

// refused takes the account out of the choice: the provider does not let it work
// until a person did something about it. Its login may be good.
func (e *failing) refused(ctx context.Context, f signals.Failure) error {
	why := cmp.Or(provider.Words(reasonIn(f.Text), nil), refusalWords(f.Kind))
	err := e.charge(ctx, e.at, func(s *State, a *accounts.Account) bool {
		record := s.Usage.Record(a.Key)
		if e.answeredSince(record) {
			return false
		}
		news := record.Refused != why
		record.Refused = why
		return news
	})
	if err == nil && e.done.News {
		e.c.Note(view.Activity{Kind: "refused", Key: e.done.Key, Text: why})
	}
	return err
}

// answeredSince says that a refresh of the account was answered after the turn began.
func (e *failing) answeredSince(r *accounts.UsageRecord) bool {
	return !e.began.IsZero() && e.began.Before(r.RefreshedAt)
}

// reasonIn is the provider's own message in an error that Claude Code shows with all
// of the answer, else the text as it is.
func reasonIn(text string) string {
	if i := strings.IndexByte(text, '{'); i >= 0 {
		if m := gjson.Get(text[i:], "error.message"); m.Type == gjson.String && m.Str != "" {
			return m.Str
		}
	}
	return text
}

func refusalWords(k signals.Kind) string {
	switch k {
	case signals.OnHold:
		return "the account is on hold"
	case signals.NotVerified:
		return "the account has to be verified first"
	case signals.BillingTrouble:
		return "there is trouble with its billing"
	}
	return "its organization does not allow this login"
}

// doubted marks the account unsure: its login may have been refused, or only its
// access token, or another program's. The provider decides at the next refresh.
func (e *failing) doubted(ctx context.Context, f signals.Failure) error {
	address, _ := login.ExtractLoginURL(f.Text)
	err := e.charge(ctx, e.at, func(s *State, a *accounts.Account) bool {
		if a.NeedsLogin || e.answeredSince(s.Usage.Record(a.Key)) {
			return false
		}
		news := a.Doubt != accounts.DoubtClient
		if a.Doubt == "" {
			a.Doubt = accounts.DoubtClient
		}
		s.Usage.Record(a.Key).LoginAddress = address
		return news
	})
	if err == nil && e.done.News {
		e.c.Note(view.Activity{Kind: "doubted", Key: e.done.Key, Text: "Claude Code was told to log in again"})
	}
	return err
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
		case a.Kind != "swapped" && a.Kind != "active", a.At.After(c.Now()): // the clock was ahead
		case !a.At.After(at):
			return a.Key
		case a.From != "":
			now = a.From
		}
	}
	return now
}
