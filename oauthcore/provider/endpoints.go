package provider

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Endpoints are the provider's addresses. All are absolute URLs without user
// information, query or fragment.
type Endpoints struct {
	Authorize      string // where a browser login starts
	Token          string // exchange and refresh
	Revoke         string // RFC 7009
	Profile        string // who an access token belongs to
	Usage          string // how much of the limits is used
	ManualRedirect string // redirect URI of a login whose code is pasted
}

// Default gives the addresses of the real provider, as current clients use
// them.
func Default() Endpoints {
	return Endpoints{
		Authorize:      "https://claude.com/cai/oauth/authorize",
		Token:          "https://platform.claude.com/v1/oauth/token",
		Revoke:         "https://platform.claude.com/v1/oauth/token/revoke",
		Profile:        "https://api.anthropic.com/api/oauth/profile",
		Usage:          "https://api.anthropic.com/api/oauth/usage",
		ManualRedirect: "https://platform.claude.com/oauth/code/callback",
	}
}

// FromBase gives the addresses of a provider that serves all of its paths
// under one base URL. The base is https, or http on a loopback host
// (localhost, 127.0.0.0/8, ::1), and has no user information, query or
// fragment; anything else is an error wrapping ErrInsecure. The error never
// repeats the base, which may hold a password.
func FromBase(base string) (Endpoints, error) {
	u, err := parseSecure(base)
	if err != nil {
		return Endpoints{}, err
	}
	at := func(path string) string { return strings.TrimRight(u.String(), "/") + path }
	return Endpoints{
		Authorize:      at("/oauth/authorize"),
		Token:          at("/v1/oauth/token"),
		Revoke:         at("/v1/oauth/token/revoke"),
		Profile:        at("/api/oauth/profile"),
		Usage:          at("/api/oauth/usage"),
		ManualRedirect: at("/oauth/code/callback"),
	}, nil
}

// parseSecure parses an address tokens may be sent to.
func parseSecure(address string) (*url.URL, error) {
	// url.Parse drops an empty query or fragment mark silently.
	if strings.ContainsAny(address, "?#") {
		return nil, fmt.Errorf("%w: it must have no query and no fragment", ErrInsecure)
	}
	u, err := url.Parse(address)
	if err != nil {
		// The parser's error repeats its input.
		return nil, fmt.Errorf("%w: it cannot be read as a URL", ErrInsecure)
	}
	switch {
	case u.User != nil:
		return nil, fmt.Errorf("%w: it must have no user name or password in it", ErrInsecure)
	case u.Opaque != "" || u.Hostname() == "":
		return nil, fmt.Errorf("%w: it has no host", ErrInsecure)
	case !validPort(u):
		return nil, fmt.Errorf("%w: its port is not a number from 1 to 65535", ErrInsecure)
	case u.Scheme == "https":
		return u, nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	}
	return nil, fmt.Errorf("%w: only https, or http on localhost, is allowed", ErrInsecure)
}

func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

// isLoopback takes only names that cannot leave this machine. Other names
// that happen to resolve to 127.0.0.1 are somebody else's to repoint.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && !addr.Is4In6() && addr.IsLoopback()
}
