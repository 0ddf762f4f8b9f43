package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/provider"
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
	// SetAside moves a live login nobody can be found for out of the way.
	SetAside bool
	// Automatic says that no person asked for it: locks of other programs are
	// waited for and never taken over.
	Automatic bool
}

// Swapped is what a swap did. From == To where that account was live already.
type Swapped struct {
	From      string // "" when nobody known was logged in
	To        string
	Refreshed bool
	SetAside  string // path of the login moved away, "" when none was
	Notes     []string
}

// Swap makes another account the one Claude Code uses. It is reported as done
// only after both of Claude Code's files were read back. The error is an
// *Error, and then Claude Code's files are as they were, but for what open mends.
func (c *Core) Swap(ctx context.Context, r SwapRequest) (Swapped, error) {
	if err := c.liveSupported(); err != nil {
		return Swapped{}, err
	}
	if r.Automatic {
		c = c.sparing()
	}
	w := &swapping{SwapRequest: r}
	refused := map[string]bool{}
	for {
		key, err := c.aim(ctx, w)
		if err != nil {
			return w.done, err
		}
		if refused[key] {
			return w.done, errMoved(key)
		}
		err = c.swapTo(ctx, key, w)
		switch {
		case errors.Is(err, errOther):
		case r.To == "" && CodeOf(err) == CodeNeedsLogin:
			refused[key] = true // the provider refused it just now: the next candidate
		default:
			return w.done, err
		}
	}
}

// swapping is one swap under way.
type swapping struct {
	SwapRequest
	done  Swapped
	begun bool // the outgoing account is known, and marked where asked
}

// errOther says that the account aimed at without locks is not the one to
// swap to, now that they are held.
var errOther = errors.New("the choice changed meanwhile")

// aim says which account the swap is most likely to, so that its lock can be
// taken first; swapTo looks again under the locks. Where there is none the
// files are opened, since what that finds may change it, and an outgoing
// account's mark is saved even when nobody is left.
func (c *Core) aim(ctx context.Context, w *swapping) (string, error) {
	if !w.begun {
		if key, err := c.guess(ctx, w); err == nil {
			return key, nil
		}
	}
	o, err := c.open(ctx, true, false)
	if err != nil {
		return "", err
	}
	defer o.release()
	if err := c.begin(ctx, o, w); err != nil {
		return "", err
	}
	return c.target(o.store, w, w.done.From)
}

// guess aims by what the files say, changing nothing.
func (c *Core) guess(ctx context.Context, w *swapping) (string, error) {
	s, active, err := c.glimpse(ctx)
	if err != nil {
		return "", err
	}
	return c.target(s, w, active)
}

// begin is done once a swap, with the files open: whose login goes out, and
// its mark.
func (c *Core) begin(ctx context.Context, o *opened, w *swapping) error {
	if w.begun {
		return nil
	}
	if o.unproved() && !w.SetAside {
		return o.errUnknownLive()
	}
	if w.To != "" && w.To != SwapBack {
		if _, err := o.vault.Resolve(w.To); err != nil {
			return err // a name mistyped must not mark anybody
		}
	}
	w.begun = true
	if o.owner != nil && !o.owner.Removed {
		w.done.From = o.owner.Key
	}
	if w.LimitedUntil.IsZero() {
		return nil
	}
	if w.done.From == "" {
		w.done.Notes = append(w.done.Notes, "no known account is active, so none was marked limited")
		return nil
	}
	mark := Mark{Limited: true, ResetsAt: w.LimitedUntil.UTC(), MarkedAt: c.Now()}
	o.book.Page(w.done.From).Mark = mark
	return c.update(ctx, func(s *store) error {
		s.book.Page(w.done.From).Mark = mark
		return nil
	})
}

// target says which account a swap is to.
func (c *Core) target(s *store, w *swapping, from string) (string, error) {
	switch w.To {
	case "":
		all := Candidates(s.vault, s.book, c.Now())
		if w.Automatic {
			var err error
			if all, err = c.mayFollow(s.vault, all, from); err != nil {
				return "", err
			}
		}
		next, err := Choose(all, from, c.Now())
		return next.Key, err
	case SwapBack:
		return s.previous(from)
	}
	a, err := s.vault.Resolve(w.To)
	if err != nil {
		return "", err
	}
	return a.Key, nil
}

// previous is the account that was live before the one that is.
func (s *store) previous(active string) (string, error) {
	best, at := "", time.Time{}
	for _, a := range s.vault.Accounts() {
		if p := s.book.look(a.Key); a.Key != active && p.ActiveAt.After(at) {
			best, at = a.Key, p.ActiveAt
		}
	}
	if best == "" {
		return "", &Error{Code: CodeNoOther, Message: "there is no account to go back to", Hint: "name one: baton swap ACCOUNT"}
	}
	return best, nil
}

