package login

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"baton/oauthcore/provider"
)

const (
	testCode = "TESTcode-0123456789"
	testPort = 4711
	base     = "http://localhost:4711"
)

func authorizer(t *testing.T) *provider.Client {
	t.Helper()
	endpoints, err := provider.FromBase("https://provider.example")
	if err != nil {
		t.Fatal(err)
	}
	return provider.New(endpoints, provider.Options{})
}

// pipes is a listener in memory, so that a test can run in a bubble of fake
// time whose end proves that no goroutine is left.
type pipes struct {
	addr net.Addr
	conn chan net.Conn
	once sync.Once
	done chan struct{}
}

func newPipes() *pipes {
	return &pipes{
		addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: testPort},
		conn: make(chan net.Conn),
		done: make(chan struct{}),
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conn:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return p.addr }

func (p *pipes) closed() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conn <- there:
		return here, nil
	case <-p.done:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// reply is a page as the browser got it.
type reply struct {
	status int
	header http.Header
	closed bool // the server said it would hang up
	body   string
}

// browse asks over the listener as a browser would.
func (p *pipes) browse(t *testing.T, method, address, host string) reply {
	t.Helper()
	r, err := p.try(method, address, host)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	return r
}

func (p *pipes) try(method, address, host string) (reply, error) {
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		return reply{}, err
	}
	if host != "" {
		req.Host = host
	}
	transport := &http.Transport{DialContext: p.dial}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, resp.Close, string(body)}, err
}

// start begins a login on a listener in memory.
func start(t *testing.T, o Options) (*Flow, *pipes) {
	t.Helper()
	p := newPipes()
	o.Listen = func() (net.Listener, error) { return p, nil }
	f, err := Start(t.Context(), authorizer(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Cancel)
	return f, p
}

// query is the flow's address, read.
func query(t *testing.T, f *Flow) url.Values {
	t.Helper()
	u, err := url.Parse(f.URL())
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// callbackOf is where the provider sends the browser.
func callbackOf(t *testing.T, f *Flow, parameters string) string {
	t.Helper()
	q := query(t, f)
	return q.Get("redirect_uri") + "?" + parameters + "&state=" + url.QueryEscape(q.Get("state"))
}
