//go:build !js

package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"baton/app/backend"

	"github.com/klauspost/compress/zstd"
)

// token is what must never leave a server, whatever its backend holds.
const token = "sk-ant-oat01-TEST-never"

// fake is a backend that notes what it is asked.
type fake struct {
	hub backend.Hub

	mu      sync.Mutex
	snap    backend.Snapshot
	actions []backend.Action
	modes   []backend.LoginMode
	do      func(context.Context, backend.Action) (backend.Result, error)
	flow    *fakeFlow
}

func newFake() *fake {
	return &fake{snap: backend.Snapshot{
		Active:   "ada@example.com",
		Accounts: []backend.Account{{Key: "ada@example.com", Email: "ada@example.com", State: backend.StateReady, Active: true}},
		Settings: []backend.Setting{{Key: "keyring.mirror", Value: "off", About: "Keeps a copy."}},
		Problems: []backend.Problem{{Code: backend.ProblemFailed, Message: "a file", Err: errors.New(token)}},
	}}
}

func (f *fake) Snapshot() backend.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *fake) Events(ctx context.Context) <-chan backend.Event { return f.hub.Listen(ctx) }

func (f *fake) Do(ctx context.Context, a backend.Action) (backend.Result, error) {
	f.mu.Lock()
	f.actions = append(f.actions, a)
	do := f.do
	f.mu.Unlock()
	if do != nil {
		return do(ctx, a)
	}
	return backend.Result{To: a.Key}, nil
}

func (f *fake) did() []backend.Action {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.actions
}

func (f *fake) Login(_ context.Context, m backend.LoginMode) (backend.LoginFlow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.modes = append(f.modes, m)
	if f.flow == nil {
		return nil, &backend.Problem{Code: backend.ProblemOffline, Message: "no login here"}
	}
	return f.flow, nil
}

// fakeFlow is a login that ends when it is told to.
type fakeFlow struct {
	once  sync.Once
	ended chan struct{}
	err   error
	calls []string
}

func newFlow() *fakeFlow { return &fakeFlow{ended: make(chan struct{})} }

func (f *fakeFlow) URL() string { return "https://provider.example/oauth/authorize?state=x&a=\"b\"" }

func (f *fakeFlow) Paste(code string) error {
	if code != "CODE#STATE" {
		return &backend.Problem{Code: backend.ProblemUsage, Message: "this is not a login code"}
	}
	f.finish(nil)
	return nil
}

func (f *fakeFlow) finish(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.ended)
	})
}

func (f *fakeFlow) Wait(ctx context.Context) (backend.LoginResult, error) {
	select {
	case <-f.ended:
		return backend.LoginResult{Key: "new@example.com"}, f.err
	case <-ctx.Done():
		return backend.LoginResult{}, ctx.Err()
	}
}

func (f *fakeFlow) Cancel() {
	f.finish(&backend.Problem{Code: backend.ProblemCanceled, Message: "canceled"})
}

func (f *fakeFlow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.calls = append(f.calls, r.URL.RawQuery)
	w.WriteHeader(http.StatusOK)
}

// pageFiles are what the build makes, of a program that is a few bytes.
func pageFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	program := bytes.Repeat([]byte("\x00asm"), 1000)
	var packed, squeezed bytes.Buffer
	g := gzip.NewWriter(&packed)
	z, err := zstd.NewWriter(&squeezed)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{g, z} {
		if _, err := w.Write(program); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return fstest.MapFS{
		"baton-0123.wasm.gz":  {Data: packed.Bytes()},
		"baton-0123.wasm.zst": {Data: squeezed.Bytes()},
		"wasm_exec.js":        {Data: []byte("globalThis.Go = class {};")},
	}
}

const (
	port   = 4711
	here   = "localhost:4711"
	origin = "http://" + here
)

// house is a server with its fake, and a browser's way in.
type house struct {
	*Server
	fake  *fake
	links []string
	now   time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{fake: newFake(), now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	s, err := New(Config{
		Backend: h.fake, Port: port, Page: pageFiles(t), Icon: []byte("png"),
		NewLink: func(l string) { h.links = append(h.links, l) }, Now: func() time.Time { return h.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Server = s
	t.Cleanup(s.Close)
	return h
}

// secretOf is what stands behind a link's #.
func secretOf(link string) string {
	_, secret, _ := strings.Cut(link, "#")
	return secret
}

// request is one a browser at the page's own origin would send; with changes it.
func request(t *testing.T, method, target, body string, with ...func(*http.Request)) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Host = here
	if method != http.MethodGet {
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", "application/json")
	}
	for _, change := range with {
		change(r)
	}
	return r
}

func (h *house) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// come goes in by the link and gives what a page sends from then on.
func (h *house) come(t *testing.T) func(*http.Request) {
	t.Helper()
	w := h.send(request(t, http.MethodPost, "/api/v1/session", `{"secret":"`+secretOf(h.Link())+`"}`))
	cookies := w.Result().Cookies()
	_, rest, ok := strings.Cut(w.Body.String(), `{"token":"`)
	if w.Code != http.StatusOK || !ok || len(cookies) != 1 {
		t.Fatalf("the link was refused: %d %s", w.Code, w.Body)
	}
	return func(r *http.Request) {
		r.AddCookie(cookies[0])
		r.Header.Set(tokenHeader, strings.TrimSuffix(rest, `"}`))
	}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
}

func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
