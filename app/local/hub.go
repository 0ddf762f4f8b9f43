//go:build !js

package local

import (
	"context"
	"sync"

	"baton/app/backend"
)

// hub hands events to every listener. A slow listener holds nobody up: what
// it has not taken yet is replaced by the newest of its kind.
type hub struct {
	mu   sync.Mutex
	subs map[*subscriber]struct{}
}

type subscriber struct {
	wake    chan struct{}
	pending map[backend.EventKind]backend.Event
}

func (h *hub) listen(ctx context.Context) <-chan backend.Event {
	s := &subscriber{wake: make(chan struct{}, 1), pending: map[backend.EventKind]backend.Event{}}
	h.mu.Lock()
	if h.subs == nil {
		h.subs = map[*subscriber]struct{}{}
	}
	h.subs[s] = struct{}{}
	h.mu.Unlock()
	out := make(chan backend.Event)
	go func() {
		defer close(out)
		defer func() {
			h.mu.Lock()
			delete(h.subs, s)
			h.mu.Unlock()
		}()
		for {
			select {
			case <-s.wake:
			case <-ctx.Done():
				return
			}
			h.mu.Lock()
			events := make([]backend.Event, 0, len(s.pending))
			for _, kind := range []backend.EventKind{backend.EventProgress, backend.EventChanged} {
				if e, ok := s.pending[kind]; ok {
					events = append(events, e)
				}
			}
			clear(s.pending)
			h.mu.Unlock()
			for _, e := range events {
				select {
				case out <- e:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

func (h *hub) send(e backend.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.pending[e.Kind] = e
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}
