package oauthcore

import (
	"context"
	"errors"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// repair is open's work on Claude Code's files, after the vault is safe: a live
// login older than the vault's is brought up to date, and oauthAccount is made
// to name its owner.
func (c *Core) repair(ctx context.Context, o *Opened) error {
	a := o.Owner
	if a == nil || a.Removed || !o.Live.Usable() || c.Supported() != nil {
		return nil
	}
	var errs []error
	switch {
	case o.older && !a.NeedsNewLogin() && o.Vault.RivalOf(a) == nil:
		errs = append(errs, c.repairLive(ctx, o, a, a.Credential, c.poolClear(ctx, o.State, a), "the live login was older than the one kept"))
	case o.foreign:
		errs = append(errs, c.repairLive(ctx, o, a, o.Live.Credential, nil, "what stood beside the live login was another account's"))
	}
	if a.Identified() && a.OAuthAccount != nil && o.configErr == nil && !a.Is(o.Config.Identity()) {
		err := o.ReplaceConfig(ctx, a.OAuthAccount)
		if err == nil {
			o.act(view.Activity{Kind: "repaired", Key: a.Key, Text: "oauthAccount named another account"})
			o.Config, err = c.ReadConfig(ctx)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// repairLive puts a login of the live account and its siblings in place of what
// is there.
func (c *Core) repairLive(ctx context.Context, o *Opened, a *accounts.Account, cr accounts.Credential, pre claude.Precondition, why string) error {
	doc, err := o.Live.With(cr, a.Siblings)
	if err != nil {
		return claude.Damaged(o.Live.Place(), err)
	}
	if err := o.ReplaceLive(ctx, o.Live, doc, pre); err != nil {
		return err
	}
	o.act(view.Activity{Kind: "repaired", Key: a.Key, Text: why})
	o.older, o.foreign = o.older && !cr.Same(a.Credential), false
	o.Live, err = c.ReadLive(ctx)
	return err
}

// poolClear is the precondition of presenting or activating an account's
// login: the pool holds no login for it that the vault does not know, which
// might be its successor.
func (c *Core) poolClear(ctx context.Context, s *State, a *accounts.Account) claude.Precondition {
	return func() error {
		if s.Vault.RivalOf(a) != nil {
			return errRival(a)
		}
		pool, err := claude.ReadWhole(ctx, c.FS, c.Paths.Pool(), c.memory.Pool)
		if err != nil {
			return err
		}
		if e := pool.Get(a.Key); e != nil && s.UnknownEntry(e) {
			return claude.Changed(c.Paths.Pool(), nil)
		}
		return nil
	}
}
