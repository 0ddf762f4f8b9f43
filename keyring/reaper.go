//go:build !js

package keyring

import (
	"sync"
	"time"
)

// reaper kills once, after a while, and never after it was stopped: then the
// number of the process may be another one's.
type reaper struct {
	mu      sync.Mutex
	kill    func()
	timer   *time.Timer
	stopped bool
}

func newReaper(kill func()) *reaper { return &reaper{kill: kill} }

// after has it kill after a time, unless it is stopped before.
func (r *reaper) after(wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped || r.timer != nil {
		return
	}
	r.timer = time.AfterFunc(wait, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.stopped {
			r.kill()
		}
	})
}

// stop returns once nothing is killed any more.
func (r *reaper) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	if r.timer != nil {
		r.timer.Stop()
	}
}
