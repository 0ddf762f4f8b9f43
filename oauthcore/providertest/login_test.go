//go:build !js

package providertest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

func TestLoginThroughTheConsentForm(t *testing.T) {
	s := newStand(t)
	redirect, got := listenForCode(t)
	q := authorizeQuery(redirect)
	q.Set("login_hint", "LAB@uni.example")
	to := s.decideFor(q, "", "allow")
	if _, err := s.do(mustRequest(t, to.String())); err != nil {
		t.Fatal(err)
	}
	answer := <-got
	if answer.Get("state") != "the-state" {
		t.Fatalf("state %q came back", answer.Get("state"))
	}
	out := tokensOf(t, s.post(PathToken, exchangeBody(answer.Get("code"), redirect, "the-state")))
	if !strings.HasPrefix(out.AccessToken, AccessPrefix) || !strings.HasPrefix(out.RefreshToken, RefreshPrefix) {
		t.Error("the tokens do not begin as test tokens do")
	}
	if out.TokenType != "Bearer" || out.ExpiresIn != 28800 || out.RefreshTokenExpiresIn != 28*24*3600 || out.Scope != grantScopes {
		t.Errorf("answer: %s %d %d %q", out.TokenType, out.ExpiresIn, out.RefreshTokenExpiresIn, out.Scope)
	}
	if out.Account.UUID != labUUID || out.Account.EmailAddress != lab.Email || out.Organization.UUID != labOrg {
		t.Errorf("the hinted account was not the one: %+v %+v", out.Account, out.Organization)
	}
	if r := s.profile(secret.New(out.AccessToken)); r.status != http.StatusOK {
		t.Errorf("profile answered %d", r.status)
	}
	s.wantViolations()
	if st := s.State(); len(st.Logins) != 1 || st.Logins[0].RefreshFingerprint != secret.New(out.RefreshToken).Fingerprint() {
		t.Errorf("logins: %+v", st.Logins)
	}
}

func mustRequest(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLoginByHand(t *testing.T) {
	s := newStand(t)
	redirect := s.base + PathManual
	q := authorizeQuery(redirect)
	q.Set("state", `<&"state#`)
	to := s.decideFor(q, "2", "allow")
	shown := s.get(to.RequestURI())
	code, state, ok := strings.Cut(match(t, codeShow, shown.body), "#")
	if !ok || state != q.Get("state") {
		t.Fatalf("the page shows %q for the state", state)
	}
	out := tokensOf(t, s.post(PathToken, exchangeBody(code, redirect, state)))
	if out.Organization.UUID != guildOrg || out.Account.UUID != adaUUID {
		t.Errorf("the second organisation was chosen, this came: %+v", out.Organization)
	}
}

func TestDeny(t *testing.T) {
	s := newStand(t)
	q := s.decideFor(authorizeQuery(anyRedirect), "1", "deny").Query()
	if q.Get("error") != "access_denied" || q.Get("state") != "the-state" || q.Has("code") {
		t.Errorf("sent back %v", q)
	}
	shown := s.get(s.decideFor(authorizeQuery(s.base+PathManual), "1", "deny").RequestURI())
	if !strings.Contains(shown.body, `id="denied"`) {
		t.Errorf("the manual page does not say so:\n%s", shown.body)
	}
	if n := len(s.State().Logins); n != 0 {
		t.Errorf("%d logins after a refusal", n)
	}
}

func TestConsentPage(t *testing.T) {
	s := newStand(t)
	for _, c := range []struct{ name, hint, org, want string }{
		{"nothing hinted", "", "", "1"},
		{"email", "lab@uni.example", "", "3"},
		{"email of two organisations", "ada@example.com", "", "1"},
		{"email and organisation", "ada@example.com", guildOrg, "2"},
		{"organisation alone", "", labOrg, "3"},
		{"a stranger", "who@example.com", "", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := authorizeQuery(anyRedirect)
			q.Set("login_hint", c.hint)
			q.Set("orgUUID", c.org)
			r := s.get(PathAuthorize + "?" + q.Encode())
			if got := match(t, checked, r.body); got != c.want {
				t.Errorf("account %s is preselected, want %s", got, c.want)
			}
			for _, id := range []string{`id="account-1"`, `id="account-2"`, `id="account-3"`, `id="allow"`, `id="deny"`} {
				if !strings.Contains(r.body, id) {
					t.Errorf("no %s on the page", id)
				}
			}
			csp := r.header.Get("Content-Security-Policy")
			if !strings.Contains(csp, "form-action 'self' http://localhost:4321") || strings.Contains(csp, "script") {
				t.Errorf("policy %q", csp)
			}
		})
	}
}

