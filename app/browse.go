//go:build !js

package app

import "time"

// browserGrace is how long a browser that cannot be started has to say so. One
// that starts may run for as long as the person reads.
const browserGrace = 1500 * time.Millisecond

func firstError(failed <-chan error) error {
	select {
	case err := <-failed:
		return err
	case <-time.After(browserGrace):
		return nil
	}
}
