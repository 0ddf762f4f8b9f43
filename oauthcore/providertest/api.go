//go:build !js

package providertest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/secret"
)

// UsageBeta is the anthropic-beta value the usage endpoint asks for.
const UsageBeta = "oauth-2025-04-20"

// The usage endpoint answers an account this often an hour.
const (
	usageCallsAnHour = 28
	usageWindow      = time.Hour
)

// bearer gives the account an access token speaks for, or the answer that
// turns the caller away (RFC 6750 §3). The caller holds mu.
func (p *Provider) bearer(r *http.Request) (*Person, answer, bool) {
	token := bearerToken(r)
	if token == "" {
		return nil, apiError(http.StatusUnauthorized, "authentication_error", "Authorization header is missing or not a Bearer token"), false
	}
	a := p.access[secret.New(token).Fingerprint()]
	switch {
	case a == nil || a.login.dead:
		return nil, apiError(http.StatusUnauthorized, "authentication_error", "Invalid bearer token"), false
	case !a.expires.After(p.now()):
		return nil, apiError(http.StatusUnauthorized, "authentication_error", "OAuth token has expired. Please obtain a new token or refresh your existing token."), false
	case !slices.Contains(a.scopes, "user:profile"):
		return nil, apiError(http.StatusForbidden, "permission_error", "OAuth token does not meet scope requirement user:profile"), false
	}
	return a.login.who, answer{}, true
}

// bearerToken is the access token in a request's header, "" if it has none.
func bearerToken(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

func (p *Provider) handleProfile(w http.ResponseWriter, r *http.Request) {
	p.respond(w, p.bearerCall(EndpointProfile, r), func(Fault) answer {
		p.mu.Lock()
		defer p.mu.Unlock()
		who, no, ok := p.bearer(r)
		if !ok {
			return no
		}
		return jsonAnswer(http.StatusOK, profileOf(*who))
	})
}

type profileAccount struct {
	UUID         string  `json:"uuid"`
	Email        string  `json:"email"`
	FullName     string  `json:"full_name"`
	DisplayName  string  `json:"display_name"`
	CreatedAt    *string `json:"created_at"`
	HasClaudeMax bool    `json:"has_claude_max"`
	HasClaudePro bool    `json:"has_claude_pro"`
}

type profileOrganization struct {
	UUID                  string  `json:"uuid"`
	Name                  string  `json:"name"`
	OrganizationType      string  `json:"organization_type"`
	RateLimitTier         string  `json:"rate_limit_tier"`
	SeatTier              *string `json:"seat_tier"`
	BillingType           string  `json:"billing_type"`
	HasExtraUsageEnabled  bool    `json:"has_extra_usage_enabled"`
	SubscriptionCreatedAt *string `json:"subscription_created_at"`
}

type profile struct {
	Account      profileAccount      `json:"account"`
	Organization profileOrganization `json:"organization"`
}

func profileOf(who Person) profile {
	out := profile{
		Account: profileAccount{
			UUID:         who.AccountUUID,
			Email:        who.Email,
			FullName:     who.FullName,
			DisplayName:  who.DisplayName,
			CreatedAt:    isoTime(who.AccountCreatedAt),
			HasClaudeMax: who.OrganizationType == "claude_max",
			HasClaudePro: who.OrganizationType == "claude_pro",
		},
		Organization: profileOrganization{
			UUID:                  who.OrganizationUUID,
			Name:                  who.OrganizationName,
			OrganizationType:      who.OrganizationType,
			RateLimitTier:         who.RateLimitTier,
			BillingType:           who.BillingType,
			SubscriptionCreatedAt: isoTime(who.SubscriptionCreatedAt),
		},
	}
	if who.SeatTier != "" {
		out.Organization.SeatTier = &who.SeatTier
	}
	return out
}

// isoTime is RFC 3339 with microseconds, nil for the zero time.
func isoTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05.000000-07:00")
	return &s
}
