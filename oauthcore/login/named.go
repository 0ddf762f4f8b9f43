package login

import (
	"net/netip"
	"net/url"
	"strings"
)

// Named is an address to log in at that a message named, once it was found to
// be one that may be opened.
type Named struct {
	Address string
	// Listener is where on this machine somebody has to listen for the login to
	// come to anything, as host:port: the page itself, or the program the
	// provider sends the browser back to.
	Listener string
}

// CheckNamed looks at an address a message named, which anybody may have
// written: it is good only when it is the provider's own page, whose address is
// authorize, or one of this machine's (RFC 8252 §7.3), and a login there leads
// to a program of this machine that waits for it. What leads to a code to be
// pasted somewhere does not: nobody may wait for it any more.
func CheckNamed(address, authorize string) (Named, bool) {
	if found, ok := ExtractLoginURL(address); !ok || found != address {
		return Named{}, false
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(u.Path, "/oauth/authorize") {
		return Named{}, false
	}
	if back, err := url.Parse(u.Query().Get("redirect_uri")); err == nil && isProviders(u, authorize) {
		listener, ok := listener(back)
		return Named{address, listener}, ok
	}
	listener, ok := listener(u)
	return Named{address, listener}, ok
}

// isProviders says whether an address is on the host of the provider's login
// page, over the same scheme. The real provider has had two.
func isProviders(u *url.URL, authorize string) bool {
	own, err := url.Parse(authorize)
	if err != nil || u.Scheme != own.Scheme {
		return false
	}
	return strings.EqualFold(u.Host, own.Host) || own.Host == "claude.com" && strings.EqualFold(u.Host, "claude.ai")
}

// listener is where an address of this machine is listened at.
func listener(u *url.URL) (string, bool) {
	host, port := u.Hostname(), u.Port()
	if u.Scheme != "http" || port == "" {
		return "", false
	}
	ip, err := netip.ParseAddr(host)
	if !strings.EqualFold(host, "localhost") && (err != nil || !ip.IsLoopback()) {
		return "", false
	}
	return u.Host, true
}
