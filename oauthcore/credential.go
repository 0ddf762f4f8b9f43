package oauthcore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// ScopeInference is the scope without which Claude Code says it is not logged in.
const ScopeInference = "user:inference"

// Credential is one login in the shape of the member claudeAiOauth of
// Claude Code's .credentials.json. It keeps the bytes it was read from, so
// members Baton does not know survive. The zero value is no login.
type Credential struct {
	AccessToken  secret.Secret
	RefreshToken secret.Secret
	// ExpiresAt is the access token's end, zero when not told.
	ExpiresAt time.Time
	// RefreshExpiresAt is the login's own deadline, zero when not told. A
	// refresh does not move it.
	RefreshExpiresAt time.Time
	Scopes           []string
	Plan             string // subscriptionType
	Tier             string // rateLimitTier
	AccountUUID      string
	OrganizationUUID string

	raw []byte
}

// ParseCredential reads a claudeAiOauth object. The error wraps errors of
// jsonedit, or says which member has a type it cannot have.
func ParseCredential(raw []byte) (Credential, error) {
	members, err := jsonedit.Members(raw)
	if err != nil {
		return Credential{}, err
	}
	c := Credential{raw: raw}
	for _, m := range members {
		v := gjson.ParseBytes(m.Raw)
		switch m.Key {
		case "accessToken":
			err = token(v, &c.AccessToken)
		case "refreshToken":
			err = token(v, &c.RefreshToken)
		case "expiresAt":
			c.ExpiresAt, err = millis(v)
		case "refreshTokenExpiresAt":
			c.RefreshExpiresAt, err = millis(v)
		case "scopes":
			c.Scopes, err = texts(v)
		case "subscriptionType":
			err = text(v, &c.Plan)
		case "rateLimitTier":
			err = text(v, &c.Tier)
		case "accountUuid":
			err = text(v, &c.AccountUUID)
		case "organizationUuid":
			err = text(v, &c.OrganizationUUID)
		}
		if err != nil {
			return Credential{}, fmt.Errorf("%s: %w", m.Key, err)
		}
	}
	return c, nil
}

// Usable says that there is something to log in with. Claude Code leaves a
// tombstone after a refused refresh, with both tokens blank: that is no login.
func (c Credential) Usable() bool { return !c.AccessToken.Empty() || !c.RefreshToken.Empty() }

// Tombstone says that this is what Claude Code leaves of a refused login.
func (c Credential) Tombstone() bool { return c.raw != nil && !c.Usable() }

// Fingerprint identifies the login by its refresh token, "" where it has none.
func (c Credential) Fingerprint() string { return c.RefreshToken.Fingerprint() }

// FreshAt says whether the access token is good for at least margin more.
func (c Credential) FreshAt(now time.Time, margin time.Duration) bool {
	return !c.AccessToken.Empty() && (c.ExpiresAt.IsZero() || now.Add(margin).Before(c.ExpiresAt))
}

// JSON gives the object as Claude Code keeps it, in one line.
func (c Credential) JSON() []byte { return c.raw }

// Same says that both are the same login with the same access token.
func (c Credential) Same(o Credential) bool {
	return c.AccessToken.Equal(o.AccessToken) && c.RefreshToken.Equal(o.RefreshToken)
}

// edit is one member to set; a nil value deletes it.
type edit struct {
	name  string
	value []byte
}

// with returns the credential with members changed, all others kept.
func (c Credential) with(edits ...edit) (Credential, error) {
	raw := c.raw
	if raw == nil {
		raw = []byte("{}")
	}
	raw, err := apply(raw, edits)
	if err != nil {
		return Credential{}, err
	}
	return ParseCredential(raw)
}

// apply sets or deletes members of a JSON object.
func apply(raw []byte, edits []edit) ([]byte, error) {
	for _, e := range edits {
		var err error
		if e.value == nil {
			raw, err = jsonedit.Delete(raw, e.name)
		} else {
			raw, err = jsonedit.Set(raw, e.value, e.name)
		}
		if err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// setText sets a string, setMillis a time in epoch milliseconds, setStrings an
// array; an absent value of any of them deletes the member.
func setText(name, value string) edit {
	if value == "" {
		return edit{name, nil}
	}
	return edit{name, jsonString(value)}
}

func setMillis(name string, t time.Time) edit {
	if t.IsZero() {
		return edit{name, nil}
	}
	return edit{name, strconv.AppendInt(nil, t.UnixMilli(), 10)}
}

func setNumber(name string, n int64) edit {
	if n == 0 {
		return edit{name, nil}
	}
	return edit{name, strconv.AppendInt(nil, n, 10)}
}

func setFlag(name string, on bool) edit {
	if !on {
		return edit{name, nil}
	}
	return edit{name, []byte("true")}
}

func jsonString(s string) []byte {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

func jsonStrings(list []string) []byte {
	if list == nil {
		list = []string{}
	}
	b, _ := json.Marshal(list)
	return b
}

// The readers below take null for absent and refuse every other wrong type.

func text(v gjson.Result, to *string) error {
	switch v.Type {
	case gjson.Null:
		*to = ""
	case gjson.String:
		*to = v.Str
	default:
		return errShape
	}
	return nil
}

func token(v gjson.Result, to *secret.Secret) error {
	var s string
	err := text(v, &s)
	*to = secret.New(s)
	return err
}

// maxMillis is the year 9999: what lies beyond cannot be shown or written as
// RFC 3339.
const maxMillis = 253402300799999

func millis(v gjson.Result) (time.Time, error) {
	switch v.Type {
	case gjson.Null:
		return time.Time{}, nil
	case gjson.Number:
		if v.Num <= 0 {
			return time.Time{}, nil
		}
		return time.UnixMilli(int64(min(v.Num, maxMillis))).UTC(), nil
	}
	return time.Time{}, errShape
}

func flag(v gjson.Result, to *bool) error {
	switch v.Type {
	case gjson.Null, gjson.False:
		*to = false
	case gjson.True:
		*to = true
	default:
		return errShape
	}
	return nil
}

func number(v gjson.Result, to *int64) error {
	switch v.Type {
	case gjson.Null:
		*to = 0
	case gjson.Number:
		*to = v.Int()
	default:
		return errShape
	}
	return nil
}

func texts(v gjson.Result) ([]string, error) {
	if v.Type == gjson.Null {
		return nil, nil
	}
	if !v.IsArray() {
		return nil, errShape
	}
	var out []string
	for _, e := range v.Array() {
		if e.Type != gjson.String {
			return nil, errShape
		}
		out = append(out, e.Str)
	}
	return out, nil
}
