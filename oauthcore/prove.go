package oauthcore

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"baton/oauthcore/provider"
)

// profileWait bounds one question whose login it is.
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
func (p *proofs) of(cr Credential) (profile provider.Profile, known, askable bool) {
	fp := cr.AccessToken.Fingerprint()
	profile, known = p.said[fp]
	_, failed := p.failed[fp]
	return profile, known, !known && !failed && fp != ""
}

// ask puts the questions to the provider. Trouble on the way ends the asking:
// the rest would meet it too.
func (c *Core) ask(ctx context.Context, wants []Credential, p *proofs) {
	for i, cr := range wants {
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
				for _, rest := range wants[i+1:] {
					p.failed[rest.AccessToken.Fingerprint()] = err
				}
				return
			}
		}
	}
}

func identityOf(p provider.Profile) Identity {
	return Identity{
		AccountUUID:      p.Account.UUID,
		OrganizationUUID: p.Organization.UUID,
		Email:            p.Account.Email,
		OrganizationName: p.Organization.Name,
		DisplayName:      p.Account.DisplayName,
	}
}

func identityOfGrant(g provider.Grant) Identity {
	return Identity{
		AccountUUID:      g.AccountUUID,
		OrganizationUUID: g.OrganizationUUID,
		Email:            g.Email,
		OrganizationName: g.OrganizationName,
	}
}

// oauthAccountOf gives the oauthAccount member for a profile, on top of the
// one known so far: members Claude Code put there itself stay.
func oauthAccountOf(known []byte, p provider.Profile, now time.Time) ([]byte, error) {
	if known == nil {
		known = []byte("{}")
	}
	flagOr := func(name string, v *bool) edit {
		if v == nil {
			return edit{name, []byte("null")}
		}
		b, _ := json.Marshal(*v)
		return edit{name, b}
	}
	return apply(known, []edit{
		{"accountUuid", jsonString(p.Account.UUID)},
		{"emailAddress", jsonString(p.Account.Email)},
		{"organizationUuid", jsonString(p.Organization.UUID)},
		{"organizationName", jsonString(p.Organization.Name)},
		orNull(setText("displayName", p.Account.DisplayName)),
		orNull(setText("fullName", p.Account.FullName)),
		orNull(setText("billingType", p.Organization.BillingType)),
		flagOr("hasExtraUsageEnabled", p.Organization.HasExtraUsageEnabled),
		orNull(setText("seatTier", p.Organization.SeatTier)),
		orNull(setText("accountCreatedAt", p.Account.CreatedAt)),
		orNull(setText("subscriptionCreatedAt", p.Organization.SubscriptionCreatedAt)),
		setMillis("profileFetchedAt", now),
	})
}

// learn takes over what a profile says of an account.
func (a *Account) learn(p provider.Profile, now time.Time) error {
	a.identify(identityOf(p))
	account, err := oauthAccountOf(a.OAuthAccount, p, now)
	if err != nil {
		return err
	}
	a.OAuthAccount = account
	if !a.Credential.Usable() {
		return nil
	}
	var edits []edit
	if plan := p.Plan(); plan != "" {
		edits = append(edits, edit{"subscriptionType", jsonString(plan)})
	}
	if tier := p.Organization.RateLimitTier; tier != "" {
		edits = append(edits, edit{"rateLimitTier", jsonString(tier)})
	}
	if a.Credential, err = a.Credential.with(edits...); err != nil {
		return err
	}
	return a.stamp()
}

// stamp writes the provider's identifiers into the account's credential, where
// Claude Code itself keeps them: the next time they are the proof.
func (a *Account) stamp() (err error) {
	if !a.Identified() || !a.Credential.Usable() {
		return nil
	}
	if a.Credential.AccountUUID == a.AccountUUID && a.Credential.OrganizationUUID == a.OrganizationUUID {
		return nil
	}
	a.Credential, err = a.Credential.with(setText("accountUuid", a.AccountUUID), setText("organizationUuid", a.OrganizationUUID))
	return err
}

// owner is whose a login was proved to be: an account of the vault, or an
// identity the vault has not got yet. Neither: nobody could be proved.
type owner struct {
	account  *Account
	identity Identity
	profile  *provider.Profile
}

func (o owner) proved() bool {
	return o.account != nil || (o.identity.Complete() && o.identity.Email != "")
}

// prove finds the owner of a login, in this order: the identifiers inside the
// credential; a token known of exactly one account; the login's deadline,
// equal to exactly one account's; what the profile endpoint said. What
// .claude.json says is never proof, it only lends an address to identifiers
// that are already proved.
func (s *store) prove(cr Credential, cfg config, p *proofs) owner {
	profile, known, _ := p.of(cr)
	inside := Identity{AccountUUID: cr.AccountUUID, OrganizationUUID: cr.OrganizationUUID}
	if inside.Complete() {
		if a := s.vault.Find(inside); a != nil {
			return owner{account: a}
		}
	}
	if a := s.only(func(a *Account) bool {
		return a.IsSpent(cr.RefreshToken) ||
			(!cr.RefreshToken.Empty() && a.Credential.RefreshToken.Equal(cr.RefreshToken)) ||
			(!cr.AccessToken.Empty() && a.Credential.AccessToken.Equal(cr.AccessToken))
	}); a != nil && (!inside.Complete() || !a.Identified()) {
		return owner{account: a, identity: inside}
	}
	if !inside.Complete() && !cr.RefreshExpiresAt.IsZero() {
		if a := s.only(func(a *Account) bool { return a.Credential.RefreshExpiresAt.Equal(cr.RefreshExpiresAt) }); a != nil {
			return owner{account: a}
		}
	}
	if known {
		i := identityOf(profile)
		if a := s.vault.Find(i); a != nil {
			return owner{account: a, profile: &profile}
		}
		return owner{identity: i, profile: &profile}
	}
	if inside.Complete() {
		if named := identityIn(cfg.account); named.AccountUUID == inside.AccountUUID && named.OrganizationUUID == inside.OrganizationUUID {
			return owner{identity: named}
		}
	}
	return owner{}
}

// only gives the one account that matches, nil where none or several do.
func (s *store) only(match func(*Account) bool) *Account {
	var hit *Account
	for _, a := range s.vault.accounts {
		if !match(a) {
			continue
		}
		if hit != nil {
			return nil
		}
		hit = a
	}
	return hit
}
