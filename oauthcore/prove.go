package oauthcore

import (
	"context"
	"errors"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
)

// profileWait bounds one request for a profile.
const profileWait = 15 * time.Second

// proofs remembers what the profile endpoint said of an access token, by its
// fingerprint, within one operation.
type proofs struct {
	said   map[string]provider.Profile
	failed map[string]error
}

func newProofs() *proofs {
	return &proofs{map[string]provider.Profile{}, map[string]error{}}
}

// of gives what is known of a login, and whether asking could still help.
func (p *proofs) of(cr accounts.Credential) (profile provider.Profile, known, askable bool) {
	fp := cr.AccessToken.Fingerprint()
	profile, known = p.said[fp]
	_, failed := p.failed[fp]
	return profile, known, !known && !failed && fp != ""
}

// ask asks the provider whose these logins are. Trouble on the way ends the
// asking: the rest would meet it too.
func (c *Core) ask(ctx context.Context, logins []accounts.Credential, p *proofs) {
	for i, cr := range logins {
		fp := cr.AccessToken.Fingerprint()
		call, cancel := context.WithTimeout(ctx, profileWait)
		profile, err := c.Provider.Profile(call, cr.AccessToken)
		cancel()
		switch {
		case err == nil && profile.Account.UUID != "" && profile.Organization.UUID != "":
			p.said[fp] = profile
		case err == nil:
			p.failed[fp] = errors.New("the provider's profile names no account")
		default:
			p.failed[fp] = err
			if !errors.Is(err, provider.ErrUnauthorized) {
				for _, rest := range logins[i+1:] {
					p.failed[rest.AccessToken.Fingerprint()] = err
				}
				return
			}
		}
	}
}

// owner is whose a login was proved to be: an account of the vault, or an
// identity the vault has not got yet. Neither: it could not be proved.
type owner struct {
	account  *accounts.Account
	identity accounts.Identity
	profile  *provider.Profile
}

func (o owner) proved() bool {
	return o.account != nil || (o.identity.Complete() && o.identity.Email != "")
}

// prove finds the owner of a login, in this order: the identifiers inside the
// credential; the token, known of one account; the login's deadline, equal to
// that of exactly one account; what the profile endpoint said. Where identifiers
// and token contradict each other, as where another program put a token in place
// of another account's, only the profile endpoint tells. What .claude.json says
// is never proof, it only lends an address to identifiers that are already
// proved.
func (s *State) prove(cr accounts.Credential, cfg claude.Config, p *proofs) owner {
	profile, known, _ := p.of(cr)
	inside, holder := cr.Inside(), s.holder(cr)
	contradiction := inside.Complete() && holder != nil && holder.Identified() && !holder.Is(inside)
	if a := s.Vault.Find(inside); a != nil && !contradiction {
		return owner{account: a}
	}
	if holder != nil && (!inside.Complete() || !holder.Identified()) {
		return owner{account: holder, identity: inside}
	}
	if !inside.Complete() && !cr.RefreshExpiresAt.IsZero() {
		same := func(a *accounts.Account) bool { return a.Credential.RefreshExpiresAt.Equal(cr.RefreshExpiresAt) }
		if a := s.Vault.Only(same); a != nil {
			return owner{account: a}
		}
	}
	if known {
		i := identityOf(profile)
		if a := s.Vault.Find(i); a != nil {
			return owner{account: a, profile: &profile}
		}
		return owner{identity: i, profile: &profile}
	}
	if named := cfg.Identity(); inside.Same(named) && !contradiction {
		return owner{identity: named}
	}
	return owner{}
}

// holder is the one account that the login is known of by a token; nil if
// none.
func (s *State) holder(cr accounts.Credential) *accounts.Account {
	if a := s.Vault.Holder(cr.RefreshToken); a != nil {
		return a
	}
	if a := s.Vault.SpentBy(cr.Fingerprint()); a != nil {
		return a
	}
	if cr.AccessToken.Empty() {
		return nil
	}
	return s.Vault.Only(func(a *accounts.Account) bool { return a.Credential.AccessToken.Equal(cr.AccessToken) })
}
