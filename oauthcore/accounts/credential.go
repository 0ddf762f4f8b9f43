package accounts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// ErrShape says that a document is JSON but not what it should be.
var ErrShape = jsonedit.ErrType

// ScopeInference is the scope without which Claude Code says it is not logged in.
const ScopeInference = "user:inference"

// Credential is one login in the shape of the member claudeAiOauth of
// Claude Code's .credentials.json. It keeps the bytes it was read from, so
// members Baton does not know survive. The zero value is no login.
type Credential struct {
	AccessToken  secret.Secret
	RefreshToken secret.Secret
	// ExpiresAt is the access token's end, zero when unknown.
	ExpiresAt time.Time
	// RefreshExpiresAt is the login's own deadline, zero when unknown. A
	// refresh does not move it.
	RefreshExpiresAt time.Time
	Scopes           []string
	Plan             string // subscriptionType
	Tier             string // rateLimitTier
	AccountUUID      string
	OrganizationUUID string

	raw []byte
}

// fields ties the members of claudeAiOauth to the credential.
func (c *Credential) fields() []jsonedit.Field {
	return []jsonedit.Field{
		TokenField("accessToken", &c.AccessToken).Always(`""`),
		TokenField("refreshToken", &c.RefreshToken).Always(`""`),
		jsonedit.Millis("expiresAt", &c.ExpiresAt).Always("null"),
		jsonedit.Millis("refreshTokenExpiresAt", &c.RefreshExpiresAt),
		jsonedit.Texts("scopes", &c.Scopes),
		jsonedit.TextOrNumber("subscriptionType", &c.Plan).Always("null"),
		jsonedit.TextOrNumber("rateLimitTier", &c.Tier).Always("null"),
		jsonedit.Text("accountUuid", &c.AccountUUID),
		jsonedit.Text("organizationUuid", &c.OrganizationUUID),
	}
}

// TokenField is a member that holds a token, left out where there is none.
func TokenField(name string, to *secret.Secret) jsonedit.Field {
	return jsonedit.Of(name, (*token)(to))
}

type token secret.Secret

// Read implements jsonedit.Variable.
func (t *token) Read(v gjson.Result) error {
	if v.Type != gjson.String && v.Type != gjson.Null {
		return ErrShape
	}
	*t = token(secret.New(v.Str))
	return nil
}

// Same implements jsonedit.Variable.
func (t *token) Same(v gjson.Result) bool {
	return (v.Type == gjson.String || v.Type == gjson.Null) && secret.New(v.Str).Equal(secret.Secret(*t))
}

// Encode implements jsonedit.Variable.
func (t *token) Encode() []byte {
	if value := secret.Secret(*t); !value.Empty() {
		return jsonedit.String(value.Reveal())
	}
	return nil
}

// ParseCredential reads a claudeAiOauth object with the spellings Claude Code
// takes: times as number, text or RFC 3339, scopes as one string, a member
// named twice. The error wraps an error of jsonedit.
func ParseCredential(raw []byte) (Credential, error) {
	c := Credential{raw: raw}
	if err := jsonedit.Read(raw, c.fields()); err != nil {
		return Credential{}, err
	}
	return c, nil
}

// Edit returns the credential with what fn changed; members fn did not touch
// keep their bytes. The error wraps an error of jsonedit.
func (c Credential) Edit(fn func(*Credential)) (Credential, error) {
	fn(&c)
	raw, err := jsonedit.Write(c.raw, c.fields())
	if err != nil {
		return Credential{}, err
	}
	c.raw = raw
	return c, nil
}

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (c Credential) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted login]") }

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

// JSON gives the object as Claude Code keeps it.
func (c Credential) JSON() []byte { return c.raw }

// Same says that both are the same login with the same access token.
func (c Credential) Same(o Credential) bool {
	return c.AccessToken.Equal(o.AccessToken) && c.RefreshToken.Equal(o.RefreshToken)
}

// Inside is the identity the credential itself names.
func (c Credential) Inside() Identity {
	return Identity{AccountUUID: c.AccountUUID, OrganizationUUID: c.OrganizationUUID}
}

// deadlineSlack is how far two deadlines of one login may lie apart: each
// writer reckons it from a number of seconds and its own clock.
const deadlineSlack = time.Minute

// Compare tells which of two logins of one account is the later: by the
// login's own deadline, which a new login has later, else by the end of the
// access token, which each refresh moves. A login without a refresh token counts
// as earlier than one with: it is good for hours, and replaces none that is good
// for weeks. -1: c is the earlier; 0: unknown.
func (c Credential) Compare(o Credential) int {
	if c.RefreshToken.Equal(o.RefreshToken) && c.AccessToken.Equal(o.AccessToken) {
		return 0
	}
	switch {
	case c.RefreshToken.Empty() && !o.RefreshToken.Empty():
		return -1
	case !c.RefreshToken.Empty() && o.RefreshToken.Empty():
		return 1
	case c.Outlasts(o):
		return 1
	case o.Outlasts(c):
		return -1
	}
	return c.ExpiresAt.Compare(o.ExpiresAt)
}

// Outlasts says that the login's own deadline is later: it was made later than
// the other one.
func (c Credential) Outlasts(o Credential) bool {
	return !c.RefreshExpiresAt.IsZero() && !o.RefreshExpiresAt.IsZero() && c.RefreshExpiresAt.Sub(o.RefreshExpiresAt) > deadlineSlack
}

// MayReplace says that the login's own deadline does not speak against its being
// made later than the other one, or got from it by a refresh, which leaves the
// deadline where it is. Where a deadline is not known nothing speaks for it.
func (c Credential) MayReplace(o Credential) bool {
	return !c.RefreshExpiresAt.IsZero() && !o.RefreshExpiresAt.IsZero() && !o.Outlasts(c)
}

// NewCredential is a new login in Claude Code's shape. The error never occurs
// for valid text.
func NewCredential(fn func(*Credential)) (Credential, error) { return Credential{}.Edit(fn) }

// HasScope says whether the login has a scope.
func (c Credential) HasScope(scope string) bool { return slices.Contains(c.Scopes, scope) }

// Misshapen says that an error is about what a document says, and not about
// reading it.
func Misshapen(err error) bool {
	for _, kind := range []error{jsonedit.ErrSyntax, jsonedit.ErrDuplicate, jsonedit.ErrShape, jsonedit.ErrType} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Blank says that a document holds nothing to parse: empty, or null.
func Blank(doc []byte) bool {
	if len(doc) > 64 {
		return false
	}
	text := string(bytes.TrimSpace(doc))
	return text == "" || text == "null"
}
