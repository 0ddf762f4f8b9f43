//go:build !js

package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// Each of these is what somebody could try who has a session's cookie and
// token or not; the status says which defence met it.
func TestAttacks(t *testing.T) {
	h := newHouse(t)
	inside := h.come(t)
	swap := func(with ...func(*http.Request)) *http.Request {
		return request(t, http.MethodPost, "/api/v1/swap", `{"Key":"ada@example.com"}`, with...)
	}
	look := func(with ...func(*http.Request)) *http.Request {
		return request(t, http.MethodGet, "/api/v1/snapshot", "", with...)
	}
	long := `{"Key":"` + strings.Repeat("x", maxBody) + `"}`
	for _, c := range []struct {
		name string
		r    *http.Request
		want int
	}{
		{"another name for this machine", look(inside, host("evil.example:4711")), http.StatusMisdirectedRequest},
		{"a name that only begins like ours", look(inside, host("localhost:4711.evil.example")), http.StatusMisdirectedRequest},
		{"another port", look(inside, host("localhost:4712")), http.StatusMisdirectedRequest},
		{"no port", look(inside, host("localhost")), http.StatusMisdirectedRequest},
		{"another name, the page", request(t, http.MethodGet, "/", "", host("evil.example")), http.StatusMisdirectedRequest},
		{"another page changes", swap(inside, header("Origin", "http://evil.example")), http.StatusForbidden},
		{"another port's page changes", swap(inside, header("Origin", "http://localhost:4712")), http.StatusForbidden},
		{"the other loopback name's page changes", swap(inside, header("Origin", "http://127.0.0.1:4711")), http.StatusForbidden},
		{"a page without an origin changes", swap(inside, header("Origin", "null")), http.StatusForbidden},
		{"nobody says who changes", swap(inside, header("Origin", "")), http.StatusForbidden},
		{"two origins", swap(inside, func(r *http.Request) { r.Header.Add("Origin", "http://evil.example") }), http.StatusForbidden},
		{"another page looks", look(inside, header("Origin", "http://evil.example")), http.StatusForbidden},
		{"a page of another site looks", look(inside, header("Sec-Fetch-Site", "cross-site")), http.StatusForbidden},
		{"a page of another port looks", look(inside, header("Sec-Fetch-Site", "same-site")), http.StatusForbidden},
		{"typed into the address bar", look(inside, header("Sec-Fetch-Site", "none")), http.StatusForbidden},
		{"a form's body", swap(inside, header("Content-Type", "text/plain")), http.StatusUnsupportedMediaType},
		{"a form", swap(inside, header("Content-Type", "application/x-www-form-urlencoded")), http.StatusUnsupportedMediaType},
		{"no session looks", look(), http.StatusUnauthorized},
		{"no session changes", swap(), http.StatusUnauthorized},
		{"the cookie alone looks", look(inside, header(tokenHeader, "")), http.StatusUnauthorized},
		{"the cookie alone changes", swap(inside, header(tokenHeader, "")), http.StatusUnauthorized},
		{"the token alone", look(inside, header("Cookie", "")), http.StatusUnauthorized},
		{"a wrong token", swap(inside, header(tokenHeader, "x")), http.StatusUnauthorized},
		{"a cookie made up", look(header("Cookie", "baton-4711=x"), header(tokenHeader, "x")), http.StatusUnauthorized},
		{"too much", request(t, http.MethodPost, "/api/v1/swap", long, inside), http.StatusRequestEntityTooLarge},
		{"too much before the door", request(t, http.MethodPost, "/api/v1/session", long), http.StatusRequestEntityTooLarge},
		{"no JSON", request(t, http.MethodPost, "/api/v1/swap", `{`, inside), http.StatusBadRequest},
		{"two values", request(t, http.MethodPost, "/api/v1/swap", `{}{}`, inside), http.StatusBadRequest},
		{"a member nobody knows", request(t, http.MethodPost, "/api/v1/swap", `{"Shell":"x"}`, inside), http.StatusBadRequest},
		{"another action in the body", request(t, http.MethodPost, "/api/v1/swap", `{"Kind":"remove"}`, inside), http.StatusBadRequest},
		{"an action there is none of", request(t, http.MethodPost, "/api/v1/shell", `{}`, inside), http.StatusNotFound},
		{"a change by looking", request(t, http.MethodGet, "/api/v1/swap", "", inside), http.StatusMethodNotAllowed},
		{"out of the page's folder", request(t, http.MethodGet, "/assets/..%2fpage.css", "", inside), http.StatusNotFound},
		{"a callback of no login", request(t, http.MethodGet, "/callback?code=c&state=s", ""), http.StatusNotFound},
		{"a login's button without a session", request(t, http.MethodPost, "/oauth/authorize", "nonce=x", header("Content-Type", "application/x-www-form-urlencoded")), http.StatusUnauthorized},
		{"a login's button from elsewhere", request(t, http.MethodPost, "/oauth/authorize", "nonce=x", inside, header("Origin", "http://evil.example")), http.StatusForbidden},
		{"a login's button that was never shown", request(t, http.MethodPost, "/oauth/authorize", "nonce=x", inside, header("Content-Type", "application/x-www-form-urlencoded")), http.StatusForbidden},
		{"the page itself looks", look(inside, header("Sec-Fetch-Site", "same-origin"), header("Origin", origin)), http.StatusOK},
		{"by the other name", look(inside, host("127.0.0.1:4711")), http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := h.send(c.r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if c.want != http.StatusOK && strings.Contains(w.Body.String(), "ada@") {
				t.Errorf("an account is in the answer: %s", w.Body)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "frame-ancestors 'none'") || strings.Contains(p, "unsafe-inline") {
				t.Errorf("the policy is %q", p)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Error("other pages are let in")
			}
		})
	}
	if did := h.fake.did(); len(did) != 0 {
		t.Errorf("something was done: %+v", did)
	}
	if len(h.fake.modes) != 0 {
		t.Error("a login was started")
	}
}

