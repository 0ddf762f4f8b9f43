package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// Refreshed is what a refresh gave.
type Refreshed struct {
	Key       string
	ExpiresAt time.Time // the new access token's end, zero when not told
	Note      string    // what the person should know beside it, "" for nothing
}

// Refresh gets a new access token for one account (RFC 6749 §6). The error is
// a *view.Problem: CodeNeedsLogin where the provider ended the login,
// CodeRefused where it refuses the account, CodeOffline for trouble on the way,
// CodeUnsure where the request went out and no answer came. Once the request is
// sent nothing cancels it.
func (c *Core) Refresh(ctx context.Context, name string) (Refreshed, error) {
	return c.refreshAsked(ctx, name, true)
}

// RefreshUnnamed is Refresh for an account the person did not name: one whose
// newest login may lie in set-aside or in the keyring is left alone, with
// CodeUnsure.
func (c *Core) RefreshUnnamed(ctx context.Context, name string) (Refreshed, error) {
	return c.refreshAsked(ctx, name, false)
}

func (c *Core) refreshAsked(ctx context.Context, name string, named bool) (Refreshed, error) {
	key, err := c.resolve(ctx, name)
	if err != nil {
		return Refreshed{}, err
	}
	done, err := c.refreshLocked(ctx, key, named)
	if err == nil {
		c.renewFacts(ctx, key, false)
	}
	return done, err
}

func (c *Core) refreshLocked(ctx context.Context, key string, named bool) (Refreshed, error) {
	release, err := c.Lock(ctx, c.Paths.AccountLock(key), claude.LockWait)
	if err != nil {
		return Refreshed{}, err
	}
	defer release()
	c.Step("refresh.account lock")
	newer, err := c.takeNewer(ctx, key)
	if err != nil {
		return Refreshed{}, err
	}
	if newer != nil && !named {
		return Refreshed{}, newer
	}
	done, err := c.refresh(ctx, key, mostRivals, true)
	if newer != nil {
		done.Note = newer.Message
	}
	return done, err
}

// mostRivals is how many logins in a row are identified by one operation, each of
// them the possible successor of the next.
const mostRivals = 4

// identifyRival finds out whose login stands under the account's key in the
// pool, by refreshing it: it may be the account's own successor. deep is for how
// many more of them the same may be done first.
func (c *Core) identifyRival(ctx context.Context, s *State, a *accounts.Account, deep int) error {
	u := s.Vault.RivalOf(a)
	if u == nil {
		return nil
	}
	err := c.identify(ctx, u.Key, claude.LockWait, deep-1)
	if code := view.CodeOf(err); code == view.CodeNeedsLogin || code == view.CodeNotFound {
		err = nil // it is dead, or was taken over as another account's: no rival either way
	}
	return err
}

// refresh does it, with the account's lock held. deep is for how many other
// logins it may first find out whether they are the account's own successors;
// named says that a person named the account, so that a token in doubt may be
// presented.
func (c *Core) refresh(ctx context.Context, key string, deep int, named bool) (Refreshed, error) {
	o, err := c.Open(ctx, Opening{Ask: true, Focus: []string{key}})
	if err != nil {
		return Refreshed{}, err
	}
	defer func() { o.Release() }()
	a, err := o.presentable(key)
	if err != nil {
		return Refreshed{}, err
	}
	if o.Vault.RivalOf(a) != nil {
		if deep == 0 {
			return Refreshed{}, errRival(a)
		}
		o.Release()
		doubt := a.Doubt
		if err := c.identifyRival(ctx, o.State, a, deep); err != nil {
			return Refreshed{}, err
		}
		next, err := c.Open(ctx, Opening{Ask: true, Focus: []string{key}})
		if err != nil {
			return Refreshed{}, err
		}
		o = next
		if a, err = o.presentable(key); err != nil {
			return Refreshed{}, err
		}
		if a.Doubt == accounts.DoubtRival && doubt != a.Doubt {
			return Refreshed{}, errOlderCopy(a)
		}
	}
	if !named && o.Unsure(a) {
		return Refreshed{}, errInDoubt(a)
	}
	live := o.IsLive(a) && o.Live.Credential.RefreshToken.Equal(a.Credential.RefreshToken)
	var room *claude.LiveRoom
	if live {
		err := c.Supported()
		if err == nil {
			room, err = o.MakeLiveRoom(o.Live)
		}
		if err != nil {
			return Refreshed{}, err // while the login is still good
		}
		defer room.Discard()
	}
	e, err := c.reserve(a.Credential.Fingerprint())
	if err != nil {
		return Refreshed{}, err
	}
	c.Step("refresh.reserved")
	p := &presenting{c: c, o: o, a: a, live: live, named: named, room: room, entry: e}
	return p.run(ctx)
}

// presenting is one refresh whose journal entry is made.
type presenting struct {
	c     *Core
	o     *Opened
	a     *accounts.Account
	live  bool
	named bool // a person asked for it
	room  *claude.LiveRoom
	entry *answer
}

func (p *presenting) run(ctx context.Context) (Refreshed, error) {
	c, key := p.c, p.a.Key
	if !p.live {
		p.o.Release()
	}
	if err := errors.Join(ctx.Err(), p.check(ctx)); err != nil {
		c.unreserve(p.entry)
		var known *view.Problem
		if errors.As(err, &known) {
			return Refreshed{}, known
		}
		return Refreshed{}, err
	}
	c.Progress(key, view.WaitProvider)
	c.Step("refresh.send")
	grant, lost, err := p.send(context.WithoutCancel(ctx))
	c.Step("refresh.answered")
	if err != nil {
		return Refreshed{}, p.failed(ctx, lost, err)
	}
	return p.answered(context.WithoutCancel(ctx), grant)
}

