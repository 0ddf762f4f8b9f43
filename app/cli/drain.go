//go:build !js

package cli

import (
	"os"
	"time"
)

// drainPause is how long the rest of a paste may be on its way.
const drainPause = 60 * time.Millisecond

// drain drops the unread input of a terminal, several times, because the rest of
// a paste may still be on its way. That it cannot be dropped is no reason to
// fail.
func drain(f *os.File) {
	for range 3 {
		dropInput(f)
		time.Sleep(drainPause)
	}
	dropInput(f)
}
