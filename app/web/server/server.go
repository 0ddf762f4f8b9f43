//go:build !js

package server

import (
	"context"
	"errors"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"baton/app/backend"
)

// leaving is how long what is under way may take once the server is to end.
const leaving = 5 * time.Second

// Config is what a Server stands on. Backend and Port are required.
type Config struct {
	Backend backend.Backend
	// Port is the port of this machine the page is reached by.
	Port int
	// Page holds the built page; the embedded one when nil.
	Page fs.FS
	// Icon is the page's icon, PNG; may be nil.
	Icon []byte
	// Demo is what the page says over accounts that are made up; "" for a
	// person's own.
	Demo string
	// NewLink is told the link that takes the place of one that was used; may
	// be nil.
	NewLink func(link string)
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Log gets what is worth keeping; nothing is logged when nil.
	Log *slog.Logger
}

// Server serves the page and what it asks for. Its zero value is not ready;
// use New.
type Server struct {
	cfg     Config
	limits  limits // before Serve
	page    *page
	hosts   map[string]bool // what the Host header may say
	mux     *http.ServeMux
	door    *door
	streams streams
	logins  logins
	form    nonces

	// life ends with Serve: logins and streams outlive the request that began
	// them, but not the server.
	life context.Context
	end  context.CancelFunc
}

// New makes a server. It fails with ErrNoPage where the page was not built.
func New(cfg Config) (*Server, error) {
	if cfg.Page == nil {
		cfg.Page = embedded()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p, err := newPage(cfg.Page, cfg.Demo)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, page: p, limits: defaultLimits(), hosts: map[string]bool{}, door: newDoor(cfg.Now)}
	port := strconv.Itoa(cfg.Port)
	for _, host := range []string{"localhost", "127.0.0.1", "[::1]"} {
		s.hosts[host+":"+port] = true
		if port == "80" {
			s.hosts[host] = true
		}
	}
	s.life, s.end = context.WithCancel(context.Background())
	s.streams.start(s.life, cfg.Backend)
	s.mux = s.routes()
	return s, nil
}

// origin is the address of the page.
func (s *Server) origin() string { return "http://localhost:" + strconv.Itoa(s.cfg.Port) }

// Link is the address a browser is let in by, once. Its secret is behind the #,
// which a browser sends to nobody.
func (s *Server) Link() string { return s.link(s.door.secret()) }

func (s *Server) link(secret string) string { return s.origin() + "/#" + secret }

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page.index)
	mux.HandleFunc("GET /assets/{name}", s.page.asset)
	mux.HandleFunc("GET /icon.png", s.icon)
	mux.HandleFunc("POST /api/v1/session", s.enter)
	mux.HandleFunc("GET /api/v1/snapshot", s.known(s.snapshot))
	mux.HandleFunc("GET /api/v1/events", s.known(s.events))
	for kind := range actions() {
		mux.HandleFunc("POST /api/v1/"+string(kind), s.known(s.act(kind)))
	}
	mux.HandleFunc("POST /api/v1/login", s.known(s.startLogin))
	mux.HandleFunc("POST /api/v1/login/wait", s.known(s.waitLogin))
	mux.HandleFunc("POST /api/v1/login/paste", s.known(s.pasteLogin))
	mux.HandleFunc("POST /api/v1/login/cancel", s.known(s.cancelLogin))
	mux.HandleFunc("GET /callback", s.callback)
	mux.HandleFunc("GET /oauth/authorize", s.askAuthorize)
	mux.HandleFunc("POST /oauth/authorize", s.authorize)
	return mux
}

func (s *Server) icon(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Icon == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "max-age=86400")
	_, _ = w.Write(s.cfg.Icon) // a browser that has gone away is no error
}

// Serve answers on the listeners until ctx ends, then lets what is under way
// finish, for a few seconds. It closes the listeners.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.limits.header,
		IdleTimeout:       s.limits.idle,
		MaxHeaderBytes:    maxHeader,
		// No ReadTimeout and no WriteTimeout: an action may take a minute and a
		// stream has no end. ServeHTTP limits what comes and what goes.
		ErrorLog:    log.New(slogWriter{s.cfg.Log}, "", 0),
		ConnContext: withGuest,
	}
	all := &crowd{most: s.limits.conns}
	ended := make(chan error, len(listeners))
	var wg sync.WaitGroup
	for _, l := range listeners {
		wg.Go(func() { ended <- h.Serve(counted{l, all}) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-ended: // one that breaks ends all
	}
	s.Close()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaving)
	defer cancel()
	if h.Shutdown(grace) != nil {
		_ = h.Close() // whoever is still there has had the time
	}
	wg.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// Close ends the streams and the logins. Serve does so at its end.
func (s *Server) Close() {
	s.end()
	s.logins.close()
}

// slogWriter passes the HTTP server's own complaints on.
type slogWriter struct{ to *slog.Logger }

func (w slogWriter) Write(p []byte) (int, error) {
	w.to.Info("http", "said", string(p))
	return len(p), nil
}
