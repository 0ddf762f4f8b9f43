//go:build !js

package openurl

import (
	"crypto/rand"
	"crypto/subtle"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	linkTimeout = 5 * time.Second
	// maxLinkHeader bounds a request's header, in bytes.
	maxLinkHeader = 32 << 10
)

// onceLink gives an address on loopback that sends the first visitor on to
// another address, and later ones away. It is for a command line: whoever reads
// it there comes after the browser. A file would do as well, but browsers in a
// sandbox (snap, Flatpak) cannot read one, and those of another system (WSL,
// remote editors) do not see it.
func onceLink(address string, life time.Duration) (link string, err error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	path := "/" + rand.Text()
	s := &http.Server{
		Handler:           &once{host: l.Addr().String(), path: path, address: address},
		ReadHeaderTimeout: linkTimeout, WriteTimeout: linkTimeout, MaxHeaderBytes: maxLinkHeader,
		ErrorLog: log.New(io.Discard, "", 0), // what strangers send to the port is not logged
	}
	s.SetKeepAlivesEnabled(false)
	go func() { _ = s.Serve(l) }()
	time.AfterFunc(life, func() { _ = s.Close() })
	return "http://" + l.Addr().String() + path, nil
}

// once is the handler behind such a link.
type once struct {
	host, path, address string
	used                atomic.Bool
}

// ServeHTTP implements http.Handler. A request for another host is one that a
// web page sent through a name of its own (DNS rebinding).
func (o *once) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	switch {
	case r.Host != o.host || subtle.ConstantTimeCompare([]byte(r.URL.Path), []byte(o.path)) != 1:
		http.Error(w, "there is nothing here", http.StatusNotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "only GET is allowed", http.StatusMethodNotAllowed)
	case o.used.Swap(true):
		http.Error(w, "this link was used already: the address stands in Baton, to be copied", http.StatusGone)
	default:
		http.Redirect(w, r, o.address, http.StatusSeeOther)
	}
}
