package oauthcore

import (
	"baton/oauthcore/accounts"
)

// handOver gives a login that was kept for one account to the one it was proved
// to be of; to is nil where the vault has not got that one. An account that was
// not identified turns out to be another one under a second name: of the two the
// one that was there first stays, under its own name. Any other needs a login.
func (c *Core) handOver(s *State, from, to *accounts.Account, who accounts.Identity, cr accounts.Credential) error {
	kept := from.Credential // until now
	answer := !cr.RefreshToken.Equal(kept.RefreshToken)
	if to == nil || to.Removed {
		siblings := from.Siblings
		s.noRival(from)
		s.Vault.Displace(from)
		if answer {
			s.Vault.Spend(kept.RefreshToken, from)
		}
		if to != nil || !who.Complete() { // removed, or an account without its organisation
			_, err := c.keepAside(s, cr, siblings, accountOf(who))
			return err
		}
		if who.Email == "" {
			who.Email = from.Email
		}
		to, _ = s.Vault.Ensure(who)
		s.Vault.Save(to, cr)
		return s.Stamp(to)
	}
	stays, gone := to, from
	if !from.Identified() && from.Order < to.Order {
		stays, gone = from, to
	}
	have, siblings, account, label := to.Credential, to.Siblings, to.OAuthAccount, gone.Label
	alive := !to.NeedsNewLogin()
	later := cr.Compare(have)
	if later == 0 && (from.Doubt == "" || to.Doubt != "") {
		later = 1 // of equals the one that is not in doubt
	}
	wins := !alive || answer && !have.Outlasts(cr) || !answer && later > 0
	doubt, refused := to.Doubt, to.Refused // of the login that is kept
	if wins {
		if doubt, refused = from.Doubt, from.Refused; answer || doubt == accounts.DoubtRival {
			doubt, refused = "", ""
		}
	}
	s.Vault.Displace(from)
	s.Vault.Displace(to)
	if wins {
		if alive && !cr.Outlasts(have) {
			// Which access token is good for longer does not tell which of the two
			// logins was made later.
			if _, err := c.keepAside(s, have, siblings, account); err != nil {
				return err
			}
		} else {
			s.Vault.SpendLogin(have, stays)
		}
		s.Vault.Save(stays, cr)
	} else {
		if _, err := c.keepAside(s, cr, nil, accountOf(who)); err != nil {
			return err
		}
		s.Vault.Save(stays, have)
	}
	stays.Doubt, stays.Refused = doubt, refused
	if answer {
		s.Vault.Spend(kept.RefreshToken, stays)
	}
	stays.Siblings = siblings
	if stays.OAuthAccount == nil {
		stays.OAuthAccount = account
	}
	if stays.Label == "" {
		stays.Label = label
	}
	if gone == to || !gone.Identified() {
		s.merge(gone, stays)
	}
	stays.Identify(who)
	for _, key := range []string{from.Rival, to.Rival} {
		stays.Rival = key
		s.noRival(stays)
	}
	return s.Stamp(stays)
}

// merge ends the account that turned out to be another under a second name.
func (s *State) merge(gone, stays *accounts.Account) {
	if s.merged == nil {
		s.merged = map[string]*accounts.Account{}
	}
	s.merged[gone.Key] = stays
	s.Usage.Drop(gone.Key)
	s.Vault.Forget(gone, stays)
}
