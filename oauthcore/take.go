package oauthcore

import (
	"slices"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// takeProfiles takes over what the provider said of accounts that were not
// identified.
func (c *Core) takeProfiles(o *Opened, p *proofs) error {
	for _, a := range slices.Clone(o.Vault.Accounts()) {
		if a.Identified() {
			continue
		}
		if profile, known, _ := p.of(a.Credential); known {
			if err := c.identified(o.State, a, profile); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeAnswers takes the answers to refreshes into the vault.
func (c *Core) takeAnswers(o *Opened) error {
	return o.takeEntries(func(e *answer) (done bool, err error) {
		switch {
		case e.unread != nil || e.presented == "":
			return false, nil
		case !e.answered():
			// While the token may still be an account's its account is in doubt.
			return o.Vault.SpentPrint(e.presented) || o.Vault.HolderOf(e.presented) == nil && c.Now().Sub(e.madeAt) > unclaimedTime, nil
		case o.known(e.credential.RefreshToken):
			return true, nil
		case o.standsAlone(e):
			o.Vault.SpendPrint(e.presented)
			return false, nil
		}
		return true, c.takeAnswer(o, e)
	})
}

// standsAlone says that an answer is a login by itself: to an authorization
// code, or to a refresh with a token of no account of the vault, which was lost
// or is older than the answer.
func (s *State) standsAlone(e *answer) bool {
	return e.presented == "" || s.Vault.HolderOf(e.presented) == nil && s.Vault.SpentBy(e.presented) == nil
}

// takeLogins takes the answers that are logins by themselves into the vault, and
// logins other programs made. They come after the pool, which may tell more of
// the same accounts.
func (c *Core) takeLogins(o *Opened, p *proofs) error {
	return o.takeEntries(func(e *answer) (done bool, err error) {
		switch {
		case e.unread != nil || !o.standsAlone(e):
			return false, nil
		case !e.answered():
			return e.presented == "" && c.Now().Sub(e.madeAt).Abs() > loginTime, nil
		case o.known(e.credential.RefreshToken):
			return true, nil
		}
		return c.takeLogin(o, e, p)
	})
}

// takeEntries goes through the journal; entries that are done leave it once the
// vault is written.
func (o *Opened) takeEntries(take func(*answer) (done bool, err error)) error {
	for _, e := range o.journal {
		done, err := take(e)
		if err != nil {
			return err
		}
		if done {
			o.taken = append(o.taken, e)
		}
	}
	o.journal = slices.DeleteFunc(o.journal, func(e *answer) bool { return slices.Contains(o.taken, e) })
	return nil
}

// loginTime is how long an entry for an authorization code may wait for its
// answer: a login takes ten minutes at most.
const loginTime = 15 * time.Minute

// unclaimedTime is how long an entry without an answer is kept whose token is no
// account's: the vault may have been lost, and the login come back.
const unclaimedTime = 90 * 24 * time.Hour

// takeAnswer takes over the answer to a refresh: the token presented becomes
// the answer's, in the account the answer names.
func (c *Core) takeAnswer(o *Opened, e *answer) error {
	asked, who := o.Vault.HolderOf(e.presented), e.identity()
	named := o.Vault.Find(who)
	if asked == nil {
		return c.takeLateAnswer(o, e, named, who)
	}
	other := who.AccountUUID != "" && asked.AccountUUID != "" && who.AccountUUID != asked.AccountUUID
	if named == asked || named == nil && !asked.Identified() || !who.Complete() && !other {
		o.Vault.Save(asked, e.credential)
		if who.Complete() || !asked.Identified() { // a part of an identity renames no account
			asked.Identify(who)
		}
		if asked.Identified() {
			o.noRival(asked)
		}
		o.refreshed(asked)
		return o.Stamp(asked)
	}
	o.act(view.Activity{Kind: "refused", Key: asked.Key, Text: "its login turned out to be another account's"})
	return c.handOver(o.State, asked, named, who, e.credential)
}

// takeLateAnswer takes over an answer whose token was replaced meanwhile: the
// account has something newer. It is the account's login only where that is not
// good any more, and set aside unless the newer one was made later for certain.
func (c *Core) takeLateAnswer(o *Opened, e *answer, named *accounts.Account, who accounts.Identity) error {
	if named == nil && !who.Complete() {
		named = o.Vault.SpentBy(e.presented)
	}
	switch {
	case named == nil || named.Removed:
	case named.NeedsNewLogin():
		o.Vault.Save(named, e.credential)
		o.refreshed(named)
		return o.Stamp(named)
	case named.Credential.Outlasts(e.credential):
		o.Vault.Spend(e.credential.RefreshToken, named)
		return nil
	}
	_, err := c.keepAside(o.State, e.credential, e.siblings, e.account)
	return err
}

func (o *Opened) refreshed(a *accounts.Account) {
	if o.Usage.Peek(a.Key).Offline {
		o.Usage.Record(a.Key).Offline = false
	}
}

// takeLogin takes over the answer to an authorization code, or a login another
// program made: a later login of the account it names. done is false where
// nothing tells whose it is yet.
func (c *Core) takeLogin(o *Opened, e *answer, p *proofs) (done bool, err error) {
	who := e.identity()
	profile, known, _ := p.of(e.credential)
	if known {
		who = identityOf(profile)
	}
	if who.Complete() && who.Email == "" {
		if a := o.Vault.Find(who); a != nil {
			who.Email = a.Email
		}
	}
	if !who.Complete() || who.Email == "" {
		if e.credential.FreshAt(c.Now(), 0) {
			return false, nil // the profile endpoint will tell
		}
		fp := e.credential.Fingerprint()
		if fp == "" {
			return false, nil
		}
		a := o.Vault.Add("login-"+fp[:8], accounts.Identity{}) // its first refresh tells whose it is
		o.Vault.Save(a, e.credential)
		a.Siblings, a.Email = e.siblings, a.Key
		return true, nil
	}
	a, added := o.Vault.Ensure(who)
	if !a.NeedsNewLogin() && e.earlierThan(a) {
		_, err := c.keepAside(o.State, e.credential, e.siblings, e.account)
		return true, err
	}
	if a.Against(e.credential) <= 0 {
		// Made earlier than the other for all that can be told, which stays good.
		if err := c.displace(o.State, a); err != nil {
			return false, err
		}
	}
	o.Vault.Save(a, e.credential)
	if e.presented == "" {
		a.Siblings = e.siblings // of a refresh nothing is told of them
	}
	o.refreshed(a)
	if added {
		o.act(view.Activity{Kind: "added", Key: a.Key, Text: "logged in"})
	}
	if known {
		if err := o.learn(a, profile, c.Now()); err != nil {
			return false, err
		}
	}
	return true, o.Stamp(a)
}

// earlierThan says that a login is not the later one of its account. The answer
// to an authorization code is the later one unless the account got another one
// after it, or it has no refresh token.
func (e *answer) earlierThan(a *accounts.Account) bool {
	if e.found || e.presented != "" || e.credential.RefreshToken.Empty() {
		return e.credential.Compare(a.Credential) < 0
	}
	return a.Credential.Outlasts(e.credential) && a.Generation > e.madeAt.Add(time.Second).UnixMilli() // a tick is as good as the same time
}
