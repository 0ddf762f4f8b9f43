package accounts_test

import (
	"errors"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

var noon = time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)

// sample is a login as Claude Code writes it.
const sample = `{"accessToken":"sk-ant-oat01-TEST-a","refreshToken":"sk-ant-ort01-TEST-r","expiresAt":1774466144677,` +
	`"scopes":["user:inference","user:profile"],"subscriptionType":"max","rateLimitTier":"default_claude_max_20x"}`

var (
	ada     = accounts.Identity{AccountUUID: "acc-ada", OrganizationUUID: "org-personal", Email: "ada@example.com"}
	adaTeam = accounts.Identity{AccountUUID: "acc-ada", OrganizationUUID: "0rgteam0-1234", Email: "ada@example.com"}
	grace   = accounts.Identity{AccountUUID: "acc-grace", OrganizationUUID: "org-grace", Email: "grace@example.com"}
)

func refreshToken(name string) secret.Secret { return secret.New("sk-ant-ort01-TEST-" + name) }

// credential is a login whose tokens carry a name.
func credential(t testing.TB, name string, edits ...func(*accounts.Credential)) accounts.Credential {
	t.Helper()
	c, err := accounts.NewCredential(func(c *accounts.Credential) {
		c.AccessToken, c.RefreshToken = secret.New("sk-ant-oat01-TEST-"+name), refreshToken(name)
		c.ExpiresAt = noon.Add(8 * time.Hour)
		for _, edit := range edits {
			edit(c)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parseVault(t testing.TB, doc string) *accounts.Vault {
	t.Helper()
	v, err := accounts.ParseVault([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// encode writes the vault and checks that it can be read again.
func encode(t testing.TB, v *accounts.Vault) string {
	t.Helper()
	doc, err := v.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.ParseVault(doc); err != nil {
		t.Fatalf("cannot be read again: %v\n%s", err, doc)
	}
	return string(doc)
}

// reread gives the vault as the next process sees it.
func reread(t testing.TB, v *accounts.Vault) *accounts.Vault {
	t.Helper()
	return parseVault(t, encode(t, v))
}

func wantCode(t *testing.T, err error, code view.Code) *view.Problem {
	t.Helper()
	var p *view.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Fatalf("error = %v (%s), want %s", err, view.CodeOf(err), code)
	}
	if p.Hint == "" {
		t.Errorf("%q has no hint", p.Message)
	}
	return p
}
