package oauthcore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// takeProfiles takes over what the provider said of accounts that were not
// identified.
func (c *Core) takeProfiles(o *Opened, p *proofs) error {
	for _, a := range slices.Clone(o.Vault.Accounts()) {
		if a.Identified() || o.Vault.Get(a.Key) != a {
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
		asked.Identify(who)
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

// handOver gives a login that was kept for one account to the one it was proved
// to be of; to is nil where the vault has not got that one. An account that was
// not identified turns out to be another one under a second name: of the two the
// one that was there first stays, under its own name. Any other needs a login.
func (c *Core) handOver(s *State, from, to *accounts.Account, who accounts.Identity, cr accounts.Credential) error {
	kept := from.Credential // until now
	answer := !cr.RefreshToken.Equal(kept.RefreshToken)
	if to == nil || to.Removed {
		siblings := from.Siblings
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
	wins := !alive || answer && !have.Outlasts(cr) || !answer && cr.Compare(have) >= 0
	doubt, refused := to.Doubt, to.Refused // of the login that is kept
	if wins {
		if doubt, refused = from.Doubt, from.Refused; answer || doubt == accounts.DoubtRival {
			doubt, refused = "", ""
		}
	}
	s.Vault.Displace(from)
	s.Vault.Displace(to)
	if wins {
		if alive && !cr.Outlasts(have) && (answer || cr.Compare(have) == 0) {
			// An answer is always good for longer: that does not tell which of the
			// two logins was made later.
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
		s.Usage.Drop(gone.Key)
		s.Vault.Forget(gone)
	}
	stays.Identify(who)
	for _, key := range []string{from.Rival, to.Rival} {
		stays.Rival = key
		s.noRival(stays)
	}
	return s.Stamp(stays)
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
	if !a.NeedsNewLogin() && e.earlierThan(a.Credential) {
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
// to an authorization code is the later one unless the other was made after it,
// or it has no refresh token.
func (e *answer) earlierThan(have accounts.Credential) bool {
	if e.found || e.credential.RefreshToken.Empty() {
		return e.credential.Compare(have) < 0
	}
	return have.Outlasts(e.credential)
}

// takePool takes over what other programs wrote to the pool.
func (c *Core) takePool(o *Opened, p *proofs) error {
	for _, e := range slices.Clone(o.Pool.Entries) {
		if !o.UnknownEntry(e) {
			continue
		}
		a := o.Vault.Spelled(e.Key)
		if live := o.Live.Credential; !e.RefreshToken.Empty() && e.RefreshToken.Equal(live.RefreshToken) {
			// Taken over with the live login; the account gets its place and key
			// here.
			if who := o.prove(live, o.Config, p); a == nil && who.account == nil && who.proved() {
				o.Vault.Add(e.Key, who.identity)
				o.Added = true
			}
			continue
		}
		if a != nil && a.Removed {
			continue // left to the program that wrote it
		}
		cr, err := e.Credential()
		if err != nil {
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
	return nil
}

func (c *Core) takeProvedEntry(o *Opened, e *accounts.PoolEntry, cr accounts.Credential, who owner) error {
	a := who.account
	if a == nil {
		key := e.Key
		if o.Vault.Get(key) != nil {
			key = o.Vault.FreeKey(who.identity)
		}
		a = o.Vault.Add(key, who.identity)
	}
	defer o.rivals(o.Vault.Spelled(e.Key), a)
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
	case a.Against(cr) == 0:
		// Nothing tells which is the later: the one nobody knew, most likely.
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
	o.foreign = claude.Foreign(o.Live.Siblings, a, o.Vault.All())
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

// rival notes that the login of u, an account that is not identified, may be an
// earlier one of a, which was found under the name of u: another program's copy
// of the same login as it was at some time, or one of another organisation of
// the same address. Which of them it is nothing tells, and a copy that was used
// up would end the login of a if it were presented.
func (s *State) rival(u, a *accounts.Account) {
	if u == nil || u == a || u.Removed || u.Identified() || u.Rival != "" || u.NeedsNewLogin() || a.NeedsNewLogin() {
		return
	}
	switch {
	case u.Credential.Compare(a.Credential) >= 0:
		u.Rival = a.Key
	case u.Doubt == "":
		u.Doubt = accounts.DoubtRival
	}
}

// rivals is rival for an account, and for those that were found under its key
// before and are not identified either.
func (s *State) rivals(u, a *accounts.Account) {
	if u == nil || u == a {
		return
	}
	s.rival(u, a)
	for _, o := range s.Vault.Accounts() {
		if o != a && o.Rival == u.Key && !o.Identified() && o.Doubt == "" && o.Credential.Usable() && o.Credential.Compare(a.Credential) < 0 {
			o.Doubt = accounts.DoubtRival
		}
	}
}

// noRival ends a's being the possible successor of another account, now that it
// is known whose login it is. The other may still be an earlier one of it.
func (s *State) noRival(a *accounts.Account) {
	s.rival(s.Vault.Get(a.Rival), a)
	a.Rival = ""
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
		if cr.AccessToken.Equal(have.AccessToken) || cr.ExpiresAt.After(have.ExpiresAt) {
			o.Vault.Update(a, cr)
		}
		return nil
	case o.Vault.Spent(cr.RefreshToken):
		o.older = true
		return nil
	}
	if h := o.Vault.Holder(cr.RefreshToken); h != nil && h != a {
		// The same login under another name.
		o.Vault.Displace(h)
		if !h.Identified() {
			o.Usage.Drop(h.Key)
			o.Vault.Forget(h)
		}
	}
	switch later := a.Against(cr); {
	case a.NeedsNewLogin() || later > 0 && (!have.ExpiresAt.IsZero() || cr.Outlasts(have)):
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

// errMoved says that another program changed the account at the same moment.
func errMoved(key string) error {
	return &view.Problem{Code: view.CodeBusy, Message: "another program changed this account just now", Hint: "try again", Key: key}
}

// NeedsLogin is the problem of an account that needs a new login; why is "" for
// the usual reason.
func NeedsLogin(a *accounts.Account, why string) *view.Problem {
	if why == "" {
		why = "the provider no longer accepts its login"
		if a.Credential.RefreshToken.Empty() && !a.NeedsLogin {
			why = "there is no refresh token for it"
		}
	}
	return &view.Problem{
		Code: view.CodeNeedsLogin, Key: a.Key,
		Message: fmt.Sprintf("%s needs a new login: %s", a.Name(), strings.TrimSuffix(why, ".")),
		Hint:    "log in again with: baton login --email " + accounts.AddressOf(a.Key),
	}
}
