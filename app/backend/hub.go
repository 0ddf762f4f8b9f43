package backend

import (
	"context"
	"sync"
)

// Hub hands events to every listener, for a Backend's Events. A slow listener
// holds nobody up: what it has not taken yet is replaced by the newest of its
// kind. Its zero value is ready.
type Hub struct {
	mu   sync.Mutex
	subs map[*subscriber]struct{}
}

type subscriber struct {
	wake    chan struct{}
	pending map[EventKind]Event
}

// Listen gives the events sent from now on. The channel closes when ctx ends.
func (h *Hub) Listen(ctx context.Context) <-chan Event {
	s := &subscriber{wake: make(chan struct{}, 1), pending: map[EventKind]Event{}}
	h.mu.Lock()
	if h.subs == nil {
		h.subs = map[*subscriber]struct{}{}
	}
	h.subs[s] = struct{}{}
	h.mu.Unlock()
	out := make(chan Event)
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
			events := make([]Event, 0, len(s.pending))
			for _, kind := range []EventKind{EventProgress, EventChanged} {
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

// Send hands an event to every listener and waits for none.
func (h *Hub) Send(e Event) {
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