func TestConsentPageWords(t *testing.T) {
	for _, c := range []struct{ kind, tier, want string }{
		{"claude_max", "default_claude_max_20x", "Max 20×"},
		{"claude_max", "default_claude_max_5x", "Max 5×"},
		{"claude_max", "something_else", "Max"},
		{"claude_pro", "default_claude_ai", "Pro"},
		{"claude_team", "default_claude_max_5x", "Team"},
		{"claude_enterprise", "", "Enterprise"},
		{"api_individual", "", ""},
	} {
		if got := planName(Person{OrganizationType: c.kind, RateLimitTier: c.tier}); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.kind, c.tier, got, c.want)
		}
	}
	for _, scope := range grantable(knownScopes()) {
		if scopeSentence(scope) == scope {
			t.Errorf("%s has no words", scope)
		}
	}
	if got := initial("ódin"); got != "Ó" {
		t.Errorf("initial %q", got)
	}
}

func TestAuthorizeIsStrict(t *testing.T) {
	s := newStand(t)
	for _, c := range []struct{ name, parameter, value string }{
		{"another client", "client_id", "someone"},
		{"no client", "client_id", ""},
		{"token response", "response_type", "token"},
		{"no response type", "response_type", ""},
		{"plain challenge", "code_challenge_method", "plain"},
		{"no challenge method", "code_challenge_method", ""},
		{"no challenge", "code_challenge", ""},
		{"short challenge", "code_challenge", "abc"},
		{"padded challenge", "code_challenge", s256(testVerifier) + "="},
		{"no state", "state", ""},
		{"no scope", "scope", " "},
		{"unknown scope", "scope", "user:inference admin:everything"},
		{"redirect by number", "redirect_uri", "http://127.0.0.1:4321/callback"},
		{"redirect elsewhere", "redirect_uri", "http://example.com:80/callback"},
		{"redirect with user", "redirect_uri", "http://localhost:80@example.com:80/callback"},
		{"redirect over https", "redirect_uri", "https://localhost:4321/callback"},
		{"redirect without port", "redirect_uri", "http://localhost/callback"},
		{"redirect to port 0", "redirect_uri", "http://localhost:0/callback"},
		{"redirect to port 65536", "redirect_uri", "http://localhost:65536/callback"},
		{"redirect to port 080", "redirect_uri", "http://localhost:080/callback"},
		{"redirect to another path", "redirect_uri", "http://localhost:4321/callback/"},
		{"redirect with query", "redirect_uri", "http://localhost:4321/callback?x=1"},
		{"redirect with fragment", "redirect_uri", "http://localhost:4321/callback#x"},
		{"no redirect", "redirect_uri", ""},
		{"manual page of another", "redirect_uri", "http://127.0.0.1:1" + PathManual},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := authorizeQuery(anyRedirect)
			if q.Set(c.parameter, c.value); c.value == "" {
				q.Del(c.parameter)
			}
			r := s.get(PathAuthorize + "?" + q.Encode())
			if r.status != http.StatusBadRequest || !strings.Contains(r.body, `id="why"`) || r.header.Get("Location") != "" {
				t.Errorf("answered %d, sent to %q", r.status, r.header.Get("Location"))
			}
		})
	}
	t.Run("a parameter twice", func(t *testing.T) {
		if r := s.get(PathAuthorize + "?" + authorizeQuery(anyRedirect).Encode() + "&state=two"); r.status != http.StatusBadRequest {
			t.Errorf("answered %d", r.status)
		}
	})
}

