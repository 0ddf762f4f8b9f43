package oauthcore_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A write in place that was cut off is undone under the lock Claude Code takes
// around its own writes of that file: it may be at one.
func TestACutOffWriteIsUndoneUnderTheWriteLock(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*world) (path, lock string){
		"login": func(w *world) (string, string) {
			return w.paths.Credentials(), filepath.Join(w.paths.Secure, ".storage-write.lock")
		},
		"configuration": func(w *world) (string, string) { return w.paths.ClaudeJSON, w.paths.ClaudeJSON + ".lock" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			path, lock := file(w)
			old := w.read(path)
			record, err := json.Marshal(map[string]any{"schemaVersion": 1, "path": path, "old": old, "new": append([]byte(`{"longer":1,`), old[1:]...)})
			if err != nil {
				t.Fatal(err)
			}
			w.write(w.paths.InPlace(path), string(record))
			torn := string(old[:len(old)/2])
			w.write(path, torn)
			if err := os.Mkdir(lock, 0o700); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			_ = w.core.Settle(ctx)
			if got := string(w.read(path)); got != torn {
				t.Error("the file was written while Claude Code had the lock around a write of it")
			}
			if err := os.Remove(lock); err != nil {
				t.Fatal(err)
			}
			if err := w.core.Settle(ctx); err != nil {
				t.Fatal(err)
			}
			if got := string(w.read(path)); got != string(old) {
				t.Errorf("%d bytes, want the %d old ones", len(got), len(old))
			}
			w.gone(w.paths.InPlace(path))
		})
	}
}
