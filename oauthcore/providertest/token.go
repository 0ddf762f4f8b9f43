//go:build !js

package providertest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/secret"
)

// tokenRequest is the body of the token and the revocation endpoint.
type tokenRequest struct {
	GrantType     string `json:"grant_type"`
	Code          string `json:"code"`
	RedirectURI   string `json:"redirect_uri"`
	ClientID      string `json:"client_id"`
	CodeVerifier  string `json:"code_verifier"`
	State         string `json:"state"`
	RefreshToken  string `json:"refresh_token"`
	Scope         string `json:"scope"`
	Token         string `json:"token"`
	TokenTypeHint string `json:"token_type_hint"`
}

type accountRef struct {
	UUID         string `json:"uuid"`
	EmailAddress string `json:"email_address"`
}

type organizationRef struct {
	UUID string `json:"uuid"`
	Name string `json:"name"`
}

// tokenResponse is a successful answer (RFC 6749 §5.1 and what the provider
// adds). Tokens are plain strings here: this is the wire.
type tokenResponse struct {
	TokenType             string          `json:"token_type"`
	AccessToken           string          `json:"access_token"`
	ExpiresIn             int             `json:"expires_in"` // seconds
	RefreshToken          string          `json:"refresh_token,omitempty"`
	RefreshTokenExpiresIn int             `json:"refresh_token_expires_in,omitempty"` // seconds
	Scope                 string          `json:"scope"`
	Account               accountRef      `json:"account"`
	Organization          organizationRef `json:"organization"`
}

var errNotJSON = errors.New("the body is not one JSON object")

// readTokenRequest takes JSON only: unlike RFC 6749 §4.1.3, the provider does
// not read forms here.
func readTokenRequest(w http.ResponseWriter, r *http.Request) (tokenRequest, error) {
	var req tokenRequest
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return req, errNotJSON
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		return req, errNotJSON
	}
	return parseTokenRequest(body)
}

func parseTokenRequest(body []byte) (tokenRequest, error) {
	var req *tokenRequest
	if err := json.Unmarshal(body, &req); err != nil || req == nil {
		return tokenRequest{}, errNotJSON
	}
	return *req, nil
}

func (p *Provider) handleToken(w http.ResponseWriter, r *http.Request) {
	req, err := readTokenRequest(w, r)
	endpoint := EndpointToken
	switch req.GrantType {
	case "authorization_code":
		endpoint = EndpointExchange
	case "refresh_token":
		endpoint = EndpointRefresh
	}
	c := call{endpoint: endpoint}
	switch endpoint {
	case EndpointExchange:
		c.account = p.accountOf(req.Code)
	case EndpointRefresh:
		c.account = p.accountOf(req.RefreshToken)
		if req.RefreshToken != "" {
			c.presented = &Presentation{Fingerprint: secret.New(req.RefreshToken).Fingerprint(), AccountUUID: c.account}
		}
	}
	p.respond(w, c, func(f Fault) answer {
		if c.presented != nil {
			p.mu.Lock()
			c.presented.Outcome = OutcomeRefused // unless the refresh gets further
			p.mu.Unlock()
		}
		switch {
		case err != nil:
			return oauthError("invalid_request", errNotJSON.Error())
		case r.Header.Get("Authorization") != "":
			return oauthError("invalid_request", "this endpoint takes no Authorization header")
		case req.GrantType == "":
			return oauthError("invalid_request", "grant_type is missing")
		case endpoint == EndpointToken:
			return oauthError("unsupported_grant_type", "grant_type is neither authorization_code nor refresh_token")
		case req.ClientID != ClientID:
			return oauthError("invalid_client", "Client not found")
		case endpoint == EndpointExchange:
			return p.exchange(req, f)
		}
		return p.refreshLogin(req, f, c.presented)
	})
}

