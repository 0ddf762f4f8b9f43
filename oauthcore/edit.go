package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// resolve finds the key of the account a person means, also one that only the
// pool or Claude Code's file has so far.
func (c *Core) resolve(ctx context.Context, name string) (string, error) {
	s, err := c.readVault()
	if err != nil {
		return "", err
	}
	a, err := s.Vault.Resolve(name)
	if err == nil {
		return a.Key, nil
	}
	o, openErr := c.Open(ctx, Opening{})
	if openErr != nil {
		return "", openErr // opening may have brought the account
	}
	o.Release()
	if a, err = o.Vault.Resolve(name); err != nil {
		return "", err
	}
	return a.Key, nil
}

// change does one small edit of an account's entry in the vault.
func (c *Core) change(ctx context.Context, name string, fn func(*State, *accounts.Account) error) (key string, err error) {
	if key, err = c.resolve(ctx, name); err != nil {
		return "", err
	}
	return key, c.modify(ctx, claude.StoreWait, c.readVaultOnly, edit(key, fn))
}

// mark does one small edit of an account's usage and marks.
func (c *Core) mark(ctx context.Context, name string, fn func(*State, *accounts.Account) error) (key string, err error) {
	if key, err = c.resolve(ctx, name); err != nil {
		return "", err
	}
	return key, c.Update(ctx, func(s *State) error {
		s.takeMarks(c.Now())
		return edit(key, fn)(s)
	})
}

func edit(key string, fn func(*State, *accounts.Account) error) func(*State) error {
	return func(s *State) error {
		a := s.Vault.Get(key)
		if a == nil || a.Removed {
			return errMoved(key)
		}
		return fn(s, a)
	}
}

// Limit marks an account rate-limited until a time.
func (c *Core) Limit(ctx context.Context, name string, until time.Time) (string, error) {
	return c.mark(ctx, name, func(s *State, a *accounts.Account) error {
		s.Usage.Record(a.Key).Mark = accounts.Mark{Limited: true, ResetsAt: until.UTC(), MarkedAt: c.Now()}
		return nil
	})
}

// Unlimit takes an account's mark away. Windows the provider itself called
// spent still count, so those are forgotten too: the next figures show them.
func (c *Core) Unlimit(ctx context.Context, name string) (string, error) {
	return c.mark(ctx, name, func(s *State, a *accounts.Account) error {
		record := s.Usage.Record(a.Key)
		record.Mark = accounts.Mark{}
		if at, _ := record.Limited(c.Now()); !at.IsZero() {
			record.Usage = nil
		}
		return nil
	})
}

