//go:build !js

package local

import (
	"context"
	"time"

	"baton/app/backend"
)

// restAfterTrouble is how long asking for usage rests after it failed in a way
// that is not the provider's: a file that cannot be read, say.
const restAfterTrouble = 5 * time.Minute

// Poll asks the provider for usage as long as ctx lasts, where usage.poll is
// on. Faces that stay open run it; switching it on or off in any process is
// noticed at once.
func (b *Backend) Poll(ctx context.Context) {
	changes := b.Events(ctx)
	for {
		next, err := b.core.Poll(ctx)
		if ctx.Err() != nil {
			return
		}
		b.reload()
		var wake <-chan time.Time
		switch {
		case err != nil:
			b.Log.Warn("cannot ask for usage", "error", err)
			wake = time.After(restAfterTrouble)
		case !next.IsZero():
			b.mirrorSoon() // asking may have renewed a login
			wake = time.After(max(time.Second, next.Sub(b.Now())))
		}
		if !waitFor(wake, changes, b.switchedPoll()) {
			return
		}
	}
}

// waitFor waits for the time, or for a change that switches on or off.
func waitFor(wake <-chan time.Time, changes <-chan backend.Event, changed func() bool) bool {
	for {
		select {
		case <-wake:
			return true
		case _, open := <-changes:
			switch {
			case !open:
				return false
			case changed():
				return true
			}
		}
	}
}

// switchedPoll says, when asked, whether usage.poll is another than now.
func (b *Backend) switchedPoll() func() bool {
	on := func() string {
		for _, s := range b.Snapshot().Settings {
			if s.Key == "usage.poll" {
				return s.Value
			}
		}
		return ""
	}
	was := on()
	return func() bool { return on() != was }
}
