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
	text string
	is   error // a standard sentinel for errors.Is, nil when there is none
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
		return cause{"no answer in time", context.DeadlineExceeded}
	}
	if errors.Is(err, context.Canceled) {
		return cause{"canceled", context.Canceled}
	}
	var op *net.OpError
	isOp := errors.As(err, &op)
	// A proxy's trouble first: it wraps lookups and connections of its own.
	if isOp && op.Op == "proxyconnect" {
		return cause{"the proxy cannot be reached", errno(err)}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return cause{"its name cannot be looked up", nil}
	}
	if isOp && op.Op == "dial" {
		return cause{"no connection", errno(err)}
	}
	if text := tlsReason(err); text != "" {
		return cause{text, nil}
	}
	if isOp || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return cause{"the connection was cut", errno(err)}
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

func tlsReason(err error) string {
	var (
		untrusted *tls.CertificateVerificationError
		unknown   x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		notTLS    tls.RecordHeaderError
		alert     tls.AlertError
	)
	switch {
	case errors.As(err, &untrusted), errors.As(err, &unknown),
		errors.As(err, &hostname), errors.As(err, &invalid):
		return "its certificate is not trusted"
	case errors.As(err, &notTLS), errors.As(err, &alert):
		return "no secure connection could be agreed on"
	}
	return ""
}
