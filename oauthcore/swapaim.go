package oauthcore

import (
	"context"
	"slices"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// aim says which account the swap goes to, so that its lock can be taken first;
// to looks again under the locks. Where there is none the files are opened,
// since what that finds may change it, and an outgoing account's mark is saved
// even when no other account is left.
func (w *swapping) aim(ctx context.Context) (string, error) {
	if !w.begun {
		if s, active, err := w.c.peek(ctx); err == nil {
			if key, err := w.target(s, active); err == nil {
				return key, nil
			}
		}
	}
	o, err := w.c.Open(ctx, Opening{Ask: true})
	if err != nil {
		return "", err
	}
	defer o.Release()
	if err := w.begin(ctx, o); err != nil {
		return "", err
	}
	return w.target(o.State, w.done.From)
}

// begin is done once a swap, with the files open: which account goes out, and
// its mark.
func (w *swapping) begin(ctx context.Context, o *Opened) error {
	if w.begun {
		return nil
	}
	if o.Unproved() && !w.SetAside {
		return o.UnknownLive()
	}
	if w.To != "" && w.To != SwapBack {
		if _, err := o.Vault.Resolve(w.To); err != nil {
			return err // a mistyped name must not mark an account
		}
	}
	if o.Owner != nil && !o.Owner.Removed {
		w.done.From = o.Owner.Key
	}
	if err := w.stillWanted(o); err != nil {
		return err
	}
	w.begun = true
	if w.LimitedUntil.IsZero() {
		return nil
	}
	if w.done.From == "" {
		w.done.Notes = append(w.done.Notes, "no known account is active, so none was marked limited")
		return nil
	}
	mark := accounts.Mark{Limited: true, ResetsAt: w.LimitedUntil.UTC(), MarkedAt: w.c.Now()}
	o.Usage.Record(w.done.From).Mark = mark
	return w.c.Update(ctx, func(s *State) error {
		s.Usage.Record(w.done.From).Mark = mark
		return nil
	})
}

// cooldown is how long after any swap an automatic one is not made: several
// sessions meet the same limit within seconds.
const cooldown = 45 * time.Second

// stillWanted says whether an automatic swap still has its reason: the account
// it leaves is live, and nobody swapped just now.
func (w *swapping) stillWanted(o *Opened) error {
	if !w.Automatic {
		return nil
	}
	active := ""
	if o.Owner != nil && o.Live.Usable() {
		active = o.Owner.Key
	}
	if w.Leaving != "" && active != w.Leaving {
		return &view.Problem{
			Code: view.CodeBusy, Key: w.Leaving,
			Message: "another account is active already, so no automatic swap was made",
			Hint:    "look at: baton status",
		}
	}
	if since := w.c.Now().Sub(o.Usage.SwappedAt); since >= 0 && since < cooldown {
		return &view.Problem{
			Code: view.CodeBusy, Key: w.Leaving,
			Message: "no automatic swap so soon after the last one",
			Hint:    "swap by hand: baton swap",
		}
	}
	return nil
}

// target says which account a swap is to.
func (w *swapping) target(s *State, from string) (string, error) {
	switch w.To {
	case "":
		return w.choose(s, from)
	case SwapBack:
		if key := s.Usage.Previous(s.Vault, from); key != "" {
			return key, nil
		}
		return "", &view.Problem{Code: view.CodeNoOther, Message: "there is no account to go back to", Hint: "name one: baton swap ACCOUNT"}
	}
	a, err := s.Vault.Resolve(w.To)
	if err != nil {
		return "", err
	}
	return a.Key, nil
}

// choose picks the next account among those not tried yet. Offline only those
// with a good access token are left.
func (w *swapping) choose(s *State, from string) (string, error) {
	now := w.c.Now()
	all := s.Candidates(now)
	if w.Automatic {
		var err error
		if all, err = w.c.mayFollow(s.Vault, all, from); err != nil {
			return "", err
		}
	}
	if len(w.passed) == 0 {
		next, err := accounts.Choose(all, from, now)
		return next.Key, err
	}
	left := slices.DeleteFunc(slices.Clone(all), func(k accounts.Candidate) bool {
		a := s.Vault.Get(k.Key)
		return k.Key != from && (w.passed[k.Key] != nil || w.offline && !s.goodAccess(a, now, accounts.FreshMargin))
	})
	next, err := accounts.Choose(left, from, now)
	if err != nil {
		return "", w.first
	}
	return next.Key, nil
}
