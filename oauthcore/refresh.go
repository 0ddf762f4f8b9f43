package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
)

// Refreshed is what a refresh gave.
type Refreshed struct {
	Key       string
	ExpiresAt time.Time // the new access token's end, zero when not told
}

// Refresh gets a new access token for one account (RFC 6749 §6). The error is
// an *Error: CodeNeedsLogin where the provider refuses the login, CodeOffline
// for trouble on the way, CodeUnsure where the request went out and no answer
// came. Once the request is sent nothing cancels it.
func (c *Core) Refresh(ctx context.Context, name string) (Refreshed, error) {
	key, err := c.resolve(ctx, name)
	if err != nil {
		return Refreshed{}, err
	}
	release, err := c.lock(ctx, c.Paths.AccountLock(key), lockWait)
	if err != nil {
		return Refreshed{}, err
	}
	defer release()
	c.Step("refresh.account lock")
	return c.refresh(ctx, key)
}

// refresh does it, with the account's lock held.
func (c *Core) refresh(ctx context.Context, key string) (Refreshed, error) {
	o, err := c.open(ctx, true, false)
	if err != nil {
		return Refreshed{}, err
	}
	defer o.release()
	a, err := o.presentable(key)
	if err != nil {
		return Refreshed{}, err
	}
	live := o.owner == a && o.live.Usable()
	if live {
		err := c.liveSupported()
		if err == nil {
			err = o.live.at.fits(len(o.live.doc) + answerGrowth)
		}
		if err != nil {
			return Refreshed{}, err // while the login is still good
		}
	}
	presented, before := a.Credential, a.Unsure()
	// On disk before the token is used: after a crash nobody presents it again
	// without knowing.
	if err := c.update(ctx, func(s *store) error {
		if a = s.vault.Get(key); a == nil || !a.Credential.RefreshToken.Equal(presented.RefreshToken) {
			return errMoved(key)
		}
		a.spend(presented.RefreshToken)
		return nil
	}); err != nil {
		return Refreshed{}, err
	}
	c.Step("refresh.spent")
	err = ctx.Err()
	if live && err == nil {
		err = o.fence()
	}
	if err != nil {
		return Refreshed{}, errors.Join(err, c.unspent(ctx, key, presented.RefreshToken, before))
	}
	if !live {
		o.release()
	}
	c.Progress(key, WaitProvider)
	c.Step("refresh.send")
	grant, lost, err := c.present(ctx, presented)
	c.Step("refresh.answered")
	if err != nil {
		return Refreshed{}, c.refused(ctx, key, presented.RefreshToken, before || lost, err)
	}
	var held *guard
	if live {
		held = o.guard
	}
	return c.saveAnswer(ctx, key, presented, grant, held)
}

// errMoved says that another program changed the account at the same moment.
func errMoved(key string) error {
	return &Error{Code: CodeBusy, Message: "another program changed this account just now", Hint: "try again", Key: key}
}

// presentable finds the account whose refresh token may be presented.
func (o *opened) presentable(key string) (*Account, error) {
	a := o.vault.Get(key)
	switch {
	case a == nil || a.Removed:
		return nil, &Error{Code: CodeNotFound, Message: fmt.Sprintf("there is no account %q", key), Hint: "see: baton list"}
	case o.unproved():
		return nil, o.errUnknownLive()
	case o.contested[key]:
		return nil, &Error{
			Code: CodeOffline, Key: key,
			Message: fmt.Sprintf("the account pool holds another login for %s, and the provider could not say whose it is", a.Name()),
			Hint:    "go online and try again; nothing was changed",
		}
	case a.NeedsLogin || a.Credential.RefreshToken.Empty():
		return nil, needsLogin(a, "")
	}
	return a, nil
}

// needsLogin is the error for an account the provider no longer accepts.
func needsLogin(a *Account, why string) *Error {
	if why == "" {
		why = "the provider no longer accepts its login"
		if a.Credential.RefreshToken.Empty() {
			why = "there is no refresh token for it"
		}
	}
	return &Error{
		Code: CodeNeedsLogin, Key: a.Key,
		Message: fmt.Sprintf("%s needs a new login: %s", a.Name(), why),
		Hint:    "log in again with: baton login --email " + addressOf(a.Key),
	}
}

