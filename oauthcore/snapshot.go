package oauthcore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// Snapshot reads what there is to show and changes nothing. What the next open
// would find is shown as found.
func (c *Core) Snapshot(ctx context.Context) view.Snapshot {
	now := c.Now()
	var v view.Snapshot
	problem := func(err error) bool {
		if err == nil {
			return false
		}
		var p *view.Problem
		if !errors.As(err, &p) {
			p = &view.Problem{Code: view.CodeFailed, Message: err.Error(), Err: err}
		}
		v.Problems = append(v.Problems, p)
		return true
	}
	o := &Opened{}
	var err error
	if o.State, err = c.Read(ctx); problem(err) {
		o.State = c.Salvage()
	}
	o.readOnly = true
	if o.Live, err = c.PeekLive(ctx); problem(err) {
		v.Live.Reason = "unreadable"
	}
	o.Config, err = c.PeekConfig(ctx)
	problem(err)
	if v.Live.Reason == "" {
		problem(c.reconcile(o, newProofs(), Opening{}))
	}
	v.Live = o.showLive(v.Live)
	if o.Owner != nil && !o.Owner.Removed {
		v.Active = o.Owner.Key
	}
	all := o.Vault.Accounts()
	v.Accounts = slices.Grow(v.Accounts, len(all))
	for _, a := range all {
		v.Accounts = append(v.Accounts, o.show(a, v.Active, now))
	}
	v.Next = o.next(v.Active, now)
	if last, ok := c.lastSwap(o.Vault, v.Active); ok {
		v.LastSwap = &last
	}
	v.Recent = c.recent()
	return v
}

// next is the account a swap without a name would go to; nil for none.
func (s *State) next(active string, now time.Time) *view.Next {
	k, err := accounts.Choose(s.Candidates(now), active, now)
	if err != nil {
		return nil
	}
	return &view.Next{Key: k.Key, Name: k.Name, Headroom: k.Headroom, HeadroomKnown: k.HeadroomKnown, ActiveAt: k.ActiveAt}
}

// Salvage reads what can be read of Baton's files when one is damaged, for
// display only.
func (c *Core) Salvage() *State {
	s := &State{
		Vault:    salvaged(c, c.Paths.Vault(), c.memory.Vault),
		Pool:     salvaged(c, c.Paths.Pool(), c.memory.Pool),
		Usage:    salvaged(c, c.Paths.Usage(), c.memory.Usage),
		readOnly: true,
	}
	c.noticeRestored(s.Vault)
	s.aside, _ = c.asidePrints()
	s.journal, _ = c.readJournal() // without it nothing is in doubt, and nothing is written
	return s
}

// salvaged is one file, or an empty one in its place.
func salvaged[T any](c *Core, path string, parse func([]byte) (T, error)) T {
	doc, _ := claude.ReadOr(c.FS, path)
	v, err := parse(doc)
	if err != nil {
		v, _ = parse(nil)
	}
	return v
}

func (o *Opened) showLive(v view.Live) view.Live {
	switch {
	case v.Reason != "":
	case o.Live.Credential.Tombstone():
		v.Reason = "tombstone"
	case !o.Live.Usable():
		v.Reason = "none"
	case o.Owner == nil || o.Owner.Removed:
		v.Present, v.Reason = true, "unknown"
		if o.Owner != nil {
			v.Email = o.Owner.Email
		}
	default:
		v.Present, v.Email = true, o.Owner.Email
	}
	return v
}

// inFlight is how long a request to the provider may be under way: for that
// long its journal entry puts no account in doubt for display.
const inFlight = 3 * time.Minute

// show is an account as people see it.
func (s *State) show(a *accounts.Account, active string, now time.Time) view.Account {
	r := s.Usage.Peek(a.Key)
	v := view.Account{
		Key: a.Key, Email: a.Email, Label: a.Label,
		OrganizationUUID: a.OrganizationUUID, OrganizationName: a.OrganizationName,
		Plan: a.Credential.Plan, Tier: a.Credential.Tier,
		Paused: a.Paused, NeedsLogin: a.NeedsNewLogin() || !a.HasWay(now), Refused: cmp.Or(a.Refused, r.Refused),
		Unsure: a.Doubt != "" || s.sentBefore(a, now.Add(-inFlight)), Offline: r.Offline, LoginEnds: a.LoginEnds(now),
		Active:          a.Key == active,
		AccessExpiresAt: a.Credential.ExpiresAt, LoginExpiresAt: a.Credential.RefreshExpiresAt,
		Usage: r.Usage.At(now),
	}
	v.LimitedUntil, _ = r.Limited(now)
	if a.Doubt == accounts.DoubtClient {
		v.LoginAddress = r.LoginAddress
	}
	return v
}

// sentBefore says that a request with the account's token ended without an
// answer, or went out before a time and none was saved.
func (s *State) sentBefore(a *accounts.Account, at time.Time) bool {
	if len(s.journal) == 0 {
		return false
	}
	fp := a.Credential.Fingerprint()
	for _, e := range s.journal {
		if fp != "" && e.presented == fp && !e.answered() && (e.lost || e.madeAt.Before(at)) {
			return true
		}
	}
	return false
}
