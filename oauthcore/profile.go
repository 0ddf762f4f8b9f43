package oauthcore

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

func identityOf(p provider.Profile) accounts.Identity {
	return accounts.Identity{
		AccountUUID:      p.Account.UUID,
		OrganizationUUID: p.Organization.UUID,
		Email:            p.Account.Email,
		OrganizationName: p.Organization.Name,
		DisplayName:      p.Account.DisplayName,
	}
}

func identityOfGrant(g provider.Grant) accounts.Identity {
	return accounts.Identity{
		AccountUUID:      g.AccountUUID,
		OrganizationUUID: g.OrganizationUUID,
		Email:            g.Email,
		OrganizationName: g.OrganizationName,
	}
}

// accountOf spells an identity as an oauthAccount member, nil for none.
func accountOf(i accounts.Identity) []byte {
	if i == (accounts.Identity{}) {
		return nil
	}
	raw, err := jsonedit.Write(nil, []jsonedit.Field{
		jsonedit.Text("accountUuid", &i.AccountUUID),
		jsonedit.Text("organizationUuid", &i.OrganizationUUID),
		jsonedit.Text("emailAddress", &i.Email),
		jsonedit.Text("organizationName", &i.OrganizationName),
	})
	if err != nil {
		return nil
	}
	return raw
}

// oauthAccountOf gives the oauthAccount member for a profile, on top of the
// one known so far: members Claude Code put there itself stay.
func oauthAccountOf(known []byte, p provider.Profile, now time.Time) ([]byte, error) {
	if known == nil {
		known = []byte("{}")
	}
	textOr := func(s string) []byte {
		if s == "" {
			return []byte("null")
		}
		return jsonedit.String(s)
	}
	flagOr := func(v *bool) []byte {
		b, _ := json.Marshal(v) // nil is null
		return b
	}
	return jsonedit.Apply(known, []jsonedit.Edit{
		{Name: "accountUuid", Raw: jsonedit.String(p.Account.UUID)},
		{Name: "emailAddress", Raw: jsonedit.String(p.Account.Email)},
		{Name: "organizationUuid", Raw: jsonedit.String(p.Organization.UUID)},
		{Name: "organizationName", Raw: jsonedit.String(p.Organization.Name)},
		{Name: "displayName", Raw: textOr(p.Account.DisplayName)},
		{Name: "fullName", Raw: textOr(p.Account.FullName)},
		{Name: "billingType", Raw: textOr(p.Organization.BillingType)},
		{Name: "hasExtraUsageEnabled", Raw: flagOr(p.Organization.HasExtraUsageEnabled)},
		{Name: "seatTier", Raw: textOr(p.Organization.SeatTier)},
		{Name: "accountCreatedAt", Raw: textOr(p.Account.CreatedAt)},
		{Name: "subscriptionCreatedAt", Raw: textOr(p.Organization.SubscriptionCreatedAt)},
		{Name: "profileFetchedAt", Raw: strconv.AppendInt(nil, now.UnixMilli(), 10)},
	})
}

// learn takes over what a profile says of an account.
func (s *State) learn(a *accounts.Account, p provider.Profile, now time.Time) error {
	a.Identify(identityOf(p))
	s.noRival(a)
	account, err := oauthAccountOf(a.OAuthAccount, p, now)
	if err != nil {
		return err
	}
	a.OAuthAccount = account
	if !a.Credential.Usable() {
		return nil
	}
	cr, err := a.Credential.Edit(func(c *accounts.Credential) {
		if plan := p.Plan(); plan != "" || p.Organization.UUID != "" {
			c.Plan = plan // "" for one that ended
		}
		if tier := p.Organization.RateLimitTier; tier != "" {
			c.Tier = tier
		}
	})
	if err != nil {
		return err
	}
	s.Vault.Update(a, cr)
	return s.Stamp(a)
}

