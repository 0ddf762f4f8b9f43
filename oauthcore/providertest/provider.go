//go:build !js

package providertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// ClientID is the only OAuth client the provider knows: a public client with
// PKCE and without a secret (RFC 6749 §2.1, RFC 7636).
const ClientID = "9d1c250a-e61b-44d9-88ed-5944d1962f5e"

// The paths the provider serves, below its base URL.
const (
	PathAuthorize = "/oauth/authorize"
	PathManual    = "/oauth/code/callback"
	PathToken     = "/v1/oauth/token"
	PathRevoke    = "/v1/oauth/token/revoke"
	PathProfile   = "/api/oauth/profile"
	PathUsage     = "/api/oauth/usage"
)

// Lifetimes where Options says nothing.
const (
	DefaultAccessLifetime = 8 * time.Hour
	DefaultLoginLifetime  = 28 * 24 * time.Hour
)

// Errors callers can tell apart with errors.Is.
var (
	// ErrNotLoopback: the address to listen on is reachable from elsewhere.
	ErrNotLoopback = errors.New("the built-in provider listens on loopback only")
	// ErrRunning: Start was called on a provider that runs or has been closed.
	ErrRunning = errors.New("the built-in provider was started before")
	// ErrUnknownAccount: no account with these uuids was added.
	ErrUnknownAccount = errors.New("no such account at the built-in provider")
	// ErrBadFault: a fault names an endpoint or a kind that does not exist.
	ErrBadFault = errors.New("no such fault")
)

// Options are what a Provider takes from outside. The zero value is usable.
type Options struct {
	// Now is the clock that tokens, codes, deadlines and the hourly usage
	// limit go by; nil means time.Now.
	Now func() time.Time
	// AccessLifetime is how long an access token lasts; 0 means 8 hours.
	AccessLifetime time.Duration
	// LoginLifetime is how long a login lasts, counted from the login and not
	// moved by a refresh; 0 means 28 days.
	LoginLifetime time.Duration
	// Log gets one line a request and one a violation, never a token; nil
	// means none.
	Log *slog.Logger
	// TestHooks opens /_test/…, by which another process injects faults and
	// reads the state.
	TestHooks bool
}

// Provider is an OAuth provider with an account API behind it. It is an
// http.Handler, so it also runs under httptest; it answers only requests whose
// Host is a loopback name, whatever it is bound to. All methods may be called
// from any goroutine.
type Provider struct {
	now            func() time.Time
	accessLifetime time.Duration
	loginLifetime  time.Duration
	log            *slog.Logger
	mux            *http.ServeMux
	done           chan struct{} // closed by Close: ends slow answers

	mu         sync.Mutex
	base       string
	server     *http.Server
	serving    chan struct{} // closed when Serve has returned
	closed     bool
	people     []*Person // in the order they were added
	logins     []*login
	refresh    map[string]*refreshToken // by fingerprint
	access     map[string]*accessToken  // by fingerprint
	codes      map[string]*authCode     // by fingerprint
	pending    map[string]*authRequest  // by the consent form's id
	usageCalls map[*Person][]time.Time  // answered calls of the last hour
	usageTurns map[*Person]int          // answered calls ever, for the jitter
	faults     []*Fault
	calls      map[Endpoint]int
	violations []string
	repeats    int
	presented  []*Presentation
}

var _ http.Handler = (*Provider)(nil)

// NewProvider makes a provider without accounts that does not listen yet.
func NewProvider(o Options) *Provider {
	p := &Provider{
		now:            o.Now,
		accessLifetime: o.AccessLifetime,
		loginLifetime:  o.LoginLifetime,
		log:            o.Log,
		mux:            http.NewServeMux(),
		done:           make(chan struct{}),
		refresh:        map[string]*refreshToken{},
		access:         map[string]*accessToken{},
		codes:          map[string]*authCode{},
		pending:        map[string]*authRequest{},
		usageCalls:     map[*Person][]time.Time{},
		usageTurns:     map[*Person]int{},
		calls:          map[Endpoint]int{},
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.accessLifetime == 0 {
		p.accessLifetime = DefaultAccessLifetime
	}
	if p.loginLifetime == 0 {
		p.loginLifetime = DefaultLoginLifetime
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.mux.HandleFunc("GET "+PathAuthorize, p.handleAuthorize)
	p.mux.HandleFunc("POST "+PathAuthorize, p.handleDecision)
	p.mux.HandleFunc("GET "+PathManual, p.handleManual)
	p.mux.HandleFunc("POST "+PathToken, p.handleToken)
	p.mux.HandleFunc("POST "+PathRevoke, p.handleRevoke)
	p.mux.HandleFunc("GET "+PathProfile, p.handleProfile)
	p.mux.HandleFunc("GET "+PathUsage, p.handleUsage)
	if o.TestHooks {
		p.addHooks()
	}
	return p
}

// Start listens on addr ("" means 127.0.0.1 and any free port) and serves
// until Close. It returns the base URL, "http://127.0.0.1:PORT". Addresses off
// loopback give an error wrapping ErrNotLoopback, a second Start ErrRunning.
func (p *Provider) Start(addr string) (baseURL string, err error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if !loopbackHost(addr) {
		return "", fmt.Errorf("%w: %s", ErrNotLoopback, addr)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil || p.closed {
		return "", ErrRunning
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("start the built-in provider: %w", err)
	}
	// "localhost" is whatever the resolver says: look at what came of it.
	if at, ok := l.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		_ = l.Close()
		return "", fmt.Errorf("%w: %s", ErrNotLoopback, l.Addr())
	}
	p.base = "http://" + l.Addr().String()
	p.server = &http.Server{
		Handler:           p,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	// Without kept connections net/http's transport has none to reuse, and so
	// never quietly repeats a GET that a fault has cut off.
	p.server.SetKeepAlivesEnabled(false)
	p.serving = make(chan struct{})
	go func(s *http.Server, serving chan struct{}) {
		defer close(serving)
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("the built-in provider stopped", "error", err)
		}
	}(p.server, p.serving)
	return p.base, nil
}

// URL is the base URL Start returned, "" before Start.
func (p *Provider) URL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.base
}

// Close ends slow answers, gives running requests a moment, and stops
// listening. Calling it again, or without Start, is fine. A closed provider
// does not start again.
func (p *Provider) Close() error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	server, serving := p.server, p.serving
	p.mu.Unlock()
	if first {
		close(p.done)
	}
	if server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil { // somebody still reads: cut them off
		err = server.Close()
	}
	<-serving
	return err
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	// A page elsewhere whose name was pointed at 127.0.0.1 must not reach in.
	if !loopbackHost(r.Host) {
		http.Error(w, "this provider answers on loopback only", http.StatusMisdirectedRequest)
		return
	}
	if holdsToken(r.URL) {
		p.mu.Lock()
		p.violate("a token was sent in the address of " + r.URL.Path)
		p.mu.Unlock()
		http.Error(w, "tokens do not belong in addresses", http.StatusBadRequest)
		return
	}
	p.mux.ServeHTTP(w, r)
}

// loopbackHost says whether host or host:port names this machine only.
func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
