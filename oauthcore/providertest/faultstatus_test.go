//go:build !js

package providertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

func TestStatusFaults(t *testing.T) {
	const oauth, api = `{"error":`, `{"error":{`
	for _, c := range []struct {
		status  int
		body    string // "" for the usual one
		start   string // of a token answer
		query   string // start of a profile answer
		holds   string
		content string
	}{
		{400, "", oauth + `"invalid_request"`, api, "Invalid request", "application/json"},
		{401, "", oauth + `"access_denied"`, api, disabledText, "application/json"},
		{403, "", oauth + `"access_denied"`, api, disabledText, "application/json"},
		{404, "", oauth + `"access_denied"`, api, disabledText, "application/json"},
		{429, "", api, api, "rate_limit_error", "application/json"},
		{500, "", api, api, "api_error", "application/json"},
		{503, "", api, api, "overloaded_error", "application/json"},
		{529, "", api, api, "overloaded_error", "application/json"},
		{502, "", "<", "<", "502", "text/html; charset=utf-8"},
		{504, "", "<", "<", "504", "text/html; charset=utf-8"},
		{520, "", "<", "<", "520", "text/html; charset=utf-8"},
		{524, "", "<", "<", "524", "text/html; charset=utf-8"},
		{400, `{"error":{"type":"x"}}`, `{"error":{"type":"x"}}`, api, "", "application/json"},
		{403, "No.", "No.", "No.", "No.", "text/plain; charset=utf-8"},
	} {
		t.Run(fmt.Sprint(c.status, c.body), func(t *testing.T) {
			s := newStand(t)
			login := s.issue(ada)
			for _, e := range []Endpoint{EndpointRefresh, EndpointProfile} {
				s.fail(Fault{Endpoint: e, Kind: FaultStatus, Status: c.status, Body: c.body, RetryAfter: time.Minute})
			}
			body := refreshBody(login.RefreshToken.Reveal())
			for start, r := range map[string]reply{c.start: s.post(PathToken, body), c.query: s.profile(login.AccessToken)} {
				if r.status != c.status || !strings.HasPrefix(r.body, start) || !strings.Contains(r.body, c.holds) ||
					r.header.Get("Content-Type") != c.content || r.header.Get("Retry-After") != "60" {
					t.Errorf("answered %d %v %s", r.status, r.header, r.body)
				}
			}
			tokensOf(t, s.post(PathToken, body)) // it did not act
			s.wantViolations()
		})
	}
}

func TestStatusFaultThatActs(t *testing.T) {
	s := newStand(t)
	body := refreshBody(s.issue(ada).RefreshToken.Reveal())
	s.fail(Fault{Endpoint: EndpointRefresh, Kind: FaultStatus, Status: 524, Acts: true})
	if r := s.post(PathToken, body); r.status != 524 {
		t.Fatalf("answered %d", r.status)
	}
	if got := errorOf(t, s.post(PathToken, body)); got != "invalid_grant" {
		t.Errorf("the repeat answered %s", got)
	}
	if n := s.State().Repeats; n != 1 {
		t.Errorf("%d repeats", n)
	}
	s.wantViolations() // the client could not know
}

func TestIncompleteAnswers(t *testing.T) {
	all := []string{
		"access_token", "account", "expires_in", "organization", "refresh_token", "refresh_token_expires_in",
		"scope", "token_type",
	}
	for _, omit := range [][]string{{"account", "organization"}, {"expires_in"}, {"refresh_token_expires_in"}, {"access_token"}} {
		t.Run(strings.Join(omit, " "), func(t *testing.T) {
			s := newStand(t)
			for _, body := range []members{
				exchangeBody(s.code(), anyRedirect, "the-state"),
				refreshBody(s.issue(ada).RefreshToken.Reveal()),
			} {
				s.fail(Fault{Endpoint: EndpointToken, Kind: FaultIncomplete, Omit: omit})
				got := decode[map[string]any](t, s.post(PathToken, body))
				for _, name := range all {
					if _, there := got[name]; there == slices.Contains(omit, name) {
						t.Errorf("%s of %s is there: %t", name, body["grant_type"], there)
					}
				}
				next, _ := got["refresh_token"].(string)
				tokensOf(t, s.post(PathToken, refreshBody(next)))
			}
			bad := refreshBody("x")
			s.fail(Fault{Endpoint: EndpointToken, Kind: FaultIncomplete, Omit: omit})
			if got := errorOf(t, s.post(PathToken, bad)); got != "invalid_grant" {
				t.Errorf("an error answer became %s", got)
			}
			s.wantViolations()
		})
	}
}

func TestFaultsOfOneAccount(t *testing.T) {
	s := newStand(t)
	his, hers := s.issue(lab), s.issue(ada)
	code := s.code() // Ada's
	for _, e := range []Endpoint{EndpointToken, EndpointProfile, EndpointUsage, EndpointRevoke} {
		s.fail(Fault{Endpoint: e, Kind: FaultServerError, Account: adaUUID, Times: 2})
	}
	spent := refreshBody(his.RefreshToken.Reveal())
	his.RefreshToken = secret.New(tokensOf(t, s.post(PathToken, spent)).RefreshToken)
	for name, r := range map[string]struct {
		got  reply
		want int
	}{
		"profile":             {s.profile(his.AccessToken), 200},
		"usage":               {s.usage(his.AccessToken), 200},
		"revoke":              {s.post(PathRevoke, members{"token": his.RefreshToken.Reveal(), "client_id": ClientID}), 200},
		"unknown":             {s.post(PathToken, refreshBody("x")), 400},
		"no token":            {s.get(PathProfile), 401},
		"the account's":       {s.post(PathToken, refreshBody(hers.RefreshToken.Reveal())), 500},
		"the account's code":  {s.post(PathToken, exchangeBody(code, anyRedirect, "the-state")), 500},
		"after two calls":     {s.post(PathToken, refreshBody(hers.RefreshToken.Reveal())), 200},
		"the account's usage": {s.usage(hers.AccessToken), 500},
		"its profile":         {s.profile(hers.AccessToken), 500},
		"its revocation":      {s.post(PathRevoke, members{"token": hers.RefreshToken.Reveal(), "client_id": ClientID}), 500},
	} {
		if r.got.status != r.want {
			t.Errorf("%s answered %d, want %d", name, r.got.status, r.want)
		}
	}
	s.wantViolations()
}

func TestStatusFaultByHook(t *testing.T) {
	s := newStand(t)
	order := func(f map[string]any) {
		t.Helper()
		if r := s.post(PathTestFault, f); r.status != http.StatusNoContent {
			t.Fatalf("fault: %d %s", r.status, r.body)
		}
	}
	body := refreshBody(s.issue(ada).RefreshToken.Reveal())
	order(map[string]any{"endpoint": "refresh", "kind": "html", "account": labUUID})
	order(map[string]any{"endpoint": "refresh", "kind": "incomplete", "omit": []string{"expires_in"}})
	order(map[string]any{"endpoint": "refresh", "kind": "status", "status": 520, "body": "x", "acts": true})
	first := tokensOf(t, s.post(PathToken, body))
	if first.ExpiresIn != 0 {
		t.Error("expires_in is there")
	}
	if r := s.post(PathToken, refreshBody(first.RefreshToken)); r.status != 520 || r.body != "x" {
		t.Errorf("answered %d %s", r.status, r.body)
	}
	if got := s.Presented()[1]; got.Outcome != OutcomeRotated {
		t.Errorf("it did not act: %+v", got)
	}
}
