//go:build !js

package server

import (
	"net/http"
	"strings"
)

const (
	cookiePrefix = "baton-" // the port follows: cookies know no ports
	// tokenHeader has to come with everything behind the door, beside the
	// cookie. The cookie goes to every port of this machine; the token stays in
	// the storage of the page's own origin.
	tokenHeader = "X-Baton-Token"
)

// ServeHTTP lets through what may come from the page, a person's address bar
// or the provider's redirect.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = paced{w, s.limits.write}
	s.limited(w, r)
	harden(w.Header())
	// A page elsewhere can let a name of its own lead here (DNS rebinding).
	if !s.hosts[r.Host] {
		refuse(w, http.StatusMisdirectedRequest, "this address is not Baton's\n")
		return
	}
	api := strings.HasPrefix(r.URL.Path, "/api/")
	switch change := r.Method != http.MethodGet && r.Method != http.MethodHead; {
	case !sameOrigin(r, change), api && !sameSite(r):
		s.cfg.Log.Warn("a request from elsewhere was refused", "path", r.URL.Path)
		refuse(w, http.StatusForbidden, "this request does not come from Baton's page\n")
		return
	case api && change && !isJSON(r):
		refuse(w, http.StatusUnsupportedMediaType, "application/json is asked for\n")
		return
	}
	s.mux.ServeHTTP(w, r)
}

// sameOrigin says whether the page that asks is ours. Browsers send the header
// with every change; a read without one comes from the address bar.
func sameOrigin(r *http.Request, must bool) bool {
	origin := r.Header.Values("Origin")
	if len(origin) == 0 {
		return !must
	}
	return len(origin) == 1 && origin[0] == "http://"+r.Host
}

// sameSite looks at what newer browsers say of where a request comes from.
func sameSite(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin"
}

func isJSON(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/json")
}

// harden is for every answer; handlers that know better say so.
func harden(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), clipboard-read=(self), clipboard-write=(self)")
}

func refuse(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words)) // a browser that has gone away is no error
}

// known lets only a session through.
func (s *Server) known(then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.door.knows(s.cookie(r), r.Header.Get(tokenHeader)) {
			refuse(w, http.StatusUnauthorized, "open the link the terminal prints now\n")
			return
		}
		knownGuest(r.Context())
		then(w, r)
	}
}
