package oauthcore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// windowsFS is a file system as Windows has it: every file is open somewhere
// for a moment and so cannot be read, replaced or removed at the first try;
// folders cannot be synced, and modes say nothing.
type windowsFS struct {
	filestest.FS
	mu   sync.Mutex
	seen map[string]int
	// open are files another program never lets go of.
	open map[string]bool
}

func newWindowsFS(under files.FS) *windowsFS {
	w := &windowsFS{seen: map[string]int{}, open: map[string]bool{}}
	w.FS.Under = under
	w.FS.Before = w.before
	w.FS.Info = func(_ string, info fs.FileInfo) fs.FileInfo { return modeless{info} }
	return w
}

func (w *windowsFS) before(op, name string) error {
	switch op {
	case "read", "open", "rename", "remove":
	case "syncdir":
		return errors.New("access is denied")
	case "match":
		return filestest.ErrSkip
	default:
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[op+name]++
	reads := op == "read" || op == "open" // others may read along
	if w.open[name] && !reads || !w.open[name] && w.seen[op+name]%2 == 1 {
		return fmt.Errorf("%w: sharing violation", files.ErrInUse)
	}
	return nil
}

// modeless is what Windows tells of every file: that it can be written.
type modeless struct{ fs.FileInfo }

func (m modeless) Mode() fs.FileMode { return m.FileInfo.Mode() | 0o666 }

// newPC is a world of a Windows machine, with Personal live and everything in
// line.
func newPC(t *testing.T) (*world, *windowsFS) {
	t.Helper()
	w := newWorldOf(t, "windows")
	fsys := newWindowsFS(files.OS{})
	env := w.env
	env.FS = fsys
	w.core = oauthcore.New(env)
	w.swap(oauthcore.SwapRequest{To: personal})
	return w, fsys
}

// A file another program does not let go of: busy, and nothing has changed. How
// long is waited for it is a test of package files, on a clock of its own.
func TestAFileThatStaysOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		path func(claude.Paths) string
		op   func(*world) error
	}{
		"the login": {claude.Paths.Credentials, func(w *world) error { return w.swapping(work)() }},
		"the vault": {claude.Paths.Vault, func(w *world) error {
			_, err := w.core.Rename(context.Background(), work, "other")
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, fsys := newPC(t)
			fsys.open[tt.path(w.paths)] = true
			e := w.untouched(view.CodeBusy, func() error { return tt.op(w) })
			if !strings.Contains(e.Message, tt.path(w.paths)) || !errors.Is(e, files.ErrInUse) {
				t.Errorf("message %q", e.Message)
			}
			delete(fsys.open, tt.path(w.paths))
			if err := tt.op(w); err != nil {
				t.Error(err)
			}
			w.swap(oauthcore.SwapRequest{To: work})
			w.live(work)
			w.kept(personal, work)
		})
	}
}

// Claude Code's lock around a write is never held for longer than it bears.
func TestTheLockAroundAWriteIsHeldBriefly(t *testing.T) {
	w, fsys := newPC(t)
	fsys.open[w.paths.Credentials()] = true
	var taken, given time.Time
	w.core.Step = func(step string) {
		switch step {
		case "lock.place .storage-write.lock":
			taken = time.Now()
		case "lock.remove .storage-write.lock":
			given = time.Now()
		}
	}
	wantCode(t, w.swapping(work)(), view.CodeBusy)
	if held := given.Sub(taken); held <= 0 || held > 2*time.Second {
		t.Errorf("held for %v", held)
	}
}

// The login is swapped, and its name is not: the next look mends that.
func TestAConfigurationThatStaysOpen(t *testing.T) {
	w, fsys := newPC(t)
	fsys.open[w.paths.ClaudeJSON] = true
	before := w.read(w.paths.ClaudeJSON)
	_, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	wantCode(t, err, view.CodeBusy)
	if !bytes.Equal(before, w.read(w.paths.ClaudeJSON)) {
		t.Error("it changed")
	}
	w.tidied()
	delete(fsys.open, w.paths.ClaudeJSON)
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.live(work)
}

// A login whose replacement was given up is not taken for one that landed, also
// where Claude Code refreshed the old one since.
func TestALoginThatCouldNotBePutInPlace(t *testing.T) {
	w, fsys := newPC(t)
	fsys.open[w.paths.Credentials()] = true
	g := w.grant(personal)
	saved, err := save(t.Context(), w.core, g)
	if err != nil || saved.Key != personal || saved.Note == "" {
		t.Fatalf("%+v, %v", saved, err)
	}
	w.clientRefreshes()
	delete(fsys.open, w.paths.Credentials())
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !w.credential().RefreshToken.Equal(g.RefreshToken) || !w.account(personal).Credential.RefreshToken.Equal(g.RefreshToken) {
		t.Error("the new login is not the one kept and used")
	}
	w.live(personal)
}
