package oauthcore

import (
	"context"
	"errors"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/provider"
)

// opened is what every operation that changes something starts from: the
// files in line with each other and the owner of the live login known. The
// client's locks are held until release.
type opened struct {
	*store
	live  Live
	cfg   config
	owner *Account // nil where nobody is logged in or the owner is not proved
	why   error    // why the owner of a usable live login could not be proved
	added bool     // the live login's account was new to the vault
	// inboxKnown says that a login finished from the inbox was of an account
	// the vault had already.
	inboxKnown bool
	acts       []Activity
	*guard
}

// act remembers something for the activity log until it is really done.
func (o *opened) act(a Activity) { o.acts = append(o.acts, a) }

// unproved says that there is a live login nobody could be found for.
func (o *opened) unproved() bool { return o.live.Usable() && o.owner == nil }

// openTries is how often a login that changes while it is being proved is
// looked at again.
const openTries = 3

// open brings vault, pool and live login in line, under the client's lock,
// which it keeps. Where an owner has to be asked for, that happens before the
// lock is taken. Net false never asks. revive takes a removed account back
// if the live login is its.
func (c *Core) open(ctx context.Context, net, revive bool) (*opened, error) {
	p := newProofs()
	for try := 1; ; try++ {
		o, wants, err := c.openOnce(ctx, p, net && try <= openTries, revive)
		if err != nil || len(wants) == 0 {
			return o, err
		}
		c.Step("open.ask")
		c.Progress("", WaitOwner)
		c.ask(ctx, wants, p)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

func (c *Core) openOnce(ctx context.Context, p *proofs, net, revive bool) (_ *opened, wants []Credential, err error) {
	g, err := c.guard(ctx)
	if err != nil {
		return nil, nil, err
	}
	keep := false
	defer func() {
		if !keep {
			g.release()
		}
	}()
	c.Step("open.locked")
	o := &opened{guard: g}
	if o.live, err = c.readLive(ctx); err != nil {
		return nil, nil, err
	}
	if o.cfg, err = c.readConfig(); err != nil {
		return nil, nil, err
	}
	inbox, err := c.findInbox()
	if err != nil {
		return nil, nil, err
	}
	found := false
	err = c.update(ctx, func(s *store) error {
		o.store = s
		if found, err = c.findAnswers(o); err == nil && !found {
			err = c.tidyStore()
		}
		if err != nil {
			return err
		}
		if net {
			if wants = s.wants(o.live, o.cfg, inbox, p, c.Now()); len(wants) > 0 {
				return errAsk
			}
		}
		return c.reconcile(o, inbox, p, revive)
	})
	if errors.Is(err, errAsk) {
		return nil, wants, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if found { // and is saved now: the waiting files are not needed any more
		if err := c.update(ctx, func(*store) error { return c.tidyStore() }); err != nil {
			return nil, nil, err
		}
	}
	c.Step("open.saved")
	if err := c.healLive(ctx, o, inbox); err != nil {
		return nil, nil, err
	}
	c.log(o.acts...)
	keep = true
	return o, nil, nil
}

// errAsk leaves an update unwritten because a proof has to be asked for first.
var errAsk = errors.New("ask the provider first")

// wants lists the logins whose owner only the provider can tell.
func (s *store) wants(live Live, cfg config, inbox *inboxLogin, p *proofs, now time.Time) []Credential {
	var out []Credential
	want := func(cr Credential) {
		if _, _, askable := p.of(cr); askable && cr.FreshAt(now, 0) {
			out = append(out, cr)
		}
	}
	if live.Usable() && !s.prove(live.Credential, cfg, p).proved() && !s.inPool(live.Credential) {
		want(live.Credential)
	}
	for _, e := range s.pool.Entries {
		if cr, err := e.Credential(); err == nil && s.news(e) {
			want(cr)
		}
	}
	if inbox != nil { // also for plan, tier and oauthAccount
		want(inbox.credential)
	}
	return out
}

// inPool says that exactly one pool entry holds the login, so adopting that
// entry will prove it.
func (s *store) inPool(cr Credential) bool {
	n := 0
	for _, e := range s.pool.Entries {
		if s.news(e) && !cr.RefreshToken.Empty() && e.RefreshToken.Equal(cr.RefreshToken) {
			n++
		}
	}
	return n == 1
}

// news says that a pool entry holds a login the vault has never seen. Only a
// login that can be told from others by a refresh or access token counts.
func (s *store) news(e PoolEntry) bool {
	if e.AccessToken.Empty() && e.RefreshToken.Empty() {
		return false
	}
	a := s.vault.Get(e.Key)
	if a == nil {
		return true
	}
	return !a.IsSpent(e.RefreshToken) && !a.Credential.RefreshToken.Equal(e.RefreshToken) && !e.RefreshToken.Empty()
}

// reconcile is open's work on the store: pool, live login, inbox.
func (c *Core) reconcile(o *opened, inbox *inboxLogin, p *proofs, revive bool) error {
	now := c.Now()
	if err := c.adoptPool(o, p); err != nil {
		return err
	}
	o.adoptMarks(now)
	if o.live.Usable() {
		if err := c.adoptLive(o, p, revive); err != nil {
			return err
		}
	}
	if inbox != nil {
		if err := c.finishInbox(o, inbox, p); err != nil {
			return err
		}
	}
	if o.owner != nil {
		if was := o.book.LastActive; was != "" && was != o.owner.Key {
			o.act(Activity{Kind: "active", Key: o.owner.Key, From: was})
		}
		o.noteActive(o.owner.Key, now)
	}
	return nil
}

// noteActive remembers who was seen live last; nothing is ever decided by it
// but the order of equals and what a login set aside may have been.
func (s *store) noteActive(key string, now time.Time) {
	if s.book.LastActive != key {
		s.book.LastActive = key
		s.book.Page(key).ActiveAt = now
	}
}

// healLive is open's work on Claude Code's files, after the store is safe:
// what a cut-off operation left is removed, a live login older than the
// vault's is brought up to date, and oauthAccount is made to name its owner.
func (c *Core) healLive(ctx context.Context, o *opened, inbox *inboxLogin) error {
	if err := c.stopWaiting(inbox); err != nil {
		return err
	}
	if err := c.tidyGuarded(); err != nil {
		return err
	}
	if o.owner == nil || o.owner.Removed || c.liveSupported() != nil {
		return c.clearInbox(inbox)
	}
	stale := o.owner.Older(o.live.Credential)
	fromInbox := inbox != nil && inbox.savedTo == o.owner.Key && !inbox.landed
	if fromInbox {
		stale = true
	}
	if stale && o.owner.Credential.Usable() && !jsonedit.Equal(o.live.Credential.raw, o.owner.Credential.raw) {
		if fromInbox {
			o.staging = inbox
		}
		err := o.replaceLive(ctx, o.live, o.owner.Credential, writeWait, false)
		o.staging = nil
		if err != nil {
			return err
		}
		o.act(Activity{Kind: "repaired", Key: o.owner.Key, Text: "the live login was older than the one kept"})
		if o.live, err = c.readLive(ctx); err != nil {
			return err
		}
	}
	if o.owner.Identified() && o.owner.OAuthAccount != nil && !o.owner.Is(identityIn(o.cfg.account)) {
		if err := o.replaceConfig(ctx, o.owner.OAuthAccount); err != nil {
			return err
		}
		o.act(Activity{Kind: "repaired", Key: o.owner.Key, Text: "oauthAccount named somebody else"})
		var err error
		if o.cfg, err = c.readConfig(); err != nil {
			return err
		}
	}
	return c.clearInbox(inbox)
}

// errUnknownLive is what stops an operation on a login nobody could be found for.
func (o *opened) errUnknownLive() error {
	e := &Error{
		Code:    CodeUnknownLive,
		Message: "the login Claude Code uses now belongs to no account Baton can name; nothing was changed",
		Hint:    "go online and run: baton import; or log in to it again; or keep a copy and go on with: baton swap --set-aside",
		Err:     o.why,
	}
	if kind := (*provider.Error)(nil); errors.As(o.why, &kind) {
		e.Hint = "the provider could not say whose it is (" + kind.Kind.Error() + "); " + e.Hint
	}
	return e
}
