package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// ClientID is the public OAuth client (RFC 6749 §2.1; PKCE, no secret) that
// Claude Code's logins belong to. A refresh token works for its client only.
const ClientID = "9d1c250a-e61b-44d9-88ed-5944d1962f5e"

const (
	defaultTimeout   = 60 * time.Second
	defaultUserAgent = "baton"
	dialTimeout      = 15 * time.Second
	tlsTimeout       = 15 * time.Second
	// maxHeader bounds an answer's header, in bytes.
	maxHeader = 256 << 10
)

// LoginScopes gives the scopes a login asks for, in the order current clients
// send them.
func LoginScopes() []string {
	return []string{
		"org:create_api_key",
		"user:profile",
		"user:inference",
		"user:sessions:claude_code",
		"user:mcp_servers",
		"user:file_upload",
		"user:plugins",
		"user:privacy_consents:write",
		"org:desktop_config",
	}
}

// Options are a Client's surroundings; every zero value means a default.
type Options struct {
	// HTTP lends its Transport; its cookie jar, redirect policy and timeout
	// are not used. Nil, or a nil Transport: a transport of the client's own.
	HTTP *http.Client
	// Roots gives the certificate authorities that the client's own transport
	// trusts. It is called once, before the first request. Nil, or a nil pool:
	// the system's.
	Roots func() *x509.CertPool
	// Proxy picks the proxy for a request of the client's own transport, as
	// http.Transport.Proxy does; what its error says is not passed on. Nil:
	// http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)
	// Timeout is for a whole request, from name lookup to the answer's last
	// byte. Default 60 s.
	Timeout time.Duration
	// Now is the clock expiry times are reckoned with. Default time.Now.
	Now func() time.Time
	// UserAgent is sent with every request. Default "baton".
	UserAgent string
}

// Client speaks to one provider. It is safe for concurrent use and holds no
// tokens.
type Client struct {
	endpoints Endpoints
	http      *http.Client
	timeout   time.Duration
	now       func() time.Time
	userAgent string
}

// New makes a client. The addresses are checked as each is used: one that
// FromBase would refuse gives an error wrapping ErrInsecure, and nothing is
// sent.
func New(endpoints Endpoints, o Options) *Client {
	var transport http.RoundTripper
	if o.HTTP != nil {
		transport = o.HTTP.Transport
	}
	if transport == nil {
		transport = ownTransport(o)
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.UserAgent == "" {
		o.UserAgent = defaultUserAgent
	}
	return &Client{
		endpoints: endpoints,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token to another address.
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
		timeout:   o.Timeout,
		now:       o.Now,
		userAgent: o.UserAgent,
	}
}

// ManualRedirect is the redirect URI of a login whose code is pasted.
func (c *Client) ManualRedirect() string { return c.endpoints.ManualRedirect }

// AuthorizeAddress is the page a browser login starts at, without a query.
func (c *Client) AuthorizeAddress() string { return c.endpoints.Authorize }

// ownTransport makes the client's own transport by its options.
func ownTransport(o Options) http.RoundTripper {
	t := newTransport()
	if o.Proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) {
			proxy, err := o.Proxy(r)
			if err != nil {
				return nil, cause{text: "the proxy's address cannot be read", advice: adviceProxy}
			}
			return proxy, nil
		}
	}
	if o.Roots == nil {
		return t
	}
	return &trusting{transport: t, roots: o.Roots}
}

// trusting asks for the roots when they are needed: most commands make no
// request.
type trusting struct {
	once      sync.Once
	roots     func() *x509.CertPool
	transport *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (t *trusting) RoundTrip(r *http.Request) (*http.Response, error) {
	t.once.Do(func() {
		if pool := t.roots(); pool != nil {
			t.transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
		}
	})
	return t.transport.RoundTrip(r)
}

// newTransport makes a transport that uses each connection once. A request
// written to a kept connection that the server has just closed would have to
// count as lost although nobody read it. HTTP/1.1 alone, because HTTP/2
// repeats requests by rules of its own; a handful of small requests an hour
// gains nothing from either.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		DisableKeepAlives:      true,
		Protocols:              protocols,
		MaxResponseHeaderBytes: maxHeader,
		// Without it a proxy's refusal is an error of the proxy's own words.
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return cause{text: fmt.Sprintf("the proxy refused (HTTP %d)", resp.StatusCode), advice: adviceProxy}
			}
			return nil
		},
	}
}
