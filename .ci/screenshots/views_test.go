package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/app/backend"
)

// Every picture has a name of its own, and the README's are among them.
func TestNames(t *testing.T) {
	there := map[string]bool{}
	for _, v := range views() {
		if got, err := find(v.name); err != nil || got.name != v.name {
			t.Errorf("%s cannot be found: %v", v.name, err)
		}
		for _, variant := range variants() {
			for _, s := range sizes() {
				name := fmt.Sprintf("%s-%s-%d", v.name, variant, s.width)
				if there[name] {
					t.Errorf("two pictures are called %s", name)
				}
				there[name] = true
			}
		}
	}
	for name := range forReadme() {
		if !there[name] {
			t.Errorf("the README wants %s, which is no view", name)
		}
	}
	if _, err := find("nothing"); err == nil {
		t.Error("a view that is not there was found")
	}
}

// What is prepared is what the window will show, by the core itself.
func TestPrepared(t *testing.T) {
	state := func(key string, want backend.State) func(backend.Snapshot) bool {
		return func(s backend.Snapshot) bool { a, ok := s.Find(key); return ok && a.State == want }
	}
	for name, holds := range map[string]func(backend.Snapshot) bool{
		"accounts": func(s backend.Snapshot) bool {
			return len(s.Accounts) == 5 && s.Active == personal && s.Accounts[1].Usage != nil
		},
		"paused":     state(night, backend.StatePaused),
		"stranger":   func(s backend.Snapshot) bool { return s.Live.Reason == backend.LiveUnknown },
		"logged-out": func(s backend.Snapshot) bool { return s.Live.Reason == backend.LiveNone && len(s.Accounts) == 5 },
		"override":   func(s backend.Snapshot) bool { return len(s.Overrides) == 1 },
		"damaged":    func(s backend.Snapshot) bool { return len(s.Problems) == 1 },
		"many":       func(s backend.Snapshot) bool { return len(s.Accounts) == 35 },
		"empty":      func(s backend.Snapshot) bool { return len(s.Accounts) == 0 },
	} {
		t.Run(name, func(t *testing.T) {
			for _, kept := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "BATON_PROVIDER", "BATON_KEYRING"} {
				t.Setenv(kept, os.Getenv(kept)) // put back afterwards
			}
			v, err := find(name)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s, err := newStage(ctx, v, filepath.Join(t.TempDir(), "home"))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.backend.Snapshot(); !holds(got) {
				t.Errorf("%+v", got)
			} else if got.TakenAt.Truncate(time.Minute) != beginning().Truncate(time.Minute) {
				t.Errorf("taken at %v", got.TakenAt)
			}
			if err := s.close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(s.home.Dir); !errors.Is(err, fs.ErrNotExist) || os.Getenv("HOME") != s.home.Dir {
				t.Errorf("the home is still there, or was not the process's: %v", err)
			}
		})
	}
}

func TestCopyReadme(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	if err := copyReadme(from, to); err == nil {
		t.Error("pictures that are not there were copied")
	}
	for name := range forReadme() {
		if err := save(filepath.Join(from, name+".png"), image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyReadme(from, to); err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(to, "*.png"))
	if err != nil || len(made) != len(forReadme()) {
		t.Errorf("%v, %v", made, err)
	}
}
