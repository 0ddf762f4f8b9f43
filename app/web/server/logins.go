//go:build !js

package server

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"baton/app/backend"
)

// patience is how long a page that waits for a login is kept waiting at a time:
// less than whatever stands between would.
const patience = 25 * time.Second

// logins holds the one login there is, and the last one after its end, which a
// reloaded page may still ask about.
type logins struct {
	mu  sync.Mutex
	now *running
}

// running is one login. result and problem stand once done is closed.
type running struct {
	id      string
	flow    backend.LoginFlow
	done    chan struct{}
	result  backend.LoginResult
	problem *backend.Problem
}

// begin starts a login that lives as long as the server, whatever becomes of
// the request: what the person does on the provider's page is not lost with a
// page that was reloaded.
func (s *Server) begin(m backend.LoginMode) (*running, error) {
	if m.ViaClaude {
		return nil, &backend.Problem{
			Code: backend.ProblemUnsupported, Message: "Claude Code's own login needs a terminal",
			Hint: "run 'baton login --via-claude' in one",
		}
	}
	m.Open, m.Redirect = false, ""
	if !m.Paste {
		m.Redirect = s.origin() + "/callback"
	}
	flow, err := s.cfg.Backend.Login(s.life, m)
	if err != nil {
		return nil, err
	}
	one := &running{id: rand.Text(), flow: flow, done: make(chan struct{})}
	s.logins.mu.Lock()
	s.logins.now = one
	s.logins.mu.Unlock()
	go func() {
		defer close(one.done)
		res, err := flow.Wait(s.life)
		one.result, one.problem = res, backend.AsProblem(err)
	}()
	return one, nil
}

// named is the login a page asks about, nil when it is not the one there is.
func (t *logins) named(id string) *running {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil || !equal(t.now.id, id) {
		return nil
	}
	return t.now
}

func (t *logins) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now != nil {
		t.now.flow.Cancel()
	}
}

func (s *Server) startLogin(w http.ResponseWriter, r *http.Request) {
	var m backend.LoginMode
	if !s.decode(w, r, &m) {
		return
	}
	one, err := s.begin(m)
	if err != nil {
		s.answer(w, outcome{Problem: backend.AsProblem(err)})
		return
	}
	s.answer(w, outcome{Result: struct{ ID, URL string }{one.id, one.flow.URL()}})
}

// asked reads which login a request is about.
func (s *Server) asked(w http.ResponseWriter, r *http.Request) (one *running, code string) {
	var in struct{ ID, Code string }
	if !s.decode(w, r, &in) {
		return nil, ""
	}
	if one = s.logins.named(in.ID); one == nil {
		// Another page has started one since, which ended this.
		s.answer(w, outcome{Problem: &backend.Problem{Code: backend.ProblemCanceled, Message: "this login is over: another one was started"}})
	}
	return one, in.Code
}

// waitLogin answers when the login has ended, or with nothing after a while:
// then it is asked again.
func (s *Server) waitLogin(w http.ResponseWriter, r *http.Request) {
	one, _ := s.asked(w, r)
	if one == nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	select {
	case <-one.done:
		s.answer(w, outcome{Result: one.result, Problem: one.problem})
	case <-ctx.Done():
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) pasteLogin(w http.ResponseWriter, r *http.Request) {
	one, code := s.asked(w, r)
	if one == nil {
		return
	}
	s.answer(w, outcome{Result: struct{}{}, Problem: backend.AsProblem(one.flow.Paste(code))})
}

func (s *Server) cancelLogin(w http.ResponseWriter, r *http.Request) {
	if one, _ := s.asked(w, r); one != nil {
		one.flow.Cancel()
		w.WriteHeader(http.StatusNoContent)
	}
}

// callback is where the provider sends the browser. Its state is what proves
// it, and the login looks at that: there may be no session in that browser.
func (s *Server) callback(w http.ResponseWriter, r *http.Request) {
	s.logins.mu.Lock()
	one := s.logins.now
	s.logins.mu.Unlock()
	if one != nil {
		if h, ok := one.flow.(http.Handler); ok {
			h.ServeHTTP(w, r)
			return
		}
	}
	refuse(w, http.StatusNotFound, "no login is going on; start it in Baton\n")
}
