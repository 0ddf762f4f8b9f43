package oauthcore_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
)

// bare is a home with nothing in it but folders, for locks alone: nobody is
// there to be asked, so time may be the bubble's own.
type bare struct {
	*testing.T
	paths claude.Paths
	core  *oauthcore.Core
	locks [4]string
}

func newBare(t *testing.T) *bare {
	t.Helper()
	home := t.TempDir()
	paths, err := claude.PathsFrom(lookupIn(nil), func() (string, error) { return home, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(paths.Own(), 0o700); err != nil {
		t.Fatal(err)
	}
	b := &bare{T: t, paths: paths}
	b.core = oauthcore.New(oauthcore.Env{Paths: paths, FS: files.OS{}, Locks: &files.Locks{}, Now: time.Now, GOOS: "linux"})
	b.locks = [4]string{
		filepath.Join(paths.Secure, ".oauth_refresh.lock"), paths.Secure + ".lock",
		filepath.Join(paths.Secure, ".storage-write.lock"), paths.ClaudeJSON + ".lock",
	}
	return b
}

// foreign makes a lock as Claude Code does.
func (b *bare) foreign(path string, age time.Duration) {
	b.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		b.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		b.Fatal(err)
	}
}

func (b *bare) there() (out []string) {
	for _, path := range b.locks {
		if _, err := os.Stat(path); err == nil {
			out = append(out, filepath.Base(path))
		}
	}
	return out
}

func (b *bare) want(got []string, want ...string) {
	b.Helper()
	if !slices.Equal(got, append([]string{}, want...)) && len(got)+len(want) > 0 {
		b.Errorf("got  %q\nwant %q", got, want)
	}
}

func (b *bare) otherBaton() *clientlock.Held {
	b.Helper()
	k := clientlock.NewKeeper(files.OS{}, b.paths.LockRegistry(), time.Now, slog.New(slog.DiscardHandler))
	h, err := k.Take(b.Context(), nil, clientlock.Place{Path: b.locks[0], Stale: time.Minute}, clientlock.Place{Path: b.locks[1], Stale: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	return h
}
