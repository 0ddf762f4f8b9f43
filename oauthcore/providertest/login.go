//go:build !js

package providertest

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/secret"
)

// The beginnings of every token the provider makes.
const (
	AccessPrefix  = "sk-ant-oat01-TEST"
	RefreshPrefix = "sk-ant-ort01-TEST"
)

// login is one consent given by a person: a family of tokens that lives and
// dies together.
type login struct {
	number  int // from 1, in the order they were made
	who     *Person
	scopes  []string
	current string    // fingerprint of the one refresh token that works
	ends    time.Time // its own deadline; a refresh does not move it
	dead    bool
}

// refreshToken is one refresh token ever made. Spent ones are remembered, so
// that their reuse is noticed.
type refreshToken struct {
	login *login
	spent bool
	// lost: the answer with its successor was withheld by a fault. Presenting
	// it again still kills the login, as it would for real, but whoever does
	// so could not know better.
	lost bool
}

type accessToken struct {
	login   *login
	scopes  []string
	expires time.Time
}

// Credentials are the tokens of one login.
type Credentials struct {
	AccountUUID      string
	OrganizationUUID string
	AccessToken      secret.Secret
	RefreshToken     secret.Secret
	ExpiresAt        time.Time // the access token's end
	LoginExpiresAt   time.Time // the login's own deadline
	Scopes           []string
}

// Issue makes a login without a browser, for seeding. The error wraps
// ErrUnknownAccount.
func (p *Provider) Issue(accountUUID, organizationUUID string) (Credentials, error) {
	now := p.now()
	return p.IssueUntil(accountUUID, organizationUUID, now.Add(p.accessLifetime), now.Add(p.loginLifetime))
}

// IssueUntil is Issue with the access token's end and the login's deadline
// given; an end in the past makes a lapsed token. An account in several
// organisations needs organizationUUID; without it the first is taken.
func (p *Provider) IssueUntil(accountUUID, organizationUUID string, accessEnds, loginEnds time.Time) (Credentials, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, err := p.find(accountUUID, organizationUUID)
	if err != nil {
		return Credentials{}, err
	}
	l := p.newLogin(who[0], grantable(knownScopes()), loginEnds)
	return Credentials{
		AccountUUID:      l.who.AccountUUID,
		OrganizationUUID: l.who.OrganizationUUID,
		AccessToken:      p.newAccess(l, l.scopes, accessEnds),
		RefreshToken:     p.newRefresh(l),
		ExpiresAt:        accessEnds,
		LoginExpiresAt:   loginEnds,
		Scopes:           slices.Clone(l.scopes),
	}, nil
}

// newLogin starts a family that has no tokens yet. The caller holds mu.
func (p *Provider) newLogin(who *Person, scopes []string, ends time.Time) *login {
	l := &login{number: len(p.logins) + 1, who: who, scopes: scopes, ends: ends}
	p.logins = append(p.logins, l)
	return l
}

// newAccess makes an access token of the login. The caller holds mu.
func (p *Provider) newAccess(l *login, scopes []string, ends time.Time) secret.Secret {
	s := secret.New(AccessPrefix + randomText())
	p.access[s.Fingerprint()] = &accessToken{login: l, scopes: scopes, expires: ends}
	return s
}

// newRefresh makes the login's next refresh token and spends the one before.
// The caller holds mu.
func (p *Provider) newRefresh(l *login) secret.Secret {
	if old := p.refresh[l.current]; old != nil {
		old.spent = true
	}
	s := secret.New(RefreshPrefix + randomText())
	l.current = s.Fingerprint()
	p.refresh[l.current] = &refreshToken{login: l}
	return s
}

// randomText has more than 250 bits and only letters and digits.
func randomText() string { return rand.Text() + rand.Text() }

// Expire lets every access token of the account lapse now; its refresh tokens
// go on working. An empty organizationUUID means all its organisations. The
// error wraps ErrUnknownAccount.
func (p *Provider) Expire(accountUUID, organizationUUID string) error {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	who, err := p.find(accountUUID, organizationUUID)
	if err != nil {
		return err
	}
	for _, a := range p.access {
		if slices.Contains(who, a.login.who) && a.expires.After(now) {
			a.expires = now
		}
	}
	return nil
}

// ExpireLogin moves the deadline of the account's logins to now: their next
// refresh gives invalid_grant. Arguments and error as for Expire.
func (p *Provider) ExpireLogin(accountUUID, organizationUUID string) error {
	now := p.now()
	return p.eachLogin(accountUUID, organizationUUID, func(l *login) {
		if l.ends.After(now) {
			l.ends = now
		}
	})
}

// Kill revokes every login the account has: a refresh gives invalid_grant and
// an access token 401 from now on. A new login works. Arguments and error as
// for Expire.
func (p *Provider) Kill(accountUUID, organizationUUID string) error {
	return p.eachLogin(accountUUID, organizationUUID, func(l *login) { l.dead = true })
}

func (p *Provider) eachLogin(accountUUID, organizationUUID string, do func(*login)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, err := p.find(accountUUID, organizationUUID)
	if err != nil {
		return err
	}
	for _, l := range p.logins {
		if slices.Contains(who, l.who) {
			do(l)
		}
	}
	return nil
}

// knownScopes are the scopes a login may ask for.
func knownScopes() []string {
	return []string{
		"org:create_api_key", "user:profile", "user:inference", "user:sessions:claude_code",
		"user:mcp_servers", "user:file_upload", "user:plugins", "user:privacy_consents:write",
		"org:desktop_config",
	}
}

// grantable leaves out what a subscription login is asked for but never
// given: the organisation's scopes.
func grantable(scopes []string) []string {
	var out []string
	for _, s := range scopes {
		if !strings.HasPrefix(s, "org:") && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// holdsToken says whether an address carries a token, escaped or not.
func holdsToken(u *url.URL) bool {
	const mark = "sk-ant-"
	if strings.Contains(u.Path, mark) || strings.Contains(u.RawQuery, mark) {
		return true
	}
	q, err := url.QueryUnescape(u.RawQuery)
	return err == nil && strings.Contains(q, mark)
}
