//go:build unix

package oauthcore_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// tornFS shows one file as another program's writing in place makes it look,
// for its next reads.
type tornFS struct {
	files.OS
	path  string
	doc   []byte
	times int
}

func (f *tornFS) ReadFile(name string) ([]byte, error) {
	if name == f.path && f.times > 0 {
		f.times--
		return f.doc, nil
	}
	return f.OS.ReadFile(name)
}

// A file that another program is just writing is looked at again, also where
// there is nothing in it yet.
func TestTornFilesAreReadAgain(t *testing.T) {
	for name, doc := range map[string][]byte{"empty": {}, "half": []byte(`{"accounts": {"ada@exam`)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: personal})
			for _, path := range []string{w.paths.Pool(), w.paths.Credentials()} {
				fsys := &tornFS{path: path, doc: doc, times: 3}
				core := w.newCore(fsys)
				if got, err := core.Import(context.Background()); err != nil || got.Key != personal {
					t.Errorf("%s: %+v, %v", filepath.Base(path), got, err)
				}
				fsys.times = 3
				if v := core.Snapshot(context.Background()); v.Active != personal || len(v.Problems) != 0 {
					t.Errorf("%s: active %q, problems %v", filepath.Base(path), v.Active, v.Problems)
				}
			}
		})
	}
}

// A login that is refreshed while the file of the live one is being written
// in place is still known to be the live one.
func TestRefreshKnowsATornLiveLogin(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.clientRefreshes()
	core := w.newCore(&tornFS{path: w.paths.Credentials(), doc: []byte{}, times: 1})
	if _, err := core.Refresh(context.Background(), personal); err != nil {
		t.Fatal(err)
	}
	w.kept(personal)
	w.live(personal)
}

// With an answer in hand the live file is tried for as long as the locks are
// ours: left as it is it holds a token that is used up.
func TestAnAnswerReachesARestlessLiveFile(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	// Another member changes whenever Baton is about to replace the file, as if
	// Claude Code renewed its MCP logins.
	path, times := w.paths.Credentials(), 8
	fsys := &filestest.FS{Before: func(op, at string) error {
		if op != "temp" && op != "overwrite" || !strings.HasPrefix(filepath.Base(at), "."+filepath.Base(path)) || times == 0 {
			return nil
		}
		times--
		return writeByRename(path, append([]byte(`{"n`+strconv.Itoa(times)+`":{},`), w.read(path)[1:]...))
	}}
	if _, err := w.newCore(fsys).Refresh(context.Background(), personal); err != nil {
		t.Fatal(err)
	}
	w.live(personal)
	w.kept(personal)
	for n := range 8 {
		if !gjson.GetBytes(w.read(w.paths.Credentials()), "n"+strconv.Itoa(n)).Exists() {
			t.Errorf("change %d to the live file was lost", n)
		}
	}
}

// What the provider answered is saved whatever became of the files that are
// not needed to keep a login.
func TestAnAnswerIsSavedBesideADamagedFile(t *testing.T) {
	for _, key := range []string{personal, work} {
		for _, file := range []func(claude.Paths) string{claude.Paths.Pool, claude.Paths.Usage} {
			w := newWorld(t)
			path := file(w.paths)
			t.Run(key+" "+filepath.Base(path), func(t *testing.T) {
				w.T = t
				w.swap(oauthcore.SwapRequest{To: personal})
				answer := w.midRefresh(context.Background(), key)
				const half = `{"accounts": {"ada@exam`
				whole := string(w.read(path))
				w.write(path, half)
				if err := answer(); err != nil {
					t.Errorf("the refresh: %v", err)
				}
				w.kept(key)
				if got := string(w.read(path)); got != half {
					t.Errorf("a damaged file was overwritten by %q", got)
				}
				if a := w.account(key); w.unsure(key) || a.NeedsLogin {
					t.Errorf("unsure %v, needs login %v", w.unsure(key), a.NeedsLogin)
				}
				w.write(path, whole)
				w.swap(oauthcore.SwapRequest{To: key})
				w.live(key)
			})
		}
	}
}

// A refusal is noted too, so that nobody presents the token again.
func TestARefusalIsSavedBesideADamagedPool(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	if err := w.home.Kill(work); err != nil {
		t.Fatal(err)
	}
	answer := w.midRefresh(context.Background(), work)
	w.write(w.paths.Pool(), "{")
	wantCode(t, answer(), view.CodeNeedsLogin)
	if !w.account(work).NeedsLogin {
		t.Error("the refusal was forgotten")
	}
}

// A lock that had to wait for the one before it is new when it is taken: an
// old Claude Code breaks one that looks ten seconds old.
func TestALockIsNewWhenItIsTaken(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.lock"), filepath.Join(dir, "second.lock")
	if err := os.Mkdir(first, 0o700); err != nil {
		t.Fatal(err)
	}
	c := &clock{at: time.Now()}
	k := clientlock.NewKeeper(files.OS{}, filepath.Join(dir, "locks.json"), c.Now, slog.New(slog.DiscardHandler))
	held, err := k.Take(context.Background(), func() {
		c.Add(9 * time.Second) // so long was the first one somebody else's
		if err := os.Remove(first); err != nil {
			t.Error(err)
		}
	}, clientlock.Place{Path: first, Stale: time.Minute}, clientlock.Place{Path: second, Stale: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	info, err := os.Stat(second)
	if err != nil {
		t.Fatal(err)
	}
	if age := c.Now().Sub(info.ModTime()); age > time.Second {
		t.Errorf("the second lock looks %v old", age)
	}
}
