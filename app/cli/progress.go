//go:build !js

package cli

import (
	"context"

	"baton/app/backend"
)

// showProgress prints what the work going on waits for until stop is called;
// nothing when standard error is no terminal. After stop no more is written.
func (r *runner) showProgress(ctx context.Context, b backend.Backend) (stop func()) {
	if !r.StderrTTY {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	events := b.Events(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		last := backend.Wait("")
		for {
			select {
			case <-ctx.Done():
				return
			case ev, open := <-events:
				if !open {
					return
				}
				// What became of the browser the login itself says.
				if ev.Kind == backend.EventProgress && ev.Wait != "" && ev.Wait != backend.WaitBrowser && ev.Wait != last {
					last = ev.Wait
					r.note(ev.Wait.String())
				}
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
