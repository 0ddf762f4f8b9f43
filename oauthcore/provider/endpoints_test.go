package provider

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestDefaultIsSecure(t *testing.T) {
	d := Default()
	for _, address := range []string{d.Authorize, d.Token, d.Revoke, d.Profile, d.Usage, d.ManualRedirect} {
		u, err := parseSecure(address)
		if err != nil || u.Scheme != "https" {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestFromBase(t *testing.T) {
	tests := []struct {
		base string
		want string // of the token endpoint; "" for ErrInsecure
	}{
		{"https://provider.example", "https://provider.example/v1/oauth/token"},
		{"https://provider.example/", "https://provider.example/v1/oauth/token"},
		{"HTTPS://provider.example:8443/sub//", "https://provider.example:8443/sub/v1/oauth/token"},
		{"http://localhost:3001", "http://localhost:3001/v1/oauth/token"},
		{"http://LOCALHOST:3001", "http://LOCALHOST:3001/v1/oauth/token"},
		{"http://127.0.0.1:1", "http://127.0.0.1:1/v1/oauth/token"},
		{"http://127.9.8.7", "http://127.9.8.7/v1/oauth/token"},
		{"http://[::1]:3001", "http://[::1]:3001/v1/oauth/token"},
		{"", ""},
		{"localhost:3001", ""},
		{"//localhost:3001", ""},
		{"http:localhost", ""},
		{"http://", ""},
		{"https://:8443", ""},
		{"ftp://localhost", ""},
		{"http://provider.example", ""},
		{"http://localhost.example", ""},
		{"http://127.0.0.1.example", ""},
		{"http://0.0.0.0:1", ""},
		{"http://[::ffff:127.0.0.1]:1", ""},
		{"http://[::1%25lo]:1", ""},
		{"http://2130706433", ""},
		{"https://user:TESTpassword@provider.example", ""},
		{"https://user@provider.example", ""},
		{"https://provider.example?x=1", ""},
		{"https://provider.example/?", ""},
		{"https://provider.example#x", ""},
		{"https://provider.example#", ""},
		{"http://localhost:0", ""},
		{"http://localhost:", ""},
		{"http://localhost:65536", ""},
		{"http://localhost:TESTpassword", ""},
		{"http://local host", ""},
	}
	for _, test := range tests {
		t.Run(test.base, func(t *testing.T) {
			got, err := FromBase(test.base)
			if test.want == "" {
				if !errors.Is(err, ErrInsecure) || got != (Endpoints{}) {
					t.Fatalf("got %+v, %v", got, err)
				}
				if strings.Contains(err.Error(), "TESTpassword") {
					t.Errorf("error repeats the base: %v", err)
				}
				return
			}
			if err != nil || got.Token != test.want {
				t.Fatalf("got %q, %v, want %q", got.Token, err, test.want)
			}
		})
	}
}

func TestFromBasePaths(t *testing.T) {
	got, err := FromBase("http://localhost:3001")
	want := Endpoints{
		Authorize:      "http://localhost:3001/oauth/authorize",
		Token:          "http://localhost:3001/v1/oauth/token",
		Revoke:         "http://localhost:3001/v1/oauth/token/revoke",
		Profile:        "http://localhost:3001/api/oauth/profile",
		Usage:          "http://localhost:3001/api/oauth/usage",
		ManualRedirect: "http://localhost:3001/oauth/code/callback",
	}
	if err != nil || got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
	if c := New(got, Options{}); c.ManualRedirect() != want.ManualRedirect {
		t.Errorf("manual redirect is %q", c.ManualRedirect())
	}
}

func TestAuthorizeURL(t *testing.T) {
	c := New(Default(), Options{})
	got := c.AuthorizeURL(AuthorizeRequest{RedirectURI: "http://localhost:4711/callback", Challenge: "TESTchallenge", State: "TESTstate"})
	want := "https://claude.com/cai/oauth/authorize?code=true" +
		"&client_id=9d1c250a-e61b-44d9-88ed-5944d1962f5e" +
		"&response_type=code" +
		"&redirect_uri=http%3A%2F%2Flocalhost%3A4711%2Fcallback" +
		"&scope=org%3Acreate_api_key+user%3Aprofile+user%3Ainference+user%3Asessions%3Aclaude_code+user%3Amcp_servers+user%3Afile_upload+user%3Aplugins+user%3Aprivacy_consents%3Awrite+org%3Adesktop_config" +
		"&code_challenge=TESTchallenge&code_challenge_method=S256&state=TESTstate"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAuthorizeURLEscapesWhatItIsGiven(t *testing.T) {
	c := New(Default(), Options{})
	got := c.AuthorizeURL(AuthorizeRequest{State: "a&b=c#d", LoginHint: "me+work@example.com", OrgUUID: "o&1", Scopes: []string{"one", "two"}})
	u, err := url.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"state": "a&b=c#d", "login_hint": "me+work@example.com", "orgUUID": "o&1", "scope": "one two"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	if !strings.HasSuffix(got, "&login_hint=me%2Bwork%40example.com&orgUUID=o%261") {
		t.Errorf("optional members are not last: %s", got)
	}
}

func TestLoginScopesAreTheCallersOwn(t *testing.T) {
	LoginScopes()[0] = "changed"
	if !slices.Contains(LoginScopes(), "user:inference") || LoginScopes()[0] != "org:create_api_key" {
		t.Error("a caller changed the list for all")
	}
}

func FuzzFromBase(f *testing.F) {
	for _, base := range []string{"https://a.example/x", "http://[::1]:3", "http://u:p@localhost", "http://localhost#", "https://%41"} {
		f.Add(base)
	}
	f.Fuzz(func(t *testing.T, base string) {
		endpoints, err := FromBase(base)
		if err != nil {
			if !errors.Is(err, ErrInsecure) {
				t.Fatalf("not ErrInsecure: %v", err)
			}
			return
		}
		u, err := url.Parse(endpoints.Token)
		if err != nil {
			t.Fatalf("made %q of %q: %v", endpoints.Token, base, err)
		}
		if u.User != nil || u.RawQuery != "" || u.Fragment != "" || !strings.HasSuffix(u.Path, "/v1/oauth/token") {
			t.Fatalf("made %q of %q", endpoints.Token, base)
		}
		if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
			t.Fatalf("made %q of %q", endpoints.Token, base)
		}
	})
}
