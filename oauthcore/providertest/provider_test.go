//go:build !js

package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestStart(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1.example.com:0"} {
		p := NewProvider(Options{})
		if _, err := p.Start(addr); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	p := NewProvider(Options{})
	base, err := p.Start("localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := url.Parse(base); err != nil || u.Scheme != "http" || u.Port() == "" || u.Path != "" || p.URL() != base {
		t.Errorf("base URL %q", base)
	}
	if _, err := p.Start(""); !errors.Is(err, ErrRunning) {
		t.Errorf("second start: %v", err)
	}
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := p.Start(""); !errors.Is(err, ErrRunning) {
		t.Errorf("start after close: %v", err)
	}
	if err := NewProvider(Options{}).Close(); err != nil {
		t.Errorf("close without start: %v", err)
	}
}

func TestCloseEndsSlowAnswers(t *testing.T) {
	p := NewProvider(Options{})
	base, err := p.Start("")
	if err != nil {
		t.Fatal(err)
	}
	reached := make(chan struct{})
	if err := p.Fail(Fault{Endpoint: EndpointUsage, Kind: FaultSlow, Delay: time.Hour, Reached: reached}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(mustRequest(t, base+PathUsage))
		if err == nil {
			err = resp.Body.Close()
		}
		done <- err
	}()
	<-reached
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	<-done
}

func TestAnswersOnLoopbackNamesOnly(t *testing.T) {
	p := NewProvider(Options{})
	for host, want := range map[string]int{
		"127.0.0.1:80": 401, "127.9.9.9": 401, "localhost": 401, "localhost:1": 401, "[::1]:80": 401,
		"example.com": 421, "localhost.example.com": 421, "127.0.0.1.nip.example:80": 421, "": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, PathProfile, nil)
		r.Host = host
		w := httptest.NewRecorder()
		if p.ServeHTTP(w, r); w.Code != want {
			t.Errorf("Host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestTokensInAddresses(t *testing.T) {
	s := newStand(t)
	for _, path := range []string{
		PathUsage + "?access_token=" + AccessPrefix,
		PathUsage + "?t=sk%2Dant%2Dort01",
		"/" + RefreshPrefix,
	} {
		if r := s.get(path); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if n := len(s.Violations()); n != 3 {
		t.Errorf("%d violations", n)
	}
}

func TestHooks(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	if r := s.post(PathTestFault, map[string]any{"endpoint": "refresh", "kind": "rate_limited", "times": 1, "retryAfterMs": 5000, "delayMs": 0}); r.status != http.StatusNoContent {
		t.Fatalf("fault: %d %s", r.status, r.body)
	}
	if r := s.post(PathToken, refreshBody(c.RefreshToken.Reveal())); r.status != 429 || r.header.Get("Retry-After") != "5" {
		t.Errorf("refresh: %d", r.status)
	}
	state := decode[State](t, s.get(PathTestState))
	if state.Calls[EndpointRefresh] != 1 || len(state.Logins) != 1 || state.Violations == nil ||
		state.Logins[0].RefreshFingerprint != c.RefreshToken.Fingerprint() || state.Logins[0].Email != ada.Email {
		t.Errorf("%+v", state)
	}
	for _, do := range []string{"expire", "kill"} {
		if r := s.post(PathTestLogin, members{"do": do, "accountUuid": adaUUID}); r.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", do, r.status, r.body)
		}
		if r := s.profile(c.AccessToken); r.status != http.StatusUnauthorized {
			t.Errorf("profile after %s: %d", do, r.status)
		}
	}
	if n := len(decode[State](t, s.get(PathTestState)).Logins); n != 0 {
		t.Errorf("%d logins after kill", n)
	}
	for _, c := range []struct {
		path string
		body any
	}{
		{PathTestFault, members{"endpoint": "refresh", "kind": "meteor"}},
		{PathTestFault, members{"endpoint": "refresh", "kind": "html", "time": "1"}},
		{PathTestFault, "html"},
		{PathTestLogin, members{"do": "bless", "accountUuid": adaUUID}},
		{PathTestLogin, members{"do": "kill", "accountUuid": "nobody"}},
	} {
		if r := s.post(c.path, c.body); r.status != http.StatusBadRequest {
			t.Errorf("%s %v: %d", c.path, c.body, r.status)
		}
	}
	r := s.request(http.MethodPost, PathTestFault, strings.NewReader(`{"endpoint":"refresh","kind":"html"}`))
	r.Header.Set("Content-Type", "text/plain")
	if out, err := s.do(r); err != nil || out.status != http.StatusBadRequest {
		t.Errorf("a fault another site could send: %d, %v", out.status, err)
	}
}

func TestHooksAreClosedWithoutTheOption(t *testing.T) {
	srv := httptest.NewServer(NewProvider(Options{}))
	defer srv.Close()
	for _, path := range []string{PathTestFault, PathTestState, PathTestLogin} {
		resp, err := http.DefaultClient.Do(mustRequest(t, srv.URL+path))
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// journal is a writer that may be read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func TestNoTokenIsLoggedOrPrinted(t *testing.T) {
	s := newStand(t)
	var log journal
	s.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c := s.issue(ada)
	body := refreshBody(c.RefreshToken.Reveal())
	s.post(PathToken, body)
	s.post(PathToken, body) // reuse
	s.profile(c.AccessToken)
	s.usage(c.AccessToken)
	s.get(PathUsage + "?token=" + c.AccessToken.Reveal())
	s.post(PathToken, exchangeBody(s.code(), anyRedirect, "the-state"))
	s.post(PathRevoke, members{"token": c.RefreshToken.Reveal(), "client_id": ClientID})
	state, err := json.Marshal(s.State())
	if err != nil {
		t.Fatal(err)
	}
	log.mu.Lock()
	logged := log.b.String()
	log.mu.Unlock()
	if !strings.Contains(logged, "endpoint=refresh") || !strings.Contains(logged, "violation") {
		t.Errorf("the log is not what this test looks for:\n%s", logged)
	}
	for name, text := range map[string]string{
		"log": logged, "state": string(state), "credentials": fmt.Sprintf("%+v %#v", c, c),
	} {
		if strings.Contains(text, "sk-ant-") {
			t.Errorf("a token in the %s", name)
		}
	}
}

func FuzzRedirect(f *testing.F) {
	f.Add("http://localhost:4321/callback")
	f.Add("http://localhost:80@evil.example/callback")
	f.Add("http://localhost:1/callback#/callback")
	p := NewProvider(Options{})
	f.Fuzz(func(t *testing.T, uri string) {
		if !p.validRedirect(uri, "127.0.0.1:9") {
			return
		}
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			t.Fatalf("allowed %q", uri)
		}
		if (u.Hostname() != "localhost" || u.Path != "/callback") && uri != "http://127.0.0.1:9"+PathManual {
			t.Fatalf("allowed %q", uri)
		}
	})
}
