//go:build !js

package providertest

import (
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How long a consent page may stay open, and how many at once.
const (
	consentLifetime = 10 * time.Minute
	maxPending      = 256
)

// authRequest is an authorization request waiting for the person's decision.
type authRequest struct {
	redirectURI string
	state       string
	challenge   string
	scopes      []string
	expires     time.Time
}

// handleAuthorize shows the consent page (RFC 6749 §4.1.1). Nothing that is
// wrong with a request is reported by redirect: a client that sends a wrong
// one is to be put right, not answered.
func (p *Provider) handleAuthorize(w http.ResponseWriter, r *http.Request) {
	p.respond(w, call{endpoint: EndpointAuthorize}, func(Fault) answer {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return refusal("the address is not well formed")
		}
		req, why := p.readAuthRequest(q, r.Host)
		if why != "" {
			return refusal(why)
		}
		return p.askConsent(req, q.Get("login_hint"), q.Get("orgUUID"))
	})
}

// readAuthRequest checks an authorization request; why is "" if it is good.
func (p *Provider) readAuthRequest(q url.Values, host string) (req *authRequest, why string) {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if len(q[name]) != 1 { // RFC 6749 §3.1
			return nil, "a parameter was given more than once"
		}
	}
	req = &authRequest{
		redirectURI: q.Get("redirect_uri"),
		state:       q.Get("state"),
		challenge:   q.Get("code_challenge"),
		scopes:      strings.Fields(q.Get("scope")),
		expires:     p.now().Add(consentLifetime),
	}
	switch {
	case q.Get("client_id") != ClientID:
		return nil, "client_id is not one this provider knows"
	case !p.validRedirect(req.redirectURI, host):
		return nil, "redirect_uri is neither http://localhost:PORT/callback nor this provider's own page"
	case q.Get("response_type") != "code":
		return nil, "response_type is not code"
	case q.Get("code_challenge_method") != "S256":
		return nil, "code_challenge_method is not S256"
	case !validChallenge(req.challenge):
		return nil, "code_challenge is not a base64url SHA-256"
	case req.state == "":
		return nil, "state is missing"
	case len(req.scopes) == 0:
		return nil, "scope is missing"
	}
	for _, s := range req.scopes {
		if !slices.Contains(knownScopes(), s) {
			return nil, "scope asks for something this provider does not have"
		}
	}
	return req, ""
}

// validRedirect allows a listener on this machine, by the name the client is
// registered with and with any port (RFC 8252 §7.3), and the manual page.
func (p *Provider) validRedirect(uri, host string) bool {
	if uri == "http://"+host+PathManual || (p.URL() != "" && uri == p.URL()+PathManual) {
		return true
	}
	rest, ok := strings.CutPrefix(uri, "http://localhost:")
	if !ok {
		return false
	}
	port, ok := strings.CutSuffix(rest, "/callback")
	if !ok {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == port
}

// askConsent remembers the request and shows the page for it.
func (p *Provider) askConsent(req *authRequest, hint, organizationUUID string) answer {
	id := randomText()
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	maps.DeleteFunc(p.pending, func(_ string, r *authRequest) bool { return !r.expires.After(now) })
	if len(p.pending) >= maxPending {
		return refusal("too many logins wait for a decision")
	}
	if len(p.people) == 0 {
		return refusal("this provider has no accounts")
	}
	p.pending[id] = req
	return p.consentPage(id, req, preselect(p.people, hint, organizationUUID))
}

// preselect gives the index of the account to offer first: the one of the
// hinted organisation and email, else the email's first, else the first.
func preselect(people []*Person, hint, organizationUUID string) int {
	best, bestScore := 0, 0
	for i, who := range people {
		score := 0
		if hint != "" && strings.EqualFold(hint, who.Email) {
			score += 2
		}
		if organizationUUID != "" && organizationUUID == who.OrganizationUUID {
			score++
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	return best
}

// handleDecision takes the consent form. Its id, known only to whoever was
// shown the page, keeps other sites from deciding for the person.
func (p *Provider) handleDecision(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	formErr := r.ParseForm()
	p.respond(w, call{endpoint: EndpointAuthorize}, func(Fault) answer {
		if formErr != nil {
			return refusal("the form is not well formed")
		}
		return p.decide(r.PostForm)
	})
}

func (p *Provider) decide(form url.Values) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := form.Get("request")
	req := p.pending[id]
	if req == nil || !req.expires.After(p.now()) {
		delete(p.pending, id)
		return refusal("this login has ended or was decided before: start it again in Baton")
	}
	out := url.Values{"state": {req.state}}
	switch form.Get("decision") {
	case "deny":
		out.Set("error", "access_denied")
		out.Set("error_description", "the login was refused")
	case "allow":
		n, err := strconv.Atoi(form.Get("account"))
		if err != nil || n < 1 || n > len(p.people) {
			return refusal("no account was chosen: go back and choose one")
		}
		out.Set("code", p.newCode(p.people[n-1], req))
	default:
		return refusal("neither Allow nor Deny was chosen")
	}
	delete(p.pending, id)
	return answer{
		status: http.StatusSeeOther,
		header: http.Header{"Location": {req.redirectURI + "?" + out.Encode()}},
	}
}

// origin is what a form's answer may lead to, for the page's own policy.
func origin(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return "'none'"
	}
	// Browsers do not match a literal IPv6 host in a policy.
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.Is6() {
		return "http:"
	}
	return u.Scheme + "://" + u.Host
}
