package oauthcore

import (
	"context"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// Saved says what became of a login.
type Saved struct {
	Key   string // "" where it is kept in the journal and not in the vault yet
	Known bool   // the account was in the vault already
	Live  bool   // Claude Code uses it now
	Note  string // what the person should know, "" for nothing
}

// PendingLogin is the room made in the journal for a login that is about to
// come.
type PendingLogin struct {
	c     *Core
	entry *answer
	known map[string]bool // the keys of the accounts there were before
}

// PrepareLogin makes room on disk for the answer to an authorization code,
// before the code is sent: a disk that is full or read-only is then found out
// while nothing is lost. The error is a *view.Problem.
func (c *Core) PrepareLogin(ctx context.Context) (*PendingLogin, error) {
	known := map[string]bool{}
	if o, err := c.inspect(ctx, true); err == nil { // it only words what is told afterwards
		for _, a := range o.Vault.Accounts() {
			known[a.Key] = true
		}
	}
	e, err := c.reserve("")
	if err != nil {
		return nil, err
	}
	return &PendingLogin{c, e, known}, nil
}

// Discard gives the room back where no login came.
func (p *PendingLogin) Discard() { p.c.unreserve(p.entry) }

// Save keeps the answer to the authorization code. It is on disk before
// anything else happens; where the rest has to wait or fails, the next
// operation finishes it, and Note says that the login is kept. It becomes the
// live login only where it is that account's newer one, or where nobody is
// logged in. The error is a *view.Problem: the login is on no disk.
func (p *PendingLogin) Save(ctx context.Context, g provider.Grant) (Saved, error) {
	cr, err := accounts.NewCredential(func(c *accounts.Credential) {
		c.AccessToken, c.RefreshToken, c.ExpiresAt, c.RefreshExpiresAt = g.AccessToken, g.RefreshToken, g.ExpiresAt, g.RefreshTokenExpiresAt
		c.Scopes, c.AccountUUID, c.OrganizationUUID = g.Scopes, g.AccountUUID, g.OrganizationUUID
	})
	if err != nil {
		return Saved{}, err
	}
	p.entry.credential, p.entry.account = cr, accountOf(identityOfGrant(g))
	return p.save(ctx)
}

// SaveCredential keeps a login another program made, with what it wrote beside
// it, as Save does.
func (c *Core) SaveCredential(ctx context.Context, l claude.Login) (Saved, error) {
	p, err := c.PrepareLogin(ctx)
	if err != nil {
		return Saved{}, err
	}
	// Both files are one program's answer to one login, so here, and only here,
	// the name beside the login is its own.
	p.entry.credential, p.entry.siblings, p.entry.account = l.Credential, l.Siblings, l.Account
	return p.save(ctx)
}

func (p *PendingLogin) save(ctx context.Context) (Saved, error) {
	c, e := p.c, p.entry
	ctx = context.WithoutCancel(ctx) // a token in hand is saved whatever the person presses
	c.Step("login.journal")
	if err := c.record(e); err != nil {
		return Saved{}, err
	}
	c.Step("login.open")
	o, err := c.Open(ctx, Opening{Ask: true, All: true})
	if err != nil {
		return Saved{Note: "the login is kept; the next Baton command finishes it (" + err.Error() + ")"}, nil
	}
	defer o.Release()
	a := o.Vault.Holder(e.credential.RefreshToken)
	if e.credential.RefreshToken.Empty() {
		a = o.Vault.Only(func(a *accounts.Account) bool { return a.Credential.AccessToken.Equal(e.credential.AccessToken) })
	}
	if a == nil {
		return Saved{Note: "the login is kept, but the provider did not say whose it is; it is finished the next time Baton reaches the provider"}, nil
	}
	saved := Saved{Key: a.Key, Known: p.known[a.Key], Live: o.Owner == a}
	if err := o.RepairProblem(); err != nil {
		saved.Note = "the login is kept; giving it to Claude Code failed: " + err.Error()
		saved.Live = false
	}
	c.Note(view.Activity{Kind: "added", Key: a.Key, Text: "logged in"})
	err = c.UpdateUsage(ctx, func(u *accounts.UsageStore) {
		r := u.Record(a.Key)
		r.Refused, r.RefreshedAt = "", c.Now()
	})
	if err != nil {
		c.Log.Warn("what was said of the account before it was logged in to stays", "key", a.Key, "error", err)
	}
	if u := o.Vault.Only(func(u *accounts.Account) bool {
		return u != a && !u.Removed && !u.Identified() && !u.NeedsNewLogin() && u.Email == a.Email
	}); u != nil {
		// The same account under a second name, most likely: its refresh tells.
		o.Release()
		if err := c.identify(ctx, u.Key, pollWait, 0); err != nil {
			c.Log.Info("an account of the same address stays unidentified", "key", u.Key, "error", err)
		}
		if s, err := c.Read(ctx); err == nil && s.Vault.Get(a.Key) == nil {
			if known := s.Vault.Find(a.Identity()); known != nil {
				saved.Key, saved.Known = known.Key, p.known[known.Key]
			}
		}
	}
	if !o.Live.Usable() && c.Supported() == nil {
		o.Release()
		if _, err := c.Swap(ctx, SwapRequest{To: saved.Key}); err != nil {
			saved.Note = "the login is kept; making it Claude Code's failed: " + err.Error()
			return saved, nil
		}
		saved.Live = true
	}
	return saved, nil
}

// identify refreshes an account that is not identified. One in doubt is not: that
// its token is presented nobody asked for. The error is a *view.Problem.
func (c *Core) identify(ctx context.Context, key string, wait time.Duration, deep int) error {
	release, err := c.Lock(ctx, c.Paths.AccountLock(key), wait)
	if err != nil {
		return err
	}
	defer release()
	_, err = c.refresh(ctx, key, deep, false)
	return err
}

// Imported is what an import found.
type Imported struct {
	Key   string
	Added bool
}

// Import takes the login Claude Code uses now into the vault. The error is a
// *view.Problem: CodeFailed where nobody is logged in, CodeUnknownLive where the
// owner cannot be proved.
func (c *Core) Import(ctx context.Context) (Imported, error) {
	o, err := c.Open(ctx, Opening{Ask: true, All: true, Revive: true})
	if err != nil {
		return Imported{}, err
	}
	defer o.Release()
	c.Step("import.opened")
	switch {
	case o.Live.Credential.Tombstone():
		return Imported{}, &view.Problem{
			Code:    view.CodeFailed,
			Message: "Claude Code's login was refused by the provider and is empty",
			Hint:    "log in with: baton login",
		}
	case !o.Live.Usable():
		return Imported{}, &view.Problem{Code: view.CodeFailed, Message: "nobody is logged in to Claude Code", Hint: "log in with: baton login"}
	case o.Owner == nil:
		return Imported{}, o.UnknownLive()
	}
	return Imported{Key: o.Owner.Key, Added: o.Added}, nil
}
