package oauthcore

import (
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// What package mirror needs of the core.

// Note appends to the activity log. Trouble with the log stops nothing.
func (c *Core) Note(acts ...view.Activity) { c.log(acts...) }

// OwnerOf finds the account of a login without asking the provider. proved says
// that the owner is known; a is nil where it is an account the vault has not got.
func (s *State) OwnerOf(cr accounts.Credential) (a *accounts.Account, proved bool) {
	who := s.prove(cr, claude.Config{}, newProofs())
	return who.account, who.proved()
}

// AwaitsOwner says that the journal holds a login the vault has not got yet that
// may be of the account identified: it names this account, or none.
func (s *State) AwaitsOwner(i accounts.Identity) bool {
	for _, e := range s.journal {
		if !e.answered() || s.known(e.credential.RefreshToken) {
			continue
		}
		if who := e.identity(); !who.Complete() || !i.Complete() || who.Same(i) {
			return true
		}
	}
	return false
}

// Stamp writes the provider's identifiers into the account's credential. The
// error wraps one of jsonedit's.
func (s *State) Stamp(a *accounts.Account) error { return s.stamp(a) }

// UnknownLive is the *view.Problem of a live login whose owner could not be
// found.
func (o *Opened) UnknownLive() error { return o.errUnknownLive() }
