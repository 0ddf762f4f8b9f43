//go:build !js

package providertest

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"baton/oauthcore/secret"
)

// codeLifetime is how long an authorization code works; RFC 6749 §4.1.2
// recommends ten minutes at most.
const codeLifetime = 10 * time.Minute

// authCode is one authorization code and what it was given for.
type authCode struct {
	who         *Person
	redirectURI string
	state       string
	challenge   string // PKCE, S256
	scopes      []string
	expires     time.Time
	tried       bool   // presented once, with whatever outcome
	login       *login // what it was exchanged for, nil before
	lost        bool   // a fault withheld the answer with the login
}

// newCode makes a code for an allowed request. The caller holds mu.
func (p *Provider) newCode(who *Person, req *authRequest) string {
	code := randomText()
	p.codes[secret.New(code).Fingerprint()] = &authCode{
		who:         who,
		redirectURI: req.redirectURI,
		state:       req.state,
		challenge:   req.challenge,
		scopes:      grantable(req.scopes),
		expires:     p.now().Add(codeLifetime),
	}
	return code
}

// exchange is the authorization_code grant (RFC 6749 §4.1.3, RFC 7636 §4.5).
// A code is spent by its first try, right or wrong, so that it cannot be
// guessed at; trying one that already made a login ends that login (RFC 6749
// §4.1.2).
func (p *Provider) exchange(req tokenRequest, f Fault) answer {
	for _, m := range []struct{ name, value string }{
		{"code", req.Code},
		{"redirect_uri", req.RedirectURI},
		{"code_verifier", req.CodeVerifier},
		{"state", req.State},
	} {
		if m.value == "" {
			return oauthError("invalid_request", m.name+" is missing")
		}
	}
	if !validVerifier(req.CodeVerifier) {
		return oauthError("invalid_request", "code_verifier is not 43 to 128 unreserved characters")
	}
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.codes[secret.New(req.Code).Fingerprint()]
	if c == nil {
		return oauthError("invalid_grant", "Invalid 'code' in request.")
	}
	if c.tried {
		if c.login != nil {
			p.reused(c.login, c.lost, "an authorization code was presented again")
		}
		return oauthError("invalid_grant", "Authorization code was used before.")
	}
	c.tried = true
	switch {
	case !c.expires.After(now):
		return oauthError("invalid_grant", "Authorization code has expired.")
	case c.redirectURI != req.RedirectURI:
		return oauthError("invalid_grant", "redirect_uri is not the one of the authorization request.")
	case c.state != req.State:
		return oauthError("invalid_grant", "state is not the one of the authorization request.")
	case s256(req.CodeVerifier) != c.challenge:
		return oauthError("invalid_grant", "code_verifier does not fit the code challenge.")
	}
	c.login = p.newLogin(c.who, c.scopes, now.Add(p.loginLifetime))
	c.lost = f.losesAnswer()
	refresh := p.newRefresh(c.login)
	if f.Kind == FaultNoRefresh {
		refresh = secret.Secret{}
	}
	return p.tokens(c.login, c.scopes, refresh)
}

// s256 is the code challenge of a verifier (RFC 7636 §4.2).
func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// validVerifier checks RFC 7636 §4.1's grammar.
func validVerifier(v string) bool {
	return len(v) >= 43 && len(v) <= 128 && onlyUnreserved(v)
}

// validChallenge: a base64url SHA-256 has 43 characters and no padding.
func validChallenge(c string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(c)
	return err == nil && len(b) == sha256.Size
}

func onlyUnreserved(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return false
		}
		return !strings.ContainsRune("-._~", r)
	}) < 0
}
