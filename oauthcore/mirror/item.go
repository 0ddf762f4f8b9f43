package mirror

import (
	"errors"
	"fmt"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"
)

// errShape says that an item was not written by this version, or cannot be
// understood by it.
var errShape = errors.New("is not a copy this Baton understands")

// version is the schemaVersion of every item.
const version = 1

// loginCopy is one account's item: its login, and what is needed to have the
// account back without any file.
type loginCopy struct {
	key        string
	token      secret.Secret // the refresh token
	generation int64         // the account's, when it was copied
	live       bool          // Claude Code used the account when it was copied
	identity   accounts.Identity
	label      string
	endsAt     time.Time // the login's own deadline, zero when unknown
	scopes     []string
	plan, tier string
}

// copyOf is the copy an account should have.
func copyOf(a *accounts.Account, live bool) loginCopy {
	return loginCopy{
		key: a.Key, token: a.Credential.RefreshToken, generation: a.Generation, live: live, label: a.Label,
		identity: a.Identity(),
		endsAt:   a.Credential.RefreshExpiresAt, scopes: a.Credential.Scopes, plan: a.Credential.Plan, tier: a.Credential.Tier,
	}
}

// another says that the copy may be of another account than the one that has its
// key now: all files were lost, or the key was given again. Its token is not one
// the vault knows, and nothing tells that it is this account's.
func (l loginCopy) another(v *accounts.Vault, a *accounts.Account) bool {
	return !v.Knows(l.token) && !a.Is(l.identity)
}

// fields ties the members of an item to the copy. Their order is that of the
// item: equal copies have equal bytes.
func (l *loginCopy) fields(v *int64) []jsonedit.Field {
	return []jsonedit.Field{
		jsonedit.Number("schemaVersion", v),
		jsonedit.Text("key", &l.key),
		accounts.TokenField("refreshToken", &l.token),
		jsonedit.Number("generation", &l.generation).Always("0"),
		jsonedit.Flag("live", &l.live).Always("false"),
		jsonedit.Text("accountUuid", &l.identity.AccountUUID),
		jsonedit.Text("organizationUuid", &l.identity.OrganizationUUID),
		jsonedit.Text("email", &l.identity.Email),
		jsonedit.Text("organizationName", &l.identity.OrganizationName),
		jsonedit.Text("displayName", &l.identity.DisplayName),
		jsonedit.Text("label", &l.label),
		jsonedit.Millis("refreshTokenExpiresAt", &l.endsAt),
		jsonedit.Texts("scopes", &l.scopes),
		jsonedit.Text("subscriptionType", &l.plan),
		jsonedit.Text("rateLimitTier", &l.tier),
	}
}

// encode gives the item's value. The error never occurs for valid text.
func (l loginCopy) encode() (secret.Secret, error) {
	v := int64(version)
	doc, err := jsonedit.Write(nil, l.fields(&v))
	return secret.New(string(doc)), err
}

// parseCopy reads an item's value. The error wraps errShape and repeats nothing
// of the value.
func parseCopy(value secret.Secret) (loginCopy, error) {
	var l loginCopy
	var v int64
	if jsonedit.Read([]byte(value.Reveal()), l.fields(&v)) != nil {
		return loginCopy{}, errShape
	}
	switch {
	case v != version:
		return loginCopy{}, fmt.Errorf("%w: another version", errShape)
	case l.key == "" || l.token.Empty() || l.generation < 0:
		return loginCopy{}, fmt.Errorf("%w: no login in it", errShape)
	}
	return l, nil
}

// credential is the login as it goes back into the vault. access is the login
// whose access token is kept, the zero value for none: the first use of the
// account then refreshes.
func (l loginCopy) credential(access accounts.Credential) (accounts.Credential, error) {
	return accounts.NewCredential(func(c *accounts.Credential) {
		c.AccessToken, c.ExpiresAt = access.AccessToken, access.ExpiresAt
		c.RefreshToken, c.RefreshExpiresAt = l.token, l.endsAt
		c.Scopes, c.Plan, c.Tier = l.scopes, l.plan, l.tier
	})
}

// is says that the copy has exactly this value.
func (l loginCopy) is(value secret.Secret) bool {
	was, err := l.encode()
	return err == nil && was.Equal(value)
}

// ahead says that the copy is a newer login than the account's.
func (l loginCopy) ahead(v *accounts.Vault, a *accounts.Account) bool {
	return l.generation > a.Generation && !l.token.Equal(a.Credential.RefreshToken) && !v.Spent(l.token)
}

// name is what to call the account of a copy.
func (l loginCopy) name() string {
	switch {
	case l.label != "":
		return l.label
	case l.identity.Email != "":
		return l.identity.Email
	}
	return l.key
}
