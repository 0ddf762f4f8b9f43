package oauthcore

import (
	"slices"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// takePool takes over what other programs wrote to the pool.
func (c *Core) takePool(o *Opened, p *proofs) error {
	for _, e := range slices.Clone(o.Pool.Entries) {
		if !o.UnknownEntry(e) {
			continue
		}
		a := o.under(e.Key)
		if live := o.Live.Credential; !e.RefreshToken.Empty() && e.RefreshToken.Equal(live.RefreshToken) {
			// Taken over with the live login; the account gets its place and key
			// here.
			if who := o.prove(live, o.Config, p); a == nil && who.account == nil && who.proved() {
				o.Vault.Add(e.Key, who.identity)
				o.Added = true
			}
			continue
		}
		cr, err := e.Credential()
		switch {
		case a != nil && a.Removed: // left to the program that wrote it
			if err == nil {
				o.replaced(a, a, cr)
			}
			continue
		case err != nil:
			return claude.Damaged(c.Paths.Pool(), err)
		}
		switch who := o.prove(cr, claude.Config{}, p); {
		case who.proved():
			err = c.takeProvedEntry(o, e, cr, who)
		default:
			err = c.takeUnprovedEntry(o, e, cr, a)
		}
		if err != nil {
			return err
		}
	}
	if o.Vault.Behind { // the pool is a copy of what the vault had, as it was at some time
		for _, a := range o.Vault.Accounts() {
			if a.Credential.Usable() && a.Doubt == "" {
				a.Doubt = accounts.DoubtRestored
			}
		}
	}
	return nil
}

func (c *Core) takeProvedEntry(o *Opened, e *accounts.PoolEntry, cr accounts.Credential, who owner) error {
	a, under := who.account, o.under(e.Key)
	if a == nil {
		key := e.Key
		if o.Vault.Get(key) != nil {
			key = o.Vault.FreeKey(who.identity)
		}
		a = o.Vault.Add(key, who.identity)
	}
	defer o.rivals(under, a)
	switch {
	case a.Removed:
		_, err := c.keepAside(o.State, cr, nil, accountOf(who.identity))
		return err
	case a.Against(cr) < 0 && (cr.RefreshToken.Empty() || a.Credential.Outlasts(cr)):
		o.Vault.SpendLogin(cr, a)
		return nil
	case a.Against(cr) < 0: // it seems so by the access tokens, which tell little of two logins
		_, err := c.keepAside(o.State, cr, nil, accountOf(who.identity))
		return err
	case a.Against(cr) == 0, (under != a || a.Doubt != "") && a.Credential.Usable() && !a.NeedsNewLogin() && !cr.MayReplace(a.Credential):
		// Nothing tells which is the later, or the access tokens alone do and this
		// is not the successor of what stood in the account's own entry: the one
		// nobody knew, most likely.
		siblings := a.Siblings
		if err := c.displace(o.State, a); err != nil {
			return err
		}
		a.Siblings = siblings
	}
	o.Vault.Save(a, cr)
	if who.profile != nil {
		if err := o.learn(a, *who.profile, c.Now()); err != nil {
			return err
		}
	}
	o.act(view.Activity{Kind: "adopted", Key: a.Key, Text: "a newer login from the account pool"})
	return o.Stamp(a)
}

// under is the account whose entry of the pool has this key, however spelled: also
// one that went up in another account just now. nil for none.
func (s *State) under(key string) *accounts.Account {
	if a := s.Vault.Spelled(key); a != nil {
		return a
	}
	return s.merged[key]
}

// takeUnprovedEntry keeps a login whose owner nothing tells as an account of its
// own: its first refresh tells. It is never put over a login the vault has.
func (c *Core) takeUnprovedEntry(o *Opened, e *accounts.PoolEntry, cr accounts.Credential, a *accounts.Account) error {
	i := accounts.Identity{Email: accounts.AddressOf(e.Email)}
	if u := o.rivalUnder(a); u != nil {
		return c.takeSecondEntry(o.State, u, cr)
	}
	switch {
	case a == nil:
		a = o.Vault.Add(e.Key, i)
		o.Vault.Save(a, cr)
	case !a.Identified() && a.NeedsNewLogin():
		o.Vault.Save(a, cr)
	case a.NeedsNewLogin():
		a = o.Vault.Add(o.Vault.FreeKey(i), i)
		o.Vault.Save(a, cr)
	default:
		u := o.Vault.Add(o.Vault.FreeKey(i), i)
		o.Vault.Save(u, cr)
		u.Rival = a.Key
		if a.Against(cr) < 0 {
			u.Doubt = accounts.DoubtRival
		}
		a = u
	}
	o.act(view.Activity{Kind: "adopted", Key: a.Key, Text: "an account from the account pool"})
	return nil
}

// takeSecondEntry takes one more login without proof that stands under the key
// of an account, beside the login of u. Of these two the one that is the earlier,
// as far as can be told, is set aside: it may be the predecessor of the other,
// which would end if it were presented, or one more organisation's of the address.
func (c *Core) takeSecondEntry(s *State, u *accounts.Account, cr accounts.Credential) error {
	if u.Against(cr) < 0 {
		_, err := c.keepAside(s, cr, nil, nil)
		return err
	}
	if !u.NeedsNewLogin() {
		if err := c.displace(s, u); err != nil {
			return err
		}
	}
	s.Vault.Save(u, cr)
	return nil
}

// rivalUnder is the unidentified account that was found under a's key, and so
// has no entry of its own; nil if none.
func (s *State) rivalUnder(a *accounts.Account) *accounts.Account {
	if a == nil {
		return nil
	}
	return s.Vault.Only(func(o *accounts.Account) bool {
		return o.Rival == a.Key && !o.Identified() && !o.Removed && s.Pool.Get(o.Key) == nil
	})
}

// rival notes that the login of u, an account that is not identified, may be an
// earlier one of a, which was found under the name of u: another program's copy
// of the same login as it was at some time, or one of another organisation of
// the same address. Which of them it is nothing tells, and a copy that was used
// up would end the login of a if it were presented.
func (s *State) rival(u, a *accounts.Account) {
	if u == nil || u == a || u.Removed || u.Identified() || u.NeedsNewLogin() || a.NeedsNewLogin() {
		return
	}
	earlier := u.Credential.Compare(a.Credential) <= 0 // of equals the one whose place in the pool was taken
	switch {
	case earlier && u.Doubt == "":
		u.Doubt = accounts.DoubtRival
	case !earlier && u.Rival == "":
		u.Rival = a.Key
	}
}

// rivals is rival for the account under the key of a pool entry from which a got
// its login, and for those that were found under that key before.
func (s *State) rivals(u, a *accounts.Account) {
	if u == nil {
		return
	}
	s.rival(u, a)
	s.replaced(u, a, a.Credential)
}

// replaced puts those in doubt that were found under u's key before and are not the
// later login: another one took their place there. But for a, whose login that is.
func (s *State) replaced(u, a *accounts.Account, cr accounts.Credential) {
	for _, o := range s.Vault.Accounts() {
		if o != a && o.Rival == u.Key && !o.Identified() && o.Doubt == "" && o.Credential.Usable() && o.Credential.Compare(cr) <= 0 {
			o.Doubt = accounts.DoubtRival
		}
	}
}

// noRival ends a's being the possible successor of another account, now that it
// is known whose login it is. The other may still be an earlier one of it,
// whatever the ends of their access tokens are.
func (s *State) noRival(a *accounts.Account) {
	u := s.Vault.Get(a.Rival)
	if u != nil && u != a && !u.Removed && !u.Identified() && !u.NeedsNewLogin() && !a.NeedsNewLogin() && u.Doubt == "" {
		u.Doubt = accounts.DoubtRival
	}
	a.Rival = ""
}
