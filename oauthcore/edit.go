package oauthcore

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Imported is what an import found.
type Imported struct {
	Key   string
	Added bool
}

// Import takes the login Claude Code uses now into the vault. The error is an
// *Error: CodeFailed where nobody is logged in, CodeUnknownLive where the
// owner cannot be proved.
func (c *Core) Import(ctx context.Context) (Imported, error) {
	o, err := c.open(ctx, true, true)
	if err != nil {
		return Imported{}, err
	}
	defer o.release()
	c.Step("import.opened")
	switch {
	case o.live.Credential.Tombstone():
		return Imported{}, &Error{
			Code:    CodeFailed,
			Message: "Claude Code's login was refused by the provider and is empty",
			Hint:    "log in with: baton login",
		}
	case !o.live.Usable():
		return Imported{}, &Error{Code: CodeFailed, Message: "nobody is logged in to Claude Code", Hint: "log in with: baton login"}
	case o.owner == nil:
		return Imported{}, o.errUnknownLive()
	}
	return Imported{Key: o.owner.Key, Added: o.added}, nil
}

// Settle finishes what an earlier run left undone: a login in the inbox, a
// half-done swap.
func (c *Core) Settle(ctx context.Context) error {
	o, err := c.open(ctx, true, false)
	if err != nil {
		return err
	}
	o.release()
	return nil
}

// FinishWaiting finishes a login that waits in the inbox, if one does. Ask
// before the answer of another login is fetched: it takes the inbox's place.
func (c *Core) FinishWaiting(ctx context.Context) error {
	if doc, err := readOr(c.FS, c.Paths.Inbox()); err != nil || blank(doc) {
		return err
	}
	return c.Settle(ctx)
}

// resolve finds the key of the account a person means, also one that only the
// pool has so far.
func (c *Core) resolve(ctx context.Context, name string) (string, error) {
	s, err := c.read()
	if err != nil {
		return "", err
	}
	o := &opened{store: s}
	if err := c.adoptPool(o, newProofs()); err != nil {
		return "", err
	}
	a, err := s.vault.Resolve(name)
	if err != nil {
		// The live login may be an account nobody has seen yet.
		if o, openErr := c.open(ctx, false, false); openErr == nil {
			o.release()
			if a, again := o.vault.Resolve(name); again == nil {
				return a.Key, nil
			}
		}
		return "", err
	}
	return a.Key, nil
}

// change does one small edit of an account's entry.
func (c *Core) change(ctx context.Context, name string, fn func(*store, *Account) error) (key string, err error) {
	key, err = c.resolve(ctx, name)
	if err != nil {
		return "", err
	}
	o := &opened{}
	err = c.update(ctx, func(s *store) error {
		o.store = s
		if err := c.adoptPool(o, newProofs()); err != nil {
			return err
		}
		s.adoptMarks(c.Now())
		a := s.vault.Get(key)
		if a == nil || a.Removed {
			return errMoved(key)
		}
		return fn(s, a)
	})
	if err == nil {
		c.log(o.acts...)
	}
	return key, err
}

// Limit marks an account rate-limited until a time.
func (c *Core) Limit(ctx context.Context, name string, until time.Time) (string, error) {
	return c.change(ctx, name, func(s *store, a *Account) error {
		s.book.Page(a.Key).Mark = Mark{Limited: true, ResetsAt: until.UTC(), MarkedAt: c.Now()}
		return nil
	})
}

// Unlimit takes an account's mark away. Windows the provider itself called
// spent still count, so those are forgotten too: the next look shows them.
func (c *Core) Unlimit(ctx context.Context, name string) (string, error) {
	return c.change(ctx, name, func(s *store, a *Account) error {
		page := s.book.Page(a.Key)
		page.Mark = Mark{}
		if at, _ := page.limited(c.Now()); !at.IsZero() {
			page.Usage = nil
		}
		return nil
	})
}

