//go:build !js

package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"baton/app/backend"
	"baton/app/web/client"
	"baton/app/web/server"
)

// fake is the backend behind the server.
type fake struct {
	hub backend.Hub

	mu    sync.Mutex
	snap  backend.Snapshot
	do    func(context.Context, backend.Action) (backend.Result, error)
	flow  backend.LoginFlow
	count int
}

func (f *fake) Snapshot() backend.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *fake) Events(ctx context.Context) <-chan backend.Event { return f.hub.Listen(ctx) }

func (f *fake) Do(ctx context.Context, a backend.Action) (backend.Result, error) {
	f.mu.Lock()
	do := f.do
	f.mu.Unlock()
	return do(ctx, a)
}

func (f *fake) Login(context.Context, backend.LoginMode) (backend.LoginFlow, error) {
	return f.flow, nil
}

// change makes another account the active one and says so.
func (f *fake) change(active string) {
	f.mu.Lock()
	f.snap = backend.Snapshot{TakenAt: time.Now(), Active: active, Accounts: []backend.Account{
		{Key: active, Email: active, State: backend.StateReady, Active: true, Usage: &backend.Usage{
			FiveHour: &backend.Window{Percent: 12.5, ResetsAt: time.Now().Add(time.Hour)}, ObservedAt: time.Now(), Source: "endpoint",
		}},
	}}
	f.count++
	f.mu.Unlock()
	f.hub.Send(backend.Event{Kind: backend.EventChanged})
}

// pipes is a network in memory, which fake time can pass in.
type pipes struct {
	port  int
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes(port int) *pipes {
	return &pipes{port: port, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p.port} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

const port = 4711

// site is a server, and the way of a browser to it, which can be cut.
type site struct {
	t     *testing.T
	fake  *fake
	jar   *cookiejar.Jar
	http  *http.Client
	mu    sync.Mutex
	wire  *pipes
	token string
	stop  func()
}

func newSite(t *testing.T, f *fake) *site {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, fake: f, jar: jar, wire: newPipes(port)}
	s.http = &http.Client{Jar: jar, Transport: &browser{&http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			s.mu.Lock()
			wire := s.wire
			s.mu.Unlock()
			return wire.dial(ctx)
		},
	}}}
	s.start()
	return s
}

// browser sends what a browser sends of itself.
type browser struct{ *http.Transport }

func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		r = r.Clone(r.Context())
		r.Header.Set("Origin", "http://"+r.URL.Host)
	}
	return b.Transport.RoundTrip(r)
}

// start runs a server at the site and comes in by its link.
func (s *site) start() {
	s.t.Helper()
	var packed bytes.Buffer
	if err := gzip.NewWriter(&packed).Close(); err != nil {
		s.t.Fatal(err)
	}
	srv, err := server.New(server.Config{Backend: s.fake, Port: port, Page: fstest.MapFS{
		"b.wasm.gz": {Data: packed.Bytes()}, "b.wasm.zst": {}, "wasm_exec.js": {},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	wire := newPipes(port)
	s.mu.Lock()
	s.wire = wire
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, wire) }()
	s.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
		s.http.CloseIdleConnections()
	}
	s.enter(srv.Link())
}

func (s *site) enter(link string) {
	s.t.Helper()
	_, secret, _ := strings.Cut(link, "#")
	r, err := s.http.Post(s.origin()+"/api/v1/session", "application/json", strings.NewReader(`{"secret":`+strconv.Quote(secret)+`}`))
	if err != nil {
		s.t.Fatal(err)
	}
	var got struct{ Token string }
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = r.Body.Close()
	}
	if err != nil || json.Unmarshal(body, &got) != nil || got.Token == "" {
		s.t.Fatalf("the link was refused: %v, %s", err, body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = got.Token
}

func (s *site) origin() string {
	return (&url.URL{Scheme: "http", Host: "localhost:" + strconv.Itoa(port)}).String()
}

// forget throws away what the browser came in with.
func (s *site) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = "x"
}

// page connects as the program in a page does.
func (s *site) page(ctx context.Context, status func(client.Status)) *client.Backend {
	s.t.Helper()
	b, err := client.Connect(ctx, client.Options{Base: s.origin(), HTTP: s.http, Status: status, Token: func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.token
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}
