//go:build !js

package providertest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

func TestRefreshRotates(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	s.clock.advance(3 * 24 * time.Hour)
	out := tokensOf(t, s.post(PathToken, refreshBody(c.RefreshToken.Reveal())))
	if out.RefreshToken == c.RefreshToken.Reveal() || out.AccessToken == c.AccessToken.Reveal() {
		t.Error("a token stayed the same")
	}
	if want := 25 * 24 * 3600; out.RefreshTokenExpiresIn != want {
		t.Errorf("the login ends in %d s, want %d: a refresh does not move it", out.RefreshTokenExpiresIn, want)
	}
	if out.Account.UUID != adaUUID || out.Organization.UUID != personalOrg || out.Organization.Name != "Home" {
		t.Errorf("whose: %+v %+v", out.Account, out.Organization)
	}
	if r := s.profile(c.AccessToken); r.status != http.StatusUnauthorized {
		t.Errorf("the lapsed access token got %d", r.status)
	}
	if r := s.profile(secret.New(out.AccessToken)); r.status != http.StatusOK {
		t.Errorf("the new access token got %d", r.status)
	}
	tokensOf(t, s.post(PathToken, refreshBody(out.RefreshToken)))
	s.wantViolations()
}

func TestReuseEndsTheLogin(t *testing.T) {
	s := newStand(t)
	c, other := s.issue(ada), s.issue(ada)
	next := tokensOf(t, s.post(PathToken, refreshBody(c.RefreshToken.Reveal())))
	if got := errorOf(t, s.post(PathToken, refreshBody(c.RefreshToken.Reveal()))); got != "invalid_grant" {
		t.Errorf("reuse answered %s", got)
	}
	if got := errorOf(t, s.post(PathToken, refreshBody(next.RefreshToken))); got != "invalid_grant" {
		t.Errorf("the newest token of a killed login answered %s", got)
	}
	if r := s.profile(secret.New(next.AccessToken)); r.status != http.StatusUnauthorized {
		t.Errorf("its access token got %d", r.status)
	}
	s.wantViolations("spent refresh token was presented again: ada@example.com")
	tokensOf(t, s.post(PathToken, refreshBody(other.RefreshToken.Reveal()))) // another login of hers lives
	for _, v := range s.Violations() {
		if strings.Contains(v, "sk-ant-") {
			t.Error("a violation holds a token")
		}
	}
}

func TestRefreshIsStrict(t *testing.T) {
	s := newStand(t)
	good := refreshBody(s.issue(ada).RefreshToken.Reveal())
	for _, c := range []struct{ name, member, value, want string }{
		{"no token", "refresh_token", "", "invalid_request"},
		{"unknown token", "refresh_token", RefreshPrefix + "x", "invalid_grant"},
		{"another client", "client_id", "someone", "invalid_client"},
		{"more scope than given", "scope", "user:inference org:create_api_key", "invalid_scope"},
	} {
		if got := errorOf(t, s.post(PathToken, good.with(c.member, c.value))); got != c.want {
			t.Errorf("%s: answered %s, want %s", c.name, got, c.want)
		}
	}
	send := func(contentType, authorization, body string) reply {
		r := s.request(http.MethodPost, PathToken, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		out, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	body := `{"grant_type":"refresh_token","client_id":"` + ClientID + `","refresh_token":"` + good["refresh_token"] + `"}`
	for _, c := range []struct{ name, contentType, authorization, body string }{
		{"a form", "application/x-www-form-urlencoded", "", "grant_type=refresh_token"},
		{"JSON by another name", "text/plain", "", body},
		{"with Authorization", "application/json", "Bearer x", body},
		{"cut off", "application/json", "", body[:len(body)-1]},
		{"two objects", "application/json", "", body + "{}"},
		{"an array", "application/json", "", "[" + body + "]"},
		{"null", "application/json", "", "null"},
		{"a number for a token", "application/json", "", `{"grant_type":"refresh_token","refresh_token":1}`},
		{"too much", "application/json", "", `{"grant_type":"` + strings.Repeat("x", 70<<10) + `"}`},
	} {
		if got := errorOf(t, send(c.contentType, c.authorization, c.body)); got != "invalid_request" {
			t.Errorf("%s: answered %s", c.name, got)
		}
	}
	if r := s.get(PathToken); r.status != http.StatusMethodNotAllowed {
		t.Errorf("GET answered %d", r.status)
	}
	// None of it has spent the token; narrower scope is fine.
	out := tokensOf(t, s.post(PathToken, good.with("scope", "user:inference")))
	if out.Scope != "user:inference" {
		t.Errorf("scope %q", out.Scope)
	}
	if r := s.profile(secret.New(out.AccessToken)); r.status != http.StatusForbidden {
		t.Errorf("a token without user:profile got the profile: %d", r.status)
	}
	s.wantViolations()
}

func TestLoginEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*stand, Credentials) error
	}{
		{"its deadline", func(s *stand, _ Credentials) error { s.clock.advance(DefaultLoginLifetime); return nil }},
		{"its deadline moved up", func(s *stand, _ Credentials) error { return s.ExpireLogin(adaUUID, personalOrg) }},
		{"kill", func(s *stand, _ Credentials) error { return s.Kill(adaUUID, personalOrg) }},
		{"kill in every organisation", func(s *stand, _ Credentials) error { return s.Kill(adaUUID, "") }},
		{"revocation", func(s *stand, c Credentials) error {
			s.post(PathRevoke, members{"token": c.RefreshToken.Reveal(), "token_type_hint": "refresh_token", "client_id": ClientID})
			return nil
		}},
		{"revocation by the access token", func(s *stand, c Credentials) error {
			s.post(PathRevoke, members{"token": c.AccessToken.Reveal(), "client_id": ClientID})
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t)
			creds := s.issue(ada)
			if err := c.end(s, creds); err != nil {
				t.Fatal(err)
			}
			if n := len(s.State().Logins); n != 0 {
				t.Errorf("%d logins live", n)
			}
			if got := errorOf(t, s.post(PathToken, refreshBody(creds.RefreshToken.Reveal()))); got != "invalid_grant" {
				t.Errorf("refresh answered %s", got)
			}
			s.wantViolations()
			again := s.issue(ada)
			tokensOf(t, s.post(PathToken, refreshBody(again.RefreshToken.Reveal())))
		})
	}
}

