package oauthcore_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
)

// cutOff runs an operation of a process that ends before a step.
func (w *world) cutOff(step string, run func(*oauthcore.Core)) {
	w.Helper()
	w.newCore(files.OS{})
	env := w.env
	env.Step = func(name string) {
		if name == step {
			panic(cutOffAt(step))
		}
	}
	defer func() {
		if r := recover(); r != cutOffAt(step) {
			w.Fatalf("the process was to end before %q: %v", step, r)
		}
	}()
	run(oauthcore.New(env))
}

type cutOffAt string

// answerWaiting leaves the answer to a refresh in the journal and nowhere else.
func (w *world) answerWaiting(key string) (path string) {
	w.Helper()
	w.cutOff("refresh.journal", func(c *oauthcore.Core) { _, _ = c.Refresh(context.Background(), key) })
	return w.theEntry()
}

// loginWaiting leaves the answer to an authorization code in the journal.
func (w *world) loginWaiting(who string) (path string) {
	w.Helper()
	w.cutOff("login.open", func(c *oauthcore.Core) {
		p, err := c.PrepareLogin(context.Background())
		if err != nil {
			w.Fatal(err)
		}
		_, _ = p.Save(context.Background(), w.grant(who))
	})
	return w.theEntry()
}

// inWorlds runs a test for each name in a world of its own, in parallel.
func inWorlds(t *testing.T, names []string, test func(w *world, name string)) {
	t.Parallel()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			test(w, name)
		})
	}
}

// An entry that cannot be read, for want of file descriptors or because another
// process is just writing it, may hold the only copy of a login.
func TestAnEntryThatCannotBeReadStays(t *testing.T) {
	t.Parallel()
	t.Run("not read", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.settled()
		path := w.loginWaiting(personal)
		if err := w.newCore(&filestest.FS{Before: filestest.Fail("read", path, syscall.EMFILE)}).Settle(context.Background()); err != nil {
			t.Log(err)
		}
		w.nothingLost()
		w.settled()
		w.kept(personal)
		w.gone(path)
	})
	t.Run("half written", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.settled()
		path := w.loginWaiting(personal)
		whole := w.read(path)
		was := strings.Repeat(" ", len(whole))
		for n := 1; n < len(strings.TrimRight(string(whole), " ")); n += 97 {
			w.write(path, string(whole[:n])+was[n:])
			w.settled()
			if _, err := os.Stat(path); err != nil {
				t.Fatalf("with %d bytes written: %v", n, err)
			}
		}
		w.write(path, string(whole))
		w.settled()
		w.kept(personal)
		w.gone(path)
	})
}

// gone checks that a file is not there any more.
func (w *world) gone(path string) {
	w.Helper()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		w.Errorf("%s is still there: %v", path, err)
	}
}

// What a request was sent for stays in doubt while its entry cannot be read, and
// is not sent again: the answer may lie in it.
func TestATokenWhoseEntryCannotBeReadIsNotPresented(t *testing.T) {
	inWorlds(t, []string{personal, side}, func(w *world, who string) { // the live account and another
		path := w.answerWaiting(who)
		_, err := w.newCore(&filestest.FS{Before: filestest.Fail("read", path, syscall.EMFILE)}).Refresh(context.Background(), who)
		if err == nil || !strings.Contains(err.Error(), path) {
			w.Errorf("refresh: %v, want an error that names %s", err, path)
		}
		w.nothingLost()
		w.settled()
		w.gone(path)
		w.kept(who)
		w.refreshAll()
	})
}

// A damaged entry does not keep its account from use: it is moved out of the way
// before the token is presented once more, and stays on disk.
func TestADamagedEntryIsKeptAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	path := filepath.Join(w.paths.Answers(), w.account(side).Credential.Fingerprint()+".json")
	w.write(path, `{"schemaVersion":1,"presen`)
	if s, err := w.newCore(files.OS{}).Read(context.Background()); err != nil || !s.Unsure(s.Vault.Get(side)) {
		t.Errorf("the account is not in doubt: %v", err)
	}
	if _, err := w.newCore(files.OS{}).Refresh(context.Background(), side); err != nil {
		t.Fatal(err)
	}
	w.kept(side)
	if all, err := filepath.Glob(path + ".*.damaged"); err != nil || len(all) != 1 {
		t.Errorf("damaged entries: %v %v", all, err)
	}
}

// Programs that bring folders in line with each other leave copies of files
// under other names.
func TestACopyOfAnEntryDoesNoHarm(t *testing.T) {
	inWorlds(t, []string{"%s (1).json", "%s.conflict.json", "a copy.json", "login-%s.json"}, func(w *world, name string) {
		path := w.answerWaiting(personal)
		copied := filepath.Join(w.paths.Answers(), strings.ReplaceAll(name, "%s", strings.TrimSuffix(filepath.Base(path), ".json")))
		w.write(copied, string(w.read(path)))
		w.settled()
		w.nothingLost()
		w.kept(personal)
		w.refreshAll()
	})
}

// Files of others are left where they are.
func TestForeignFilesInTheJournalStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	for _, name := range []string{"notes.json", "notes.txt", ".hidden.json"} {
		w.write(filepath.Join(w.paths.Answers(), name), `{"mine":true}`)
	}
	w.settled()
	for _, name := range []string{"notes.json", "notes.txt", ".hidden.json"} {
		if _, err := os.Stat(filepath.Join(w.paths.Answers(), name)); err != nil {
			t.Error(err)
		}
	}
}

// Without the vault the journal is what knows that a token was used up.
func TestTheVaultIsGoneWhileTheJournalHoldsAnAnswer(t *testing.T) {
	inWorlds(t, []string{personal, side}, func(w *world, who string) { // the live account and another
		w.clock.Add(time.Minute)
		w.answerWaiting(who)
		if err := os.Rename(w.paths.Vault(), w.paths.Vault()+".away"); err != nil {
			w.Fatal(err)
		}
		w.settled()
		w.refreshAll()
		w.kept(who)
		w.nothingLost()
	})
}
