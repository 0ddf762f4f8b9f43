package provider

import (
	"context"
	"net/http"
	"testing"

	"baton/oauthcore/secret"
)

// What goes out, to the letter.
func TestRequests(t *testing.T) {
	tests := []struct {
		name   string
		do     func(*Client) error
		method string
		path   string
		body   string
		header map[string]string
	}{
		{
			"exchange",
			func(c *Client) error { _, err := c.Exchange(t.Context(), testExchange()); return err },
			"POST", "/v1/oauth/token",
			`{"grant_type":"authorization_code","code":"TESTcode-0123456789","redirect_uri":"http://localhost:4711/callback","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e","code_verifier":"TESTverifier-0123456789-0123456789-0123456789","state":"TESTstate-0123456789"}`,
			map[string]string{"Content-Type": "application/json", "Authorization": "", "Anthropic-Beta": ""},
		},
		{
			"exchange leaves the characters alone",
			func(c *Client) error {
				r := testExchange()
				r.Code = secret.New("TEST<&>")
				_, err := c.Exchange(t.Context(), r)
				return err
			},
			"POST", "/v1/oauth/token",
			`{"grant_type":"authorization_code","code":"TEST<&>","redirect_uri":"http://localhost:4711/callback","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e","code_verifier":"TESTverifier-0123456789-0123456789-0123456789","state":"TESTstate-0123456789"}`,
			nil,
		},
		{
			"refresh without scopes",
			func(c *Client) error { _, err := c.Refresh(t.Context(), secret.New(testRefresh), nil); return err },
			"POST", "/v1/oauth/token",
			`{"grant_type":"refresh_token","refresh_token":"sk-ant-ort01-TEST-refresh","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e"}`,
			map[string]string{"Content-Type": "application/json", "Authorization": ""},
		},
		{
			"refresh with more scopes",
			func(c *Client) error {
				_, err := c.Refresh(t.Context(), secret.New(testRefresh), LoginScopes())
				return err
			},
			"POST", "/v1/oauth/token",
			`{"grant_type":"refresh_token","refresh_token":"sk-ant-ort01-TEST-refresh","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e","scope":"user:profile user:inference user:sessions:claude_code user:mcp_servers user:file_upload user:plugins user:privacy_consents:write"}`,
			nil,
		},
		{
			"revoke",
			func(c *Client) error { return c.Revoke(t.Context(), secret.New(testRefresh)) },
			"POST", "/v1/oauth/token/revoke",
			`{"token":"sk-ant-ort01-TEST-refresh","token_type_hint":"refresh_token","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e"}`,
			map[string]string{"Content-Type": "application/json", "Authorization": ""},
		},
		{
			"profile",
			func(c *Client) error { _, err := c.Profile(t.Context(), secret.New(testAccess)); return err },
			"GET", "/api/oauth/profile", "",
			map[string]string{"Authorization": "Bearer " + testAccess, "Anthropic-Beta": "", "Content-Type": ""},
		},
		{
			"usage",
			func(c *Client) error { _, err := c.Usage(t.Context(), secret.New(testAccess)); return err },
			"GET", "/api/oauth/usage", "",
			map[string]string{"Authorization": "Bearer " + testAccess, "Anthropic-Beta": "oauth-2025-04-20"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := serve(t, status(http.StatusOK, nil, `{"access_token":"sk-ant-oat01-TEST"}`))
			if err := test.do(clientOf(t, server.URL, Options{UserAgent: "baton/TEST"})); err != nil {
				t.Fatal(err)
			}
			seen := server.requests()
			if len(seen) != 1 {
				t.Fatalf("%d requests", len(seen))
			}
			got := seen[0]
			if got.Method != test.method || got.Path != test.path || got.Body != test.body {
				t.Errorf("got %s %s\n%s\nwant %s %s\n%s", got.Method, got.Path, got.Body, test.method, test.path, test.body)
			}
			for name, want := range test.header {
				if got.Header.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
				}
			}
			if got.Header.Get("User-Agent") != "baton/TEST" || got.Header.Get("Accept") != "application/json" || got.Header.Get("Cookie") != "" {
				t.Errorf("header %v", got.Header)
			}
		})
	}
}

func TestRefreshScope(t *testing.T) {
	tests := []struct {
		name   string
		stored []string
		want   string
	}{
		{"none stored", nil, ""},
		{"the usual two", []string{"user:inference", "user:profile"}, ""},
		{"one of them", []string{"user:inference"}, ""},
		{"org scopes are no more", []string{"org:create_api_key", "user:profile", "user:inference"}, ""},
		{"file order kept", []string{"user:plugins", "org:x", "user:inference"}, "user:plugins user:inference"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := refreshScope(test.stored); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	stored := []string{"org:a", "user:b", "user:c"}
	refreshScope(stored)
	if stored[0] != "org:a" || stored[1] != "user:b" || stored[2] != "user:c" {
		t.Errorf("the caller's slice was changed: %v", stored)
	}
}

// Nothing leaves this machine when the secret or the address is unfit.
func TestNotSent(t *testing.T) {
	server := serve(t, status(http.StatusOK, nil, `{}`))
	c := clientOf(t, server.URL, Options{})
	unsafe := New(Endpoints{Token: "http://provider.example/token", Profile: "http://provider.example/p"}, Options{})
	ctx := context.Background()
	tests := []struct {
		name string
		do   func() error
		want error
	}{
		{"no refresh token", func() error { _, err := c.Refresh(ctx, secret.Secret{}, nil); return err }, ErrUnsendable},
		{"nothing to revoke", func() error { return c.Revoke(ctx, secret.Secret{}) }, ErrUnsendable},
		{"no code", func() error { _, err := c.Exchange(ctx, ExchangeRequest{Verifier: secret.New("TEST")}); return err }, ErrUnsendable},
		{"no verifier", func() error { _, err := c.Exchange(ctx, ExchangeRequest{Code: secret.New("TEST")}); return err }, ErrUnsendable},
		{"refresh token not UTF-8", func() error { _, err := c.Refresh(ctx, secret.New("TEST\xff"), nil); return err }, ErrUnsendable},
		{"no access token", func() error { _, err := c.Profile(ctx, secret.Secret{}); return err }, ErrUnsendable},
		{"access token with a line break", func() error { _, err := c.Usage(ctx, secret.New("TEST\r\nX: y")); return err }, ErrUnsendable},
		{"unsafe token address", func() error { _, err := unsafe.Refresh(ctx, secret.New(testRefresh), nil); return err }, ErrInsecure},
		{"unsafe profile address", func() error { _, err := unsafe.Profile(ctx, secret.New(testAccess)); return err }, ErrInsecure},
		{"no address", func() error { return unsafe.Revoke(ctx, secret.New(testRefresh)) }, ErrInsecure},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.do()
			if k := ErrUnsendable; test.want == k && err == nil {
				t.Fatal("no error")
			}
			wantKind(t, err, test.want.(Kind), 0)
			if Sent(err) {
				t.Error("said to be sent")
			}
		})
	}
	if n := len(server.requests()); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}