func TestExpireLapsesTheAccessTokenOnly(t *testing.T) {
	s := newStand(t)
	home, guild := s.issue(ada), s.issue(adaGuild)
	if err := s.Expire(adaUUID, personalOrg); err != nil {
		t.Fatal(err)
	}
	if r := s.profile(home.AccessToken); r.status != http.StatusUnauthorized || !strings.Contains(r.body, "authentication_error") {
		t.Errorf("answered %d %s", r.status, r.body)
	}
	if r := s.profile(guild.AccessToken); r.status != http.StatusOK {
		t.Errorf("the other organisation's token got %d", r.status)
	}
	tokensOf(t, s.post(PathToken, refreshBody(home.RefreshToken.Reveal())))
}

func TestRevoke(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	good := members{"token": c.RefreshToken.Reveal(), "token_type_hint": "refresh_token", "client_id": ClientID}
	for _, c := range []struct{ name, member, value, want string }{
		{"no token", "token", "", "invalid_request"},
		{"another client", "client_id", "someone", "invalid_client"},
		{"strange hint", "token_type_hint", "id_token", "unsupported_token_type"},
	} {
		if got := errorOf(t, s.post(PathRevoke, good.with(c.member, c.value))); got != c.want {
			t.Errorf("%s: answered %s, want %s", c.name, got, c.want)
		}
	}
	if r := s.post(PathRevoke, good.with("token", "unknown")); r.status != http.StatusOK {
		t.Errorf("an unknown token got %d", r.status)
	}
	next := tokensOf(t, s.post(PathToken, refreshBody(c.RefreshToken.Reveal())))
	if r := s.post(PathRevoke, good.with("token", next.RefreshToken)); r.status != http.StatusOK {
		t.Errorf("answered %d", r.status)
	}
	if r := s.profile(secret.New(next.AccessToken)); r.status != http.StatusUnauthorized {
		t.Errorf("a revoked login's access token got %d", r.status)
	}
	s.wantViolations()
	s.post(PathRevoke, good) // the spent one: its holder has lost track
	s.wantViolations("presented for revocation")
}

func FuzzTokenRequest(f *testing.F) {
	f.Add([]byte(`{"grant_type":"refresh_token","refresh_token":"x"}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"state":1}`))
	f.Add([]byte(`{}{}`))
	p := NewProvider(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		req, err := parseTokenRequest(body)
		if err != nil {
			return
		}
		// With nothing issued no input may be granted anything.
		for _, a := range []answer{p.refreshLogin(req, Fault{}, &Presentation{}), p.exchange(req, Fault{})} {
			if a.status != http.StatusBadRequest {
				t.Errorf("answered %d", a.status)
			}
		}
	})
}
