//go:build unix

package oauthcore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// raceFront stands before the built-in provider as the network does, and
// remembers who presented which refresh token: the User-Agent tells.
type raceFront struct {
	provider *providertest.Provider
	base     string

	mu         sync.Mutex
	presents   []racePresent
	violations []raceViolation
}

// racePresent is one refresh token presented. Fingerprints are cut short.
type racePresent struct {
	at     time.Time
	by     string
	token  string
	next   string // the token that replaced it, "" where it was refused
	status int
}

func (p racePresent) String() string {
	return fmt.Sprintf("%s %s presented %s, answer %d, next %s", p.at.Format("05.000"), p.by, p.token, p.status, p.next)
}

// raceViolation is what the provider complained of, and whose request it was.
type raceViolation struct{ by, what string }

// newRaceFront serves the provider on another address until the test ends.
func newRaceFront(t *testing.T, p *providertest.Provider) *raceFront {
	t.Helper()
	f := &raceFront{provider: p}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.base = "http://" + l.Addr().String()
	server := httptest.NewUnstartedServer(f)
	if err := server.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	server.Listener = l
	server.Config.SetKeepAlivesEnabled(false)
	server.Start()
	t.Cleanup(server.Close)
	return f
}

// ServeHTTP lets one request at a time reach the provider, so that a violation
// is the doing of the request that was there; on its way there and back a
// request takes the time a network takes.
func (f *raceFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	<-time.After(time.Duration(rand.IntN(30)) * time.Millisecond)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	f.pass(answer, r, body)
	<-time.After(time.Duration(rand.IntN(30)) * time.Millisecond)
	for k, v := range answer.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (f *raceFront) pass(answer *httptest.ResponseRecorder, r *http.Request, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := len(f.provider.Violations())
	f.provider.ServeHTTP(answer, r)
	by := r.UserAgent()
	for _, what := range f.provider.Violations()[before:] {
		f.violations = append(f.violations, raceViolation{by, what})
	}
	var sent, got struct {
		Presented string `json:"refresh_token"`
	}
	if r.URL.Path != providertest.PathToken || json.Unmarshal(body, &sent) != nil {
		return
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &got) // a refusal has no token
	f.presents = append(f.presents, racePresent{
		at: time.Now(), by: by, token: brief(sent.Presented), next: brief(got.Presented), status: answer.Code,
	})
}

// presented says whether one of this kind has shown the provider a token yet.
func (f *raceFront) presented(kind string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.presents, func(p racePresent) bool { return strings.HasPrefix(p.by, kind) })
}

// brief is enough of a token's fingerprint to tell it from others.
func brief(token string) string {
	fp := secret.New(token).Fingerprint()
	return fp[:min(12, len(fp))]
}

// about lists who presented a login's tokens, the last n times, by following
// the chain back from the newest.
func (f *raceFront) about(token string, n int) []racePresent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []racePresent
	for i := len(f.presents) - 1; i >= 0 && len(out) < n; i-- {
		p := f.presents[i]
		if p.next == token || p.token == token {
			out = append([]racePresent{p}, out...)
			token = p.token
		}
	}
	return out
}
