package oauthcore

import (
	"context"
	"errors"
	"fmt"
)

// activate writes the account's login where Claude Code reads it: both new
// files are ready and synced before the first one is replaced.
func (c *Core) activate(ctx context.Context, o *opened, a *Account, done *Swapped) error {
	if err := ctx.Err(); err != nil {
		return err // the last moment at which Cancel changes nothing
	}
	ctx = context.WithoutCancel(ctx)
	c.Step("swap.4 activate")
	err := o.writing(ctx, c.configLock(), writeWait, func() error {
		cfg, err := o.prepareConfig(a.OAuthAccount)
		if err != nil {
			return err
		}
		if err := o.replaceLive(ctx, o.live, a.Credential, writeWait, false); err != nil {
			if cfg != nil {
				cfg.discard()
			}
			return err
		}
		if cfg != nil {
			err = cfg.commit(ctx, o.fence)
		}
		if CodeOf(err) == CodeBusy {
			err = o.spliceConfig(ctx, a.OAuthAccount)
		}
		if err != nil {
			return fmt.Errorf("the login was swapped, its account's name not yet: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Step("swap.8 read back")
	if err := c.confirm(ctx, a); err != nil {
		return err
	}
	done.To = a.Key
	c.log(Activity{Kind: "swapped", Key: a.Key, From: done.From})
	return c.update(ctx, func(s *store) error {
		s.noteActive(a.Key, c.Now())
		return nil
	})
}

// errReadBack says that the files do not hold what was just written.
var errReadBack = errors.New("read back something else")

// confirm reads both of Claude Code's files and compares.
func (c *Core) confirm(ctx context.Context, a *Account) error {
	live, err := c.readLive(ctx)
	if err != nil {
		return err
	}
	cfg, err := c.readConfig()
	if err != nil {
		return err
	}
	who := identityIn(cfg.account)
	ok := live.Credential.Same(a.Credential)
	if a.OAuthAccount != nil {
		ok = ok && who.AccountUUID == identityIn(a.OAuthAccount).AccountUUID && who.OrganizationUUID == identityIn(a.OAuthAccount).OrganizationUUID
	}
	if !ok {
		return &Error{
			Code: CodeBusy, Key: a.Key, Err: errReadBack,
			Message: "another program changed the login right after it was written",
			Hint:    "look at: baton status, then try again",
		}
	}
	return nil
}
