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
)

// Fault is one failure to come.
type Fault struct {
	// Endpoint is where. EndpointToken covers exchange and refresh.
	Endpoint Endpoint
	// Kind is how.
	Kind FaultKind
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
	if f.Times == 0 {
		f.Times = 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, &f)
	return nil
}

// ClearFaults forgets every fault that has not happened yet.
func (p *Provider) ClearFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// arrive counts a call and takes the fault meant for it, the zero Fault if
// there is none.
func (p *Provider) arrive(e Endpoint) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[e]++
	if e == EndpointExchange || e == EndpointRefresh {
		p.calls[EndpointToken]++
	}
	for i, f := range p.faults {
		if f.Endpoint != e && (f.Endpoint != EndpointToken || (e != EndpointExchange && e != EndpointRefresh)) {
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
	return f.Kind == FaultLostAfter || f.Kind == FaultTruncated
}