// check is what has to hold right before the token is sent: the locks are ours,
// the vault still has the token, the live file holds what was read, and the
// pool has nothing newer.
func (p *presenting) check(ctx context.Context) error {
	if p.live {
		if err := p.o.Check(); err != nil {
			return err
		}
		live, err := p.c.ReadLive(ctx)
		if err != nil {
			return err
		}
		if !live.Credential.Same(p.o.Live.Credential) {
			return claude.Changed(live.Place(), nil)
		}
		return p.c.poolClear(ctx, p.o.State, p.a)()
	}
	s, err := p.c.Read(ctx)
	if err != nil {
		return err
	}
	a := s.Vault.Get(p.a.Key)
	if a == nil || a.Removed || !a.Credential.RefreshToken.Equal(p.a.Credential.RefreshToken) {
		return errMoved(p.a.Key)
	}
	live, err := p.c.ReadLive(ctx)
	if err == nil && live.Credential.RefreshToken.Equal(a.Credential.RefreshToken) {
		return errMoved(a.Key) // it became the live one meanwhile
	}
	return p.c.poolClear(ctx, s, a)()
}

// presentable finds the account whose refresh token may be presented.
func (o *Opened) presentable(key string) (*accounts.Account, error) {
	a := o.Vault.Get(key)
	switch {
	case a == nil || a.Removed:
		return nil, &view.Problem{Code: view.CodeNotFound, Message: fmt.Sprintf("there is no account %q", key), Hint: "see: baton list"}
	case o.Unproved():
		return nil, o.UnknownLive()
	case a.NeedsLogin || a.Credential.RefreshToken.Empty():
		return nil, NeedsLogin(a, "")
	}
	return a, nil
}

// send sends the refresh token. Where the answer is lost the same token goes
// out once more at once, if nothing changed meanwhile, and never again by
// itself: the provider may have replaced it. lost says that an answer was lost.
func (p *presenting) send(ctx context.Context) (g provider.Grant, lost bool, err error) {
	cr := p.a.Credential
	g, err = p.c.Provider.Refresh(ctx, cr.RefreshToken, cr.Scopes)
	if err != nil && !g.RefreshToken.Empty() {
		return g, false, nil // half an answer, but the half that must not be lost
	}
	if !provider.Sent(err) {
		return g, false, err
	}
	if p.check(ctx) != nil {
		return g, true, err
	}
	p.c.Step("refresh.send again")
	again, err2 := p.c.Provider.Refresh(ctx, cr.RefreshToken, cr.Scopes)
	switch {
	case err2 != nil && !again.RefreshToken.Empty():
		return again, true, nil
	case err2 == nil, provider.Sent(err2), errors.Is(err2, provider.ErrInvalidGrant):
		return again, true, err2
	}
	return g, true, err // the second one did not get out: what counts is the first
}

// failed notes what a failed refresh means for the account.
func (p *presenting) failed(ctx context.Context, lost bool, cause error) error {
	c, key, token := p.c, p.a.Key, p.a.Credential.RefreshToken
	dead, refused := errors.Is(cause, provider.ErrInvalidGrant), errors.Is(cause, provider.ErrRefused)
	sent := provider.Sent(cause)
	account := p.a
	err := c.save(ctx, func(s *State) error {
		a := s.Vault.Get(key)
		if a == nil {
			return nil
		}
		account = a
		if !a.Credential.RefreshToken.Equal(token) {
			return nil // a newer login came meanwhile; this one's end says nothing of it
		}
		switch {
		case dead:
			a.NeedsLogin, a.Rival = true, ""
		case refused:
			a.Refused = refusal(cause)
		}
		if offline := !dead && !sent && !refused; s.Usage.Peek(key).Offline != offline {
			s.Usage.Record(key).Offline = offline
		}
		return nil
	})
	if err != nil {
		return err
	}
	switch {
	case dead || !sent && !lost:
		c.unreserve(p.entry)
	default:
		p.entry.lost = true
		if err := c.record(p.entry); err != nil {
			c.Log.Warn("cannot note that an answer was lost", "error", err)
		}
	}
	switch {
	case dead:
		if p.entry.existed {
			c.dropEntry(p.entry)
		}
		why := ""
		if p.entry.existed || lost {
			why = "an earlier refresh went out and its answer never arrived, so the login was used up on the way"
		}
		e := NeedsLogin(account, why)
		e.Err = cause
		c.Note(view.Activity{Kind: "refused", Key: key, Text: e.Message})
		return e
	case refused:
		e := refusedProblem(account, cause)
		c.Note(view.Activity{Kind: "refused", Key: key, Text: e.Message})
		return e
	case sent:
		c.Note(view.Activity{Kind: "unsure", Key: key, Text: "a refresh went out and no answer came"})
		return &view.Problem{
			Code: view.CodeUnsure, Key: key, Err: cause,
			Message: fmt.Sprintf("a refresh of %s went out and no answer came back", account.Name()),
			Hint:    fmt.Sprintf("its login may be used up; try again with: baton refresh %s, or log in again", key),
		}
	}
	return trouble("refresh", account, cause)
}