// Stamp writes the provider's identifiers into the account's credential, where
// Claude Code itself keeps them: the next time they are the proof. The error
// wraps one of jsonedit's.
func (s *State) Stamp(a *accounts.Account) error {
	if !a.Identified() || !a.Credential.Usable() || a.Is(a.Credential.Inside()) {
		return nil
	}
	cr, err := a.Credential.Edit(func(c *accounts.Credential) {
		c.AccountUUID, c.OrganizationUUID = a.AccountUUID, a.OrganizationUUID
	})
	if err == nil {
		s.Vault.Update(a, cr)
	}
	return err
}

// factsAge is after what time plan, tier and names of an account are asked for
// again: people change their plans.
const factsAge = 24 * time.Hour

// renewFacts asks the provider once a day what the account is called and what its
// plan is, when a person asked for something about it. refresh says that its access
// token may be refreshed for that. Trouble stops nothing.
func (c *Core) renewFacts(ctx context.Context, key string, refresh bool) {
	s, err := c.Read(ctx)
	if err != nil {
		return
	}
	if a := s.Vault.Get(key); a == nil || a.Removed || c.Now().Sub(profiledAt(a)).Abs() < factsAge {
		return
	}
	c.Progress(key, view.WaitProfile)
	if err := c.askFacts(ctx, key, refresh); err != nil {
		c.Log.Info("plan and names were not asked for again", "key", key, "error", err)
	}
}

// profiledAt is when the account's profile was last taken over, zero for never.
func profiledAt(a *accounts.Account) time.Time {
	at := gjson.GetBytes(a.OAuthAccount, "profileFetchedAt")
	if at.Type != gjson.Number || at.Num <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(at.Int())
}

// askFacts takes over what the provider says of the account. The error is the
// provider's or a *view.Problem.
func (c *Core) askFacts(ctx context.Context, key string, refresh bool) error {
	var profile provider.Profile
	a, err := c.withAccess(ctx, key, refresh, func(a *accounts.Account) (err error) {
		profile, err = c.Provider.Profile(ctx, a.Credential.AccessToken)
		return err
	})
	if err != nil {
		return err
	}
	return c.Update(ctx, func(s *State) error { return c.identified(s, a, profile) })
}

// justRefreshed is how long after a refresh another one would give no better access
// token.
const justRefreshed = 10 * time.Minute

// fetchProfile completes an account whose oauthAccount was never seen. Where
// the provider does not answer a swap still works: Claude Code fills the member
// in at its next start; note then says so. The error wraps
// provider.ErrUnauthorized where the access token is refused, else it is a
// *view.Problem: the login turned out to be another account's.
func (c *Core) fetchProfile(ctx context.Context, a *accounts.Account) (note string, err error) {
	c.Progress(a.Key, view.WaitProfile)
	p := newProofs()
	c.ask(ctx, []accounts.Credential{a.Credential}, p)
	profile, known, _ := p.of(a.Credential)
	if !known {
		why := p.failed[a.Credential.AccessToken.Fingerprint()]
		c.Log.Info("account not completed", "key", a.Key, "error", why)
		if s, err := c.Read(ctx); accessRefused(why) && err == nil && c.Now().Sub(s.Usage.Peek(a.Key).RefreshedAt) > justRefreshed {
			return "", errors.Join(why, c.noteBadAccess(ctx, a))
		}
		return "the provider did not describe the account; Claude Code asks for it at its next start", nil
	}
	return "", c.Update(ctx, func(s *State) error { return c.identified(s, a, profile) })
}

// identified takes over what a profile says of the account that was asked for.
// An unidentified account may turn out to be another one of the vault: its login
// is then that one's.
func (c *Core) identified(s *State, was *accounts.Account, p provider.Profile) error {
	a, i := s.Vault.Get(was.Key), identityOf(p)
	if a == nil || !a.Credential.Same(was.Credential) {
		return nil
	}
	other := s.Vault.Find(i)
	if other == nil && !a.Identified() || other == a {
		return s.learn(a, p, c.Now())
	}
	if err := c.handOver(s, a, other, i, a.Credential); err != nil {
		return err
	}
	if other = s.Vault.Find(i); other != nil && !other.Removed {
		return s.learn(other, p, c.Now())
	}
	return nil
}
