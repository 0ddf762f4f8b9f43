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

// leaveOut skips a test that cannot run here. Where the tests are to be complete,
// in continuous integration, it fails.
func leaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("not run: " + why)
	}
	t.Skip("not run: " + why)
}

// need leaves a test out on a machine without the programs it drives.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			leaveOut(t, name+" is not installed (make test installs it)")
		}
	}
}
