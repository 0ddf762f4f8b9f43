package oauthcore

import (
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
)

// What package mirror needs of the core.

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
