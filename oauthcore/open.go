package oauthcore

import (
	"context"
	"errors"
	"slices"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// Opening says how to open.
type Opening struct {
	// Ask has the provider asked whose the live login is, where nothing else
	// tells, and whose the pool's logins are that stand under the keys in Focus.
	Ask bool
	// Focus are the accounts the operation is about; All has the provider asked
	// about every login whose owner is not known, up to askMost.
	Focus []string
	All   bool
	// Revive takes a removed account back if the live login is its.
	Revive bool
}

// Opened is what every operation that changes something starts from: the
// files in line with each other and the owner of the live login known. The
// locks are held until Release.
type Opened struct {
	*State
	*claude.Guard
	Live   claude.Live
	Config claude.Config
	// Owner is whose the live login is; nil where there is none or the owner is
	// not proved. It may be an account that was removed.
	Owner *accounts.Account
	// Added says that the live login's account was new to the vault.
	Added bool

	why       error // why the owner of a usable live login could not be proved
	older     bool  // the live login is older than the vault's
	foreign   bool  // the siblings beside it are another account's
	configErr error // why .claude.json could not be read
	repairErr error // what could not be repaired
	acts      []view.Activity
	taken     []*answer // journal entries that are in the vault now
}

// act remembers something for the activity log until it is really done.
func (o *Opened) act(a view.Activity) { o.acts = append(o.acts, a) }

// Unproved says that there is a live login whose owner could not be found.
func (o *Opened) Unproved() bool { return o.Live.Usable() && o.Owner == nil }

// IsLive says that the account's login is the live one.
func (o *Opened) IsLive(a *accounts.Account) bool { return o.Owner == a && o.Live.Usable() }

// RepairProblem is what opening could not repair, nil for nothing. It stops only
// what needs that file.
func (o *Opened) RepairProblem() error { return o.repairErr }

const (
	// askTries is how often a login that changes while it is being proved is
	// read again.
	askTries = 3
	// askMost is how many logins one operation asks the provider about.
	askMost = 8
)

// Open brings journal, vault, pool and live login in line, under the client's
// locks, which it keeps. Where the provider has to be asked, that happens before
// the locks are taken. The error is a *view.Problem, or that of ctx.
func (c *Core) Open(ctx context.Context, r Opening) (*Opened, error) {
	if err := c.Unlock(ctx); err != nil {
		return nil, err
	}
	p := newProofs()
	for try := 1; ; try++ {
		o, logins, err := c.openOnce(ctx, p, r, r.Ask && try <= askTries)
		if err != nil || len(logins) == 0 {
			return o, err
		}
		c.Step("open.ask")
		c.Progress("", view.WaitOwner)
		c.ask(ctx, logins, p)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// errAsk leaves an update unwritten because the provider has to be asked first.
var errAsk = errors.New("ask the provider first")

func (c *Core) openOnce(ctx context.Context, p *proofs, r Opening, ask bool) (_ *Opened, logins []accounts.Credential, err error) {
	g, err := c.Guard(ctx)
	if err != nil {
		return nil, nil, err
	}
	o := &Opened{Guard: g}
	keep := false
	defer func() {
		if !keep {
			g.Release()
		}
	}()
	c.Step("open.locked")
	if logins, err = c.open(ctx, o, p, r, ask); err != nil || len(logins) > 0 {
		return nil, logins, err
	}
	keep = true
	return o, nil, nil
}

// open does it, with the locks held.
func (c *Core) open(ctx context.Context, o *Opened, p *proofs, r Opening, ask bool) (logins []accounts.Credential, err error) {
	mended, err := o.Mend(ctx)
	for _, path := range mended {
		o.act(view.Activity{Kind: "repaired", Text: "a write to " + path + " was cut off; its old content is back"})
	}
	o.repairErr = err
	if o.Live, err = c.ReadLive(ctx); err != nil {
		return nil, err
	}
	if o.Config, o.configErr = c.ReadConfig(ctx); o.configErr != nil {
		o.Config = claude.Config{}
	}
	err = c.Update(ctx, func(s *State) error {
		o.State = s
		if ask {
			if logins = o.unproved(r, p, c.Now()); len(logins) > 0 {
				return errAsk
			}
		}
		c.removeStored()
		return c.reconcile(o, p, r)
	})
	if errors.Is(err, errAsk) {
		return logins, nil
	}
	if err != nil {
		return nil, err
	}
	c.Step("open.saved")
	c.clearJournal(o)
	c.removeGuarded()
	if err := c.repair(ctx, o); err != nil {
		c.Log.Warn("a file of Claude Code's could not be repaired", "error", err)
		o.repairErr = errors.Join(o.repairErr, err)
	}
	c.Note(o.acts...)
	o.acts = nil
	return nil, ctx.Err()
}

// unproved lists the logins whose owner only the provider can tell, and that
// this operation is about.
func (o *Opened) unproved(r Opening, p *proofs, now time.Time) (out []accounts.Credential) {
	asked := len(p.said) + len(p.failed) // by this operation, before it opened once more
	want := func(cr accounts.Credential) {
		if _, _, askable := p.of(cr); askable && cr.FreshAt(now, 0) && asked+len(out) < askMost {
			out = append(out, cr)
		}
	}
	if o.Live.Usable() && !o.prove(o.Live.Credential, o.Config, p).proved() {
		asked-- // it may have changed meanwhile, and is what everything waits for
		want(o.Live.Credential)
	}
	for _, e := range o.journal {
		if e.answered() && o.standsAlone(e) && !o.known(e.credential.RefreshToken) { // also for plan, tier and oauthAccount
			want(e.credential)
		}
	}
	for _, a := range o.Vault.Accounts() {
		if !a.Identified() && !a.NeedsNewLogin() && (r.All || slices.Contains(r.Focus, a.Key) && a.Doubt == accounts.DoubtRival) {
			want(a.Credential)
		}
	}
	for _, e := range o.Pool.Entries {
		if !r.All && !slices.Contains(r.Focus, e.Key) || !o.UnknownEntry(e) {
			continue
		}
		if cr, err := e.Credential(); err == nil {
			want(cr)
		}
	}
	return out
}

// reconcile is open's work on the vault: journal, pool, live login.
func (c *Core) reconcile(o *Opened, p *proofs, r Opening) error {
	now := c.Now()
	if err := c.takeProfiles(o, p); err != nil {
		return err
	}
	if err := c.takeAnswers(o); err != nil {
		return err
	}
	if err := c.takePool(o, p); err != nil {
		return err
	}
	if err := c.takeLogins(o, p); err != nil {
		return err
	}
	if o.Live.Usable() {
		if err := c.takeLive(o, p, r.Revive); err != nil {
			return err
		}
	} else {
		o.noticeGone()
	}
	o.takeMarks(now)
	o.takeCachedUsage(now)
	if a := o.Owner; a != nil && !a.Removed {
		if was := o.Usage.LastActive; was != "" && was != a.Key {
			o.act(view.Activity{Kind: "active", Key: a.Key, From: was})
		}
		o.Usage.NoteActive(a.Key, now)
	}
	return nil
}

// noticeGone puts the account in doubt whose login was live and is not there
// any more: it was logged out or refused in Claude Code.
func (o *Opened) noticeGone() {
	a := o.Vault.Find(o.Live.Credential.Inside())
	if a == nil {
		a = o.Vault.Get(o.Usage.LastActive)
	}
	o.Usage.LastActive = ""
	if a == nil || a.Removed || a.NeedsLogin || !a.Credential.Usable() || a.Doubt != "" {
		return
	}
	a.Doubt = accounts.DoubtGone
	o.act(view.Activity{Kind: "unsure", Key: a.Key, Text: "its login disappeared from Claude Code's file"})
}

// clearJournal removes the entries the vault has now.
func (c *Core) clearJournal(o *Opened) {
	for _, e := range o.taken {
		c.dropEntry(e)
	}
	o.taken = nil
}

// Settle finishes what an earlier run left undone. The error is a
// *view.Problem: also what could not be repaired.
func (c *Core) Settle(ctx context.Context) error {
	o, err := c.Open(ctx, Opening{Ask: true, All: true})
	if err != nil {
		return err
	}
	defer o.Release()
	return o.RepairProblem()
}
