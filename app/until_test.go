//go:build !js

package app_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// hangs is after how long a test takes what it waits for for hung: a machine
// under load is slow, and no failure. How long things took is measured and
// printed, never judged.
const hangs = 5 * time.Minute

// until asks again and again whether something holds in another process,
// until it does or ctx ends.
func until(ctx context.Context, holds func() bool) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// need skips a test on a machine without the programs it drives. Where the
// tests are to be complete, in continuous integration, it fails.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err == nil {
			continue
		}
		why := "not run: " + name + " is not installed (make test installs it)"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
}
