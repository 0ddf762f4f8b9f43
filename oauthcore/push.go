package oauthcore

import (
	"context"
	"errors"
	"time"
)

const (
	// askedWait is how long a push that the person asked for waits for another
	// one's end, quietWait one in the background: what that one does not copy
	// any more is copied by the next.
	askedWait = time.Minute
	quietWait = 250 * time.Millisecond
	// mirrorRest is how long a keyring that did not answer is left alone in the
	// background: not every command shall end late.
	mirrorRest = 10 * time.Minute
	// pushTries is how often a push looks for what changed while it went on.
	pushTries = 3
)

// PushRequest says which copies to bring up to date.
type PushRequest struct {
	Name string // what a person calls the account; "": all of them
	// Asked says that the person waits for it: the keyring may ask for its
	// password, and every copy is looked at. Without it only what changed is
	// copied, and nobody is ever asked.
	Asked bool
}

// Push brings copies in the mirror up to date. It is called after an
// operation, when no lock of Claude Code's is held any more. Not asked for, it
// does nothing where the copies are switched off. The error is an *Error, or
// ctx's; rows that went well before it are given.
func (c *Core) Push(ctx context.Context, r PushRequest) ([]CopyRow, error) {
	if why := c.mirrorBarred(); why != nil {
		if r.Asked {
			return nil, why
		}
		return nil, nil
	}
	p, err := c.planPush(ctx, r)
	if err != nil || p == nil {
		return nil, err
	}
	wait := quietWait
	if r.Asked {
		wait = askedWait
		c.Progress("", WaitKeyring)
	}
	release, err := c.lock(ctx, c.Paths.MirrorLock(), wait)
	if err != nil {
		return nil, err
	}
	defer release()
	var rows []CopyRow
	for try := 1; try <= pushTries; try++ {
		// Another Baton may have done it meanwhile, or made it necessary.
		if p, err = c.planPush(ctx, r); err != nil || p == nil {
			return rows, err
		}
		err = p.carryOut(ctx)
		rows = append(rows, p.rows...)
		if err != nil || r.Asked {
			return rows, err
		}
	}
	return rows, nil
}

// carryOut does what was planned and remembers what came of it.
func (p *push) carryOut(ctx context.Context) error {
	why := copyTrouble("", p.run(ctx))
	err := p.noteCopies(ctx, func(b *Book) { p.remember(b, why) })
	switch {
	case why == nil:
		return err
	case ctx.Err() != nil && errors.Is(why, ctx.Err()):
		return ctx.Err()
	}
	return why
}

// push is one push under way.
type push struct {
	*Core
	PushRequest
	m     Mirror
	store *store
	live  string // the account Claude Code uses, as far as can be told
	on    bool   // copies are made at all; else only removed ones are deleted
	due   []*Account
	gone  []*Account // removed, and their copies may be there still
	rows  []CopyRow
	notes map[string]*CopyNote // what became known; nil: there is no copy any more
}

// planPush looks what there is to do, without the keyring; nil for nothing.
func (c *Core) planPush(ctx context.Context, r PushRequest) (*push, error) {
	on, byEnvironment, err := c.MirrorOn()
	if err != nil {
		return nil, err
	}
	if r.Asked && !on {
		e := &Error{
			Code: CodeKeyring, Message: "copies in the keyring are switched off",
			Hint: "switch them on with: baton config " + mirrorSetting + " on",
		}
		if byEnvironment {
			e.Hint = "set BATON_KEYRING to on"
		}
		return nil, e
	}
	if !on && !c.everCopied() {
		return nil, nil
	}
	s, err := c.read()
	if err != nil {
		return nil, err
	}
	if !r.Asked && s.book.CopyPause.After(c.Now()) {
		return nil, nil
	}
	p := &push{Core: c, PushRequest: r, m: c.Mirror(r.Asked), store: s, on: on, notes: map[string]*CopyNote{}}
	if p.live, err = c.liveKey(ctx, s); err != nil {
		return nil, err
	}
	only := ""
	if r.Name != "" {
		a, err := s.vault.Resolve(r.Name)
		if err != nil {
			return nil, err
		}
		only = a.Key
	}
	for _, a := range s.vault.accounts {
		if a.Removed && s.book.look(a.Key).Copied != nil {
			p.gone = append(p.gone, a)
		}
	}
	for _, a := range s.vault.Accounts() {
		if on && (only == "" || a.Key == only) && (r.Asked || p.changed(a)) {
			p.due = append(p.due, a)
		}
	}
	if !r.Asked && len(p.due) == 0 && len(p.gone) == 0 {
		return nil, nil
	}
	return p, nil
}

// liveKey is the account Claude Code uses. Where that cannot be proved it is
// the last that was seen: a copy called live is never taken back by itself.
func (c *Core) liveKey(ctx context.Context, s *store) (string, error) {
	live, err := c.readLive(ctx)
	if err != nil || !live.Usable() {
		return "", err
	}
	switch who := s.prove(live.Credential, config{}, newProofs()); {
	case who.account != nil:
		return who.account.Key, nil
	case who.proved():
		return "", nil
	}
	return s.book.LastActive, nil
}

// copyable says that an account's login is worth a copy: one that may be used
// up must not take a good one's place.
func copyable(a *Account) bool {
	return !a.Removed && !a.Credential.RefreshToken.Empty() && !a.NeedsLogin && !a.Unsure()
}

// changed says that the account's copy, as far as is remembered, is not what
// it should be.
func (p *push) changed(a *Account) bool {
	if !copyable(a) {
		return false
	}
	note, err := copyOf(a, a.Key == p.live).note()
	have := p.store.book.look(a.Key).Copied
	return err == nil && (have == nil || *have != note)
}
