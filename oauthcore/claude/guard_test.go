package claude_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore/view"
)

func TestGuard(t *testing.T) {
	p := newPlace(t)
	g := p.guard()
	if err := g.Check(); err != nil {
		t.Error(err)
	}
	for _, lock := range []string{filepath.Join(p.dir, ".claude.lock"), filepath.Join(p.Paths.Secure, ".oauth_refresh.lock")} {
		if _, err := os.Stat(lock); err != nil {
			t.Error(err)
		}
	}
	g.Release()
	g.Release()
	for _, place := range p.LockPlaces() {
		if _, err := os.Stat(place.Path); err == nil {
			t.Errorf("%s is left", place.Path)
		}
	}
	for _, lost := range []string{".claude.lock", ".claude/.oauth_refresh.lock", ".claude/baton/client.lock"} {
		p := newPlace(t)
		g := p.guard()
		if err := os.Remove(filepath.Join(p.dir, lost)); err != nil {
			t.Fatal(err)
		}
		if e := wantCode(t, g.Check(), view.CodeBusy); !strings.Contains(e.Message, "was lost") {
			t.Errorf("%q", e.Message)
		}
		g.Release()
	}
}

// The outer lock lies beside the real directory, as Claude Code has it.
func TestLockPlacesBehindALink(t *testing.T) {
	p := newPlace(t)
	real := filepath.Join(p.dir, "data", "claude")
	if err := os.MkdirAll(real, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, p.Paths.Secure); err != nil {
		t.Skip(err)
	}
	g := p.guard()
	if _, err := os.Stat(real + ".lock"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(p.dir, ".claude.lock")); err == nil {
		t.Error("a lock beside the link")
	}
	g.Release()
	var got []string
	for _, place := range p.LockPlaces() {
		rel, err := filepath.Rel(p.dir, place.Path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, filepath.ToSlash(rel)+" "+place.Stale.String())
	}
	want := ".claude/.oauth_refresh.lock 1m0s, data/claude.lock 1m0s, .claude/.storage-write.lock 15s, .claude.json.lock 10s"
	if strings.Join(got, ", ") != want {
		t.Errorf("%q", got)
	}
}
