package oauthcore

import (
	"context"
	"errors"
	"fmt"

	"baton/oauthcore/view"
)

// takeNewer looks for a newer login of an unsure account before its token is
// presented, which may be used up: in set-aside, then in the keyring. What is
// found becomes the account's. newer says that there may be one that could not
// be taken; nil where there is none. The caller holds the account's lock. The
// error is a *view.Problem, or that of ctx.
func (c *Core) takeNewer(ctx context.Context, key string) (newer *view.Problem, err error) {
	if unsure, err := c.unsure(ctx, key); err != nil || !unsure {
		return nil, err
	}
	_, path, err := c.FromSetAside(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case path != "":
		newer = errNewer(key, "the login in "+path+" may be this account's newest; it could not be told")
		newer.Hint = "delete the file if it is of another account; or " + newer.Hint
		return newer, nil
	case c.Copies == nil:
		return nil, nil
	}
	if unsure, err := c.unsure(ctx, key); err != nil || !unsure {
		return nil, err
	}
	_, rotated, err := c.Copies.TakeNewer(ctx, key)
	var p *view.Problem
	switch {
	case errors.As(err, &p) && p.Code == view.CodeKeyring:
		return &view.Problem{
			Code: p.Code, Key: key, Err: p.Err,
			Message: "the keyring may have a newer login of it, and did not tell: " + p.Message,
			Hint:    p.Hint + "; or try it at your own risk with: " + fmt.Sprintf("baton refresh %q", key),
		}, nil
	case err != nil:
		return nil, err
	case rotated:
		newer = errNewer(key, "the keyring has a newer login for it, which may have been replaced since it was copied")
		newer.Hint = fmt.Sprintf("take the copy with: baton keyring restore %q --force; or ", key) + newer.Hint
	}
	return newer, nil
}

// unsure says that it is not known whether the account's login still works.
func (c *Core) unsure(ctx context.Context, key string) (bool, error) {
	s, err := c.Read(ctx)
	if err != nil {
		return false, err
	}
	a := s.Vault.Get(key)
	return a != nil && s.Unsure(a), nil
}
