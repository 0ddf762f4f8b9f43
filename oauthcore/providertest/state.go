//go:build !js

package providertest

import (
	"maps"
	"slices"
	"time"
)

// State is what the provider has seen and holds. It has no token in it.
type State struct {
	// Calls counts requests per endpoint. A token request counts as exchange
	// or refresh and as token.
	Calls map[Endpoint]int `json:"calls"`
	// Violations are things no correct client does, in order.
	Violations []string `json:"violations"`
	// Repeats counts spent refresh tokens presented again by a client from
	// which a fault had withheld the answer. That kills the login too, but is
	// no violation.
	Repeats int `json:"repeats"`
	// Logins are the living ones, in the order they were made.
	Logins []LoginState `json:"logins"`
}

// LoginState is one living login.
type LoginState struct {
	// Number counts the logins ever made, from 1. A refresh does not change it.
	Number           int    `json:"number"`
	AccountUUID      string `json:"accountUuid"`
	OrganizationUUID string `json:"organizationUuid"`
	Email            string `json:"email"`
	// RefreshFingerprint is the lower-case hex SHA-256 of the one refresh
	// token that works.
	RefreshFingerprint string    `json:"refreshFingerprint"`
	LoginExpiresAt     time.Time `json:"loginExpiresAt"`
}

// State gives a copy of the present state.
func (p *Provider) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	out := State{
		Calls:      maps.Clone(p.calls),
		Violations: append([]string{}, p.violations...),
		Repeats:    p.repeats,
		Logins:     []LoginState{},
	}
	for _, l := range p.logins {
		if l.dead || !l.ends.After(now) {
			continue
		}
		out.Logins = append(out.Logins, l.state())
	}
	return out
}

// LoginOf gives the login a refresh token was made for, also where the token
// is spent or the login ended. ok is false for a token the provider never made.
func (p *Provider) LoginOf(fingerprint string) (_ LoginState, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.refresh[fingerprint]
	if t == nil {
		return LoginState{}, false
	}
	return t.login.state(), true
}

// state describes the login. The caller holds the provider's mu.
func (l *login) state() LoginState {
	return LoginState{
		Number:             l.number,
		AccountUUID:        l.who.AccountUUID,
		OrganizationUUID:   l.who.OrganizationUUID,
		Email:              l.who.Email,
		RefreshFingerprint: l.current,
		LoginExpiresAt:     l.ends.UTC(),
	}
}

// Violations lists what no correct client does and this one did: a spent
// refresh token or a used code presented again, a token in an address. A test
// that ends with any has failed.
func (p *Provider) Violations() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.violations)
}
