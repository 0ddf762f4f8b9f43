//go:build !js

package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"baton/app/backend"
)

// begun starts a login by the page and gives its id.
func (h *house) begun(t *testing.T, inside func(*http.Request), body string) string {
	t.Helper()
	h.fake.flow = newFlow()
	w := h.send(request(t, http.MethodPost, "/api/v1/login", body, inside))
	m := regexp.MustCompile(`"ID":"([A-Z0-9]+)"`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || m == nil {
		t.Fatalf("no login: %d %s", w.Code, w.Body)
	}
	return m[1]
}

func TestLogin(t *testing.T) {
	h := newHouse(t)
	inside := h.come(t)
	post := func(path, body string) string {
		w := h.send(request(t, http.MethodPost, "/api/v1/login"+path, body, inside))
		return strings.TrimSpace(http.StatusText(w.Code) + " " + w.Body.String())
	}
	id := h.begun(t, inside, `{"Email":"new@example.com","Open":true,"Redirect":"http://evil.example/callback"}`)
	if got, want := h.fake.modes[0], (backend.LoginMode{Email: "new@example.com", Redirect: origin + "/callback"}); got != want {
		t.Errorf("asked for %+v, want %+v: the browser is elsewhere and comes back here", got, want)
	}
	h.send(request(t, http.MethodGet, "/callback?code=c&state=s", ""))
	if got := strings.Join(h.fake.flow.calls, " "); got != "code=c&state=s" {
		t.Errorf("the login was handed %q", got)
	}
	h.fake.flow.finish(nil)
	if got := post("/wait", `{"ID":"`+id+`"}`); !strings.Contains(got, `"Key":"new@example.com"`) {
		t.Errorf("it ended with %s", got)
	}
	// One that is pasted has no address to come back to.
	id = h.begun(t, inside, `{"Paste":true}`)
	if h.fake.modes[1].Redirect != "" {
		t.Errorf("%+v", h.fake.modes[1])
	}
	if got := post("/paste", `{"ID":"`+id+`","Code":"x"}`); !strings.Contains(got, "this is not a login code") {
		t.Error(got)
	}
	if got := post("/paste", `{"ID":"`+id+`","Code":"CODE#STATE"}`); !strings.Contains(got, `"Problem":null`) {
		t.Error(got)
	}
	// One that another ended is over.
	before := id
	id = h.begun(t, inside, `{}`)
	for _, path := range []string{"/wait", "/paste", "/cancel"} {
		if got := post(path, `{"ID":"`+before+`"}`); !strings.Contains(got, `"Code":"canceled"`) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := post("/cancel", `{"ID":"`+id+`"}`); got != "No Content" {
		t.Error(got)
	}
	if got := post("/wait", `{"ID":"`+id+`"}`); !strings.Contains(got, `"Code":"canceled"`) {
		t.Error(got)
	}
	if got := post("", `{"ViaClaude":true}`); !strings.Contains(got, `"Code":"unsupported"`) {
		t.Error(got)
	}
	h.fake.flow = nil
	if got := post("", `{}`); !strings.Contains(got, "no login here") {
		t.Error(got)
	}
}

// Where other tools send people: a button that starts nothing until a person
// who is in presses it, once.
func TestAuthorize(t *testing.T) {
	h := newHouse(t)
	inside := h.come(t)
	h.fake.flow = newFlow()
	shown := h.send(request(t, http.MethodGet, "/oauth/authorize", ""))
	m := regexp.MustCompile(`name="nonce" value="([A-Z0-9]+)"`).FindStringSubmatch(shown.Body.String())
	if m == nil || len(h.fake.modes) != 0 {
		t.Fatalf("%d logins, %s", len(h.fake.modes), shown.Body)
	}
	press := func() (int, string) {
		w := h.send(request(t, http.MethodPost, "/oauth/authorize", "nonce="+m[1], inside,
			header(tokenHeader, ""), header("Content-Type", "application/x-www-form-urlencoded")))
		return w.Code, w.Body.String()
	}
	code, body := press()
	if code != http.StatusOK || len(h.fake.modes) != 1 || !strings.Contains(body, `href="https://provider.example/oauth/authorize?state=x&amp;a=`) {
		t.Errorf("%d, %d logins: %s", code, len(h.fake.modes), body)
	}
	if code, _ := press(); code != http.StatusForbidden || len(h.fake.modes) != 1 {
		t.Errorf("pressed twice: %d, %d logins", code, len(h.fake.modes))
	}
}

// Buttons that nobody presses do not pile up.
func TestNoncesAreFew(t *testing.T) {
	var n nonces
	first := n.make()
	for range maxNonces {
		n.make()
	}
	if n.take(first) || len(n.all) != maxNonces {
		t.Errorf("%d are kept, the first among them", len(n.all))
	}
}
