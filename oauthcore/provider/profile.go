package provider

import (
	"context"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// Profile says whose an access token is. Strings are as the provider spelled
// them, "" when not told.
type Profile struct {
	Account      ProfileAccount
	Organization ProfileOrganization
}

// ProfileAccount is the person.
type ProfileAccount struct {
	UUID         string
	Email        string
	FullName     string
	DisplayName  string
	CreatedAt    string // RFC 3339, verbatim
	HasClaudeMax *bool  // nil when not told
	HasClaudePro *bool  // nil when not told
}

// ProfileOrganization is the organization the login acts for; one person can
// have several.
type ProfileOrganization struct {
	UUID                  string
	Name                  string
	Type                  string // organization_type, such as "claude_max"
	RateLimitTier         string
	SeatTier              string
	BillingType           string
	HasExtraUsageEnabled  *bool  // nil when not told
	SubscriptionCreatedAt string // RFC 3339, verbatim
}

// Plan maps the organization's type as Claude Code does: "max", "pro",
// "team", "enterprise", or "" for any other.
func (p Profile) Plan() string {
	switch p.Organization.Type {
	case "claude_max":
		return "max"
	case "claude_pro":
		return "pro"
	case "claude_team":
		return "team"
	case "claude_enterprise":
		return "enterprise"
	}
	return ""
}

// Profile asks whose the access token is. Members that are missing or of an
// unexpected type are left empty and fail nothing: who needs a uuid must look
// whether it is there. A context that ends gives its own error; other errors
// are *Error.
func (c *Client) Profile(ctx context.Context, access secret.Secret) (Profile, error) {
	answer, err := c.query(ctx, call{
		op:        opProfile,
		endpoint:  c.endpoints.Profile,
		bearer:    access,
		presented: []secret.Secret{access},
	})
	if err != nil {
		return Profile{}, err
	}
	account, organization := answer.Get("account"), answer.Get("organization")
	return Profile{
		Account: ProfileAccount{
			UUID:         text(account.Get("uuid")),
			Email:        text(account.Get("email")),
			FullName:     text(account.Get("full_name")),
			DisplayName:  text(account.Get("display_name")),
			CreatedAt:    text(account.Get("created_at")),
			HasClaudeMax: flag(account.Get("has_claude_max")),
			HasClaudePro: flag(account.Get("has_claude_pro")),
		},
		Organization: ProfileOrganization{
			UUID:                  text(organization.Get("uuid")),
			Name:                  text(organization.Get("name")),
			Type:                  text(organization.Get("organization_type")),
			RateLimitTier:         text(organization.Get("rate_limit_tier")),
			SeatTier:              text(organization.Get("seat_tier")),
			BillingType:           text(organization.Get("billing_type")),
			HasExtraUsageEnabled:  flag(organization.Get("has_extra_usage_enabled")),
			SubscriptionCreatedAt: text(organization.Get("subscription_created_at")),
		},
	}, nil
}

// flag is a boolean member's value, nil for any other type.
func flag(r gjson.Result) *bool {
	if !r.IsBool() {
		return nil
	}
	value := r.Bool()
	return &value
}
