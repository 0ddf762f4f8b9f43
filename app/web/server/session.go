//go:build !js

package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// cookieName tells several servers on this machine apart.
func (s *Server) cookieName() string { return cookiePrefix + strconv.Itoa(s.cfg.Port) }

func (s *Server) cookie(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// enter makes a session of a link's secret.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Secret string `json:"secret"`
	}
	if !s.decode(w, r, &in) {
		return
	}
	cookie, token, next, slow := s.door.open(in.Secret)
	switch {
	case slow:
		w.Header().Set("Retry-After", strconv.Itoa(int(guessEvery/time.Second)))
		refuse(w, http.StatusTooManyRequests, "too many links were wrong; try again in a few seconds\n")
		return
	case cookie == "":
		s.cfg.Log.Warn("a link that is not the one that is valid was refused")
		refuse(w, http.StatusUnauthorized, "this link was used already, or is no longer the one; open the link the terminal prints now\n")
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	if s.cfg.NewLink != nil {
		s.cfg.NewLink(s.link(next))
	}
	s.answer(w, map[string]string{"token": token})
}

// decode reads a request's JSON, which limited bounds; it answers itself where
// that fails.
func (s *Server) decode(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(r.Body)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		w.Header().Set("Connection", "close") // what else there is of it is not read
		refuse(w, http.StatusRequestEntityTooLarge, "that is too long\n")
		return false
	case err != nil:
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestTimeout, "the request did not arrive whole\n")
		return false
	}
	// Without this the deadline would end the request's context.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // a test's recorder has none
	if err := unmarshal(body, into); err != nil {
		refuse(w, http.StatusBadRequest, "this is not a request Baton knows\n")
		return false
	}
	return true
}

// answer sends JSON.
func (s *Server) answer(w http.ResponseWriter, v any) {
	doc, err := json.Marshal(v)
	if err != nil {
		s.cfg.Log.Error("an answer can't be written", "error", err)
		refuse(w, http.StatusInternalServerError, "Baton made a mistake\n")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	_, _ = w.Write(doc) // a browser that has gone away is no error
}
