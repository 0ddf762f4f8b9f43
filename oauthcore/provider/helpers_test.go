package provider

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

const (
	testAccess   = "sk-ant-oat01-TEST-access"
	testRefresh  = "sk-ant-ort01-TEST-refresh"
	testCode     = "TESTcode-0123456789"
	testVerifier = "TESTverifier-0123456789-0123456789-0123456789"
	testState    = "TESTstate-0123456789"
)

// received is one request as a server saw it.
type received struct {
	Method string
	Path   string
	Header http.Header
	Body   string
}

// recorder is a loopback provider that notes every request it reads.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	seen []received
}

func (r *recorder) requests() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.seen...)
}

func serve(t *testing.T, answer http.HandlerFunc) *recorder {
	t.Helper()
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.seen = append(r.seen, received{q.Method, q.URL.Path, q.Header.Clone(), string(body)})
		r.mu.Unlock()
		answer(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

func clientOf(t *testing.T, base string, o Options) *Client {
	t.Helper()
	endpoints, err := FromBase(base)
	if err != nil {
		t.Fatalf("FromBase(%q): %v", base, err)
	}
	return New(endpoints, o)
}

func status(code int, header map[string]string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp closes the connection after writing raw bytes to it.
func hangUp(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = buffered.WriteString(raw)
		_ = buffered.Flush()
		_ = conn.Close()
	}
}

// operations are all five, each reduced to its error.
func operations(c *Client) map[string]func(context.Context) error {
	access, refresh := secret.New(testAccess), secret.New(testRefresh)
	return map[string]func(context.Context) error{
		opExchange: func(ctx context.Context) error {
			_, err := c.Exchange(ctx, testExchange())
			return err
		},
		opRefresh: func(ctx context.Context) error {
			_, err := c.Refresh(ctx, refresh, nil)
			return err
		},
		opRevoke: func(ctx context.Context) error { return c.Revoke(ctx, refresh) },
		opProfile: func(ctx context.Context) error {
			_, err := c.Profile(ctx, access)
			return err
		},
		opUsage: func(ctx context.Context) error {
			_, err := c.Usage(ctx, access)
			return err
		},
	}
}

func testExchange() ExchangeRequest {
	return ExchangeRequest{
		Code:        secret.New(testCode),
		Verifier:    secret.New(testVerifier),
		RedirectURI: "http://localhost:4711/callback",
		State:       testState,
	}
}

// noSecrets fails if an error's text gives anything away.
func noSecrets(t *testing.T, err error) {
	t.Helper()
	for e := range chain(err) {
		for _, hidden := range []string{tokenMark, testCode, testVerifier, testState, "\n", "\x1b"} {
			if strings.Contains(e.Error(), hidden) {
				t.Errorf("error gives away %q: %q", hidden, e.Error())
			}
		}
	}
}

// chain walks everything an error unwraps to.
func chain(err error) func(func(error) bool) {
	return func(yield func(error) bool) {
		queue := []error{err}
		for len(queue) > 0 {
			e := queue[0]
			queue = queue[1:]
			if e == nil {
				continue
			}
			if !yield(e) {
				return
			}
			switch u := e.(type) {
			case interface{ Unwrap() error }:
				queue = append(queue, u.Unwrap())
			case interface{ Unwrap() []error }:
				queue = append(queue, u.Unwrap()...)
			}
		}
	}
}

func fixedNow() time.Time { return time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC) }
