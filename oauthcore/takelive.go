package oauthcore

import (
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// takeLive proves whose the live login is and saves it if it is newer than the
// vault's.
func (c *Core) takeLive(o *Opened, p *proofs, revive bool) error {
	cr := o.Live.Credential
	who := o.prove(cr, o.Config, p)
	a := who.account
	switch {
	case a == nil && !who.proved():
		o.why = p.failed[cr.AccessToken.Fingerprint()]
		return nil
	case a == nil:
		a, o.Added = o.Vault.Ensure(who.identity)
		o.act(view.Activity{Kind: "added", Key: a.Key, Text: "the login Claude Code used"})
	case a.Removed && !revive:
		o.Owner = a
		return nil
	case a.Removed:
		a.Removed, o.Added = false, true
		o.Vault.Save(a, cr) // the removal forgot it; what Claude Code uses is the newest
	}
	o.Owner = a
	a.Identify(who.identity)
	if who.profile != nil {
		a.Identify(identityOf(*who.profile))
	}
	if named := o.Config.Identity(); a.Is(named) {
		a.OAuthAccount = o.Config.Account
		a.Identify(named)
	}
	o.doubtUnidentified(a)
	if err := c.compareLive(o, a, cr); err != nil {
		return err
	}
	o.rival(o.Vault.Spelled(a.Email), a)
	o.foreign = claude.Foreign(o.Live.Siblings, a, o.Vault.All(), o.Vault.Get(o.Usage.LastActive))
	if !o.older && !o.foreign {
		a.Siblings = o.Live.Siblings
	}
	if who.profile != nil {
		if err := o.learn(a, *who.profile, c.Now()); err != nil {
			return err
		}
	}
	return o.Stamp(a)
}

// doubtUnidentified puts an unidentified account in doubt that was live before:
// the login that is live now may be its successor.
func (o *Opened) doubtUnidentified(now *accounts.Account) {
	was := o.Vault.Get(o.Usage.LastActive)
	if was != nil && was != now && !was.Removed && !was.Identified() && was.Credential.Usable() && was.Doubt == "" &&
		!o.Vault.Knows(o.Live.Credential.RefreshToken) {
		was.Doubt = accounts.DoubtClient
	}
}

// compareLive puts the live login into its owner's entry, or finds it older.
func (c *Core) compareLive(o *Opened, a *accounts.Account, cr accounts.Credential) error {
	have := a.Credential
	cr, err := completed(cr, have)
	if err != nil {
		return err
	}
	switch {
	case cr.RefreshToken.Empty():
		if (have.RefreshToken.Empty() || a.NeedsLogin) && a.Against(cr) >= 0 {
			o.Vault.Save(a, cr)
		}
		return nil
	case cr.RefreshToken.Equal(have.RefreshToken):
		if a.Doubt == accounts.DoubtGone || !o.Vault.Present && o.Vault.Behind && a.Doubt == accounts.DoubtRestored {
			a.Doubt = "" // it is there again, or it is the newest there can be
		}
		if cr.AccessToken.Equal(have.AccessToken) || cr.ExpiresAt.After(have.ExpiresAt) {
			o.Vault.Update(a, cr)
		}
		return nil
	case o.Vault.Spent(cr.RefreshToken):
		o.older = true
		return nil
	case o.aside[cr.Fingerprint()] && !a.NeedsNewLogin() && a.Doubt == "":
		o.older = true // another one took its place
		return nil
	}
	if h := o.Vault.Holder(cr.RefreshToken); h != nil && h != a {
		// The same login under another name.
		o.Vault.Displace(h)
		if !h.Identified() {
			o.merge(h, a)
		}
	}
	later := a.Against(cr)
	if a.Doubt == accounts.DoubtGone || a.Doubt == accounts.DoubtClient {
		later = max(later, 0) // a login after that one was logged out or refused; its deadline may be the earlier
	}
	// What was live before and is in no doubt was refreshed by Claude Code. Of
	// another login without deadlines the access tokens tell little.
	goesOn := a.Doubt == "" && o.Usage.LastActive == a.Key && !have.ExpiresAt.IsZero()
	switch {
	case a.NeedsNewLogin(), later > 0 && (goesOn || cr.MayReplace(have)):
		o.Vault.Save(a, cr)
	case later < 0:
		_, err := c.keepAside(o.State, cr, o.Live.Siblings, o.Config.Account)
		o.older = true
		return err
	default: // nothing tells which is the later: what Claude Code uses goes on
		if err := c.displace(o.State, a); err != nil {
			return err
		}
		o.Vault.Save(a, cr)
	}
	return nil
}

// completed is another login of an account with plan and tier where it has none:
// an older Claude Code writes neither, and the provider told them.
func completed(cr, have accounts.Credential) (accounts.Credential, error) {
	if (cr.Plan != "" || have.Plan == "") && (cr.Tier != "" || have.Tier == "") {
		return cr, nil
	}
	return cr.Edit(func(c *accounts.Credential) {
		if c.Plan == "" {
			c.Plan = have.Plan
		}
		if c.Tier == "" {
			c.Tier = have.Tier
		}
	})
}
