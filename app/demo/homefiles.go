//go:build !js

package demo

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/providertest"
)

//go:embed claude.json.tmpl
var globalConfig string

// settingsFile is a settings.json as a person might have it.
const settingsFile = `{
  "model": "opus",
  "permissions": {
    "allow": ["Bash(go test:*)", "Bash(git diff:*)"]
  },
  "cleanupPeriodDays": 3e1
}
`

// liveLogin is claudeAiOauth in .credentials.json, in the client's order.
type liveLogin struct {
	AccessToken            string   `json:"accessToken"`
	RefreshToken           string   `json:"refreshToken"`
	ExpiresAt              int64    `json:"expiresAt"`             // epoch ms
	RefreshTokenExpiresAt  int64    `json:"refreshTokenExpiresAt"` // epoch ms
	Scopes                 []string `json:"scopes"`
	SubscriptionType       string   `json:"subscriptionType"`
	SubscriptionTypeSource string   `json:"subscriptionTypeSource"`
	RateLimitTier          string   `json:"rateLimitTier"`
	AccountUUID            string   `json:"accountUuid"`
	OrganizationUUID       string   `json:"organizationUuid"`
}

// mcpLogin is a sibling of the login that belongs to the machine.
type mcpLogin struct {
	ServerName  string `json:"serverName"`
	ServerURL   string `json:"serverUrl"`
	AccessToken string `json:"accessToken"`
	ExpiresAt   int64  `json:"expiresAt"` // epoch ms
}

type credentialsFile struct {
	ClaudeAiOauth liveLogin           `json:"claudeAiOauth"`
	MCPOAuth      map[string]mcpLogin `json:"mcpOAuth"`
}

// poolEntry is one account in oauth_pool.json, in huskies' schema.
type poolEntry struct {
	Email            string   `json:"email"`
	AccessToken      string   `json:"accessToken"`
	RefreshToken     string   `json:"refreshToken"`
	ExpiresAt        int64    `json:"expiresAt"` // epoch ms
	Scopes           []string `json:"scopes"`
	SubscriptionType string   `json:"subscriptionType,omitempty"`
	RateLimitTier    string   `json:"rateLimitTier,omitempty"`
	RateLimited      bool     `json:"rateLimited"`
	RateLimitResetAt int64    `json:"rateLimitResetAt,omitempty"` // epoch ms
}

// oauthAccount is the member of .claude.json that says who is logged in.
type oauthAccount struct {
	AccountUUID           string  `json:"accountUuid"`
	EmailAddress          string  `json:"emailAddress"`
	OrganizationUUID      string  `json:"organizationUuid"`
	HasExtraUsageEnabled  bool    `json:"hasExtraUsageEnabled"`
	BillingType           string  `json:"billingType"`
	AccountCreatedAt      *string `json:"accountCreatedAt"`
	SubscriptionCreatedAt *string `json:"subscriptionCreatedAt"`
	DisplayName           string  `json:"displayName"`
	FullName              string  `json:"fullName"`
	OrganizationRole      string  `json:"organizationRole"`
	WorkspaceRole         *string `json:"workspaceRole"`
	OrganizationName      string  `json:"organizationName"`
	SeatTier              *string `json:"seatTier"`
	ProfileFetchedAt      int64   `json:"profileFetchedAt"` // epoch ms
}

func (h *Home) write(now time.Time) error {
	live := h.Residents[0]
	credentials, err := json.Marshal(credentialsOf(live, now))
	if err != nil {
		return err
	}
	pool, err := h.poolFile()
	if err != nil {
		return err
	}
	account, err := json.MarshalIndent(oauthAccountOf(live.Person, now), "  ", "  ")
	if err != nil {
		return err
	}
	claude := filepath.Join(h.Dir, ".claude")
	if err := os.Mkdir(claude, 0o700); err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		body []byte
	}{
		{filepath.Join(claude, ".credentials.json"), credentials},
		{filepath.Join(claude, "oauth_pool.json"), pool},
		{filepath.Join(claude, "settings.json"), []byte(settingsFile)},
		{filepath.Join(h.Dir, ".claude.json"), []byte(strings.Replace(globalConfig, "@OAUTH_ACCOUNT@", string(account), 1))},
	} {
		if err := writeNew(f.path, f.body); err != nil {
			return err
		}
	}
	return nil
}

func credentialsOf(r Resident, now time.Time) credentialsFile {
	c := r.Credentials
	return credentialsFile{
		ClaudeAiOauth: liveLogin{
			AccessToken:            c.AccessToken.Reveal(),
			RefreshToken:           c.RefreshToken.Reveal(),
			ExpiresAt:              c.ExpiresAt.UnixMilli(),
			RefreshTokenExpiresAt:  c.LoginExpiresAt.UnixMilli(),
			Scopes:                 c.Scopes,
			SubscriptionType:       r.Person.Plan(),
			SubscriptionTypeSource: "profile",
			RateLimitTier:          r.Person.RateLimitTier,
			AccountUUID:            c.AccountUUID,
			OrganizationUUID:       c.OrganizationUUID,
		},
		MCPOAuth: map[string]mcpLogin{
			"tracker|4f1c9a7be2d05836": {
				ServerName:  "tracker",
				ServerURL:   "https://mcp.tracker.example/v1",
				AccessToken: "mcp-TEST-" + rand.Text(),
				ExpiresAt:   now.Add(day).UnixMilli(),
			},
		},
	}
}

// poolFile keeps the residents' order, which a map would sort away.
func (h *Home) poolFile() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`{"accounts":{`)
	for i, r := range h.Residents {
		e := poolEntry{
			Email:            r.Key,
			AccessToken:      r.Credentials.AccessToken.Reveal(),
			RefreshToken:     r.Credentials.RefreshToken.Reveal(),
			ExpiresAt:        r.Credentials.ExpiresAt.UnixMilli(),
			Scopes:           r.Credentials.Scopes,
			SubscriptionType: r.Person.Plan(),
			RateLimitTier:    r.Person.RateLimitTier,
		}
		if !r.LimitedUntil.IsZero() {
			e.RateLimited, e.RateLimitResetAt = true, r.LimitedUntil.UnixMilli()
		}
		key, err := json.Marshal(r.Key)
		if err != nil {
			return nil, err
		}
		entry, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(entry)
	}
	b.WriteString(`}}`)
	var out bytes.Buffer
	err := json.Indent(&out, b.Bytes(), "", "  ")
	return out.Bytes(), err
}

func oauthAccountOf(who providertest.Person, now time.Time) oauthAccount {
	return oauthAccount{
		AccountUUID:           who.AccountUUID,
		EmailAddress:          who.Email,
		OrganizationUUID:      who.OrganizationUUID,
		BillingType:           who.BillingType,
		AccountCreatedAt:      isoTime(who.AccountCreatedAt),
		SubscriptionCreatedAt: isoTime(who.SubscriptionCreatedAt),
		DisplayName:           who.DisplayName,
		FullName:              who.FullName,
		OrganizationRole:      "admin",
		OrganizationName:      who.OrganizationName,
		ProfileFetchedAt:      now.UnixMilli(),
	}
}

// writeNew writes a private file that must not exist yet: whatever appeared in
// the folder meanwhile is not the demo's to replace.
func writeNew(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// isoTime is RFC 3339 with microseconds, as in Claude Code's file; nil for the
// zero time.
func isoTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05.000000-07:00")
	return &s
}
