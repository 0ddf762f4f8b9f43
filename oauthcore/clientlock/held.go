package clientlock

import (
	"slices"
	"sync"
	"time"
)

// Held are locks that were taken, until Release.
type Held struct {
	keeper  *Keeper
	mu      sync.Mutex
	marks   map[string]mark
	order   []string
	skipped []string
	stop    chan struct{}
}

// beatAll keeps the locks alive until Release.
func (h *Held) beatAll(stop <-chan struct{}) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		h.mu.Lock()
		for path, m := range h.marks {
			if now, _, err := h.keeper.registry.dirs.look(path); err != nil || !m.is(now) {
				continue // lost: Check reports it
			}
			if err := beat(path, m.Nanos, h.keeper.now()); err != nil {
				h.keeper.log.Warn("cannot keep a lock alive", "path", path, "error", err)
			}
		}
		h.mu.Unlock()
	}
}

// Check reports whether every lock taken is still ours; the error is an *Error
// that wraps ErrLost. Call it right before each action the locks protect: other
// programs may have taken them while the computer slept.
func (h *Held) Check() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, path := range h.order {
		if now, _, err := h.keeper.registry.dirs.look(path); err != nil || !h.marks[path].is(now) {
			return &Error{path, ErrLost}
		}
	}
	return nil
}

// Release gives the locks back in reverse order. One that is no longer ours
// is left alone. Calling it again is fine.
func (h *Held) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		close(h.stop)
		h.stop = nil
	}
	order := slices.Clone(h.order)
	slices.Reverse(order)
	h.order = nil
	for _, path := range order {
		h.keeper.step("remove", path)
		if err := h.keeper.registry.dirs.take(path, h.marks[path]); err != nil {
			h.keeper.log.Warn("cannot give a lock back", "path", path, "error", err)
		}
	}
	clear(h.marks)
}
