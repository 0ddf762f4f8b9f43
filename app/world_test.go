//go:build !js

package app_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/app/demo"
	"baton/oauthcore/providertest"
)

// world is what one test plays in: a provider of its own and a home that is
// thrown away.
type world struct {
	provider *providertest.Provider
	home     demo.Home
	dir      string // everything the test's programs may write to
	record   string // what they printed
	// excused says that the test itself made the provider lose answers, so
	// that a login on disk may be one the provider has replaced.
	excused bool
	rings   rings           // the keyrings of a story
	killed  map[string]bool // addresses whose logins the test ended
}

// newWorld starts a provider; its home is made by seed.
func newWorld(dir string) (*world, error) {
	w := &world{provider: providertest.NewProvider(providertest.Options{}), dir: dir, record: filepath.Join(dir, ".record"), killed: map[string]bool{}}
	if _, err := w.provider.Start(""); err != nil {
		return nil, err
	}
	return w, os.MkdirAll(w.record, 0o700)
}

func (w *world) homeDir() string { return filepath.Join(w.dir, "home") }

// seed makes the home: "five" accounts in the pool and the first of them live,
// "live-only" that one without a pool, "empty" nothing but the folder.
func (w *world) seed(kind string) (err error) {
	if w.home, err = demo.NewHome(w.homeDir(), w.provider, time.Now()); err != nil {
		return err
	}
	claude := filepath.Join(w.home.Dir, ".claude")
	switch kind {
	case "five":
		return nil
	case "live-only":
		return os.Remove(filepath.Join(claude, "oauth_pool.json"))
	case "empty":
		if err := os.RemoveAll(claude); err != nil {
			return err
		}
		return os.Remove(filepath.Join(w.home.Dir, ".claude.json"))
	}
	return os.ErrInvalid
}

// started is a world with five accounts for a test in Go, checked at its end.
func started(t *testing.T) *world {
	t.Helper()
	w, err := newWorld(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, wrong := range w.complaints() {
			t.Error(wrong)
		}
		if err := w.provider.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.seed("five"); err != nil {
		t.Fatal(err)
	}
	return w
}

// soonOver has the race detector let a program end: by default it keeps each one
// for a second more, to see what other goroutines do.
const soonOver = "atexit_sleep_ms=20"

// env is the environment for a program of this world, over the few variables
// of ours it needs.
func (w *world) env(more ...string) []string {
	return append(w.home.EnvFrom([]string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + w.dir, "LANG=C.UTF-8", recordEnv + "=" + w.record, "GORACE=" + soonOver,
	}), more...)
}

// file is a path below the home.
func (w *world) file(parts ...string) string {
	return filepath.Join(append([]string{w.homeDir()}, parts...)...)
}
