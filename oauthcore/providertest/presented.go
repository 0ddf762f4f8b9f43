//go:build !js

package providertest

import (
	"net/http"

	"baton/oauthcore/secret"
)

// Outcome says what a presentation of a refresh token did at the provider.
type Outcome string

// The outcomes.
const (
	OutcomeRotated Outcome = "rotated" // spent; a new token was made
	OutcomeKept    Outcome = "kept"    // answered; the token stays good (FaultNoRefresh)
	OutcomeReused  Outcome = "reused"  // it had been spent before; the login ended
	OutcomeRefused Outcome = "refused" // unknown, revoked, past its login's deadline, or a bad request
	OutcomeIgnored Outcome = "ignored" // a fault answered or cut the connection instead; nothing was done
)

// Presentation is one refresh request with a token.
type Presentation struct {
	// Fingerprint is the lower-case hex SHA-256 of the token.
	Fingerprint string `json:"fingerprint"`
	// AccountUUID is the account of the token's login, "" for an unknown one.
	AccountUUID string `json:"accountUuid"`
	// Outcome is what the request did, whether or not its answer arrived. It
	// is "" as long as the request waits at a FaultSlow.
	Outcome Outcome `json:"outcome"`
	// Answered says that a usable answer was sent. It is false for a lost or
	// truncated answer, a web page instead of one, an endless one, and the
	// statuses of a gateway (502, 504, 520 to 524): such a client may repeat
	// the request once, at once.
	Answered bool `json:"answered"`
	// Status is the HTTP status sent, 0 for none.
	Status int `json:"status"`
	// Fault is the fault the request met, "" for none.
	Fault FaultKind `json:"fault"`

	dead bool // the provider's own answer was invalid_grant
}

// Presented lists the refresh tokens presented so far, in the order of their
// arrival.
func (p *Provider) Presented() []Presentation {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Presentation, 0, len(p.presented))
	for _, one := range p.presented {
		out = append(out, *one)
	}
	return out
}

// PresentedAgain lists the presentations that no correct client makes without
// being asked to by a person:
//
//   - of a token whose earlier presentation was answered and spent it or found
//     it dead (rotated, reused, refused with invalid_grant),
//   - of a token that had no answer before, except the next presentation of
//     that account: the one immediate repeat.
//
// A token that was answered and stayed good may be presented again.
func (p *Provider) PresentedAgain() []Presentation {
	type past struct {
		spent    bool // answered, and of no use since
		unheard  bool // presented once without an answer
		repeated bool // the one repeat was made
	}
	var out []Presentation
	tokens := map[string]*past{}
	last := map[string]string{} // by account: the fingerprint presented last
	for _, one := range p.Presented() {
		t := tokens[one.Fingerprint]
		if t == nil {
			t = &past{}
			tokens[one.Fingerprint] = t
		}
		switch {
		case t.spent, t.repeated, t.unheard && last[one.AccountUUID] != one.Fingerprint:
			out = append(out, one)
		case t.unheard:
			t.repeated = true
		}
		last[one.AccountUUID] = one.Fingerprint
		switch {
		case !one.Answered:
			t.unheard = true
		case one.Outcome == OutcomeRotated && one.Status == http.StatusOK,
			one.dead && one.Status == http.StatusBadRequest:
			t.spent = true
		}
	}
	return out
}

// finish notes how the request was answered. The caller holds mu.
func (o *Presentation) finish(f Fault, status int) {
	if o.Outcome == "" {
		o.Outcome = OutcomeIgnored
	}
	o.Status = status
	switch f.Kind {
	case FaultHTML, FaultTruncated, FaultHuge, FaultLostBefore, FaultLostAfter:
	default:
		o.Answered = status != 0 && !gatewayStatus(status)
	}
}

// accountOf is the account uuid of a token or an authorization code, "" if
// the provider never made it.
func (p *Provider) accountOf(token string) string {
	if token == "" {
		return ""
	}
	fingerprint := secret.New(token).Fingerprint()
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.refresh[fingerprint]; t != nil {
		return t.login.who.AccountUUID
	}
	if a := p.access[fingerprint]; a != nil {
		return a.login.who.AccountUUID
	}
	if c := p.codes[fingerprint]; c != nil {
		return c.who.AccountUUID
	}
	return ""
}

// bearerCall is the call of a request with an access token in its header.
func (p *Provider) bearerCall(e Endpoint, r *http.Request) call {
	return call{endpoint: e, account: p.accountOf(bearerToken(r))}
}