// present sends the refresh token. Where the answer is lost the same token
// goes out once more at once, and never again by itself: the provider may
// have replaced it. lost says that this happened.
func (c *Core) present(ctx context.Context, cr Credential) (g provider.Grant, lost bool, err error) {
	ctx = context.WithoutCancel(ctx)
	g, err = c.Provider.Refresh(ctx, cr.RefreshToken, cr.Scopes)
	if err != nil && !g.RefreshToken.Empty() {
		return g, false, nil // half an answer, but the half that must not be lost
	}
	if !provider.Sent(err) {
		return g, false, err
	}
	again, err2 := c.Provider.Refresh(ctx, cr.RefreshToken, cr.Scopes)
	switch {
	case err2 != nil && !again.RefreshToken.Empty():
		return again, true, nil
	case err2 == nil, provider.Sent(err2), errors.Is(err2, provider.ErrInvalidGrant):
		return again, true, err2
	}
	return g, true, err // the second one did not get out: what counts is the first
}

// refused notes what a failed refresh means for the account.
func (c *Core) refused(ctx context.Context, key string, presented secret.Secret, unsure bool, cause error) error {
	dead := errors.Is(cause, provider.ErrInvalidGrant)
	sent := provider.Sent(cause)
	name := key
	var account *Account
	err := c.save(ctx, func(s *store) error {
		a := s.vault.Get(key)
		if a == nil {
			return nil
		}
		account, name = a, a.Name()
		if !a.Credential.RefreshToken.Equal(presented) {
			return nil // a newer login came meanwhile; this one's end says nothing of it
		}
		switch {
		case dead:
			a.NeedsLogin = true
		case !sent && !unsure:
			a.unspend(presented)
		}
		s.book.Page(key).Offline = !dead && !sent
		return nil
	})
	switch {
	case err != nil:
		return err
	case dead && account != nil:
		why := ""
		if unsure {
			why = "an earlier refresh went out and its answer never arrived, so the login was used up on the way"
		}
		e := needsLogin(account, why)
		e.Err = cause
		c.log(Activity{Kind: "refused", Key: key, Text: e.Message})
		return e
	case sent:
		c.log(Activity{Kind: "unsure", Key: key, Text: "a refresh went out and no answer came"})
		return &Error{
			Code: CodeUnsure, Key: key, Err: cause,
			Message: fmt.Sprintf("a refresh of %s went out and no answer came back", name),
			Hint:    fmt.Sprintf("its login may be used up; try again with: baton refresh %s, or log in again", key),
		}
	}
	return trouble(key, name, cause)
}

// unspent takes back the note of a token that was not presented after all.
func (c *Core) unspent(ctx context.Context, key string, t secret.Secret, unsure bool) error {
	return c.update(ctx, func(s *store) error {
		if a := s.vault.Get(key); a != nil && !unsure && a.Credential.RefreshToken.Equal(t) {
			a.unspend(t)
		}
		return nil
	})
}

// trouble is the error for a provider that could not be reached or answered
// with trouble of its own. The login is as good as before.
func trouble(key, name string, cause error) *Error {
	e := &Error{
		Code: CodeOffline, Key: key, Err: cause,
		Message: fmt.Sprintf("could not refresh %s: the provider cannot be reached", name),
		Hint:    "the login is kept; look at the network and try again later",
	}
	var pe *provider.Error
	if errors.As(cause, &pe) {
		e.Message = fmt.Sprintf("could not refresh %s: %s", name, pe.Kind.Error())
		if pe.RetryAfter > 0 {
			e.Hint = fmt.Sprintf("the login is kept; try again in %s", pe.RetryAfter.Round(time.Second))
		}
	}
	return e
}

