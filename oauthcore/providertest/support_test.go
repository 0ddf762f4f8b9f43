//go:build !js

package providertest

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

const (
	testScopes   = "org:create_api_key user:profile user:inference user:mcp_servers"
	grantScopes  = "user:profile user:inference user:mcp_servers"
	testVerifier = "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ._~0123456789"
	anyRedirect  = "http://localhost:4321/callback"
)

// The accounts every test's provider has: Ada in two organisations, and Lab.
const (
	adaUUID = "6f1d0b52-8c1e-4e0b-9a57-2d6c1f0e4a01"
	labUUID = "d3480f9e-a6c7-4b12-9d5e-e51b7a20c304"

	personalOrg = "a1d94c02-7e6b-4f35-92c8-5b0e3f7d1a11"
	labOrg      = "84c6d1f7-0b3e-4592-8fa0-6e2b9c4d7514"
	guildOrg    = "92ad7e15-4f0c-4836-b1e9-d05c8f3a6b17"
)

var (
	ada = Person{
		AccountUUID: adaUUID, OrganizationUUID: personalOrg, Email: "ada@example.com",
		FullName: "Ada Byron", DisplayName: "Ada", OrganizationName: "Home",
		OrganizationType: "claude_max", RateLimitTier: "default_claude_max_20x", BillingType: "stripe_subscription",
	}
	adaGuild = Person{
		AccountUUID: adaUUID, OrganizationUUID: guildOrg, Email: "ada@example.com",
		FullName: "Ada Byron", DisplayName: "Ada", OrganizationName: "Guild",
		OrganizationType: "claude_team", RateLimitTier: "default_raven", SeatTier: "team_standard",
	}
	lab = Person{
		AccountUUID: labUUID, OrganizationUUID: labOrg, Email: "lab@uni.example",
		DisplayName: "Lab", OrganizationType: "claude_pro", RateLimitTier: "default_claude_ai",
	}
)

// stand is a running provider with three accounts and a clock.
type stand struct {
	*Provider
	t     *testing.T
	clock *clock
	base  string
	http  *http.Client
}

func newStand(t *testing.T) *stand {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 4, 13, 13, 20, 0, time.UTC)}
	p := NewProvider(Options{Now: c.now, TestHooks: true})
	base, err := p.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	for _, who := range []Person{ada, adaGuild, lab} {
		p.AddAccount(who)
	}
	return &stand{Provider: p, t: t, clock: c, base: base, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is a response read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

func (s *stand) do(r *http.Request) (reply, error) {
	s.t.Helper()
	resp, err := s.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}, err
}

func (s *stand) request(method, path string, body io.Reader) *http.Request {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *stand) get(path string, header ...string) reply {
	s.t.Helper()
	r := s.request(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	out, err := s.do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *stand) tryPost(path string, body any) (reply, error) {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r := s.request(http.MethodPost, path, bytes.NewReader(b))
	r.Header.Set("Content-Type", "application/json")
	return s.do(r)
}

func (s *stand) post(path string, body any) reply {
	s.t.Helper()
	out, err := s.tryPost(path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

type members map[string]string

// with gives a copy with one member changed, or left out if value is "".
func (m members) with(name, value string) members {
	out := members{}
	for k, v := range m {
		out[k] = v
	}
	if out[name] = value; value == "" {
		delete(out, name)
	}
	return out
}

func refreshBody(token string) members {
	return members{"grant_type": "refresh_token", "refresh_token": token, "client_id": ClientID}
}

func exchangeBody(code, redirect, state string) members {
	return members{
		"grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
		"client_id": ClientID, "code_verifier": testVerifier, "state": state,
	}
}

func authorizeQuery(redirect string) url.Values {
	return url.Values{
		"code": {"true"}, "client_id": {ClientID}, "response_type": {"code"}, "redirect_uri": {redirect},
		"scope": {testScopes}, "code_challenge": {s256(testVerifier)}, "code_challenge_method": {"S256"},
		"state": {"the-state"},
	}
}

var (
	hiddenID = regexp.MustCompile(`name="request" value="([^"]+)"`)
	checked  = regexp.MustCompile(`id="account-(\d+)" value="\d+" required checked`)
	codeShow = regexp.MustCompile(`<output id="code">([^<]+)</output>`)
)

func match(t *testing.T, re *regexp.Regexp, in string) string {
	t.Helper()
	m := re.FindStringSubmatch(in)
	if m == nil {
		t.Fatalf("no %s in:\n%s", re, in)
	}
	return html.UnescapeString(m[1])
}

// decideFor opens the consent page and sends its form; account "" takes the
// preselected one. It gives the address the browser is sent to.
func (s *stand) decideFor(q url.Values, account, decision string) *url.URL {
	s.t.Helper()
	shown := s.get(PathAuthorize + "?" + q.Encode())
	if shown.status != http.StatusOK {
		s.t.Fatalf("authorize answered %d:\n%s", shown.status, shown.body)
	}
	if account == "" {
		account = match(s.t, checked, shown.body)
	}
	r := s.request(http.MethodPost, PathAuthorize, strings.NewReader(url.Values{
		"request": {match(s.t, hiddenID, shown.body)}, "account": {account}, "decision": {decision},
	}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sent, err := s.do(r)
	if err != nil || sent.status != http.StatusSeeOther {
		s.t.Fatalf("the decision answered %d (%v):\n%s", sent.status, err, sent.body)
	}
	to, err := url.Parse(sent.header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	return to
}

func (s *stand) code() string {
	s.t.Helper()
	return s.decideFor(authorizeQuery(anyRedirect), "1", "allow").Query().Get("code")
}

func tokensOf(t *testing.T, r reply) tokenResponse {
	t.Helper()
	var out tokenResponse
	if r.status != http.StatusOK {
		t.Fatalf("answered %d %s", r.status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func errorOf(t *testing.T, r reply) string {
	t.Helper()
	var out struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusBadRequest {
		t.Fatalf("answered %d %s (%v)", r.status, r.body, err)
	}
	return out.Error
}

func (s *stand) issue(who Person) Credentials {
	s.t.Helper()
	c, err := s.Issue(who.AccountUUID, who.OrganizationUUID)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *stand) fail(f Fault) {
	s.t.Helper()
	if err := s.Fail(f); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stand) profile(token secret.Secret) reply {
	s.t.Helper()
	return s.get(PathProfile, "Authorization", "Bearer "+token.Reveal())
}

func (s *stand) usage(token secret.Secret) reply {
	s.t.Helper()
	return s.get(PathUsage, "Authorization", "Bearer "+token.Reveal(), "anthropic-beta", UsageBeta)
}

func (s *stand) wantViolations(want ...string) {
	s.t.Helper()
	got := s.Violations()
	if len(got) != len(want) {
		s.t.Fatalf("violations %q, want %q", got, want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			s.t.Errorf("violation %q, want %q", got[i], want[i])
		}
	}
}

// listenForCode is the client's side of the loopback redirect.
func listenForCode(t *testing.T) (redirect string, got <-chan url.Values) {
	t.Helper()
	ch := make(chan url.Values, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ch <- r.URL.Query()
	}))
	t.Cleanup(srv.Close)
	return strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) + "/callback", ch
}
