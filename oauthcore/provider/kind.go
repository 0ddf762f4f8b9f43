package provider

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind says what became of a request. Kinds are errors themselves, so that
// errors.Is(err, ErrLost) works on whatever this package returns.
type Kind string

// Error implements error.
func (k Kind) Error() string { return string(k) }

// The kinds.
const (
	// ErrInvalidGrant: the provider knows the token or code no more (RFC 6749
	// §5.2). The login is dead; repeating the request cannot help.
	ErrInvalidGrant Kind = "the provider no longer accepts this login"
	// ErrInvalidClient: the provider refuses this program as a client. It says
	// nothing about the account.
	ErrInvalidClient Kind = "the provider refuses this program as a client"
	// ErrRateLimited: too many requests (429). Nothing was acted upon; see
	// Error.RetryAfter.
	ErrRateLimited Kind = "the provider asks to slow down"
	// ErrServer: the provider, or something before it, failed (5xx).
	ErrServer Kind = "the provider has trouble of its own"
	// ErrRefused: the token endpoint refuses this account (401, 403, 404, and
	// every 400 that is neither ErrInvalidGrant nor ErrInvalidClient), for
	// example because its organization was disabled. Nothing was acted upon;
	// Error.Description has the provider's reason.
	ErrRefused Kind = "the provider refuses this account"
	// ErrUnauthorized: profile or usage refused the access token (401, 403).
	ErrUnauthorized Kind = "the provider refused the access token"
	// ErrNetwork: nothing was sent (name lookup, connection, TLS, proxy), so
	// the token is as good as it was.
	ErrNetwork Kind = "the provider cannot be reached"
	// ErrLost: the request was sent, wholly or in part, and no usable answer
	// came. The provider may have acted: a refresh token may be spent.
	ErrLost Kind = "the request was sent and no usable answer came back"
	// ErrRejected: any other refusal (4xx), and one that would be ErrRefused
	// but is a web page, as firewalls send, or was cut off: it says nothing
	// about the account. Nothing was acted upon.
	ErrRejected Kind = "the provider refused the request"
	// ErrInsecure: an address tokens must not be sent to. Nothing was sent.
	ErrInsecure Kind = "this provider address is not safe to use"
	// ErrUnsendable: the token is absent, or is not text that can travel in a
	// request. Nothing was sent.
	ErrUnsendable Kind = "there is no token that could be sent"
)

// Operations as Error.Op names them.
const (
	opExchange = "exchange"
	opRefresh  = "refresh"
	opRevoke   = "revoke"
	opProfile  = "profile"
	opUsage    = "usage"
)

// Error is every failure of a request, except that of a context that was done
// beforehand (or, for Profile and Usage, meanwhile): that one is the context's
// own error. No member, and nothing it unwraps to, holds a token, a code, a
// verifier, a query string, or an answer's body as it came.
type Error struct {
	Op         string        // "exchange", "refresh", "revoke", "profile" or "usage"
	Kind       Kind          // what became of the request
	Status     int           // HTTP status, 0 when there was no answer
	RetryAfter time.Duration // how long to wait, 0 when not told; at most one week
	// Description is the provider's own reason: error_description (RFC 6749
	// §5.2), or the API's error.message, or the first line of an answer in
	// plain text. One line of at most 200 printable characters, never with a
	// token; "" when the answer held no such text.
	Description string
	err         error
}

// Error is one line for people.
func (e *Error) Error() string {
	s := e.Op + ": " + e.Kind.Error()
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Description != "" {
		s += ": " + e.Description
	}
	if e.err != nil {
		s += ": " + e.err.Error()
	}
	return s
}

// Unwrap gives the kind and, where there is one, the cause.
func (e *Error) Unwrap() []error {
	if e.err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.err}
}

// Sent says whether the provider may have acted on the request while its
// answer is not in hand, so that a refresh token presented may be spent. That
// is true of ErrLost and of the statuses of a gateway without a usable answer
// from the server behind it: 502, 504 and 520 to 524. Every other 5xx, such as
// 500, 503 and 529, counts as the server's own answer that it did not act; the
// request may be made again later. Profile and usage change nothing, so it is
// false for them.
func Sent(err error) bool {
	var e *Error
	if errors.As(err, &e) && (e.Op == opProfile || e.Op == opUsage) {
		return false
	}
	if errors.Is(err, ErrServer) {
		return e != nil && gatewayLost(e.Status)
	}
	return errors.Is(err, ErrLost)
}

// gatewayLost says whether a status comes from a gateway that may have passed
// the request on. 520 to 524 are not registered; Cloudflare's gateways send
// them.
func gatewayLost(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusGatewayTimeout ||
		(status >= 520 && status <= 524)
}
