//go:build !js

package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// testProvider is a running provider whose clock stands still at now.
type testProvider struct {
	*providertest.Provider
	t   *testing.T
	now time.Time
}

func newTestProvider(t *testing.T) *testProvider {
	t.Helper()
	now := time.Date(2026, 3, 4, 13, 13, 20, 0, time.UTC)
	p := providertest.NewProvider(providertest.Options{Now: func() time.Time { return now }})
	if _, err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if v := p.Violations(); len(v) > 0 {
			t.Errorf("violations %q", v)
		}
	})
	return &testProvider{Provider: p, t: t, now: now}
}

// newTestHome makes a home at a provider without other accounts.
func newTestHome(t *testing.T) (*testProvider, Home) {
	t.Helper()
	p := newTestProvider(t)
	h, err := NewHome(filepath.Join(t.TempDir(), "new", "home"), p.Provider, p.now)
	if err != nil {
		t.Fatal(err)
	}
	return p, h
}

// get sends a request with an access token, or without if token is empty, and
// decodes a JSON answer into out unless out is nil.
func (p *testProvider) get(path string, token secret.Secret, out any) (status int, body string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.URL()+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if !token.Empty() {
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	r.Header.Set("anthropic-beta", providertest.UsageBeta)
	return p.send(r, out)
}

// tokenAnswer is what the tests look at in an answer of the token endpoint.
type tokenAnswer struct {
	Error                 string `json:"error"`
	AccessToken           string `json:"access_token"`
	RefreshTokenExpiresIn int    `json:"refresh_token_expires_in"` // seconds
	Account               struct {
		EmailAddress string `json:"email_address"`
	} `json:"account"`
	Organization struct {
		UUID string `json:"uuid"`
	} `json:"organization"`
}

func (p *testProvider) token(body map[string]string) (out tokenAnswer) {
	p.t.Helper()
	body["client_id"] = providertest.ClientID
	text, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.URL()+providertest.PathToken, bytes.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	p.send(r, &out)
	return out
}

func (p *testProvider) refresh(token secret.Secret) tokenAnswer {
	p.t.Helper()
	return p.token(map[string]string{"grant_type": "refresh_token", "refresh_token": token.Reveal()})
}

func (p *testProvider) send(r *http.Request, out any) (status int, body string) {
	p.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			p.t.Fatalf("%s answered %d and no JSON: %v", r.URL.Path, resp.StatusCode, err)
		}
	}
	return resp.StatusCode, string(text)
}