func TestConsentIsForOneDecision(t *testing.T) {
	s := newStand(t)
	open := func() string {
		return match(t, hiddenID, s.get(PathAuthorize+"?"+authorizeQuery(anyRedirect).Encode()).body)
	}
	send := func(form url.Values) reply {
		r := s.request(http.MethodPost, PathAuthorize, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		out, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	id := open()
	for _, c := range []struct {
		name string
		form url.Values
		want int
	}{
		{"no such request", url.Values{"request": {"x"}, "account": {"1"}, "decision": {"allow"}}, 400},
		{"no account", url.Values{"request": {id}, "decision": {"allow"}}, 400},
		{"account 0", url.Values{"request": {id}, "account": {"0"}, "decision": {"allow"}}, 400},
		{"account 4 of 3", url.Values{"request": {id}, "account": {"4"}, "decision": {"allow"}}, 400},
		{"no decision", url.Values{"request": {id}, "account": {"1"}}, 400},
		{"a decision", url.Values{"request": {id}, "account": {"1"}, "decision": {"allow"}}, 303},
		{"the same again", url.Values{"request": {id}, "account": {"1"}, "decision": {"allow"}}, 400},
	} {
		if r := send(c.form); r.status != c.want {
			t.Errorf("%s: answered %d, want %d", c.name, r.status, c.want)
		}
	}
	id = open()
	s.clock.advance(consentLifetime)
	if r := send(url.Values{"request": {id}, "account": {"1"}, "decision": {"allow"}}); r.status != 400 {
		t.Errorf("a page left open too long: answered %d", r.status)
	}
}

func TestExchangeIsStrict(t *testing.T) {
	s := newStand(t)
	for _, c := range []struct{ name, member, value, want string }{
		{"no code", "code", "", "invalid_request"},
		{"unknown code", "code", "nonsense", "invalid_grant"},
		{"no state", "state", "", "invalid_request"},
		{"another state", "state", "the-State", "invalid_grant"},
		{"no redirect", "redirect_uri", "", "invalid_request"},
		{"redirect with a slash more", "redirect_uri", anyRedirect + "/", "invalid_grant"},
		{"redirect in capitals", "redirect_uri", "http://LOCALHOST:4321/callback", "invalid_grant"},
		{"no verifier", "code_verifier", "", "invalid_request"},
		{"short verifier", "code_verifier", "short", "invalid_request"},
		{"verifier with a space", "code_verifier", strings.Repeat("a b", 20), "invalid_request"},
		{"wrong verifier", "code_verifier", strings.Repeat("a", 43), "invalid_grant"},
		{"another client", "client_id", "someone", "invalid_client"},
		{"no client", "client_id", "", "invalid_client"},
		{"unknown grant", "grant_type", "password", "unsupported_grant_type"},
		{"no grant", "grant_type", "", "invalid_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := exchangeBody(s.code(), anyRedirect, "the-state").with(c.member, c.value)
			if got := errorOf(t, s.post(PathToken, body)); got != c.want {
				t.Errorf("answered %s, want %s", got, c.want)
			}
		})
	}
	s.wantViolations()
	if n := len(s.State().Logins); n != 0 {
		t.Errorf("%d logins came of it", n)
	}
}

func TestAuthorizationCode(t *testing.T) {
	t.Run("ends after ten minutes", func(t *testing.T) {
		s := newStand(t)
		early, late := s.code(), s.code()
		s.clock.advance(codeLifetime - time.Second)
		tokensOf(t, s.post(PathToken, exchangeBody(early, anyRedirect, "the-state")))
		s.clock.advance(time.Second)
		if got := errorOf(t, s.post(PathToken, exchangeBody(late, anyRedirect, "the-state"))); got != "invalid_grant" {
			t.Errorf("answered %s", got)
		}
	})
	t.Run("is spent by a wrong try", func(t *testing.T) {
		s := newStand(t)
		body := exchangeBody(s.code(), anyRedirect, "the-state")
		errorOf(t, s.post(PathToken, body.with("state", "other")))
		if got := errorOf(t, s.post(PathToken, body)); got != "invalid_grant" {
			t.Errorf("answered %s", got)
		}
		s.wantViolations()
	})
	t.Run("used twice ends the login", func(t *testing.T) {
		s := newStand(t)
		body := exchangeBody(s.code(), anyRedirect, "the-state")
		out := tokensOf(t, s.post(PathToken, body))
		if got := errorOf(t, s.post(PathToken, body)); got != "invalid_grant" {
			t.Errorf("answered %s", got)
		}
		if got := errorOf(t, s.post(PathToken, refreshBody(out.RefreshToken))); got != "invalid_grant" {
			t.Errorf("the login's refresh answered %s", got)
		}
		if r := s.profile(secret.New(out.AccessToken)); r.status != http.StatusUnauthorized {
			t.Errorf("the login's access token got %d", r.status)
		}
		s.wantViolations("authorization code was presented again")
	})
}
