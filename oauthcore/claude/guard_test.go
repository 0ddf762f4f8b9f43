package claude_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
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
		t.Skip("not run: no symbolic links here:", err)
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

// Another Baton, and a Claude Code at work, are waited for up to LockWait; what
// is in the way then stays.
func TestGuardWaits(t *testing.T) {
	if claude.LockWait != 9*time.Second || claude.StoreWait != 5*time.Second {
		t.Errorf("%v, %v", claude.LockWait, claude.StoreWait)
	}
	for name, hold := range map[string]func(p *place){
		"another Baton is at work": func(p *place) {
			release, err := new(files.Locks).Lock(background, p.Paths.ClientLock())
			if err != nil {
				p.Fatal(err)
			}
			p.Cleanup(release)
		},
		"Claude Code is busy": func(p *place) {
			if err := os.MkdirAll(filepath.Join(p.Paths.Secure, ".oauth_refresh.lock"), 0o700); err != nil {
				p.Fatal(err)
			}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlace(t)
			waits := 0
			p.Progress = func(key string, w view.Wait) {
				if key == "" && w == view.WaitClient {
					waits++
				}
			}
			hold(p)
			since := time.Now()
			_, err := p.Guard(background)
			if e := wantCode(t, err, view.CodeBusy); !strings.HasPrefix(e.Message, name) || time.Since(since) != claude.LockWait {
				t.Errorf("%q after %v", e.Message, time.Since(since))
			}
			if name == "Claude Code is busy" && waits != 1 {
				t.Errorf("told %d times", waits)
			}
			// Baton's own lock is given back; the locks taken before are, too.
			if _, err := os.Stat(filepath.Join(p.dir, ".claude.lock")); err == nil {
				t.Error("a lock is left")
			}
			ctx, cancel := context.WithCancel(background)
			cancel()
			if _, err := p.Guard(ctx); err != context.Canceled {
				t.Errorf("canceled: %v", err)
			}
		})
	}
}

// Locks that a Baton left when it died are removed first; if their notes cannot
// be removed, only the log says so.
func TestGuardLogsWhatItCannotClear(t *testing.T) {
	p := newPlace(t)
	p.guard().Release()
	if p.log.Len() != 0 {
		t.Errorf("%s", p.log.String())
	}
	p.write(p.Paths.LockRegistry(), `{"locks":{"`+filepath.ToSlash(filepath.Join(p.dir, "gone.lock"))+`":{"pid":1}}}`)
	p.fs.Before = filestest.Fail("remove", p.Paths.LockRegistry(), syscall.EIO)
	_, _ = p.Guard(background)
	if !strings.Contains(p.log.String(), "cannot remove locks of a Baton that died") {
		t.Errorf("%q", p.log.String())
	}
}
