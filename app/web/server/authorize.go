//go:build !js

package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"baton/app/backend"
)

// notePage is a page of a few words, for where the program is not loaded.
type notePage struct {
	Title, Text string
	Nonce       string       // shows the button
	Next        string       // an address to go on to
	Style       template.CSS // the whole style element's text
}

const noteText = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
{{with .Next}}<meta http-equiv="refresh" content="0;url={{.}}">{{end}}
<title>{{.Title}} – Baton</title>
<style>{{.Style}}</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
{{with .Next}}<p><a href="{{.}}" rel="noreferrer">Go to the login page</a></p>{{end}}
{{with .Nonce}}<form method="post"><input type="hidden" name="nonce" value="{{.}}"><button>Log in</button></form>{{end}}
</main>
</body>
</html>
`

// note sends a page of a few words.
func (s *Server) note(w http.ResponseWriter, status int, p notePage) {
	p.Style = template.CSS(s.page.style) // it is ours
	t, err := template.New("note").Parse(noteText)
	var body bytes.Buffer
	if err == nil {
		err = t.Execute(&body, p)
	}
	if err != nil {
		s.cfg.Log.Error("a page can't be written", "error", err)
		refuse(w, http.StatusInternalServerError, "Baton made a mistake\n")
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src "+hashOf(s.page.style)+
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a browser that has gone away is no error
}

// hashOf is how a content security policy names an inline text it allows.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// askAuthorize is where other tools' messages send people to log in. It starts
// nothing by itself: any page can send a browser here.
func (s *Server) askAuthorize(w http.ResponseWriter, _ *http.Request) {
	s.note(w, http.StatusOK, notePage{
		Title: "Log in to Claude", Nonce: s.form.make(),
		Text: "Baton opens the provider's page, where you choose the account, and keeps the login.",
	})
}

// authorize starts a login for who presses the button, in a browser that came
// in by a link.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if !s.door.hasCookie(s.cookie(r)) {
		s.note(w, http.StatusUnauthorized, notePage{
			Title: "This browser is not known to Baton",
			Text:  "Open the link the terminal prints now, then come back to this page.",
		})
		return
	}
	if !s.form.take(r.PostFormValue("nonce")) {
		s.note(w, http.StatusForbidden, notePage{
			Title: "That button was pressed already", Nonce: s.form.make(), Text: "Press it once more to log in.",
		})
		return
	}
	one, err := s.begin(backend.LoginMode{})
	if err != nil {
		p := backend.AsProblem(err)
		s.note(w, http.StatusBadGateway, notePage{Title: "The login did not start", Text: p.Message})
		return
	}
	next, err := url.Parse(one.flow.URL())
	if err != nil || (next.Scheme != "https" && next.Scheme != "http") {
		one.flow.Cancel()
		s.note(w, http.StatusBadGateway, notePage{Title: "The login did not start", Text: "The provider's address is none a browser should open."})
		return
	}
	s.note(w, http.StatusOK, notePage{Title: "On to the provider", Text: "If nothing happens, follow the link.", Next: next.String()})
}

// maxNonces is how many buttons can be waiting to be pressed.
const maxNonces = 32

// nonces are the buttons that were shown and not pressed yet. The zero value is
// ready.
type nonces struct {
	mu  sync.Mutex
	all []string
}

func (n *nonces) make() string {
	one := newSecret()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.all) == maxNonces {
		n.all = slices.Delete(n.all, 0, 1)
	}
	n.all = append(n.all, one)
	return one
}

// take uses one up.
func (n *nonces) take(given string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, have := range n.all {
		if equal(have, given) {
			n.all = slices.Delete(n.all, i, i+1)
			return true
		}
	}
	return false
}
