package provider

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

// tripper stands in for a transport.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// freePort is a loopback address nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// Nothing was sent: the token is as good as before.
func TestNetwork(t *testing.T) {
	trusted := httptest.NewUnstartedServer(status(200, nil, `{}`))
	trusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	trusted.StartTLS()
	defer trusted.Close()
	plain := serve(t, status(200, nil, `{}`))
	failing := func(err error) Options {
		return Options{HTTP: &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) { return nil, err })}}
	}
	through := func(proxy string) Options {
		transport := newTransport()
		transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }
		return Options{HTTP: &http.Client{Transport: transport}}
	}
	refusing := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, testRefresh, http.StatusProxyAuthRequired)
	})
	handshake := newTransport()
	handshake.TLSHandshakeTimeout = 20 * time.Millisecond
	silent, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	tests := []struct {
		name string
		base string
		o    Options
		says string
	}{
		{"connection refused", "http://" + freePort(t), Options{}, "no connection"},
		{"certificate of nobody known", trusted.URL, Options{}, "its certificate is signed by an authority this computer does not trust"},
		{"no TLS spoken", strings.Replace(plain.URL, "http:", "https:", 1), Options{}, ""},
		{"name unknown", "https://provider.example", failing(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "provider.example"}}), "its name cannot be looked up"},
		{"TLS refused", "https://provider.example", failing(&net.OpError{Op: "remote error", Err: tls.AlertError(40)}), "no secure connection could be agreed on"},
		{"TLS not heard out", "https://" + silent.Addr().String(), Options{HTTP: &http.Client{Transport: handshake}}, "no answer in time"},
		{"no proxy there", trusted.URL, through("http://user:sk-ant-oat01-TEST@" + freePort(t)), "the proxy cannot be reached"},
		{"proxy refuses", trusted.URL, through(refusing.URL), "the proxy refused (HTTP 407)"},
		{"transport canceled by itself", "https://provider.example", failing(context.Canceled), "canceled"},
		{"an error of unknown making", "https://provider.example", failing(errors.New("sk-ant-oat01-TEST")), "the provider cannot be reached"},
	}
	for _, test := range tests {
		for op := range operations(nil) {
			t.Run(test.name+"/"+op, func(t *testing.T) {
				err := operations(clientOf(t, test.base, test.o))[op](t.Context())
				wantKind(t, err, ErrNetwork, 0)
				if Sent(err) || !strings.HasSuffix(err.Error(), test.says) {
					t.Errorf("sent %t, says %q", Sent(err), err)
				}
				// Windows has numbers of its own for sockets.
				if test.name == "connection refused" && runtime.GOOS != "windows" && !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("the system's error is gone: %v", err)
				}
			})
		}
	}
}

// Whatever a transport reports, a body that was read may be on the wire.
func TestBodyReadIsSent(t *testing.T) {
	c := clientOf(t, "https://provider.example", Options{HTTP: &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
		_, _ = r.Body.Read(make([]byte, 1))
		return nil, &net.OpError{Op: "write", Err: syscall.ECONNRESET}
	})}})
	_, err := c.Refresh(t.Context(), secret.New(testRefresh), nil)
	wantKind(t, err, ErrLost, 0)
	if !Sent(err) || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
}

// closing is a server that answers a connection's first request and hangs up
// on reading the second: what a kept connection looks like when the server has
// just had enough of it. net/http repeats requests it can there.
func closing(t *testing.T) (base string, count *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	count = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				in := bufio.NewReader(conn)
				for first := true; ; first = false {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					count.Add(1)
					if !first {
						return
					}
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n"+`{"access_token": "TEST"}`)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String(), count
}

// A POST goes out once, even on a transport that keeps connections, where
// net/http would repeat one it could rewind.
func TestNoSecondPOST(t *testing.T) {
	base, count := closing(t)
	c := clientOf(t, base, Options{HTTP: &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}})
	refresh := secret.New(testRefresh)
	if _, err := c.Refresh(t.Context(), refresh, nil); err != nil {
		t.Fatal(err)
	}
	_, err := c.Refresh(t.Context(), refresh, nil)
	wantKind(t, err, ErrLost, 0)
	if n := count.Load(); n != 2 {
		t.Errorf("%d requests for two calls", n)
	}
}