// swapTo makes one account live, refreshing it first where that is needed. The
// error is errOther where another account is to be swapped to.
func (c *Core) swapTo(ctx context.Context, key string, w *swapping) error {
	release, err := c.lock(ctx, c.Paths.AccountLock(key), lockWait)
	if err != nil {
		return err
	}
	defer release()
	c.Step("swap.1 account lock")
	asked := false
	for try := 1; ; try++ {
		o, err := c.open(ctx, true, false)
		if err != nil {
			return err
		}
		a, err := c.admit(ctx, o, key, w)
		if err != nil {
			o.release()
			return err
		}
		switch now := c.Now(); {
		case a.OAuthAccount == nil && !asked && a.Credential.FreshAt(now, 0):
			o.release()
			asked = true
			c.fetchProfile(ctx, a, &w.done)
		case o.owner == a && o.live.Usable() && !a.Older(o.live.Credential):
			defer o.release()
			w.done.To = key
			return c.confirm(ctx, a)
		case try <= 2 && (!a.Credential.FreshAt(now, freshMargin) || a.Unsure()):
			o.release()
			c.Step("swap.2 refresh")
			if _, err := c.refresh(ctx, key); err != nil {
				return err
			}
			w.done.Refreshed = true
		default:
			defer o.release()
			return c.activate(ctx, o, a, &w.done)
		}
	}
}

// admit looks whether the account may be made live at all, and moves an
// unknown live login out of the way where the person asked for that.
func (c *Core) admit(ctx context.Context, o *opened, key string, w *swapping) (*Account, error) {
	first := !w.begun
	if err := c.begin(ctx, o, w); err != nil {
		return nil, err
	}
	if first {
		now, err := c.target(o.store, w, w.done.From)
		if err != nil {
			return nil, err
		}
		if now != key {
			return nil, errOther
		}
	}
	done := &w.done
	a := o.vault.Get(key)
	switch {
	case a == nil || a.Removed:
		return nil, errMoved(key)
	case a.Paused:
		return nil, &Error{
			Code: CodePaused, Key: key,
			Message: fmt.Sprintf("%s is paused", a.Name()),
			Hint:    "take it back into use with: baton resume " + key,
		}
	case a.NeedsLogin || !a.Credential.Usable():
		return nil, needsLogin(a, "")
	case o.unproved() && !w.SetAside:
		return nil, o.errUnknownLive()
	case o.unproved():
		path, err := c.setAside(ctx, o)
		if err != nil {
			return nil, err
		}
		done.SetAside = path
		a = o.vault.Get(key)
	}
	if at, _ := o.book.Page(key).limited(c.Now()); !at.IsZero() && len(done.Notes) == 0 {
		done.Notes = append(done.Notes, fmt.Sprintf("%s is limited until %s; it was made active as asked", a.Name(), at.Local().Format("15:04 on Mon 2 Jan")))
	}
	return a, nil
}

// setAside moves the unknown live login to a file of its own. The account
// that was live last may be the one it belongs to, so that one is unsure.
func (c *Core) setAside(ctx context.Context, o *opened) (string, error) {
	path, err := c.keepAside(o.live.Credential, o.cfg.account)
	if err != nil {
		return "", err
	}
	if err := c.update(ctx, func(s *store) error {
		if a := s.vault.Get(s.book.LastActive); a != nil && !a.Removed {
			a.SetAsideUnsure = true
		}
		return nil
	}); err != nil {
		return "", err
	}
	doc, err := jsonedit.Delete(o.live.doc, liveMember)
	if err != nil {
		return "", damagedAt(o.live.at, err)
	}
	if err := o.replaceCredentials(ctx, o.live, doc, writeWait, false); err != nil {
		return "", err
	}
	c.log(Activity{Kind: "setAside", Text: "a login of no known account, to " + path})
	o.live = Live{doc: doc, at: o.live.at}
	s, err := c.read()
	if err != nil {
		return "", err
	}
	s.contested = o.contested
	o.store = s
	return path, nil
}

// fetchProfile completes an account whose oauthAccount was never seen. Without
// it a swap still works: Claude Code fills the member in at its next start.
func (c *Core) fetchProfile(ctx context.Context, a *Account, done *Swapped) {
	c.Progress(a.Key, WaitProfile)
	call, cancel := context.WithTimeout(ctx, profileWait)
	defer cancel()
	profile, err := c.Provider.Profile(call, a.Credential.AccessToken)
	if err == nil {
		err = c.update(ctx, func(s *store) error { return s.complete(a, profile, c.Now()) })
	}
	if err != nil {
		c.Log.Info("account not completed", "key", a.Key, "error", err)
		done.Notes = append(done.Notes, "the provider did not describe the account; Claude Code asks for it at its next start")
	}
}

// complete takes over a profile, if it is that account's.
func (s *store) complete(was *Account, p provider.Profile, now time.Time) error {
	a := s.vault.Get(was.Key)
	i := identityOf(p)
	if a == nil || !i.Complete() || !a.Credential.Same(was.Credential) {
		return nil
	}
	if a.Identified() && !a.Is(i) || !a.Identified() && s.vault.Find(i) != nil {
		return &Error{
			Code: CodeFailed, Key: a.Key,
			Message: fmt.Sprintf("the login kept for %s is another account's", a.Name()),
			Hint:    "remove it and log in again",
		}
	}
	return a.learn(p, now)
}
