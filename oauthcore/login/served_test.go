package login

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// A login behind a server that runs already: it has that server's address, its
// answers are taken by the same rules, and after its end it still tells how it
// went.
func TestServedBySomebodyElse(t *testing.T) {
	const redirect = "http://localhost:4711/callback"
	f, err := Start(t.Context(), authorizer(t), Options{
		Redirect: redirect,
		Finish:   func(context.Context, Code) (string, error) { return "ada@example.com", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Cancel()
	u, err := url.Parse(f.URL())
	if err != nil || u.Query().Get("redirect_uri") != redirect {
		t.Fatalf("the address is %s: %v", f.URL(), err)
	}
	state := u.Query().Get("state")
	for _, c := range []struct {
		name, host, target string
		want               int
	}{
		{"another host", "evil.example:4711", "/callback?code=c&state=" + state, http.StatusMisdirectedRequest},
		{"another port", "localhost:4712", "/callback?code=c&state=" + state, http.StatusMisdirectedRequest},
		{"another path", "localhost:4711", "/", http.StatusNotFound},
		{"another state", "localhost:4711", "/callback?code=c&state=x", http.StatusBadRequest},
		{"the answer", "localhost:4711", "/callback?code=c&state=" + state, http.StatusOK},
		{"reloaded", "localhost:4711", "/callback?code=c&state=" + state, http.StatusOK},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.target, nil)
		r.Host = c.host
		f.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.want, w.Body)
		}
	}
	got, err := f.Wait(t.Context())
	if err != nil || got.RedirectURI != redirect || got.Code.Reveal() != "c" {
		t.Errorf("the login ended with %v, %v", got, err)
	}
}

func TestRedirectsRefused(t *testing.T) {
	for _, redirect := range []string{
		"https://localhost:4711/callback", "http://localhost/callback", "http://localhost:/callback", "http://127.0.0.1:4711/callback",
		"http://evil.example:4711/callback", "http://localhost:4711/other", "http://localhost:4711/callback?x=1", "::",
	} {
		if f, err := Start(t.Context(), authorizer(t), Options{Redirect: redirect}); !errors.Is(err, ErrRedirect) {
			t.Errorf("%q was taken: %v, %v", redirect, f, err)
		}
	}
}
