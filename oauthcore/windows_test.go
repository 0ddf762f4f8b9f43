package oauthcore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

// windowsFS is a file system as Windows has it: every file is open somewhere
// for a moment and so cannot be read, replaced or removed at the first try;
// folders cannot be synced, and modes say nothing.
type windowsFS struct {
	files.FS
	mu   sync.Mutex
	seen map[string]int
	// open are files another program never lets go of.
	open map[string]bool
}

func (w *windowsFS) busy(op, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = map[string]int{}
	}
	if w.seen[op+name]++; w.open[name] || w.seen[op+name]%2 == 1 {
		return &os.PathError{Op: op, Path: name, Err: fmt.Errorf("%w: sharing violation", files.ErrInUse)}
	}
	return nil
}

func (w *windowsFS) ReadFile(name string) ([]byte, error) {
	if err := w.busy("read", name); err != nil && !w.open[name] { // others may read along
		return nil, err
	}
	return w.FS.ReadFile(name)
}

func (w *windowsFS) Open(name string) (io.ReadCloser, error) {
	if err := w.busy("open", name); err != nil && !w.open[name] {
		return nil, err
	}
	return w.FS.Open(name)
}

func (w *windowsFS) Rename(from, to string) error {
	if err := w.busy("rename", to); err != nil {
		return err
	}
	return w.FS.Rename(from, to)
}

func (w *windowsFS) Remove(name string) error {
	if err := w.busy("remove", name); err != nil {
		return err
	}
	return w.FS.Remove(name)
}

func (w *windowsFS) SyncDir(name string) error {
	return &os.PathError{Op: "sync", Path: name, Err: errors.New("access is denied")}
}

func (w *windowsFS) Match(string, fs.FileInfo) error { return nil }

func (w *windowsFS) Stat(name string) (fs.FileInfo, error) {
	info, err := w.FS.Stat(name)
	if err != nil {
		return nil, err
	}
	return modeless{info}, nil
}

// modeless is what Windows tells of every file: that it can be written.
type modeless struct{ fs.FileInfo }

func (m modeless) Mode() fs.FileMode { return m.FileInfo.Mode() | 0o666 }

// newPC is a world of a Windows machine, with Personal live and everything in
// line.
func newPC(t *testing.T) (*world, *windowsFS) {
	t.Helper()
	w := newWorldOf(t, "windows")
	fsys := &windowsFS{FS: files.OS{}, open: map[string]bool{}}
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
