package oauthcore

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// spentCap is how many fingerprints of used-up refresh tokens an account
// keeps: more than a login can use up. It ends after 30 days at the latest and
// is refreshed every 8 hours, so whatever an old backup brings back, while it
// could still do harm, is known.
const spentCap = 128

// Account is one account as the vault knows it.
type Account struct {
	Key   string
	Email string
	// AccountUUID and OrganizationUUID together say whose it is; they are
	// empty for an account adopted from the pool until the provider told them.
	AccountUUID      string
	OrganizationUUID string
	OrganizationName string
	DisplayName      string
	Label            string // the person's own name for it
	Order            int64
	Paused           bool
	NeedsLogin       bool // the provider refused the login
	Removed          bool // kept only so that nothing brings it back

	Credential Credential
	// OAuthAccount is the whole member of .claude.json as last seen, nil when
	// never seen.
	OAuthAccount []byte
	// Generation rises with each new login of the account; 0 where it was never
	// counted.
	Generation int64
	// Spent lists fingerprints of refresh tokens that were presented, or
	// replaced by a newer one, oldest first.
	Spent []string
	// RestoredFromBackup says that a vault older than this machine remembers
	// was found, so the token may long be used up.
	RestoredFromBackup bool
	// SetAside says that a login which may be this account's newest was moved away.
	SetAsideUnsure bool
	// ClientDoubts says that Claude Code was told to log in again while this
	// login was the active one. The next refresh shows what is true.
	ClientDoubts bool

	raw []byte
}

// Identity says whose a login is, by the provider's own identifiers.
type Identity struct {
	AccountUUID      string
	OrganizationUUID string
	Email            string
	OrganizationName string
	DisplayName      string
}

// Complete says that the identity tells account and organisation.
func (i Identity) Complete() bool { return i.AccountUUID != "" && i.OrganizationUUID != "" }

// Is says whether the account is the one identified. An account that has not
// been told its identifiers yet is nobody.
func (a *Account) Is(i Identity) bool {
	return i.Complete() && a.AccountUUID == i.AccountUUID && a.OrganizationUUID == i.OrganizationUUID
}

// Identified says that account and organisation are known.
func (a *Account) Identified() bool { return a.AccountUUID != "" && a.OrganizationUUID != "" }

// identify takes over what became known; nothing known is lost.
func (a *Account) identify(i Identity) {
	for _, m := range []struct {
		to   *string
		from string
	}{
		{&a.AccountUUID, i.AccountUUID},
		{&a.OrganizationUUID, i.OrganizationUUID},
		{&a.OrganizationName, i.OrganizationName},
		{&a.DisplayName, i.DisplayName},
	} {
		if m.from != "" {
			*m.to = m.from
		}
	}
	if a.Email == "" {
		a.Email = i.Email
	}
}

// Name is what to call the account.
func (a *Account) Name() string {
	if a.Label != "" {
		return a.Label
	}
	return a.Email
}

// IsSpent says whether the refresh token was presented or superseded before.
func (a *Account) IsSpent(t secret.Secret) bool {
	return !t.Empty() && slices.Contains(a.Spent, t.Fingerprint())
}

// spend notes that the token is about to be presented or superseded.
func (a *Account) spend(t secret.Secret) {
	fp := t.Fingerprint()
	if fp == "" || slices.Contains(a.Spent, fp) {
		return
	}
	a.Spent = append(a.Spent, fp)
	if n := len(a.Spent); n > spentCap {
		a.Spent = slices.Clone(a.Spent[n-spentCap:])
	}
}

// unspend takes a token back out: the provider answered and did not replace it.
func (a *Account) unspend(t secret.Secret) {
	fp := t.Fingerprint()
	a.Spent = slices.DeleteFunc(slices.Clone(a.Spent), func(s string) bool { return s == fp })
}

// Older says that the credential was superseded: it must never be saved,
// presented or activated.
func (a *Account) Older(c Credential) bool {
	return a.IsSpent(c.RefreshToken) && !c.RefreshToken.Equal(a.Credential.RefreshToken)
}

