package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// cause says in our own words why a request failed. The errors of net, net/url
// and net/http are not passed on: they repeat addresses with their queries,
// proxy passwords, and lines the server sent.
type cause struct {
	text   string
	is     error  // a standard sentinel for errors.Is, nil when there is none
	advice string // what a person can do, "" for nothing in particular
}

// What a person can do about a cause.
const (
	adviceProxy     = "look at the proxy settings: HTTPS_PROXY and NO_PROXY"
	adviceAuthority = "if your company inspects connections, set NODE_EXTRA_CA_CERTS to the PEM file of its certificate authority"
	adviceClock     = "look at this computer's date and time; if they are right, ask whoever runs your network or proxy"
	adviceHost      = "a network's sign-in page or a proxy may be answering in the provider's place: open a web page in a browser, then try again"
)

// Reason is one line for people: what became of the request, and the provider's
// own words or else the cause. It is what Error says without operation and
// status.
func (e *Error) Reason() string {
	s := e.Kind.Error()
	if e.Description != "" {
		s += ": " + e.Description
	}
	if e.err != nil {
		s += ": " + e.err.Error()
	}
	return s
}

// Advice is what a person can do about the cause, without capital and full
// stop; "" for nothing in particular.
func (e *Error) Advice() string {
	var c cause
	if errors.As(e.err, &c) {
		return c.advice
	}
	return ""
}

func (c cause) Error() string { return c.text }
func (c cause) Unwrap() error { return c.is }

// reason translates an error of the HTTP client; nil when there is nothing to
// say beyond the kind.
func reason(err error) error {
	var own cause
	if errors.As(err, &own) {
		return own
	}
	if isTimeout(err) {
		return cause{text: "no answer in time", is: context.DeadlineExceeded}
	}
	if errors.Is(err, context.Canceled) {
		return cause{text: "canceled", is: context.Canceled}
	}
	var op *net.OpError
	isOp := errors.As(err, &op)
	certificate := certificateReason(err)
	// A proxy's trouble first: it wraps lookups and connections of its own.
	if isOp && op.Op == "proxyconnect" {
		if certificate != nil {
			certificate.text = "the proxy cannot be reached: " + certificate.text
			return *certificate
		}
		return cause{text: "the proxy cannot be reached", is: errno(err), advice: adviceProxy}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return cause{text: "its name cannot be looked up"}
	}
	if isOp && op.Op == "dial" {
		return cause{text: "no connection", is: errno(err)}
	}
	if certificate != nil {
		return *certificate
	}
	var (
		notTLS tls.RecordHeaderError
		alert  tls.AlertError
	)
	if errors.As(err, &notTLS) || errors.As(err, &alert) {
		return cause{text: "no secure connection could be agreed on"}
	}
	if isOp || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return cause{text: "the connection was cut", is: errno(err)}
	}
	return nil
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		(errors.As(err, &timeout) && timeout.Timeout())
}

// errno finds the operating system's error number, whose text is its own.
func errno(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return nil
}

// certificateReason says what is wrong with a server's certificate, nil for
// nothing. The systems' own verifiers, of macOS and Windows, give the same errors
// as Go's.
func certificateReason(err error) *cause {
	var (
		untrusted *tls.CertificateVerificationError
		unknown   x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &hostname):
		return &cause{text: "its certificate is for another host name", advice: adviceHost}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return &cause{text: "its certificate has expired or is not valid yet", advice: adviceClock}
	case errors.As(err, &unknown):
		return &cause{text: "its certificate is signed by an authority this computer does not trust", advice: adviceAuthority}
	case errors.As(err, &untrusted), errors.As(err, &invalid):
		return &cause{text: "its certificate is not trusted", advice: adviceAuthority}
	}
	return nil
}
