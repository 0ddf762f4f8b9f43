//go:build !js

package local_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/oauthcore/claude"
	"baton/oauthcore/providertest"
)

// patience is how long a change may take to be told. It is a fraction of the
// backup look's, so what is told in time was seen and not stumbled upon.
const patience = 20 * time.Second

// watched is a home with a Backend that watches it.
type watched struct {
	*testing.T
	home   demo.Home
	from   *providertest.Provider
	set    map[string]string
	b      *local.Backend
	events <-chan backend.Event
	now    func() time.Time // nil: the machine's clock
}

// newHome makes a home with five accounts of which nobody watches any yet.
func newHome(t *testing.T) *watched {
	t.Helper()
	p := providertest.NewProvider(providertest.Options{})
	if _, err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	home, err := demo.NewHome(filepath.Join(t.TempDir(), "home"), p, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return &watched{T: t, home: home, from: p, set: home.Setenv()}
}

// open stands for another Baton on the home.
func (w *watched) open() *local.Backend {
	w.Helper()
	b, err := local.New(local.Config{
		Getenv: func(name string) string { return w.set[name] },
		Home:   func() (string, error) { return w.home.Dir, nil },
		Now:    w.now,
		Processes: func(pid int) (claude.Process, bool) {
			return claude.Process{}, pid == 7
		},
	})
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// watch begins.
func (w *watched) watch() {
	w.b = w.open()
	w.events = w.b.Events(w.Context())
	w.quiet()
}

// quiet waits until what was still on its way has been told.
func (w *watched) quiet() {
	for {
		select {
		case <-w.events:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

// told waits for the event after which the snapshot is as it should be.
func (w *watched) told(what string, holds func(backend.Snapshot) bool) {
	w.Helper()
	start := time.Now()
	late := time.After(patience)
	for {
		select {
		case <-w.events:
			if holds(w.b.Snapshot()) {
				w.Logf("%s: told after %v", what, time.Since(start).Round(time.Millisecond))
				return
			}
		case <-late:
			w.Fatalf("%s: nobody told; the snapshot holds it: %v", what, holds(w.b.Snapshot()))
		}
	}
}

func (w *watched) path(parts ...string) string {
	return filepath.Join(append([]string{w.home.Dir}, parts...)...)
}

func (w *watched) read(parts ...string) string {
	w.Helper()
	doc, err := os.ReadFile(w.path(parts...))
	if err != nil {
		w.Fatal(err)
	}
	return string(doc)
}

// write writes in place, as an older Claude Code and huskies do.
func (w *watched) write(path, doc string) {
	w.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		w.Fatal(err)
	}
}

// replace writes beside and renames, as Claude Code and Baton do.
func (w *watched) replace(path, doc string) {
	w.Helper()
	w.write(path+".tmp", doc)
	w.must(os.Rename(path+".tmp", path))
}

func (w *watched) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func active(key string) func(backend.Snapshot) bool {
	return func(s backend.Snapshot) bool { return s.Active == key }
}

func sessions(n int) func(backend.Snapshot) bool {
	return func(s backend.Snapshot) bool { return len(s.Sessions) == n }
}

func nobody(s backend.Snapshot) bool { return s.Live.Reason == backend.LiveNone }

// What a command, another Baton, huskies or Claude Code changes is told.
func TestWhatOthersChangeIsTold(t *testing.T) {
	w := newHome(t)
	w.watch()
	other := w.open()
	do := func(a backend.Action) {
		t.Helper()
		if _, err := other.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	label := func(s backend.Snapshot) string { a, _ := s.Find("ada@corp.example"); return a.Label }
	do(backend.Action{Kind: backend.ActionRename, Key: "ada@corp.example", Label: "Work"})
	w.told("another Baton's vault", func(s backend.Snapshot) bool { return label(s) == "Work" })
	do(backend.Action{Kind: backend.ActionMove, Key: "Work", Place: 0})
	w.told("another order", func(s backend.Snapshot) bool { return s.Accounts[0].Label == "Work" })
	personal := w.read(".claude", ".credentials.json")
	do(backend.Action{Kind: backend.ActionSwap, Key: "Work"})
	w.told("another Baton's swap", func(s backend.Snapshot) bool {
		return s.Active == "ada@corp.example" && s.LastSwap != nil && s.LastSwap.From == "ada@example.com" && s.LastSwap.To == s.Active
	})
	do(backend.Action{Kind: backend.ActionConfigure, Setting: "usage.poll", Value: "on"})
	w.told("a switch", func(s backend.Snapshot) bool {
		for _, x := range s.Settings {
			if x.Key == "usage.poll" {
				return x.Value == "on"
			}
		}
		return false
	})
	do(backend.Action{Kind: backend.ActionLimit, Key: "lab@uni.example", Until: time.Now().Add(time.Hour)})
	w.told("a limit", func(s backend.Snapshot) bool {
		a, _ := s.Find("lab@uni.example")
		return a.State == backend.StateLimited
	})

	work := w.read(".claude", ".credentials.json")
	w.replace(w.path(".claude", ".credentials.json"), personal)
	w.told("a login that was renamed into place", func(s backend.Snapshot) bool {
		return s.Active == "ada@example.com" && s.LastSwap == nil
	})
	w.write(w.path(".claude", ".credentials.json"), work)
	w.told("a login written in place", active("ada@corp.example"))
	w.must(os.Remove(w.path(".claude", ".credentials.json")))
	w.told("a login that was removed", nobody)
	w.replace(w.path(".claude", ".credentials.json"), work)
	w.told("a login that came", active("ada@corp.example"))

	pool := w.read(".claude", "oauth_pool.json")
	w.write(w.path(".claude", "oauth_pool.json"), strings.ReplaceAll(pool, `"rateLimited": true`, `"rateLimited": false`))
	w.told("the pool's marks", func(s backend.Snapshot) bool {
		a, _ := s.Find("night@example.com")
		return a.State == backend.StateReady
	})
	config := w.read(".claude.json")
	w.replace(w.path(".claude.json"), "{")
	w.told("a damaged configuration", func(s backend.Snapshot) bool { return len(s.Problems) == 1 })
	w.write(w.path(".claude.json"), config)
	w.told("a mended configuration", func(s backend.Snapshot) bool { return len(s.Problems) == 0 })
	w.replace(w.path(".claude", "settings.json"), `{"apiKeyHelper":"/bin/true"}`)
	w.told("Claude Code's settings", func(s backend.Snapshot) bool { return len(s.Overrides) == 1 })

	file := w.path(".claude", "sessions", "7.json") // its folder is not there yet
	w.write(file, `{"pid":7,"cwd":"/somewhere"}`)
	w.told("a session", sessions(1))
	w.must(os.Remove(file))
	w.told("the session's end", sessions(0))
	w.must(os.Remove(filepath.Dir(file)))
	w.quiet()
	w.write(file, `{"pid":7,"cwd":"/somewhere"}`)
	w.told("a session in a new folder", sessions(1))
}

// Folders may be missing, be replaced and be links.
func TestFoldersThatComeAndGo(t *testing.T) {
	claude := func(w *watched) string { return w.path(".claude") }
	for name, c := range map[string]struct{ before, change func(*watched) }{
		"missing at first": {
			func(w *watched) { w.must(os.Rename(claude(w), w.path("kept"))) },
			func(w *watched) { w.must(os.Rename(w.path("kept"), claude(w))) },
		},
		"missing, with the folders it is in": {
			func(w *watched) {
				w.set["CLAUDE_CONFIG_DIR"] = w.path("x", "y", "z")
			},
			func(w *watched) {
				w.write(w.path("x", "y", "z", ".credentials.json"), w.read(".claude", ".credentials.json"))
				w.write(w.path("x", "y", "z", ".claude.json"), w.read(".claude.json"))
				w.write(w.path("x", "y", "z", "oauth_pool.json"), w.read(".claude", "oauth_pool.json"))
			},
		},
		"replaced": {
			func(w *watched) {
				w.must(os.CopyFS(w.path("kept"), os.DirFS(claude(w))))
				w.must(os.Remove(filepath.Join(claude(w), ".credentials.json")))
			},
			func(w *watched) {
				w.must(os.Rename(claude(w), w.path("old")))
				w.must(os.Rename(w.path("kept"), claude(w)))
			},
		},
		"a link that leads elsewhere": {
			func(w *watched) {
				w.must(os.Rename(claude(w), w.path("one")))
				w.must(os.CopyFS(w.path("two"), os.DirFS(w.path("one"))))
				w.must(os.Remove(w.path("one", ".credentials.json")))
				w.must(os.Symlink("one", claude(w)))
			},
			func(w *watched) {
				w.must(os.Symlink("two", w.path("next")))
				w.must(os.Rename(w.path("next"), claude(w)))
			},
		},
		"a link to a link that leads elsewhere": {
			func(w *watched) {
				w.must(os.Rename(claude(w), w.path("one")))
				w.must(os.CopyFS(w.path("two"), os.DirFS(w.path("one"))))
				w.must(os.Remove(w.path("one", ".credentials.json")))
				w.must(os.MkdirAll(w.path("dotfiles"), 0o700))
				w.must(os.Symlink("../one", w.path("dotfiles", "claude")))
				w.must(os.Symlink(w.path("dotfiles", "claude"), claude(w)))
			},
			func(w *watched) {
				w.must(os.Remove(w.path("dotfiles", "claude")))
				w.must(os.Symlink("../two", w.path("dotfiles", "claude")))
			},
		},
		"a login that is a link": {
			func(w *watched) {
				w.write(w.path("dotfiles", "login"), "")
				w.must(os.Rename(filepath.Join(claude(w), ".credentials.json"), w.path("kept")))
				w.must(os.Symlink("../dotfiles/login", filepath.Join(claude(w), ".credentials.json")))
			},
			func(w *watched) { w.write(w.path("dotfiles", "login"), w.read("kept")) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHome(t)
			c.before(w)
			w.watch()
			if s := w.b.Snapshot(); s.Live.Reason != backend.LiveNone {
				t.Fatalf("at first %+v", s.Live)
			}
			c.change(w)
			w.told("the change", active("ada@example.com"))
			// What changes there afterwards is told too.
			w.quiet()
			login := w.path(".claude", ".credentials.json")
			if dir := w.set["CLAUDE_CONFIG_DIR"]; dir != "" {
				login = filepath.Join(dir, ".credentials.json")
			}
			w.must(os.Remove(login))
			w.told("a change after that", nobody)
		})
	}
}

// A limit that ends is told when it does.
func TestALimitThatEndsIsTold(t *testing.T) {
	w := newHome(t)
	until := time.Now().Add(2 * time.Second)
	limit := backend.Action{Kind: backend.ActionLimit, Key: "ada@corp.example", Until: until}
	if _, err := w.open().Do(t.Context(), limit); err != nil {
		t.Fatal(err)
	}
	w.watch()
	if a, _ := w.b.Snapshot().Find("ada@corp.example"); a.State != backend.StateLimited {
		t.Fatalf("at first %s", a.State)
	}
	w.told("its end", func(s backend.Snapshot) bool {
		a, _ := s.Find("ada@corp.example")
		return a.State == backend.StateReady
	})
	late := time.Since(until)
	t.Logf("measured: the end of a limit was told %v after it", late.Round(time.Millisecond))
	if late < 0 {
		t.Errorf("told %v before its end", -late)
	}
}

// A machine that slept finds limits past that no timer told of: what counts is
// the clock on the wall.
func TestALimitThatEndedWhileTheMachineSlept(t *testing.T) {
	w := newHome(t)
	var slept atomic.Int64
	w.now = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
	limit := backend.Action{Kind: backend.ActionLimit, Key: "ada@corp.example", Until: time.Now().Add(time.Hour)}
	if _, err := w.open().Do(t.Context(), limit); err != nil {
		t.Fatal(err)
	}
	w.watch()
	slept.Store(int64(2 * time.Hour))
	w.replace(w.path(".claude", "settings.json"), "{}") // any reason to look
	w.told("its end", func(s backend.Snapshot) bool {
		a, _ := s.Find("ada@corp.example")
		return a.State == backend.StateReady
	})
}

// One listener that leaves must not take the watching with it: what another
// process changes still reaches the one that stays.
func TestWatchingOutlivesItsFirstListener(t *testing.T) {
	w := newHome(t)
	w.b = w.open()
	early, leave := context.WithCancel(t.Context())
	first := w.b.Events(early)
	w.events = w.b.Events(t.Context())
	leave()
	for range first { // until it closes
	}
	rename := backend.Action{Kind: backend.ActionRename, Key: "ada@corp.example", Label: "Work"}
	if _, err := w.open().Do(t.Context(), rename); err != nil {
		t.Fatal(err)
	}
	w.told("a change", func(s backend.Snapshot) bool {
		a, _ := s.Find("ada@corp.example")
		return a.Label == "Work"
	})
}