// Unsure says that it is not known whether the account's refresh token still
// works: a request went out and no answer was saved.
func (a *Account) Unsure() bool {
	return a.IsSpent(a.Credential.RefreshToken) || a.RestoredFromBackup || a.SetAsideUnsure || a.ClientDoubts
}

// store makes the credential the account's newest; the one before is
// superseded in the same write.
func (a *Account) store(c Credential) {
	if !c.RefreshToken.Equal(a.Credential.RefreshToken) {
		a.spend(a.Credential.RefreshToken)
		a.unspend(c.RefreshToken)
	}
	a.Credential = c
	a.RestoredFromBackup, a.SetAsideUnsure, a.ClientDoubts = false, false, false
}

// completed is another login of the account with plan and tier as far as it
// tells none: an older Claude Code writes neither, and the provider told them.
func (a *Account) completed(c Credential) (Credential, error) {
	var edits []edit
	if c.Plan == "" && a.Credential.Plan != "" {
		edits = append(edits, edit{"subscriptionType", jsonString(a.Credential.Plan)})
	}
	if c.Tier == "" && a.Credential.Tier != "" {
		edits = append(edits, edit{"rateLimitTier", jsonString(a.Credential.Tier)})
	}
	if len(edits) == 0 {
		return c, nil
	}
	return c.with(edits...)
}

func parseAccount(key string, raw []byte) (*Account, error) {
	members, err := jsonedit.Members(raw)
	if err != nil {
		return nil, err
	}
	a := &Account{Key: key, Email: key, raw: raw}
	for _, m := range members {
		v := gjson.ParseBytes(m.Raw)
		switch m.Key {
		case "email":
			err = text(v, &a.Email)
		case "accountUuid":
			err = text(v, &a.AccountUUID)
		case "organizationUuid":
			err = text(v, &a.OrganizationUUID)
		case "organizationName":
			err = text(v, &a.OrganizationName)
		case "displayName":
			err = text(v, &a.DisplayName)
		case "label":
			err = text(v, &a.Label)
		case "order":
			err = number(v, &a.Order)
		case "generation":
			err = number(v, &a.Generation)
		case "paused":
			err = flag(v, &a.Paused)
		case "needsLogin":
			err = flag(v, &a.NeedsLogin)
		case "removed":
			err = flag(v, &a.Removed)
		case "restoredFromBackup":
			err = flag(v, &a.RestoredFromBackup)
		case "setAsideUnsure":
			err = flag(v, &a.SetAsideUnsure)
		case "clientDoubts":
			err = flag(v, &a.ClientDoubts)
		case "spent":
			a.Spent, err = texts(v)
		case "oauthAccount":
			if v.IsObject() {
				a.OAuthAccount = m.Raw
			} else if v.Type != gjson.Null {
				err = errShape
			}
		case "claudeAiOauth":
			if v.Type != gjson.Null {
				a.Credential, err = ParseCredential(m.Raw)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Key, err)
		}
	}
	return a, nil
}

// encode gives the account's object: known members set, unknown ones kept.
func (a *Account) encode() ([]byte, error) {
	raw := a.raw
	if raw == nil {
		raw = []byte("{}")
	}
	return apply(raw, []edit{
		setText("email", a.Email),
		setText("accountUuid", a.AccountUUID),
		setText("organizationUuid", a.OrganizationUUID),
		setText("organizationName", a.OrganizationName),
		setText("displayName", a.DisplayName),
		setText("label", a.Label),
		{"order", strconv.AppendInt(nil, a.Order, 10)},
		setNumber("generation", a.Generation),
		setFlag("paused", a.Paused),
		setFlag("needsLogin", a.NeedsLogin),
		setFlag("removed", a.Removed),
		setFlag("restoredFromBackup", a.RestoredFromBackup),
		setFlag("setAsideUnsure", a.SetAsideUnsure),
		setFlag("clientDoubts", a.ClientDoubts),
		{"oauthAccount", a.OAuthAccount},
		{"claudeAiOauth", a.Credential.raw},
		{"spent", jsonStrings(a.Spent)},
	})
}

// loginEnds says whether the login's own deadline is less than a week off.
func (a *Account) loginEnds(now time.Time) bool {
	at := a.Credential.RefreshExpiresAt
	return !at.IsZero() && at.Sub(now) < 7*24*time.Hour
}