// Rename gives an account the person's own name for it, "" takes it away. A
// label may not be another account's key, address or label.
func (c *Core) Rename(ctx context.Context, name, label string) (string, error) {
	label = strings.TrimSpace(label)
	if strings.ContainsFunc(label, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(label) > 200 || label == SwapBack {
		return "", &view.Problem{Code: view.CodeUsage, Message: "this cannot be a label", Hint: "use up to 200 characters on one line"}
	}
	return c.change(ctx, name, func(s *State, a *accounts.Account) error {
		if label != "" {
			if o := s.Vault.LabelOwner(a, label); o != nil {
				return &view.Problem{
					Code:    view.CodeUsage,
					Message: fmt.Sprintf("%q already means another account, %s", label, o.Key),
					Hint:    "choose another label",
				}
			}
		}
		a.Label = label
		return nil
	})
}

// Pause leaves an account out of every swap until Resume.
func (c *Core) Pause(ctx context.Context, name string) (string, error) {
	return c.change(ctx, name, func(_ *State, a *accounts.Account) error { a.Paused = true; return nil })
}

// Resume takes a paused account back into use.
func (c *Core) Resume(ctx context.Context, name string) (string, error) {
	return c.change(ctx, name, func(_ *State, a *accounts.Account) error { a.Paused = false; return nil })
}

// Move gives an account another place in the person's order: 0 is the first of
// all accounts, and a place out of range is the nearest one. The others keep
// their order among themselves.
func (c *Core) Move(ctx context.Context, name string, place int) (string, error) {
	return c.change(ctx, name, func(s *State, a *accounts.Account) error {
		s.Vault.Move(a, place)
		return nil
	})
}

// RemoveRequest says what to remove and how.
type RemoveRequest struct {
	Name   string
	Revoke bool // end the login at the provider first (RFC 7009)
	Yes    bool // also the account Claude Code uses now
}

// Removed is what a removal did.
type Removed struct {
	Key  string
	Live bool // Claude Code stays logged in with it
}

// Remove forgets an account. Where revocation fails the account is kept. The
// account Claude Code uses now is removed only with Yes, and Claude Code then
// stays logged in. The error is a *view.Problem.
func (c *Core) Remove(ctx context.Context, r RemoveRequest) (Removed, error) {
	key, err := c.resolve(ctx, r.Name)
	if err != nil {
		return Removed{}, err
	}
	release, err := c.Lock(ctx, c.Paths.AccountLock(key), claude.LockWait)
	if err != nil {
		return Removed{}, err
	}
	defer release()
	c.Step("remove.account lock")
	o, err := c.Open(ctx, Opening{Ask: r.Revoke})
	if err != nil {
		return Removed{}, err
	}
	defer o.Release()
	a := o.Vault.Get(key)
	if a == nil || a.Removed {
		return Removed{}, errMoved(key)
	}
	live := o.IsLive(a)
	if live && !r.Yes {
		return Removed{}, &view.Problem{
			Code: view.CodeFailed, Key: key,
			Message: fmt.Sprintf("%s is the account Claude Code uses now", a.Name()),
			Hint:    "swap to another first, or remove it anyway with --yes: Claude Code then stays logged in",
		}
	}
	gone := a.Credential
	revoke := r.Revoke && !gone.RefreshToken.Empty()
	if revoke {
		// It must be the newest token that is revoked: another one ends a login
		// that nobody asked to end.
		if err := o.newestKnown(a); err != nil {
			return Removed{}, err
		}
		o.Release()
		c.Progress(key, view.WaitRevoke)
		c.Step("remove.revoke")
		if err := c.Provider.Revoke(ctx, gone.RefreshToken); err != nil {
			if provider.Sent(err) { // it may have ended
				err = errors.Join(err, c.Update(ctx, func(s *State) error {
					if a := s.Vault.Get(key); a != nil && a.Credential.RefreshToken.Equal(gone.RefreshToken) && a.Doubt == "" {
						a.Doubt = accounts.DoubtSent
					}
					return nil
				}))
			}
			p := trouble("end the login of", a, err)
			p.Message += "; the account is kept"
			p.Hint = "try again later, or remove it without ending the login"
			return Removed{}, p
		}
	}
	c.Step("remove.forget")
	err = c.Update(ctx, func(s *State) error {
		a := s.Vault.Get(key)
		if a == nil {
			return nil
		}
		if !a.Credential.RefreshToken.Equal(gone.RefreshToken) {
			return errMoved(key) // a newer login came meanwhile
		}
		s.Vault.Remove(a)
		return nil
	})
	if err != nil {
		return Removed{}, err
	}
	c.Note(view.Activity{Kind: "removed", Key: key})
	return Removed{Key: key, Live: live && !revoke}, nil
}

// newestKnown says that the account's newest login is the vault's: no live login
// without proof may be a newer one, and no entry of the journal that could not be
// read may hold its successor. The error is a *view.Problem.
func (o *Opened) newestKnown(a *accounts.Account) error {
	if o.Unproved() && mayBeOf(o.Live.Credential, a) {
		return o.UnknownLive()
	}
	fp := a.Credential.Fingerprint()
	for _, e := range o.journal {
		switch {
		case e.presented != fp || e.unread == nil:
		case claude.IsDamage(e.unread):
			return claude.Damaged(e.path, e.unread)
		default:
			return claude.Unreadable(e.path, e.unread)
		}
	}
	return nil
}
