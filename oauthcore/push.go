package oauthcore

import (
	"context"
	"errors"
	"slices"
	"time"
)

// mirrorWait is how long a push that the person asked for waits for another
// one's end; one in the background has the time ctx leaves it.
const mirrorWait = time.Minute

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
	release, err := c.lock(ctx, c.Paths.MirrorLock(), mirrorWait)
	if err != nil {
		return nil, err
	}
	defer release()
	// Another Baton may have done it meanwhile.
	if p, err = c.planPush(ctx, r); err != nil || p == nil {
		return nil, err
	}
	if r.Asked {
		c.Progress("", "waiting for your keyring")
	}
	why := copyTrouble("", p.run(ctx))
	err = c.noteCopies(ctx, func(b *Book) { p.remember(b, why, c) })
	if why != nil {
		if ctx.Err() != nil && errors.Is(why, ctx.Err()) {
			return p.rows, ctx.Err()
		}
		return p.rows, why
	}
	return p.rows, err
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

// run does it. The error is what ended it before its time.
func (p *push) run(ctx context.Context) error {
	fresh := slices.ContainsFunc(p.due, func(a *Account) bool { return p.store.book.look(a.Key).Copied == nil })
	if p.Asked || fresh || len(p.gone) > 0 {
		if err := p.index(ctx); err != nil {
			return err
		}
	}
	for _, a := range p.due {
		if err := p.one(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// index deletes the copies of removed accounts and has the index name all
// others, before there is one it does not name. Accounts only the index knows
// stay in it: they are what a restore is for.
func (p *push) index(ctx context.Context) error {
	have, err := p.getIndex(ctx, p.m)
	if err != nil {
		return err
	}
	want := copyIndex{}
	if p.on {
		for _, a := range p.store.vault.Accounts() {
			if copyable(a) || slices.Contains(have, a.Key) {
				want = append(want, a.Key)
			}
		}
	}
	gone := p.gone
	for _, key := range have {
		a := p.store.vault.Get(key)
		switch {
		case a != nil && a.Removed && !slices.Contains(gone, a):
			gone = append(gone, a) // forgotten by the book
		case (a == nil || !a.Removed) && !slices.Contains(want, key):
			want = append(want, key)
		}
	}
	for _, a := range gone {
		if err := p.m.Delete(ctx, p.Paths.CopyName(a.Key)); err != nil {
			return err
		}
		p.notes[a.Key] = nil
	}
	if slices.Equal(have, want) {
		return nil
	}
	value, err := want.encode()
	if err != nil {
		return err
	}
	return p.m.Put(ctx, p.Paths.CopyName(""), value)
}

// one copies one account's login, unless the mirror holds it or a newer one.
// Trouble with this account alone goes into its row.
func (p *push) one(ctx context.Context, a *Account) error {
	row := CopyRow{Key: a.Key, Live: a.Key == p.live}
	defer func() {
		if row.State != "" {
			p.rows = append(p.rows, row)
		}
	}()
	if !copyable(a) {
		row.State, row.Err = CopyUnsure, errNotCopied(a)
		return nil
	}
	want := copyOf(a, row.Live)
	have, err := p.getCopy(ctx, p.m, a.Key)
	switch {
	case errors.Is(err, errCopyShape):
		row.State, row.Err = CopyDamaged, copyTrouble(a.Key, err)
		return nil
	case errors.Is(err, ErrNoCopy):
	case err != nil:
		return err
	case have.ahead(a):
		row.State, row.Err = CopyAhead, errAhead(a)
		return nil
	}
	value, err := want.encode()
	if err != nil {
		return err
	}
	if was, err := have.encode(); err != nil || !was.Equal(value) {
		err := p.m.Put(ctx, p.Paths.CopyName(a.Key), value)
		if errors.Is(err, ErrCopyTooBig) {
			row.State, row.Err = CopyTooBig, copyTrouble(a.Key, err)
			return nil
		}
		if err != nil {
			return err
		}
	}
	note, err := want.note()
	row.State, p.notes[a.Key] = CopyOK, &note
	return err
}

// ahead says that the copy is a newer login than the account's.
func (l loginCopy) ahead(a *Account) bool {
	return l.generation > a.Generation && !l.token.Equal(a.Credential.RefreshToken) && !a.IsSpent(l.token)
}

// remember puts what became known into the book. Trouble is told once, not
// after every operation.
func (p *push) remember(b *Book, why *Error, c *Core) {
	for key, note := range p.notes {
		if a := p.store.vault.Get(key); note == nil && (a == nil || a.Removed) {
			delete(b.Pages, key)
			continue
		}
		b.Page(key).Copied = note
	}
	trouble := ""
	if why != nil && !errors.Is(why, context.Canceled) {
		trouble = why.Message
	}
	if trouble != "" && trouble != b.CopyTrouble {
		c.log(Activity{Kind: "notCopied", Text: trouble})
	}
	b.CopyTrouble = trouble
}

// errNotCopied says why an account's login is not copied.
func errNotCopied(a *Account) *Error {
	if a.NeedsLogin || a.Credential.RefreshToken.Empty() {
		return needsLogin(a, "")
	}
	return &Error{
		Code: CodeUnsure, Key: a.Key,
		Message: "it is not sure that the login of " + a.Name() + " still works, so it was not copied",
		Hint:    "find out with: baton refresh " + a.Key,
	}
}

// errAhead says that the mirror holds the newer login.
func errAhead(a *Account) *Error {
	return &Error{
		Code: CodeKeyring, Key: a.Key,
		Message: "the keyring holds a newer login of " + a.Name() + " than Baton, which may come from a backup",
		Hint:    "take it back with: baton keyring restore " + a.Key + " --force, or refresh the account if it still works",
	}
}
