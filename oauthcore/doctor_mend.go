package oauthcore

import (
	"context"
	"errors"
)

// settleLogins brings vault, account pool and live login in line, asking the
// provider whose a login is where only that helps.
func (k *checkup) settleLogins(ctx context.Context) error {
	o, err := k.open(ctx, true, false)
	if err != nil {
		return err
	}
	defer o.release()
	switch {
	case o.unproved():
		return o.errUnknownLive()
	case o.owner != nil && o.owner.Removed && o.live.Usable():
		return &Error{
			Code: CodeFailed, Key: o.owner.Key,
			Message: "the login is " + o.owner.Key + "'s, which was removed from Baton",
			Hint:    "leave it with: baton swap ACCOUNT; or take it back with: baton import",
		}
	}
	return nil
}

// nameLive asks what the live account is called, which Baton never saw, and
// has oauthAccount name it.
func (k *checkup) nameLive(ctx context.Context, key string) error {
	if err := k.settle(ctx); err != nil {
		return err
	}
	s, err := k.Core.read()
	if err != nil {
		return err
	}
	a := s.vault.Get(key)
	if a == nil || a.Removed {
		return errMoved(key)
	}
	if a.OAuthAccount == nil {
		if !a.Credential.FreshAt(k.Now(), 0) {
			if _, err := k.Refresh(ctx, key); err != nil {
				return err
			}
			if s, err = k.Core.read(); err != nil {
				return err
			}
			if a = s.vault.Get(key); a == nil {
				return errMoved(key)
			}
		}
		k.fetchProfile(ctx, a, &Swapped{})
	}
	return k.settleLogins(ctx)
}

// ascertain finds out whether an account's login still works. Being refused is
// finding out, too: the account then is one that has to log in again.
func (k *checkup) ascertain(ctx context.Context, key string) error {
	_, err := k.Refresh(ctx, key)
	var e *Error
	if errors.As(err, &e) && e.Code == CodeNeedsLogin {
		return nil
	}
	return err
}
