package oauthcore

import (
	"context"
	"errors"

	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// What package doctor needs to know beside the operations everybody uses.

// ReadForDisplay loads vault, pool, usage store and journal as far as they can
// be read. Nothing based on it is ever written.
func (c *Core) ReadForDisplay(ctx context.Context) *State {
	s, err := c.Read(ctx)
	if err != nil {
		s = c.Salvage()
	}
	s.readOnly = true
	return s
}

// Waiting is a login, or room for one, that the next open takes over.
type Waiting struct {
	Path string
	// Login says that there is a login in it; without one a request went out
	// and no answer was saved, or a login is under way.
	Login bool
	// Refresh says that it belongs to a refresh and not to a new login.
	Refresh bool
	// Journal says that it is an entry of the journal; else it is what an
	// earlier version or a login made by Claude Code left.
	Journal bool
	// Known says that the vault has the login already.
	Known bool
}

// Waiting lists the journal's entries, and the logins found in other places.
func (s *State) Waiting() (out []Waiting) {
	for _, e := range s.journal {
		out = append(out, Waiting{
			Path: e.path, Login: e.answered(), Refresh: e.presented != "", Journal: !e.found,
			Known: e.answered() && s.known(e.credential.RefreshToken),
		})
	}
	return out
}

// Preview works out in memory what open would make of s, which is no good for
// anything else afterwards. No lock is taken, nothing is written, and the
// provider is not asked. live is nil where the live login could not be read;
// what would follow from it is then left out. The error is a *view.Problem; what
// was worked out until then is given with it.
func (c *Core) Preview(s *State, live *claude.Live, cfg claude.Config) (*Opened, error) {
	s.readOnly = true
	o := &Opened{State: s, Config: cfg}
	if live != nil {
		o.Live = *live
	} else {
		s.Usage.LastActive = "" // a login that cannot be read has not disappeared
	}
	return o, c.reconcile(o, newProofs(), Opening{})
}

// Older says that the live login is an earlier one than the vault's.
func (o *Opened) Older() bool { return o.older }

// ForeignSiblings says that what stands beside the live login is another
// account's.
func (o *Opened) ForeignSiblings() bool { return o.foreign }

// Describe asks the provider for the name of an account whose oauthAccount was
// never seen, and keeps it. The error is a *view.Problem, or that of ctx.
func (c *Core) Describe(ctx context.Context, key string) error {
	s, err := c.Read(ctx)
	if err != nil {
		return err
	}
	a := s.Vault.Get(key)
	if a == nil || a.Removed {
		return errMoved(key)
	}
	if a.OAuthAccount != nil {
		return nil
	}
	err = c.askFacts(ctx, key, true)
	var p *view.Problem
	if err != nil && !errors.As(err, &p) {
		err = &view.Problem{Code: view.CodeOffline, Key: key, Err: err, Message: "the provider did not say what the account is called", Hint: "go online and try again"}
	}
	return err
}