// saveAnswer puts a refresh's answer where it belongs. For the live account
// Claude Code's file comes first: a crash in between must not leave it a used-up
// token.
func (c *Core) saveAnswer(ctx context.Context, key string, presented Credential, g provider.Grant, live *guard) (Refreshed, error) {
	ctx = context.WithoutCancel(ctx)
	next, err := answered(presented, g)
	if err != nil {
		return Refreshed{}, err
	}
	var liveErr error
	kept := func() {}
	if live != nil && c.Keychain != nil {
		kept = c.keepAnswer(key, presented, next)
	}
	if live != nil {
		liveErr = live.update(ctx, presented, next)
	}
	rotated := !next.RefreshToken.Equal(presented.RefreshToken)
	dropped := false
	err = c.save(ctx, func(s *store) error {
		a := s.vault.Get(key)
		if a == nil {
			return nil
		}
		if !a.Credential.RefreshToken.Equal(presented.RefreshToken) {
			a.spend(next.RefreshToken) // a newer login came meanwhile
			dropped = true
			return nil
		}
		a.store(next)
		if !rotated {
			a.unspend(next.RefreshToken)
		}
		a.NeedsLogin = false
		// The answer says whose the login is; for an account adopted from the
		// pool by its address that is the first time anybody does.
		if who := identityOfGrant(g); !a.Identified() && s.vault.Find(who) == nil {
			a.identify(who)
		}
		s.book.Page(key).Offline = false
		return a.stamp()
	})
	if err != nil {
		return Refreshed{}, err
	}
	kept()
	if live == nil && rotated && !dropped {
		liveErr = c.followLive(ctx, presented, next)
	}
	if liveErr != nil {
		return Refreshed{}, liveErr
	}
	c.log(Activity{Kind: "refreshed", Key: key})
	return Refreshed{Key: key, ExpiresAt: next.ExpiresAt}, nil
}

// answered is the login after a refresh: what the answer does not tell stays,
// and the login's own deadline is not moved by a refresh.
func answered(was Credential, g provider.Grant) (Credential, error) {
	var edits []edit
	if !g.AccessToken.Empty() {
		edits = append(edits, edit{"accessToken", jsonString(g.AccessToken.Reveal())}, orNull(setMillis("expiresAt", g.ExpiresAt)))
	}
	if !g.RefreshToken.Empty() {
		edits = append(edits, edit{"refreshToken", jsonString(g.RefreshToken.Reveal())})
	}
	if was.RefreshExpiresAt.IsZero() && !g.RefreshTokenExpiresAt.IsZero() {
		edits = append(edits, setMillis("refreshTokenExpiresAt", g.RefreshTokenExpiresAt))
	}
	if g.Scopes != nil {
		edits = append(edits, edit{"scopes", jsonStrings(g.Scopes)})
	}
	return was.with(edits...)
}

// update puts a refreshed login where Claude Code reads it, if that file
// still holds the login that was presented. Left as it is the file holds a
// token that is used up, so one that others keep changing is tried again for
// as long as the locks are ours.
func (g *guard) update(ctx context.Context, presented, next Credential) error {
	for start := time.Now(); ; {
		now, err := g.c.readLive(ctx)
		if err != nil {
			return err
		}
		if !now.Credential.RefreshToken.Equal(presented.RefreshToken) {
			return nil // another login is live now, which this answer is not for
		}
		err = g.replaceLive(ctx, now, next, lockWait, true)
		if CodeOf(err) != CodeBusy || g.fence() != nil || time.Since(start) > lockWait {
			return err
		}
	}
}

// followLive looks whether the account became live while its refresh was
// under way, and then brings the live login up to date at once.
func (c *Core) followLive(ctx context.Context, presented, next Credential) error {
	live, err := c.readLive(ctx)
	if err != nil || !live.Credential.RefreshToken.Equal(presented.RefreshToken) {
		return nil // open repairs it, should it come to that
	}
	g, err := c.guard(ctx)
	if err != nil {
		return err
	}
	defer g.release()
	return g.update(ctx, presented, next)
}