// Our own transport never meets that: it keeps no connections.
func TestOwnTransportKeepsNoConnections(t *testing.T) {
	base, count := closing(t)
	c := clientOf(t, base, Options{})
	for range 3 {
		if _, err := c.Refresh(t.Context(), secret.New(testRefresh), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := count.Load(); n != 3 {
		t.Errorf("%d requests for three calls", n)
	}
}

// The request cannot be rewound or left to a cookie jar.
func TestRequestIsPlain(t *testing.T) {
	var seen *http.Request
	c := clientOf(t, "https://provider.example", Options{HTTP: &http.Client{
		Jar:     jar{},
		Timeout: time.Nanosecond,
		Transport: tripper(func(r *http.Request) (*http.Response, error) {
			seen = r
			body, err := io.ReadAll(r.Body)
			if err != nil || int64(len(body)) != r.ContentLength {
				t.Errorf("read %d bytes of %d, %v", len(body), r.ContentLength, err)
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"access_token":"TEST"}`))}, nil
		}),
	}})
	if _, err := c.Exchange(t.Context(), testExchange()); err != nil {
		t.Fatal(err)
	}
	if seen.GetBody != nil || seen.Header.Get("Cookie") != "" || seen.URL.RawQuery != "" {
		t.Errorf("request %+v", seen)
	}
	deadline, ok := seen.Context().Deadline()
	if left := time.Until(deadline); !ok || left < 50*time.Second || left > defaultTimeout {
		t.Errorf("%v left for the request", left)
	}
}

// jar offers a cookie for every address.
type jar struct{}

func (jar) SetCookies(*url.URL, []*http.Cookie) {}
func (jar) Cookies(*url.URL) []*http.Cookie {
	return []*http.Cookie{{Name: "TEST", Value: "cookie"}}
}

// Through a proxy that lets it pass.
func TestThroughAProxy(t *testing.T) {
	var passed atomic.Int32
	target := httptest.NewTLSServer(status(200, nil, `{"access_token":"sk-ant-oat01-TEST"}`))
	defer target.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		passed.Add(1)
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, "", http.StatusBadGateway)
			return
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
		_, _ = io.Copy(here, there)
		_ = here.Close()
	}))
	defer proxy.Close()
	transport := newTransport()
	transport.TLSClientConfig = target.Client().Transport.(*http.Transport).TLSClientConfig
	transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	c := clientOf(t, target.URL, Options{HTTP: &http.Client{Transport: transport}})
	if _, err := c.Refresh(t.Context(), secret.New(testRefresh), nil); err != nil || passed.Load() != 1 {
		t.Errorf("%v, the proxy passed %d", err, passed.Load())
	}
}

const proxyChild = "BATON_TEST_PROXY_CHILD"

// The environment's proxy is honoured by the transport of our own. net/http
// reads it once in a process, so a child process asks.
func TestProxyFromEnvironment(t *testing.T) {
	if os.Getenv(proxyChild) != "" {
		_, err := clientOf(t, "https://provider.example", Options{}).Refresh(t.Context(), secret.New(testRefresh), nil)
		wantKind(t, err, ErrNetwork, 0)
		return
	}
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		http.Error(w, "", http.StatusForbidden)
	}))
	defer proxy.Close()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyFromEnvironment$")
	child.Env = append(os.Environ(), proxyChild+"=1", "HTTPS_PROXY="+proxy.URL, "https_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=")
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	select {
	case got := <-asked:
		if got != "CONNECT provider.example:443" {
			t.Errorf("the proxy was asked for %q", got)
		}
	default:
		t.Error("the proxy was not asked")
	}
}

// A provider that cannot be reached is not waited for as long as one that
// answers slowly.
func TestTransportLimits(t *testing.T) {
	tr := newTransport()
	if dialTimeout != 15*time.Second || tr.TLSHandshakeTimeout != 15*time.Second || tr.MaxResponseHeaderBytes != 256<<10 || !tr.DisableKeepAlives {
		t.Errorf("%v, %v, %d bytes", dialTimeout, tr.TLSHandshakeTimeout, tr.MaxResponseHeaderBytes)
	}
	if c := New(Endpoints{}, Options{}); c.timeout != time.Minute || c.userAgent != "baton" || c.now == nil {
		t.Errorf("%+v", c)
	}
}

// A connection that ends early was cut, however the end shows.
func TestReasonOfACutConnection(t *testing.T) {
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF, &net.OpError{Op: "read", Err: syscall.ECONNRESET}} {
		if got := reason(&url.Error{Op: "Post", URL: "http://127.0.0.1", Err: err}); got == nil || !strings.Contains(got.Error(), "the connection was cut") {
			t.Errorf("%v: %v", err, got)
		}
	}
	if got := reason(errors.New("other")); got != nil && strings.Contains(got.Error(), "cut") {
		t.Errorf("%v", got)
	}
}