// A link lets in once; the next one is told.
func TestLinkOnce(t *testing.T) {
	h := newHouse(t)
	first := h.Link()
	h.come(t)
	if w := h.send(request(t, http.MethodPost, "/api/v1/session", `{"secret":"`+secretOf(first)+`"}`)); w.Code != http.StatusUnauthorized ||
		!strings.Contains(w.Body.String(), "the link the terminal prints now") || len(w.Result().Cookies()) != 0 {
		t.Errorf("the same link again: %d %s", w.Code, w.Body)
	}
	if len(h.links) != 1 || h.links[0] != h.Link() || h.links[0] == first {
		t.Errorf("told %q after %q, the link is %q", h.links, first, h.Link())
	}
	h.come(t)
}

// The session's cookie is out of every script's and every other site's reach.
func TestCookie(t *testing.T) {
	h := newHouse(t)
	w := h.send(request(t, http.MethodPost, "/api/v1/session", `{"secret":"`+secretOf(h.Link())+`"}`))
	c := w.Result().Cookies()[0]
	if c.Name != "baton-4711" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %s", c)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the answer may be kept")
	}
}

// Guessing is slow, and not for ever for who has the link.
func TestGuesses(t *testing.T) {
	h := newHouse(t)
	guess := func() int {
		return h.send(request(t, http.MethodPost, "/api/v1/session", `{"secret":"`+newSecret()+`"}`)).Code
	}
	for i := range guesses {
		if got := guess(); got != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if got := guess(); got != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", got)
	}
	right := func() int {
		return h.send(request(t, http.MethodPost, "/api/v1/session", `{"secret":"`+secretOf(h.Link())+`"}`)).Code
	}
	if got := right(); got != http.StatusTooManyRequests {
		t.Errorf("a right one among too many: %d", got)
	}
	h.now = h.now.Add(guessEvery)
	if got := right(); got != http.StatusOK {
		t.Errorf("a right one a while later: %d", got)
	}
	// A page of another site cannot use the guesses up.
	for range 2 * guesses {
		h.send(request(t, http.MethodPost, "/api/v1/session", `{"secret":"x"}`, header("Origin", "http://evil.example")))
	}
	h.now = h.now.Add(guessEvery)
	if got := right(); got != http.StatusOK {
		t.Errorf("after another page's tries: %d", got)
	}
}

// Of many sessions the one longest unused goes.
func TestSessionsAreFew(t *testing.T) {
	h := newHouse(t)
	knows := func(p func(*http.Request)) bool {
		return h.send(request(t, http.MethodGet, "/api/v1/snapshot", "", p)).Code == http.StatusOK
	}
	first, second := h.come(t), h.come(t)
	for range maxSessions - 2 {
		h.come(t)
	}
	if !knows(first) {
		t.Fatal("the first is not known")
	}
	h.come(t)
	if !knows(first) || knows(second) {
		t.Errorf("first %v, second %v: want the one that was used", knows(first), knows(second))
	}
}

// A page may be on another machine's screen, and is told so.
func TestSnapshotOfAPage(t *testing.T) {
	h := newHouse(t)
	w := h.send(request(t, http.MethodGet, "/api/v1/snapshot", "", h.come(t)))
	var got backend.Snapshot
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || !got.Elsewhere {
		t.Errorf("%v, elsewhere: %v", err, got.Elsewhere)
	}
}

// What a backend holds beside its words stays there.
func TestNoTokens(t *testing.T) {
	h := newHouse(t)
	inside := h.come(t)
	h.fake.do = func(_ context.Context, a backend.Action) (backend.Result, error) {
		return backend.Result{Each: []backend.AccountResult{{Key: a.Key, Problem: &backend.Problem{Message: "no", Err: errToken}}}},
			&backend.Problem{Code: backend.ProblemOffline, Message: "no", Err: errToken}
	}
	for _, r := range []*http.Request{
		request(t, http.MethodGet, "/api/v1/snapshot", "", inside),
		request(t, http.MethodPost, "/api/v1/refresh", `{"All":true}`, inside),
	} {
		w := h.send(r)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "sk-ant") || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", r.URL, w.Code, w.Body)
		}
	}
}

// Every answer but the program itself is for one pair of eyes, now.
func TestNothingIsKept(t *testing.T) {
	h := newHouse(t)
	inside := h.come(t)
	for _, path := range []string{"/", "/api/v1/snapshot", "/oauth/authorize", "/callback"} {
		if got := h.send(request(t, http.MethodGet, path, "", inside)).Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// Each action has its address, and what is asked arrives.
func TestActions(t *testing.T) {
	h := newHouse(t)
	inside := h.come(t)
	until := h.now.Add(time.Hour)
	body, err := json.Marshal(backend.Action{Key: "k", Until: until, Label: "L", Place: 3, Yes: true})
	if err != nil {
		t.Fatal(err)
	}
	for kind := range actions() {
		w := h.send(request(t, http.MethodPost, "/api/v1/"+string(kind), string(body), inside))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", kind, w.Code, w.Body)
		}
		did := h.fake.did()
		want := backend.Action{Kind: kind, Key: "k", Until: until, Label: "L", Place: 3, Yes: true}
		if got := did[len(did)-1]; got != want {
			t.Errorf("asked for %+v, arrived %+v", want, got)
		}
	}
}

var errToken = errors.New(token)
