//go:build !js

package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// few are limits an attack reaches in a moment.
func few() limits {
	return limits{
		header: 500 * time.Millisecond, body: 500 * time.Millisecond, write: 500 * time.Millisecond,
		idle: 500 * time.Millisecond, conns: 8,
	}
}

// patienceTCP is when a test gives a server up that should have acted.
const patienceTCP = 2 * time.Minute

// street is a house that is served on a port of this machine.
type street struct {
	*house
	addr  string
	crowd *watched
}

// watched notes how many connections the server holds, and the most it held.
type watched struct {
	net.Listener
	mu        sync.Mutex
	now, most int
	changed   chan struct{}
}

type watchedConn struct {
	net.Conn
	w    *watched
	once sync.Once
}

func (w *watched) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	if err != nil {
		return nil, err
	}
	w.count(1)
	return &watchedConn{Conn: c, w: w}, nil
}

func (c *watchedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.w.count(-1) })
	return err
}

func (w *watched) count(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now += n
	w.most = max(w.most, w.now)
	close(w.changed)
	w.changed = make(chan struct{})
}

// until waits for the number of connections to be as wanted.
func (w *watched) until(t *testing.T, what string, holds func(now, most int) bool) {
	t.Helper()
	late := time.After(patienceTCP)
	for {
		w.mu.Lock()
		now, most, changed := w.now, w.most, w.changed
		w.mu.Unlock()
		if holds(now, most) {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("never %s: %d connections, %d at most", what, now, most)
		}
	}
}

func newStreet(t *testing.T, l limits, page fstest.MapFS) *street {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{fake: newFake(), now: time.Now()}
	s, err := New(Config{
		Backend: h.fake, Port: listener.Addr().(*net.TCPAddr).Port, Page: page,
		Now: func() time.Time { return h.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.limits = l
	h.Server = s
	w := &watched{Listener: listener, changed: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, w) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		w.until(t, "nobody is left after the end", func(now, _ int) bool { return now == 0 })
	})
	return &street{house: h, addr: listener.Addr().String(), crowd: w}
}

// dial connects, for as long as a test may take.
func (s *street) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp4", s.addr)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(patienceTCP))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // the server closed it as well
	return c
}

// head is a request's, as far as the empty line.
func (s *street) head(method, path string, more ...string) string {
	here := "localhost:" + strconv.Itoa(s.cfg.Port)
	return method + " " + path + " HTTP/1.1\r\nHost: " + here + "\r\nOrigin: http://" + here +
		"\r\nContent-Type: application/json\r\n" + strings.Join(more, "")
}

// browser is one that is in.
type browser struct {
	s      *street
	client *http.Client
	way    func(*http.Request)
}

func (s *street) browser(t *testing.T) *browser {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{s: s, client: &http.Client{Transport: transport, Timeout: patienceTCP}, way: s.past(t)}
}

// past goes in past the wire, by this server's own name.
func (s *street) past(t *testing.T) func(*http.Request) {
	t.Helper()
	cookie, token, _, slow := s.door.open(s.door.secret())
	if cookie == "" || slow {
		t.Fatal("the link was refused")
	}
	return func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: s.cookieName(), Value: cookie})
		r.Header.Set(tokenHeader, token)
	}
}

// look asks for the accounts.
func (b *browser) look(t *testing.T) {
	t.Helper()
	answer := b.get(t, "/api/v1/snapshot")
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "ada@example.com") {
		t.Fatalf("a browser that is in is answered %d %s: %v", answer.StatusCode, body, err)
	}
}

func (b *browser) get(t *testing.T, path string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.s.origin()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Host, r.Host = b.s.addr, r.URL.Host
	b.way(r)
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatalf("a browser that is in gets no answer: %v", err)
	}
	return answer
}
