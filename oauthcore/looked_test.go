package oauthcore_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
)

// A view reads Claude Code's configuration, which can be megabytes, only where
// it changed, and never misses that it did.
func TestAViewReadsTheConfigurationOnce(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	path := w.paths.ClaudeJSON
	counting := &filestest.FS{Under: w.core.FS}
	c := w.newCore(counting)
	ctx := context.Background()
	problems := func() int { return len(c.Snapshot(ctx).Problems) }
	aged := func(d time.Duration) {
		t.Helper()
		at := w.clock.Now().Add(-d)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	aged(time.Hour)
	for range 3 {
		if n := problems(); n != 0 {
			t.Fatalf("%d problems", n)
		}
	}
	if reads(counting, path) != 1 {
		t.Errorf("read %d times, want once", reads(counting, path))
	}
	// Damage of the same length, a step of the file's clock later.
	whole := string(w.read(path))
	w.write(path, strings.Replace(whole, "{", "[", 1))
	aged(time.Minute)
	if n := problems(); n == 0 {
		t.Error("the damage was not seen")
	}
	w.write(path, whole)
	aged(time.Hour)
	if n := problems(); n != 0 {
		t.Error("the mended file was not seen")
	}
	// The same time and length in another file is another file.
	if err := os.WriteFile(path+".new", []byte(strings.Replace(whole, "{", "[", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	aged(time.Hour)
	if n := problems(); n == 0 {
		t.Error("the file that took its place was not seen")
	}
	// One that was just written may be written again within the same step of
	// the clock: it is read each time.
	w.write(path, whole)
	aged(0)
	counting.Forget()
	for range 3 {
		problems()
	}
	if reads(counting, path) != 3 {
		t.Errorf("a young file was read %d times, want 3", reads(counting, path))
	}
}
