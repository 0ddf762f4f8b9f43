package oauthcore

import (
	"time"
)

// adoptPool takes over what others wrote to the pool.
func (c *Core) adoptPool(o *opened, p *proofs) error {
	now := c.Now()
	for _, e := range append([]PoolEntry(nil), o.pool.Entries...) {
		if !o.news(e) {
			continue
		}
		cr, err := e.Credential()
		if err != nil {
			return damaged(c.Paths.Pool(), err)
		}
		profile, told, _ := p.of(cr)
		a := o.vault.Get(e.Key)
		switch {
		case a != nil && a.Removed:
			// Somebody else's copy does not bring back what the person removed.
		case told:
			var who *Account
			if a != nil && !a.Identified() {
				who = a
			} else if who = o.vault.Find(identityOf(profile)); who == nil {
				i := identityOf(profile)
				if a == nil {
					who = o.vault.add(e.Key, i)
				} else {
					who, _ = o.vault.ensure(i)
				}
			}
			if who.Removed || who.Older(cr) {
				continue
			}
			who.store(cr)
			who.NeedsLogin = false
			if err := who.learn(profile, now); err != nil {
				return err
			}
			o.act(Activity{Kind: "adopted", Key: who.Key, Text: "a newer login from the account pool"})
		case a == nil:
			// Its access token has lapsed or nobody can be asked: it is kept
			// under its key, and the first refresh tells whose it is.
			a = o.vault.add(e.Key, Identity{Email: addressOf(e.Email)})
			a.store(cr)
			o.act(Activity{Kind: "adopted", Key: a.Key, Text: "an account from the account pool"})
		case !cr.FreshAt(now, 0) && cr.ExpiresAt.After(a.Credential.ExpiresAt):
			// Another program refreshed it since; the access token has lapsed
			// too, so nobody can say whose it is but its key and its age.
			a.store(cr)
			o.act(Activity{Kind: "adopted", Key: a.Key, Text: "a newer login from the account pool"})
		case cr.FreshAt(now, 0):
			o.contested[a.Key] = true
		}
	}
	return nil
}

// adoptMarks takes over limits another program wrote to the pool and lets go
// of those whose time is over.
func (s *store) adoptMarks(now time.Time) {
	for _, e := range s.pool.Entries {
		a := s.vault.Get(e.Key)
		if a == nil || a.Removed {
			continue
		}
		there := Mark{Limited: e.RateLimited}
		if e.RateLimited {
			there.ResetsAt = e.LimitResetsAt
		}
		page := s.book.Page(e.Key)
		if news := !there.same(page.PoolMark); news && (page.PoolSeen || there.Limited) {
			there.MarkedAt = now
			page.Mark = there
		}
	}
	for _, page := range s.book.Pages {
		if page.Mark.Past(now) {
			page.Mark = Mark{}
		}
	}
}

// adoptLive proves whose the live login is and saves it if it is newer than
// the vault's.
func (c *Core) adoptLive(o *opened, p *proofs, revive bool) (err error) {
	now := c.Now()
	cr := o.live.Credential
	who := o.prove(cr, o.cfg, p)
	a := who.account
	switch {
	case a == nil && !who.proved():
		o.why = p.failed[cr.AccessToken.Fingerprint()]
		return nil
	case a == nil:
		a, o.added = o.vault.ensure(who.identity)
		o.act(Activity{Kind: "added", Key: a.Key, Text: "the login Claude Code used"})
	case a.Removed && !revive:
		o.owner = a
		return nil
	case a.Removed:
		a.Removed, o.added = false, true
		a.store(cr) // the removal forgot it; what Claude Code uses is the newest there is
	}
	o.owner = a
	a.identify(who.identity)
	if who.profile != nil {
		a.identify(identityOf(*who.profile))
	}
	if named := identityIn(o.cfg.account); a.Is(named) {
		a.OAuthAccount = o.cfg.account
		a.identify(named)
	}
	if !a.Older(cr) {
		if cr, err = a.completed(cr); err != nil {
			return err
		}
		if !cr.RefreshToken.Equal(a.Credential.RefreshToken) || !a.Credential.Usable() {
			a.store(cr)
			a.NeedsLogin = false
		} else if cr.Same(a.Credential) || cr.ExpiresAt.After(a.Credential.ExpiresAt) {
			a.Credential = cr
		}
	}
	if who.profile != nil {
		if err := a.learn(*who.profile, now); err != nil {
			return err
		}
	}
	return a.stamp()
}
