package login

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"baton/oauthcore/secret"
)

const (
	callbackPath = "/callback"
	// maxHeader bounds a request's header, in bytes; a callback needs a few
	// hundred, a browser's cookies for localhost some more.
	maxHeader     = 32 << 10
	headerTimeout = 5 * time.Second
	writeTimeout  = 10 * time.Second
)

// listen opens the listener and fixes the redirect URI. The provider knows
// this client's redirects by the name localhost, although RFC 8252 §8.3 would
// rather have 127.0.0.1. Whoever else may listen on [::1] of the same port
// gets a code that is worth nothing without the verifier.
func (f *Flow) listen(ctx context.Context, open func() (net.Listener, error)) error {
	if open == nil {
		open = func() (net.Listener, error) {
			return new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
		}
	}
	l, err := open()
	if err != nil {
		return fmt.Errorf("cannot listen for the browser's answer: %w", err)
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok || !at.IP.IsLoopback() {
		_ = l.Close()
		return fmt.Errorf("cannot listen for the browser's answer: %s is not a loopback address", l.Addr())
	}
	f.listener = l
	f.answerAt(strconv.Itoa(at.Port))
	f.server = &http.Server{
		Handler:           f,
		ReadHeaderTimeout: headerTimeout,
		// No ReadTimeout and no WriteTimeout: Finish may take a minute, and a
		// read deadline would end the request's context. Pages set their own.
		IdleTimeout:    headerTimeout,
		MaxHeaderBytes: maxHeader,
		// What a stranger sends to the port is nobody's news.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	f.server.SetKeepAlivesEnabled(false)
	return nil
}

// served is for a login whose redirect another server of this process receives.
func (f *Flow) served(redirect string) error {
	u, err := url.Parse(redirect)
	if err != nil || u.Port() == "" || redirect != "http://localhost:"+u.Port()+callbackPath {
		return fmt.Errorf("%w: %q", ErrRedirect, redirect)
	}
	f.answerAt(u.Port())
	return nil
}

// answerAt fixes the redirect URI and the names that mean it.
func (f *Flow) answerAt(port string) {
	f.redirect = "http://localhost:" + port + callbackPath
	f.hosts = []string{"localhost:" + port, "127.0.0.1:" + port}
	if port == "80" {
		f.hosts = append(f.hosts, "localhost", "127.0.0.1")
	}
}

// serve answers the browser until the listener closes.
func (f *Flow) serve() { _ = f.server.Serve(f.listener) }

// ServeHTTP answers one request: those of the login's own listener, and those
// for Options.Redirect, after its end too. What is not the provider's answer to
// this very login changes nothing; its state tells. The Host header is checked against names
// that point here, so that no web page can reach the listener through a name
// of its own (DNS rebinding).
func (f *Flow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !slices.Contains(f.hosts, r.Host):
		plain(w, http.StatusMisdirectedRequest)
	case r.URL.Path != callbackPath:
		plain(w, http.StatusNotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		plain(w, http.StatusMethodNotAllowed)
	default:
		f.callback(w, r)
	}
}

// callback takes the provider's redirect (RFC 6749 §4.1.2).
func (f *Flow) callback(w http.ResponseWriter, r *http.Request) {
	a, ok := parseAnswer(r.URL.RawQuery)
	if !ok || !f.sameState(a.state) {
		// Not the provider's answer to this login; that one may yet come. The
		// same goes for refusals: any page could send the browser here. After
		// the end, too: who signed in is not for everyone on this machine.
		page{
			Title: "That was not it",
			Text:  "This address does not belong to the login going on. Go back to the login page, or start again in Baton.",
		}.write(w, http.StatusBadRequest)
		return
	}
	for f.take() != nil {
		f.mu.Lock()
		turn := f.turn
		f.mu.Unlock()
		select {
		case <-f.settled:
			f.already(w)
			return
		case <-turn: // a pasted code may have been refused meanwhile
		case <-r.Context().Done():
			return
		}
	}
	_ = f.run(a.code, a.denied, false, func() { f.outcome().write(w, http.StatusOK) })
}

// outcome is the page for the callback that decided the login. The flow is
// settled.
func (f *Flow) outcome() page {
	switch {
	case f.err != nil:
		return page{Title: "Not signed in", Text: sentence(f.err.Error()), Next: "You can close this page and try again in Baton."}
	case f.who != "":
		return page{Good: true, Title: "Signed in as " + f.who, Next: "You can close this page and go back to Baton."}
	case f.finish == nil:
		return page{Good: true, Title: "The code has arrived", Next: "You can close this page and go back to Baton."}
	}
	return page{Good: true, Title: "Signed in", Next: "You can close this page and go back to Baton."}
}

// already is the page for every later callback. The flow is settled.
func (f *Flow) already(w http.ResponseWriter) {
	p := f.outcome()
	if f.err == nil {
		p.Text = "This login is done already."
	}
	p.write(w, http.StatusOK)
}

// answer is what the provider redirected the browser with.
type answer struct {
	code   secret.Secret
	state  string
	denied error
}

// parseAnswer reads a redirect's query: a code or an error, with a state, each
// at most once (RFC 6749 §3.1).
func parseAnswer(rawQuery string) (answer, bool) {
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return answer{}, false
	}
	for _, name := range []string{"code", "state", "error"} {
		if len(q[name]) > 1 {
			return answer{}, false
		}
	}
	a := answer{code: secret.New(q.Get("code")), state: q.Get("state")}
	if q.Has("error") {
		a.denied = denial(q.Get("error"))
		a.code = secret.Secret{}
	}
	return a, a.state != "" && (a.denied != nil || !a.code.Empty())
}

// denial turns an error code (RFC 6749 §4.1.2.1) into an error. The code is
// shown only if it looks like one; the description beside it is anybody's
// prose and is not shown.
func denial(code string) error {
	const longest = 40
	if code == "access_denied" || code == "" || len(code) > longest {
		return ErrDenied
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && r != '_' {
			return ErrDenied
		}
	}
	return fmt.Errorf("%w (%s)", ErrDenied, code)
}
