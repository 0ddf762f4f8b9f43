//go:build !js

package providertest

import (
	"fmt"
	"slices"
	"time"
)

// Endpoint names a part of the provider for faults and counts.
type Endpoint string

// The endpoints. Exchange and refresh share one path; EndpointToken stands for
// both.
const (
	EndpointAuthorize Endpoint = "authorize"
	EndpointToken     Endpoint = "token"
	EndpointExchange  Endpoint = "exchange" // token, grant_type authorization_code
	EndpointRefresh   Endpoint = "refresh"  // token, grant_type refresh_token
	EndpointRevoke    Endpoint = "revoke"
	EndpointProfile   Endpoint = "profile"
	EndpointUsage     Endpoint = "usage"
)

// FaultKind is one way to fail.
type FaultKind string

// The kinds. "Acts" means that the request has its full effect, for example
// that a refresh token is spent, even if the caller never hears of it.
const (
	FaultInvalidClient FaultKind = "invalid_client"   // 400 invalid_client; does not act
	FaultRateLimited   FaultKind = "rate_limited"     // 429, Retry-After from RetryAfter; does not act
	FaultServerError   FaultKind = "server_error"     // 500; does not act
	FaultUnavailable   FaultKind = "unavailable"      // 503, Retry-After if RetryAfter is set; does not act
	FaultSlow          FaultKind = "slow"             // waits for Delay, then for Until, then acts and answers
	FaultHTML          FaultKind = "html"             // 200 and a web page, as from a captive portal; does not act
	FaultTruncated     FaultKind = "truncated"        // acts; the connection ends in the middle of the body
	FaultHuge          FaultKind = "huge"             // 200 and 100 MB of one JSON string; does not act
	FaultLostBefore    FaultKind = "lost_before"      // the connection ends; does not act
	FaultLostAfter     FaultKind = "lost_after"       // acts, then the connection ends without an answer
	FaultNoRefresh     FaultKind = "no_refresh_token" // acts but leaves the refresh token as it is and out of the answer
	FaultIncomplete    FaultKind = "incomplete"       // acts; the answer lacks the members in Omit
	FaultStatus        FaultKind = "status"           // answers with Status and Body; acts only if Acts is set
)

// Fault is one failure to come.
type Fault struct {
	// Endpoint is where. EndpointToken covers exchange and refresh.
	Endpoint Endpoint
	// Kind is how.
	Kind FaultKind
	// Account limits the fault to calls for one account, by its account uuid:
	// calls with a token, even a lapsed or spent one, or a code of that
	// account. "" means every account. EndpointAuthorize has no account.
	Account string
	// Times is for how many calls; 0 means one, below 0 all until
	// ClearFaults.
	Times int
	// Delay is how long FaultSlow waits, on the system's clock; the injected
	// one does not pass by itself.
	Delay time.Duration
	// Until lets FaultSlow wait until the channel closes: a gate for tests.
	Until <-chan struct{}
	// Reached, if not nil, is sent one value for every call that meets this
	// fault, before anything else happens. It must be buffered or read.
	Reached chan<- struct{}
	// RetryAfter is rounded up to whole seconds.
	RetryAfter time.Duration
	// Status is FaultStatus's HTTP status, 400 to 599.
	Status int
	// Body is FaultStatus's body: JSON if it starts with a brace, a web page
	// if it starts with "<", else plain text. "" means the one usual for
	// Status: for 401, 403 and 404 that the organization has been disabled,
	// for 502, 504 and 520 to 524 a gateway's web page.
	Body string
	// Acts lets FaultStatus carry the request out before it answers, as a
	// gateway does that passes a request on and loses the answer.
	Acts bool
	// Omit are the top-level members FaultIncomplete leaves out, such as
	// "account", "organization", "expires_in", "refresh_token_expires_in" or
	// "access_token". Not "refresh_token": for that there is FaultNoRefresh.
	Omit []string
}

func endpoints() []Endpoint {
	return []Endpoint{
		EndpointAuthorize, EndpointToken, EndpointExchange, EndpointRefresh,
		EndpointRevoke, EndpointProfile, EndpointUsage,
	}
}

func faultKinds() []FaultKind {
	return []FaultKind{
		FaultInvalidClient, FaultRateLimited, FaultServerError, FaultUnavailable, FaultSlow, FaultHTML,
		FaultTruncated, FaultHuge, FaultLostBefore, FaultLostAfter, FaultNoRefresh,
		FaultIncomplete, FaultStatus,
	}
}

// Fail orders a failure. Faults for one endpoint are used up in the order they
// were ordered. The error wraps ErrBadFault.
func (p *Provider) Fail(f Fault) error {
	if !slices.Contains(endpoints(), f.Endpoint) {
		return fmt.Errorf("%w: endpoint %q", ErrBadFault, f.Endpoint)
	}
	if !slices.Contains(faultKinds(), f.Kind) {
		return fmt.Errorf("%w: kind %q", ErrBadFault, f.Kind)
	}
	if why := f.contradiction(); why != "" {
		return fmt.Errorf("%w: %s", ErrBadFault, why)
	}
	f.Omit = slices.Clone(f.Omit)
	if f.Times == 0 {
		f.Times = 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, &f)
	return nil
}

// contradiction says which members do not fit each other, "" if all do.
func (f Fault) contradiction() string {
	isStatus := f.Kind == FaultStatus
	tokens := f.Endpoint == EndpointToken || f.Endpoint == EndpointExchange || f.Endpoint == EndpointRefresh
	switch {
	case isStatus && (f.Status < 400 || f.Status > 599):
		return "Status is not from 400 to 599"
	case !isStatus && (f.Status != 0 || f.Body != "" || f.Acts):
		return "Status, Body and Acts are for FaultStatus only"
	case (f.Kind == FaultIncomplete) != (len(f.Omit) > 0):
		return "Omit is for FaultIncomplete, which needs it"
	case f.Kind == FaultIncomplete && !tokens:
		return "FaultIncomplete is for token answers only"
	case slices.ContainsFunc(f.Omit, func(name string) bool { return !slices.Contains(omittable(), name) }):
		return "Omit names a member that cannot be left out"
	case f.Account != "" && f.Endpoint == EndpointAuthorize:
		return "an authorization request has no account yet"
	}
	return ""
}

func omittable() []string {
	return []string{
		"access_token", "account", "expires_in", "organization", "refresh_token_expires_in", "scope", "token_type",
	}
}

// ClearFaults forgets every fault that has not happened yet.
func (p *Provider) ClearFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// arrive counts a call and takes the fault meant for it, the zero Fault if
// there is none. account is the account uuid the call is for, "" if unknown.
// The caller holds mu.
func (p *Provider) arrive(e Endpoint, account string) Fault {
	p.calls[e]++
	if e == EndpointExchange || e == EndpointRefresh {
		p.calls[EndpointToken]++
	}
	for i, f := range p.faults {
		if f.Endpoint != e && (f.Endpoint != EndpointToken || (e != EndpointExchange && e != EndpointRefresh)) {
			continue
		}
		if f.Account != "" && f.Account != account {
			continue
		}
		taken := *f
		if f.Times > 0 {
			f.Times--
		}
		if f.Times == 0 {
			p.faults = slices.Delete(p.faults, i, i+1)
		}
		return taken
	}
	return Fault{}
}

// losesAnswer: the request acts and the caller does not learn the outcome.
func (f Fault) losesAnswer() bool {
	return f.Kind == FaultLostAfter || f.Kind == FaultTruncated || (f.Kind == FaultStatus && f.Acts)
}
