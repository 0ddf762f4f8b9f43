package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// SwapBack as SwapRequest.To goes back to the account that was live before.
const SwapBack = "-"

// SwapRequest says where to swap to.
type SwapRequest struct {
	// To is what a person calls the account, SwapBack, or "" for the next
	// available one.
	To string
	// LimitedUntil marks the outgoing account limited until then; zero does not.
	LimitedUntil time.Time
	// SetAside moves a live login whose owner cannot be found out of the way.
	SetAside bool
	// Automatic says that no person asked for it: locks of other programs are
	// waited for and never broken, and the swap is made only while Leaving is
	// live and the last swap of anybody is older than the cooldown.
	Automatic bool
	// Leaving is the account an automatic swap leaves.
	Leaving string
}

// Swapped is what a swap did. From == To where that account was live already.
type Swapped struct {
	From      string // "" when no known account was logged in
	To        string
	Refreshed bool
	SetAside  string // path of the login moved away, "" when none was
	Notes     []string
}

// Swap makes another account the one Claude Code uses. It is reported as done
// only after both of Claude Code's files were read back. Without a name, the
// trouble of one candidate moves on to the next. The error is a *view.Problem.
func (c *Core) Swap(ctx context.Context, r SwapRequest) (Swapped, error) {
	if err := c.Supported(); err != nil {
		return Swapped{}, err
	}
	if r.Automatic {
		c = c.waiting()
	}
	w := &swapping{SwapRequest: r, c: c, passed: map[string]error{}}
	for {
		key, err := w.aim(ctx)
		if err != nil {
			return w.done, err
		}
		err = w.to(ctx, key)
		var own *candidateError
		switch {
		case errors.Is(err, errOther):
		case errors.As(err, &own) && r.To == "":
			w.pass(key, own.err)
		case errors.As(err, &own):
			return w.done, own.err
		default:
			return w.done, err
		}
	}
}

// swapping is one swap under way.
type swapping struct {
	SwapRequest
	c       *Core
	done    Swapped
	begun   bool             // the outgoing account is known, and marked where asked
	passed  map[string]error // candidates that could not be used, and why
	first   error            // the trouble of the first of them
	offline bool             // the provider cannot be reached
}

// candidateError is the trouble of one candidate, which says nothing of others.
type candidateError struct{ err error }

func (e *candidateError) Error() string { return e.err.Error() }

func (e *candidateError) Unwrap() error { return e.err }

// pass notes that a candidate cannot be used now.
func (w *swapping) pass(key string, why error) {
	w.passed[key] = why
	if w.first == nil {
		w.first = why
	}
	w.offline = w.offline || errors.Is(why, provider.ErrNetwork)
}

// errOther says that the account aimed at without locks is not the one to
// swap to, now that they are held.
var errOther = errors.New("the choice changed meanwhile")

// to makes one account live, refreshing it first where that is needed. The
// error is errOther where another account is to be swapped to, a
// *candidateError where only this account is the trouble.
func (w *swapping) to(ctx context.Context, key string) error {
	c := w.c
	release, err := c.Lock(ctx, c.Paths.AccountLock(key), claude.LockWait)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return &candidateError{err}
	}
	defer release()
	c.Step("swap.1 account lock")
	described := false
	var rival *accounts.Account // the account, as it was when a login under its key was identified
	for {
		o, err := c.Open(ctx, Opening{Ask: true, Focus: []string{key}})
		if err != nil {
			return err
		}
		defer o.Release()
		a, err := w.admit(ctx, o, key)
		if err != nil {
			return err
		}
		now := c.Now()
		switch {
		case o.Vault.RivalOf(a) != nil:
			o.Release()
			if err := c.identifyRival(ctx, o.State, a, mostRivals); err != nil {
				return &candidateError{err}
			}
			if rival != nil {
				return &candidateError{errRival(a)}
			}
			rival = a
		case rival != nil && a.Doubt == accounts.DoubtRival && rival.Doubt != a.Doubt:
			return &candidateError{errOlderCopy(a)}
		case a.OAuthAccount == nil && !described && o.goodAccess(a, now, 0):
			o.Release()
			note, err := c.fetchProfile(ctx, a)
			if accessRefused(err) {
				continue // to refresh it, and to ask again
			}
			described = true
			if err != nil {
				return &candidateError{err}
			}
			if note != "" {
				w.done.Notes = append(w.done.Notes, note)
			}
		case o.IsLive(a) && !o.older && o.Live.Credential.Same(a.Credential):
			w.done.To = key
			if err := o.RepairProblem(); err != nil {
				return err
			}
			return c.confirm(ctx, a)
		case !w.done.Refreshed && (!o.goodAccess(a, now, accounts.FreshMargin) || o.Unsure(a)):
			o.Release()
			c.Step("swap.2 refresh")
			if err := w.refresh(ctx, key); err != nil {
				return &candidateError{err}
			}
		case o.Unsure(a):
			return &candidateError{errMoved(key)}
		default:
			return w.activate(ctx, o, a)
		}
	}
}

