//go:build unix

package oauthcore_test

import (
	"os"
	"time"
)

// doubleLock is a lock directory as Claude Code takes it: mkdir, a new
// modification time every five seconds, rmdir. Whoever finds it older than
// stale takes it for abandoned and removes it.
type doubleLock struct {
	path  string
	stale time.Duration
}

const (
	doubleHeartbeat = 5 * time.Second
	doublePoll      = 40 * time.Millisecond
	// doublePatience is how long Claude Code waits for the locks of a refresh;
	// then it goes on with the token it has and refreshes nothing.
	doublePatience = 7500 * time.Millisecond
	// doubleWriteWait is for the lock around one write. After it the login just
	// refreshed is thrown away.
	doubleWriteWait = 3 * time.Second
)

// heldDouble is a lock a double holds. Its beats know when somebody else took
// the lock away from under it.
type heldDouble struct {
	path string
	stop chan struct{}
	lost chan bool // one answer, once stopped
}

// take waits until then; nil where somebody else kept the lock.
func (l doubleLock) take(until time.Time) *heldDouble {
	for {
		if err := os.Mkdir(l.path, 0o700); err == nil {
			break
		}
		if info, err := os.Lstat(l.path); err == nil && time.Since(info.ModTime()) > l.stale {
			_ = os.Remove(l.path)
			continue
		}
		if !time.Now().Before(until) {
			return nil
		}
		<-time.After(doublePoll)
	}
	h := &heldDouble{l.path, make(chan struct{}), make(chan bool, 1)}
	go h.beat()
	return h
}

func (h *heldDouble) beat() {
	was, err := os.Lstat(h.path)
	lost := err != nil
	tick := time.NewTicker(doubleHeartbeat)
	defer tick.Stop()
	still := func() bool {
		now, err := os.Lstat(h.path)
		return err == nil && os.SameFile(was, now)
	}
	for {
		select {
		case <-h.stop:
			h.lost <- lost || !still()
			return
		case at := <-tick.C:
			if lost = lost || !still(); !lost {
				_ = os.Chtimes(h.path, at, at)
			}
		}
	}
}

// release gives the lock back. lost says that it was taken away meanwhile,
// which nobody may do to a lock that is kept alive.
func (h *heldDouble) release() (lost bool) {
	close(h.stop)
	if lost = <-h.lost; !lost {
		_ = os.Remove(h.path)
	}
	return lost
}
