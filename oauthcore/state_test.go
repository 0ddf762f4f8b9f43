package oauthcore

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// add saves a login as a new account.
func (b *bench) add(key string, i accounts.Identity) {
	b.Helper()
	if err := b.Update(b.Context(), func(s *State) error {
		s.Vault.Save(s.Vault.Add(key, i), loginNamed(b.T, key))
		s.Usage.Record(key).Offline = true
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) read(path string) string {
	b.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return string(doc)
}

// The vault comes first: a pool or usage store that cannot be written does not
// keep a login out of it.
func TestUpdateWritesTheVaultFirst(t *testing.T) {
	b := newBench(t)
	var order []string
	b.fs.Before = filestest.On("rename", func(path string) error {
		for _, name := range []string{"accounts.json", "oauth_pool.json", "usage.json"} {
			if strings.HasSuffix(path, name) {
				order = append(order, name)
			}
		}
		return nil
	})
	b.add("a", adaOwn)
	if !slices.Equal(order, []string{"accounts.json", "oauth_pool.json", "usage.json"}) {
		t.Errorf("%q", order)
	}
	if gjson.Get(b.read(b.Paths.Vault()), "seq").Int() != 1 || b.read(b.Paths.HighWater()) != "1" || b.read(b.Paths.GitIgnore()) != "*\n" {
		t.Errorf("%s, %s", b.read(b.Paths.Vault()), b.read(b.Paths.HighWater()))
	}
	// What did not change is not written.
	order = nil
	if err := b.Update(t.Context(), func(*State) error { return nil }); err != nil || order != nil {
		t.Errorf("%q, %v", order, err)
	}
	stop := errors.New("stop")
	if err := b.Update(t.Context(), func(s *State) error {
		s.Vault.Get("a").Label = "x"
		s.Usage.LastActive = "a"
		return stop
	}); err != stop || order != nil {
		t.Errorf("%q, %v", order, err)
	}
	for name, path := range map[string]func(claude.Paths) string{"accounts.json": claude.Paths.Vault, "oauth_pool.json": claude.Paths.Pool, "usage.json": claude.Paths.Usage} {
		b := newBench(t)
		b.failing("rename", name, syscall.EIO)
		err := b.Update(t.Context(), func(s *State) error {
			s.Vault.Save(s.Vault.Add("a", adaOwn), loginNamed(t, "a"))
			s.Usage.Record("a").Offline = true
			return nil
		})
		if view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), name) || b.exists(path(b.Paths)) {
			t.Errorf("%s: %v", name, err)
		}
		if b.exists(b.Paths.Vault()) != (name != "accounts.json") || b.exists(b.Paths.HighWater()) != (name != "accounts.json") {
			t.Errorf("%s: the vault is written: %v", name, b.exists(b.Paths.Vault()))
		}
	}
}

// A pool or usage store that cannot be read stops an ordinary change, but not an
// answer of the provider.
func TestSaveBesideADamagedFile(t *testing.T) {
	for _, broken := range []string{"oauth_pool.json", "usage.json"} {
		b := newBench(t)
		b.add("a", adaOwn)
		path := b.Paths.Pool()
		if broken == "usage.json" {
			path = b.Paths.Usage()
		}
		b.write(path, "{")
		change := func(s *State) error { s.Vault.Save(s.Vault.Get("a"), loginNamed(t, "new")); return nil }
		if err := b.Update(t.Context(), change); view.CodeOf(err) != view.CodeDamaged || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", broken, err)
		}
		if err := b.save(t.Context(), change); err != nil || !strings.Contains(b.read(b.Paths.Vault()), "TEST-new") || b.read(path) != "{" || !strings.Contains(b.log.String(), "saved to the vault alone") {
			t.Errorf("%s: %v", broken, err)
		}
		other := b.Paths.Usage()
		if broken == "usage.json" {
			other = b.Paths.Pool()
		}
		if strings.Contains(b.read(other), "TEST-new") {
			t.Errorf("%s: the other file was written", broken)
		}
	}
	for _, unread := range []string{"accounts.json", "usage.json"} {
		b := newBench(t)
		b.failing("read", unread, syscall.EACCES)
		if err := b.Update(t.Context(), func(*State) error { t.Error("changed"); return nil }); view.CodeOf(err) != view.CodeFailed {
			t.Errorf("%s: %v", unread, err)
		}
	}
	b := newBench(t)
	b.write(b.Paths.Vault(), "{")
	if err := b.save(t.Context(), func(*State) error { t.Error("changed"); return nil }); view.CodeOf(err) != view.CodeDamaged {
		t.Errorf("%v", err)
	}
}

