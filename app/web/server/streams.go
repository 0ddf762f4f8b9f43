//go:build !js

package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"baton/app/backend"
)

const (
	// heartbeat is how often a stream lets itself be heard, so that a page
	// notices a connection that is gone.
	heartbeat = 15 * time.Second
	// maxStreams is how many pages follow at a time. A browser opens six
	// connections to a server, for all its tabs together: a seventh page would
	// not even load. The longest there is asked to come back later.
	maxStreams = 4
)

// errCrowded ends a stream that made room for another.
var errCrowded = errors.New("too many pages follow")

// streams counts the changes and hands them to the pages that follow.
type streams struct {
	hub   backend.Hub
	epoch string // this process's: a page may come back to another one

	mu      sync.Mutex
	changes uint64
	open    []*place // the longest open first
}

// place is one page's stream.
type place struct{ end context.CancelCauseFunc }

// start listens to the backend until ctx ends. It is what keeps the backend's
// snapshot fresh, too.
func (t *streams) start(ctx context.Context, b backend.Backend) {
	t.epoch = rand.Text()[:8]
	events := b.Events(ctx)
	go func() {
		for e := range events {
			if e.Kind == backend.EventChanged {
				t.mu.Lock()
				t.changes++
				t.mu.Unlock()
			}
			t.hub.Send(e)
		}
	}()
}

// at names the newest change.
func (t *streams) at() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.epoch + "." + strconv.FormatUint(t.changes, 10)
}

// join adds a stream; its context ends when another needs its place.
func (t *streams) join(ctx context.Context) (_ context.Context, leave func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.open) == maxStreams {
		t.open[0].end(errCrowded)
		t.open = slices.Delete(t.open, 0, 1)
	}
	p := &place{end: cancel}
	t.open = append(t.open, p)
	return ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if i := slices.Index(t.open, p); i >= 0 {
			t.open = slices.Delete(t.open, i, i+1)
		}
		cancel(nil)
	}
}

// events is the stream: "something changed, take the snapshot again", what the
// work going on waits for, and now and then a line that says nothing.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	ctx, leave := s.streams.join(r.Context())
	defer leave()
	stop := context.AfterFunc(s.life, leave)
	defer stop()
	// Before the first look, so that nothing falls between the two.
	events := s.streams.hub.Listen(ctx)
	w.Header().Set("Content-Type", "text/event-stream")
	out := stream{w: w, control: http.NewResponseController(w)}
	first := "changed"
	if at := s.streams.at(); r.Header.Get("Last-Event-ID") == at {
		first = "hello"
	}
	if out.send(s.streams.at(), first, "") != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errCrowded) {
				_ = out.send("", "later", "") // it goes either way
			}
			return
		case <-beat.C:
			err = out.write(": still here\n\n")
		case e, ok := <-events:
			switch {
			case !ok:
				events = nil // ctx has ended
			case e.Kind == backend.EventChanged:
				err = out.send(s.streams.at(), "changed", "")
			default:
				var doc []byte
				if doc, err = json.Marshal(e); err == nil {
					err = out.send("", "progress", string(doc))
				}
			}
		}
		if err != nil {
			return // the page is gone
		}
	}
}

// stream writes an event stream (HTML standard, §9.2).
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send writes one message; data is one line.
func (o stream) send(id, name, data string) error {
	if id != "" {
		id = "id: " + id + "\n"
	}
	return o.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", id, name, data))
}

func (o stream) write(text string) error {
	if _, err := o.w.Write([]byte(text)); err != nil {
		return err
	}
	return o.control.Flush()
}
