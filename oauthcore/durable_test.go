package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// ledgerFS writes down what is made durable, and complains about a
// replacement by what is not.
type ledgerFS struct {
	files.OS
	t  *testing.T
	mu sync.Mutex
	// unsynced are new files written to since their last sync, renamed are
	// folders whose entries changed since theirs.
	unsynced map[string]bool
	renamed  map[string]string
	replaced map[string]int
}

func newLedgerFS(t *testing.T) *ledgerFS {
	return &ledgerFS{t: t, unsynced: map[string]bool{}, renamed: map[string]string{}, replaced: map[string]int{}}
}

// ledgerName is the one file that need not survive a loss of power.
const ledgerName = "locks.json"

type ledgerFile struct {
	files.File
	fs *ledgerFS
}

func (l *ledgerFS) CreateTemp(dir, pattern string) (files.File, error) {
	f, err := l.OS.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(f.Name()); err != nil || info.Mode().Perm() != 0o600 {
		l.t.Errorf("%s begins with mode %v", f.Name(), info.Mode())
	}
	return &ledgerFile{f, l}, nil
}

func (f *ledgerFile) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	f.fs.unsynced[f.Name()] = true
	f.fs.mu.Unlock()
	return f.File.Write(p)
}

func (f *ledgerFile) Sync() error {
	f.fs.mu.Lock()
	delete(f.fs.unsynced, f.Name())
	f.fs.mu.Unlock()
	return f.File.Sync()
}

func (l *ledgerFS) Rename(from, to string) error {
	if filepath.Base(to) != ledgerName {
		l.mu.Lock()
		if l.unsynced[from] {
			l.t.Errorf("%s is replaced by a file that was not synced", to)
		}
		for dir, file := range l.renamed {
			l.t.Errorf("%s is replaced before the folder %s of %s was synced", to, dir, file)
		}
		l.renamed[filepath.Dir(to)] = to
		l.replaced[filepath.Base(to)]++
		l.mu.Unlock()
	}
	return l.OS.Rename(from, to)
}

func (l *ledgerFS) SyncDir(dir string) error {
	l.mu.Lock()
	delete(l.renamed, dir)
	l.mu.Unlock()
	return l.OS.SyncDir(dir)
}

// settled checks that nothing waits to be made durable.
func (l *ledgerFS) settled() {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for dir, file := range l.renamed {
		l.t.Errorf("the folder %s of %s was not synced", dir, file)
	}
}

// Every file is whole and on disk before it takes the old one's place, and in
// its place on disk before the next step.
func TestEveryReplacementIsDurable(t *testing.T) {
	w := newWorld(t)
	fsys := newLedgerFS(t)
	w.core = w.newCore(fsys)
	ctx := context.Background()
	w.swap(oauthcore.SwapRequest{To: lab, LimitedUntil: w.clock.Now().Add(time.Hour)})
	fsys.settled()
	if _, err := w.core.Refresh(ctx, lab); err != nil {
		t.Fatal(err)
	}
	w.login("new@example.com")
	w.login(lab)
	if err := w.core.Configure(ctx, "swap.auto", "on"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: work, Revoke: true}); err != nil {
		t.Fatal(err)
	}
	fsys.settled()
	for _, name := range []string{".credentials.json", ".claude.json", "oauth_pool.json", "accounts.json", "usage.json", "settings.json"} {
		if fsys.replaced[name] == 0 {
			t.Errorf("%s was never written", name)
		}
	}
}

// Two processes change different accounts at the same time: neither undoes
// the other's work.
func TestChangesOfTwoProcessesAddUp(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	var wg sync.WaitGroup
	for _, key := range []string{personal, work, side, lab, night} {
		core := w.newCore(files.OS{})
		wg.Go(func() {
			for i := range 6 {
				label := strings.Repeat("x", i+1) + key
				if _, err := core.Rename(context.Background(), key, label); err != nil {
					t.Errorf("%s: %v", key, err)
				}
			}
		})
	}
	wg.Wait()
	for _, key := range []string{personal, work, side, lab, night} {
		if got := w.account(key).Label; got != "xxxxxx"+key {
			t.Errorf("%s is called %q", key, got)
		}
	}
}

// While one Baton has the live login open no other may begin.
func TestOneBatonAtATimeHasTheLiveLogin(t *testing.T) {
	w := newWorld(t)
	release, err := w.core.Locks.Lock(context.Background(), w.paths.ClientLock())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = w.newCore(files.OS{}).Import(ctx)
	wantCode(t, err, view.CodeBusy)
}

// A new login is on disk before anything else happens with it.
func TestANewLoginIsOnDiskFirst(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	g := w.grant("new@example.com")
	saved := ""
	w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if to == w.paths.Vault() && saved == "" {
			if waits := w.waitingLogins(); len(waits) == 1 && strings.Contains(string(w.read(waits[0])), g.RefreshToken.Reveal()) {
				saved = "journal"
			} else {
				saved = "nowhere"
			}
		}
		return nil
	})})
	calls := w.provider.State().Calls["profile"]
	if _, err := save(context.Background(), w.core, g); err != nil {
		t.Fatal(err)
	}
	if saved != "journal" || w.provider.State().Calls["profile"] == calls {
		t.Errorf("when the vault was written the login was in: %s", saved)
	}
}