// A change waits 5 s for its turn, an answer of the provider a minute.
func TestHowLongAChangeWaits(t *testing.T) {
	for answer, wait := range map[bool]time.Duration{false: claude.StoreWait, true: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			release, err := new(files.Locks).Lock(t.Context(), b.Paths.StoreLock())
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			change := b.Update
			if answer {
				change = b.save
			}
			since := time.Now()
			if err := change(t.Context(), func(*State) error { return nil }); view.CodeOf(err) != view.CodeBusy || time.Since(since) != wait {
				t.Errorf("%v after %v, want %v", err, time.Since(since), wait)
			}
		})
	}
}

func TestReadVaultOnly(t *testing.T) {
	b := newBench(t)
	b.write(b.Paths.Pool(), "{")
	if s, err := b.readVaultOnly(t.Context()); err != nil || !s.vaultOnly || s.Pool == nil || s.Usage == nil {
		t.Errorf("%+v, %v", s, err)
	}
	b.failing("list", "set-aside", syscall.EACCES)
	if _, err := b.readVaultOnly(t.Context()); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
	b.failing("list", "answers", syscall.EACCES)
	if _, err := b.readVaultOnly(t.Context()); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
}

// A vault older than this machine remembers comes from a backup.
func TestRestoredVault(t *testing.T) {
	for high, doubt := range map[string]accounts.Doubt{
		"": "", "4": "", "5": "", "6": accounts.DoubtRestored, " 6\n": accounts.DoubtRestored, "six": "", "-1": "",
	} {
		b := newBench(t)
		b.write(b.Paths.Vault(), `{"seq":5,"accounts":{"a":{},"gone":{"removed":true}}}`)
		if high != "" {
			b.write(b.Paths.HighWater(), high)
		}
		if err := b.Update(t.Context(), func(s *State) error {
			if got := s.Vault.Get("a").Doubt; got != doubt || s.Vault.Get("gone").Doubt != "" {
				t.Errorf("%q: doubt %q", high, got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int64{true: 7, false: 5}[doubt != ""]; gjson.Get(b.read(b.Paths.Vault()), "seq").Int() != want {
			t.Errorf("%q: %s", high, b.read(b.Paths.Vault()))
		}
	}
	// A vault that is gone goes on counting, so that its successor is not taken
	// for a backup.
	b := newBench(t)
	b.write(b.Paths.HighWater(), "6")
	b.add("a", adaOwn)
	if doc := b.read(b.Paths.Vault()); gjson.Get(doc, "seq").Int() != 7 || gjson.Get(doc, "accounts.a.doubt").Exists() {
		t.Errorf("%s", doc)
	}
	// What cannot be remembered stops nothing.
	b = newBench(t)
	b.failing("rename", "state", syscall.EROFS)
	if b.add("a", adaOwn); !strings.Contains(b.log.String(), "cannot remember the vault's sequence number") {
		t.Errorf("%s", b.log.String())
	}
}

func TestMakeOwn(t *testing.T) {
	b := newBench(t)
	b.write(b.Paths.GitIgnore(), "mine\n")
	if err := b.MakeOwn(); err != nil || b.read(b.Paths.GitIgnore()) != "mine\n" {
		t.Errorf("%v, %s", err, b.read(b.Paths.GitIgnore()))
	}
	b = newBench(t)
	b.failing("temp", ".gitignore", syscall.EACCES)
	if err := b.MakeOwn(); view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), b.Paths.GitIgnore()) {
		t.Errorf("%v", err)
	}
	// Nothing goes to disk where that cannot be.
	if err := b.Update(t.Context(), func(s *State) error { s.Vault.Add("a", adaOwn); return nil }); err == nil || b.exists(b.Paths.Vault()) {
		t.Errorf("%v", err)
	}
}