// Rename gives an account the person's own name for it, "" takes it away. A
// label may not be another account's key, address or label.
func (c *Core) Rename(ctx context.Context, name, label string) (string, error) {
	label = strings.TrimSpace(label)
	if strings.ContainsFunc(label, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(label) > 200 || label == SwapBack {
		return "", &Error{Code: CodeUsage, Message: "this cannot be a label", Hint: "use up to 200 characters on one line"}
	}
	return c.change(ctx, name, func(s *store, a *Account) error {
		for _, o := range s.vault.Accounts() {
			if o == a || label == "" {
				continue
			}
			if strings.EqualFold(label, o.Key) || strings.EqualFold(label, o.Email) || strings.EqualFold(label, o.Label) {
				return &Error{
					Code:    CodeUsage,
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
	return c.change(ctx, name, func(_ *store, a *Account) error { a.Paused = true; return nil })
}

// Resume takes a paused account back into use.
func (c *Core) Resume(ctx context.Context, name string) (string, error) {
	return c.change(ctx, name, func(_ *store, a *Account) error { a.Paused = false; return nil })
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
// stays logged in.
func (c *Core) Remove(ctx context.Context, r RemoveRequest) (Removed, error) {
	key, err := c.resolve(ctx, r.Name)
	if err != nil {
		return Removed{}, err
	}
	release, err := c.lock(ctx, c.Paths.AccountLock(key), lockWait)
	if err != nil {
		return Removed{}, err
	}
	defer release()
	c.Step("remove.account lock")
	o, err := c.open(ctx, r.Revoke, false)
	if err != nil {
		return Removed{}, err
	}
	defer o.release()
	a := o.vault.Get(key)
	if a == nil || a.Removed {
		return Removed{}, errMoved(key)
	}
	live := o.owner == a && o.live.Usable()
	if live && !r.Yes {
		return Removed{}, &Error{
			Code: CodeFailed, Key: key,
			Message: fmt.Sprintf("%s is the account Claude Code uses now", a.Name()),
			Hint:    "swap to another first, or remove it anyway with --yes: Claude Code then stays logged in",
		}
	}
	gone := a.Credential
	if r.Revoke && !gone.RefreshToken.Empty() {
		o.release()
		c.Progress(key, WaitRevoke)
		c.Step("remove.revoke")
		if err := c.Provider.Revoke(ctx, gone.RefreshToken); err != nil {
			return Removed{}, &Error{
				Code: CodeOffline, Key: key, Err: err,
				Message: fmt.Sprintf("the login of %s could not be ended at the provider, so the account is kept", a.Name()),
				Hint:    "try again later, or remove it without ending the login",
			}
		}
	}
	c.Step("remove.forget")
	err = c.update(ctx, func(s *store) error {
		a := s.vault.Get(key)
		if a == nil {
			return nil
		}
		if !a.Credential.RefreshToken.Equal(gone.RefreshToken) {
			return errMoved(key) // a newer login came meanwhile
		}
		a.spend(a.Credential.RefreshToken)
		*a = Account{
			Key: a.Key, Email: a.Email, Order: a.Order, Removed: true, Spent: a.Spent,
			AccountUUID: a.AccountUUID, OrganizationUUID: a.OrganizationUUID, raw: a.raw,
		}
		return nil
	})
	if err != nil {
		return Removed{}, err
	}
	c.log(Activity{Kind: "removed", Key: key})
	return Removed{Key: key, Live: live}, nil
}

// CheckUsage asks the provider for one account's usage now and keeps the answer.
func (c *Core) CheckUsage(ctx context.Context, name string) (key string, _ *Usage, err error) {
	key, err = c.resolve(ctx, name)
	if err != nil {
		return "", nil, err
	}
	s, err := c.read()
	if err != nil {
		return key, nil, err
	}
	a := s.vault.Get(key)
	if a == nil || !a.Credential.FreshAt(c.Now(), 0) {
		if _, err := c.Refresh(ctx, key); err != nil {
			return key, nil, err
		}
		if s, err = c.read(); err != nil {
			return key, nil, err
		}
		if a = s.vault.Get(key); a == nil {
			return key, nil, errMoved(key)
		}
	}
	c.Progress(key, WaitUsage)
	seen, err := c.Provider.Usage(ctx, a.Credential.AccessToken)
	if err != nil {
		e := trouble(key, a.Name(), err)
		e.Message = strings.Replace(e.Message, "could not refresh", "could not ask for the usage of", 1)
		e.Hint = strings.TrimPrefix(e.Hint, "the login is kept; ")
		return key, nil, e
	}
	usage := usageOf(seen, c.Now())
	err = c.update(ctx, func(s *store) error {
		page := s.book.Page(key)
		page.Usage, page.Offline = usage, false
		return nil
	})
	return key, usage, err
}
