package oauthcore

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// Asking the provider for usage by itself is a switch, usage.poll, and a
// burden on the provider: some 28 questions an hour are answered, then none.
const (
	pollActive  = 3 * time.Minute  // the account in use
	pollOthers  = 15 * time.Minute // the others change only where another machine uses them
	pollBackoff = 30 * time.Minute // the longest wait after trouble
	// pollElsewhere is how often a process that may not ask, since another one
	// does, looks whether it may.
	pollElsewhere = time.Minute
	// pollWait is how long the lock of the polling process is waited for.
	pollWait = 50 * time.Millisecond
)

// asked is what polling remembers of one account, across processes.
type asked struct {
	At       []time.Time `json:"at,omitempty"` // the last hour's questions, oldest first
	Until    time.Time   `json:"until,omitzero"`
	Failures int         `json:"failures,omitempty"`
}

// due is when the account may be asked next.
func (a asked) due(every time.Duration) time.Time {
	at := a.Until
	if n := len(a.At); n > 0 {
		at = latest(at, a.At[n-1].Add(every))
	}
	return at
}

// answered notes what became of a question. wait is the provider's Retry-After,
// 0 for none.
func (a asked) answered(now time.Time, ok bool, wait time.Duration) asked {
	a.At = append(slices.Clone(a.At), now)
	a.At = slices.DeleteFunc(a.At, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	if ok {
		a.Failures, a.Until = 0, time.Time{}
		return a
	}
	a.Failures++
	a.Until = now.Add(max(wait, min(pollBackoff, pollActive<<min(a.Failures, 10))))
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Poll asks the provider for the usage of every account whose turn it is,
// where usage.poll is on, and says when to call it again; zero where it is off.
// Of several processes one asks. Only a good access token is used: nothing is
// refreshed for it.
func (c *Core) Poll(ctx context.Context) (next time.Time, err error) {
	on, err := c.IsOn(settingPoll)
	if err != nil || !on {
		return time.Time{}, err
	}
	soon := c.Now().Add(pollElsewhere)
	release, err := c.Lock(ctx, c.Paths.PollLock(), pollWait)
	if err != nil {
		if view.CodeOf(err) == view.CodeBusy {
			err = nil
		}
		return soon, err
	}
	defer release()
	o, err := c.inspect(ctx, true) // in a home no operation has opened yet, .claude.json names the live account
	if err != nil {
		return soon, err
	}
	book := c.readAsked()
	next = c.Now().Add(pollBackoff)
	for _, a := range o.Vault.Accounts() {
		if a.NeedsLogin || a.Paused || !a.Credential.FreshAt(c.Now(), time.Minute) {
			continue
		}
		every := pollOthers
		if a == o.Owner {
			every = pollActive
		}
		if due := book[a.Key].due(every); due.After(c.Now()) {
			if due.Before(next) {
				next = due
			}
			continue
		}
		key, err := c.resolve(ctx, a.Key) // in such a home this opens it
		if err == nil {
			_, err = c.askUsage(ctx, key, false)
		}
		if ctx.Err() != nil {
			return soon, ctx.Err()
		}
		var trouble *provider.Error
		wait := time.Duration(0)
		if errors.As(err, &trouble) {
			wait = trouble.RetryAfter
		}
		book[a.Key] = book[a.Key].answered(c.Now(), err == nil, wait)
		if due := book[a.Key].due(every); due.Before(next) {
			next = due
		}
		if err := c.writeAsked(book); err != nil {
			return soon, err
		}
	}
	return next, nil
}

// readAsked gives what is remembered; a file that cannot be read remembers
// nothing.
func (c *Core) readAsked() map[string]asked {
	book := map[string]asked{}
	doc, err := claude.ReadOr(c.FS, c.Paths.Polled())
	if err == nil && !claude.Blank(doc) && json.Unmarshal(doc, &book) != nil {
		c.Log.Warn("starting over", "path", c.Paths.Polled())
		clear(book)
	}
	return book
}

func (c *Core) writeAsked(book map[string]asked) error {
	doc, err := json.Marshal(book)
	if err == nil {
		err = files.WriteQuick(c.FS, c.Paths.Polled(), doc)
	}
	if err != nil {
		return claude.Unwritable(c.Paths.Polled(), err)
	}
	return nil
}