// refreshLogin is the refresh_token grant (RFC 6749 §6) with rotation and
// reuse detection (RFC 9700 §4.14.2): each refresh token works once.
func (p *Provider) refreshLogin(req tokenRequest, f Fault, note *Presentation) answer {
	if req.RefreshToken == "" {
		return oauthError("invalid_request", "refresh_token is missing")
	}
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	dead := func(description string) answer {
		note.dead = true
		return oauthError("invalid_grant", description)
	}
	t := p.refresh[secret.New(req.RefreshToken).Fingerprint()]
	if t == nil {
		return dead("Refresh token not found or invalid")
	}
	l := t.login
	if t.spent {
		p.reused(l, t.lost, "a spent refresh token was presented again")
		note.Outcome = OutcomeReused
		return dead("Refresh token was used before; the login has been revoked")
	}
	if l.dead {
		return dead("Refresh token has been revoked")
	}
	if !l.ends.After(now) {
		return dead("Refresh token expired")
	}
	scopes := l.scopes
	if req.Scope != "" {
		scopes = strings.Fields(req.Scope)
		for _, s := range scopes {
			if !slices.Contains(l.scopes, s) {
				return oauthError("invalid_scope", "a scope was asked for that the login does not have")
			}
		}
	}
	refresh := secret.Secret{}
	note.Outcome = OutcomeKept
	if f.Kind != FaultNoRefresh {
		t.lost = f.losesAnswer()
		refresh = p.newRefresh(l)
		note.Outcome = OutcomeRotated
	}
	return p.tokens(l, scopes, refresh)
}

// tokens makes an access token and the answer around it. The caller holds mu.
func (p *Provider) tokens(l *login, scopes []string, refresh secret.Secret) answer {
	now := p.now()
	access := p.newAccess(l, scopes, now.Add(p.accessLifetime))
	out := tokenResponse{
		TokenType:    "Bearer",
		AccessToken:  access.Reveal(),
		ExpiresIn:    int(p.accessLifetime / time.Second),
		Scope:        strings.Join(scopes, " "),
		Account:      accountRef{UUID: l.who.AccountUUID, EmailAddress: l.who.Email},
		Organization: organizationRef{UUID: l.who.OrganizationUUID, Name: l.who.OrganizationName},
	}
	if !refresh.Empty() {
		out.RefreshToken = refresh.Reveal()
		out.RefreshTokenExpiresIn = int(l.ends.Sub(now) / time.Second)
	}
	return jsonAnswer(http.StatusOK, out)
}

// reused kills the login a spent token or a used code belongs to, and records the offence
// unless a withheld answer was its cause. The caller holds mu.
func (p *Provider) reused(l *login, lost bool, what string) {
	l.dead = true
	if lost {
		p.repeats++
		return
	}
	p.violate(what + ": " + l.who.Email)
}

// violate records something no correct client does. The caller holds mu.
func (p *Provider) violate(what string) {
	p.violations = append(p.violations, what)
	p.log.Warn("provider violation", "what", what)
}

// handleRevoke is RFC 7009 with a JSON body: revoking any token of a login
// ends the login, and an unknown token is no error (§2.2).
func (p *Provider) handleRevoke(w http.ResponseWriter, r *http.Request) {
	req, err := readTokenRequest(w, r)
	p.respond(w, call{endpoint: EndpointRevoke, account: p.accountOf(req.Token)}, func(Fault) answer {
		switch {
		case err != nil:
			return oauthError("invalid_request", errNotJSON.Error())
		case req.Token == "":
			return oauthError("invalid_request", "token is missing")
		case req.ClientID != ClientID:
			return oauthError("invalid_client", "Client not found")
		}
		switch req.TokenTypeHint {
		case "", "access_token", "refresh_token":
		default:
			return oauthError("unsupported_token_type", "token_type_hint is neither access_token nor refresh_token")
		}
		p.revoke(secret.New(req.Token).Fingerprint())
		return jsonAnswer(http.StatusOK, struct{}{})
	})
}

func (p *Provider) revoke(fingerprint string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.access[fingerprint]; a != nil {
		a.login.dead = true
	}
	if t := p.refresh[fingerprint]; t != nil {
		if t.spent {
			p.reused(t.login, t.lost, "a spent refresh token was presented for revocation")
		}
		t.login.dead = true
	}
}