// refresh gets the account a good access token. What lies in set-aside or in the
// keyring and may be its newest login stops a swap, unless the person said to go
// on without such a login.
func (w *swapping) refresh(ctx context.Context, key string) error {
	newer, err := w.c.takeNewer(ctx, key)
	switch {
	case err != nil:
		return err
	case newer == nil:
	case w.SetAside:
		w.done.Notes = append(w.done.Notes, newer.Message)
	default:
		return newer
	}
	if _, err := w.c.refresh(ctx, key, mostRivals, w.To != ""); err != nil {
		return err
	}
	w.done.Refreshed = true
	return nil
}

// admit looks whether the account may be made live at all, and moves a live
// login out of the way whose owner is not known, where the person asked for
// that.
func (w *swapping) admit(ctx context.Context, o *Opened, key string) (*accounts.Account, error) {
	first := !w.begun
	if err := w.begin(ctx, o); err != nil {
		return nil, err
	}
	if err := w.stillWanted(o); err != nil {
		return nil, err
	}
	if first {
		now, err := w.target(o.State, w.done.From)
		if err != nil {
			return nil, err
		}
		if now != key {
			return nil, errOther
		}
	}
	a := o.Vault.Get(key)
	switch {
	case a == nil || a.Removed:
		return nil, &candidateError{errMoved(key)}
	case a.Paused:
		return nil, &candidateError{&view.Problem{
			Code: view.CodePaused, Key: key,
			Message: fmt.Sprintf("%s is paused", a.Name()),
			Hint:    "take it back into use with: baton resume " + key,
		}}
	case a.NeedsNewLogin() || !a.HasWay(w.c.Now()):
		return nil, &candidateError{NeedsLogin(a, "")}
	case o.Unproved() && !w.SetAside:
		return nil, o.UnknownLive()
	case o.Unproved() && o.Usage.LastActive == key && mayBeOf(o.Live.Credential, a):
		p := o.UnknownLive()
		p.Message = fmt.Sprintf("the login Claude Code uses now is most likely a newer one of %s itself; nothing was changed", a.Name())
		return nil, p
	case o.Unproved():
		path, err := w.c.setAside(ctx, o)
		if err != nil {
			return nil, err
		}
		w.done.SetAside = path
		a = o.Vault.Get(key)
	}
	if why := o.Usage.Peek(key).Refused; why != "" && len(w.done.Notes) == 0 {
		w.done.Notes = append(w.done.Notes, fmt.Sprintf("the provider refuses %s (%s); it was made active as asked", a.Name(), why))
	}
	if at, _ := o.Usage.Peek(key).Limited(w.c.Now()); !at.IsZero() && len(w.done.Notes) == 0 {
		w.done.Notes = append(w.done.Notes, fmt.Sprintf("%s is limited until %s; it was made active as asked", a.Name(), at.Local().Format("15:04 on Mon 2 Jan")))
	}
	return a, nil
}

// activate writes the account's login where Claude Code reads it.
func (w *swapping) activate(ctx context.Context, o *Opened, a *accounts.Account) error {
	c := w.c
	if err := ctx.Err(); err != nil {
		return err // the last moment at which cancelling changes nothing
	}
	ctx = context.WithoutCancel(ctx)
	if o.configErr != nil {
		return o.configErr
	}
	if err := c.keepLive(ctx, o); err != nil {
		return err
	}
	c.Step("swap.4 activate")
	loginOnly, err := o.Activate(ctx, o.Live, a, c.poolClear(ctx, o.State, a))
	if loginOnly {
		return &view.Problem{
			Code: view.CodeOf(err), Key: a.Key, Err: err,
			Message: "the login was swapped, its account's name not yet: " + err.Error(),
			Hint:    "run the same command again",
		}
	}
	if err != nil {
		return err
	}
	if err := o.PolicyProblem(); err != nil {
		w.done.Notes = append(w.done.Notes, "a file of the other organization's policy stays: "+err.Error())
	}
	c.Step("swap.8 read back")
	if err := c.confirm(ctx, a); err != nil {
		return err
	}
	w.done.To = a.Key
	c.Note(view.Activity{Kind: "swapped", Key: a.Key, From: w.done.From})
	return c.UpdateUsage(ctx, func(u *accounts.UsageStore) { u.NoteActive(a.Key, c.Now()) })
}

// errReadBack says that the files do not hold what was just written.
var errReadBack = errors.New("read back something else")

// confirm reads both of Claude Code's files and compares.
func (c *Core) confirm(ctx context.Context, a *accounts.Account) error {
	live, err := c.ReadLive(ctx)
	if err != nil {
		return err
	}
	cfg, err := c.ReadConfig(ctx)
	if err != nil {
		return err
	}
	named := claude.IdentityIn(a.OAuthAccount)
	if !live.Credential.Same(a.Credential) || a.OAuthAccount != nil && named.Complete() && !cfg.Identity().Same(named) {
		return &view.Problem{
			Code: view.CodeBusy, Key: a.Key, Err: errReadBack,
			Message: "another program changed the login right after it was written",
			Hint:    "look at: baton status, then try again",
		}
	}
	return nil
}
