// Package secret holds the one type tokens travel in. Whatever prints, logs
// or marshals a Secret gets "[redacted]"; only Reveal gives the value, so a
// search for that name finds every place a token leaves its wrapper.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a token, a PKCE verifier or an authorization code. The zero value
// is an absent secret.
type Secret struct{ value string }

// New wraps a value.
func New(value string) Secret { return Secret{value} }

// Reveal gives the value itself: for the wire and for files that keep tokens,
// nowhere else.
func (s Secret) Reveal() string { return s.value }

// Empty says that there is no value.
func (s Secret) Empty() bool { return s.value == "" }

// Equal compares in constant time.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.value), []byte(other.value)) == 1
}

// Fingerprint is the lower-case hex SHA-256 of the value, "" for an absent
// one. It identifies a token without giving it away.
func (s Secret) Fingerprint() string {
	if s.value == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s.value))
	return hex.EncodeToString(sum[:])
}

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb reaches the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler (JSON, XML and their like).
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
