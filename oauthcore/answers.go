package oauthcore

import (
	"path/filepath"

	"baton/oauthcore/files"
)

// A process that ends between writing an answer's tokens to a waiting file and
// moving that file into place leaves the only copy there is. Open looks for it
// before the waiting files are removed.

// findAnswers takes such answers over, with the store and the client's lock held,
// and says whether there was one.
func (c *Core) findAnswers(o *opened) (found bool, err error) {
	left, err := files.Leftovers(c.FS, c.Paths.Vault())
	if err != nil {
		return false, unreadable(c.Paths.Vault(), err)
	}
	for _, path := range left {
		doc, err := c.FS.ReadFile(path)
		if err != nil {
			continue // what cannot be read is no answer
		}
		v, err := ParseVault(doc)
		if err != nil {
			continue // cut off in the middle
		}
		for _, was := range v.Accounts() {
			if a := o.vault.Get(was.Key); a != nil && was.IsSpent(a.Credential.RefreshToken) && a.awaits(was.Credential) {
				who := Identity{AccountUUID: was.AccountUUID, OrganizationUUID: was.OrganizationUUID}
				if !a.Identified() && o.vault.Find(who) == nil {
					a.identify(who)
				}
				found = true
				o.answered(a, was.Credential)
			}
		}
	}
	left, err = files.Leftovers(c.FS, c.Paths.Credentials())
	if err != nil {
		return false, unreadable(c.Paths.Credentials(), err)
	}
	for _, path := range left {
		doc, err := c.FS.ReadFile(path)
		if err != nil {
			continue
		}
		l, err := parseLive(doc)
		if err != nil {
			continue
		}
		cr := l.Credential
		a := o.vault.Find(Identity{AccountUUID: cr.AccountUUID, OrganizationUUID: cr.OrganizationUUID})
		if a != nil && a.awaits(cr) {
			found = true
			o.answered(a, cr)
		}
	}
	return found, nil
}

// awaits says that the credential is the answer to the account's last refresh:
// the token the vault holds was presented, nothing newer has come since, and
// this one was never seen.
func (a *Account) awaits(cr Credential) bool {
	return !a.Removed && a.IsSpent(a.Credential.RefreshToken) && cr.Usable() && !cr.RefreshToken.Empty() &&
		!cr.RefreshToken.Equal(a.Credential.RefreshToken) && !a.IsSpent(cr.RefreshToken)
}

func (o *opened) answered(a *Account, cr Credential) {
	a.store(cr)
	a.NeedsLogin = false
	o.act(Activity{Kind: "refreshed", Key: a.Key, Text: "the answer to a refresh that was cut off"})
}

// findInbox is readInbox; where none is in place, a whole one that waits
// beside it is moved there first. The client's lock is held.
func (c *Core) findInbox() (*inboxLogin, error) {
	in, err := c.readInbox()
	if err != nil || in != nil {
		return in, err
	}
	left, err := files.Leftovers(c.FS, c.Paths.Inbox())
	if err != nil {
		return nil, unreadable(c.Paths.Inbox(), err)
	}
	for _, path := range left {
		doc, err := c.FS.ReadFile(path)
		if err != nil {
			continue
		}
		if _, err := c.parseInbox(doc); err != nil {
			continue // cut off in the middle
		}
		if err := c.FS.Rename(path, c.Paths.Inbox()); err != nil {
			return nil, unwritable(c.Paths.Inbox(), err)
		}
		if err := c.FS.SyncDir(filepath.Dir(c.Paths.Inbox())); err != nil {
			return nil, unwritable(c.Paths.Inbox(), err)
		}
		return c.readInbox()
	}
	return nil, nil
}

// answerGrowth is how much longer, in bytes, a login may be after a refresh.
const answerGrowth = 256

// keepAnswer puts an answer on disk for as long as the Keychain is given it, in
// which nothing would be left of it by a crash: as a vault on its way into
// place, from which findAnswers takes it. done removes that again, once the
// answer is in the vault. Trouble is only told, since the answer must go on.
func (c *Core) keepAnswer(key string, presented, next Credential) (done func()) {
	s, err := c.readVault()
	if err == nil {
		a := s.vault.Get(key)
		if a == nil || !a.Credential.RefreshToken.Equal(presented.RefreshToken) {
			return func() {}
		}
		a.store(next)
		var doc []byte
		if doc, err = s.vault.Encode(); err == nil {
			var waits *files.Staged
			if waits, err = files.Stage(c.FS, c.Paths.Vault(), doc, 0); err == nil {
				return func() {
					if err := waits.Discard(); err != nil {
						c.Log.Warn("cannot remove a waiting file", "path", waits.Temp(), "error", err)
					}
				}
			}
		}
	}
	c.Log.Warn("cannot keep an answer of the provider on disk", "key", key, "error", err)
	return func() {}
}
