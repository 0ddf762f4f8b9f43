//go:build !js

package server

import (
	"net/http"
	"time"
)

// limits is how long and how many: what keeps one who sends slowly, reads
// slowly or comes often from being in everybody's way.
type limits struct {
	header time.Duration // a request's head has to be there
	body   time.Duration // and its body, whoever asks
	write  time.Duration // for each piece of an answer to be taken
	idle   time.Duration // between two requests on a connection
	conns  int           // connections at a time
}

func defaultLimits() limits {
	return limits{
		header: 5 * time.Second, body: 10 * time.Second, write: 30 * time.Second, idle: time.Minute,
		// A browser opens six at most.
		conns: 64,
	}
}

const (
	maxHeader = 32 << 10 // bytes
	maxBody   = 64 << 10 // bytes
	// piece is what has to be taken within limits.write, in bytes: 7 MB may
	// take minutes through a bad tunnel, none of which pass in silence.
	piece = 32 << 10
)

// limited bounds the body of a request that has one: how much, and until when.
// That holds also for one nobody reads, which the HTTP server reads itself to
// find the next request. decode takes the time limit off again.
func (s *Server) limited(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	// The real clock: the deadline is the connection's.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.limits.body)) // a test's recorder has none
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
}

// paced is an answer each piece of which has to be taken in time.
type paced struct {
	http.ResponseWriter
	limit time.Duration
}

// Unwrap is for http.ResponseController.
func (p paced) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p paced) more() {
	_ = http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(p.limit)) // a test's recorder has none
}

// WriteHeader implements http.ResponseWriter.
func (p paced) WriteHeader(status int) {
	p.more()
	p.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (p paced) Write(b []byte) (n int, err error) {
	for {
		p.more()
		one, err := p.ResponseWriter.Write(b[:min(len(b), piece)])
		n += one
		if b = b[one:]; err != nil || len(b) == 0 {
			return n, err
		}
	}
}
