package provider

import (
	"math"
	"strconv"
	"strings"
	"time"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// maxLifetime bounds what a token's lifetime is believed to be, so that no
// answer can overflow a time.
const maxLifetime = 10 * 365 * 24 * time.Hour

// Grant is the token endpoint's answer (RFC 6749 §5.1 and this provider's own
// members). What was not told is empty, zero or nil: keep what you had.
type Grant struct {
	AccessToken           secret.Secret
	RefreshToken          secret.Secret // absent: the one presented stays good
	ExpiresAt             time.Time     // the access token's end
	RefreshTokenExpiresAt time.Time     // the login's own deadline
	Scopes                []string
	AccountUUID           string
	Email                 string
	OrganizationUUID      string
	OrganizationName      string
}

// parseGrant reads an answer; members of an unexpected type count as not told.
func parseGrant(answer gjson.Result, asked time.Time) Grant {
	return Grant{
		AccessToken:           secret.New(text(answer.Get("access_token"))),
		RefreshToken:          secret.New(text(answer.Get("refresh_token"))),
		ExpiresAt:             after(asked, answer.Get("expires_in")),
		RefreshTokenExpiresAt: after(asked, answer.Get("refresh_token_expires_in")),
		Scopes:                scopes(answer.Get("scope")),
		AccountUUID:           text(answer.Get("account.uuid")),
		Email:                 text(answer.Get("account.email_address")),
		OrganizationUUID:      text(answer.Get("organization.uuid")),
		OrganizationName:      text(answer.Get("organization.name")),
	}
}

// after adds a lifetime in seconds; the zero time when it is not a number.
func after(asked time.Time, lifetime gjson.Result) time.Time {
	seconds, ok := number(lifetime)
	if !ok {
		return time.Time{}
	}
	seconds = min(max(seconds, 0), maxLifetime.Seconds())
	return asked.Add(time.Duration(seconds * float64(time.Second)))
}

// scopes reads a space-separated list, or an array of strings; nil when there
// is nothing in it.
func scopes(r gjson.Result) []string {
	if !r.IsArray() {
		return atLeastOne(strings.Fields(text(r)))
	}
	var list []string
	for _, item := range r.Array() {
		list = append(list, strings.Fields(text(item))...)
	}
	return atLeastOne(list)
}

func atLeastOne(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// number reads a JSON number, or one spelled as a string.
func number(r gjson.Result) (float64, bool) {
	switch r.Type {
	case gjson.Number:
		return finite(r.Num)
	case gjson.String:
		n, err := strconv.ParseFloat(strings.TrimSpace(r.String()), 64)
		if err != nil {
			return 0, false
		}
		return finite(n)
	}
	return 0, false
}

func finite(n float64) (float64, bool) {
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}
