package oauthcore

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// errCopyShape says that an item is not one this Baton wrote or understands.
var errCopyShape = errors.New("is not a copy this Baton understands")

// loginCopy is one account's item in the mirror: the login, and what is needed
// to have the account back without anything else.
type loginCopy struct {
	key        string
	token      secret.Secret // the refresh token
	generation int64         // the account's, when it was copied
	live       bool          // Claude Code used the account when it was copied
	identity   Identity
	label      string
	endsAt     time.Time // the login's own deadline, zero when not known
	scopes     []string
	plan, tier string
}

// copyOf is what the mirror should hold of an account.
func copyOf(a *Account, live bool) loginCopy {
	return loginCopy{
		key: a.Key, token: a.Credential.RefreshToken, generation: a.Generation, live: live, label: a.Label,
		identity: Identity{
			AccountUUID: a.AccountUUID, OrganizationUUID: a.OrganizationUUID, Email: a.Email,
			OrganizationName: a.OrganizationName, DisplayName: a.DisplayName,
		},
		endsAt: a.Credential.RefreshExpiresAt, scopes: a.Credential.Scopes, plan: a.Credential.Plan, tier: a.Credential.Tier,
	}
}

// encode gives the item's value; equal copies give equal values.
func (l loginCopy) encode() (secret.Secret, error) {
	doc, err := apply([]byte("{}"), []edit{
		{"schemaVersion", []byte("1")},
		{"key", jsonString(l.key)},
		{"refreshToken", jsonString(l.token.Reveal())},
		{"generation", strconv.AppendInt(nil, l.generation, 10)},
		{"live", strconv.AppendBool(nil, l.live)},
		setText("accountUuid", l.identity.AccountUUID),
		setText("organizationUuid", l.identity.OrganizationUUID),
		setText("email", l.identity.Email),
		setText("organizationName", l.identity.OrganizationName),
		setText("displayName", l.identity.DisplayName),
		setText("label", l.label),
		setMillis("refreshTokenExpiresAt", l.endsAt),
		{"scopes", jsonStrings(l.scopes)},
		setText("subscriptionType", l.plan),
		setText("rateLimitTier", l.tier),
	})
	return secret.New(string(doc)), err
}

// parseCopy reads an item's value. The error wraps errCopyShape and repeats
// nothing of it.
func parseCopy(value secret.Secret) (loginCopy, error) {
	members, err := copyMembers(value)
	if err != nil {
		return loginCopy{}, err
	}
	var l loginCopy
	for _, m := range members {
		v := gjson.ParseBytes(m.Raw)
		switch m.Key {
		case "key":
			err = text(v, &l.key)
		case "refreshToken":
			err = token(v, &l.token)
		case "generation":
			err = number(v, &l.generation)
		case "live":
			err = flag(v, &l.live)
		case "accountUuid":
			err = text(v, &l.identity.AccountUUID)
		case "organizationUuid":
			err = text(v, &l.identity.OrganizationUUID)
		case "email":
			err = text(v, &l.identity.Email)
		case "organizationName":
			err = text(v, &l.identity.OrganizationName)
		case "displayName":
			err = text(v, &l.identity.DisplayName)
		case "label":
			err = text(v, &l.label)
		case "refreshTokenExpiresAt":
			l.endsAt, err = millis(v)
		case "scopes":
			l.scopes, err = texts(v)
		case "subscriptionType":
			err = text(v, &l.plan)
		case "rateLimitTier":
			err = text(v, &l.tier)
		}
		if err != nil {
			return loginCopy{}, fmt.Errorf("%w: %s", errCopyShape, m.Key)
		}
	}
	if l.key == "" || l.token.Empty() || l.generation < 0 {
		return loginCopy{}, fmt.Errorf("%w: no login in it", errCopyShape)
	}
	return l, nil
}

// copyMembers gives the members of an item of this version.
func copyMembers(value secret.Secret) ([]jsonedit.Member, error) {
	members, err := jsonedit.Members([]byte(value.Reveal()))
	if err != nil {
		return nil, errCopyShape
	}
	for _, m := range members {
		if m.Key == "schemaVersion" && string(m.Raw) == "1" {
			return members, nil
		}
	}
	return nil, fmt.Errorf("%w: another version", errCopyShape)
}

// credential is the login as it goes back into the vault: there is no access
// token, so the first use refreshes.
func (l loginCopy) credential() (Credential, error) {
	return Credential{}.with(
		edit{"accessToken", jsonString("")},
		edit{"refreshToken", jsonString(l.token.Reveal())},
		edit{"expiresAt", []byte("null")},
		setMillis("refreshTokenExpiresAt", l.endsAt),
		edit{"scopes", jsonStrings(l.scopes)},
		orNull(setText("subscriptionType", l.plan)),
		orNull(setText("rateLimitTier", l.tier)),
	)
}

// copyIndex is the item that names the others: a keyring cannot be asked what
// it holds on every system. Keys are in the person's order.
type copyIndex []string

func (x copyIndex) encode() (secret.Secret, error) {
	doc, err := apply([]byte("{}"), []edit{{"schemaVersion", []byte("1")}, {"keys", jsonStrings(x)}})
	return secret.New(string(doc)), err
}

// parseIndex reads it. The error wraps errCopyShape.
func parseIndex(value secret.Secret) (copyIndex, error) {
	members, err := copyMembers(value)
	if err != nil {
		return nil, err
	}
	var x copyIndex
	for _, m := range members {
		if m.Key != "keys" {
			continue
		}
		keys, err := texts(gjson.ParseBytes(m.Raw))
		if err != nil {
			return nil, fmt.Errorf("%w: %s", errCopyShape, m.Key)
		}
		x = keys
	}
	return x, nil
}
