//go:build !js

package demo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"baton/oauthcore/providertest"
)

func TestHomeEnv(t *testing.T) {
	s, h := newTestHome(t)
	got := h.EnvFrom([]string{
		"PATH=/bin", "HOME=/root", "XDG_RUNTIME_DIR=/run/user/1", "CLAUDE_CONFIG_DIR=/elsewhere",
		"CLAUDE_SECURESTORAGE_CONFIG_DIR=/elsewhere", "ANTHROPIC_API_KEY=x", "CLAUDE_CODE_OAUTH_TOKEN=x",
		"ANTHROPIC_AUTH_TOKEN=x", "BATON_KEYRING=on", "XDG_STATE_HOME=/elsewhere", "DISPLAY=:1",
	})
	want := []string{
		"BATON_KEYRING=off", "BATON_PROVIDER=" + s.URL(), "DISPLAY=:1", "HOME=" + h.Dir, "PATH=/bin",
		"XDG_CONFIG_HOME=" + filepath.Join(h.Dir, ".config"), "XDG_DATA_HOME=" + filepath.Join(h.Dir, ".local/share"),
		"XDG_RUNTIME_DIR=/run/user/1", "XDG_STATE_HOME=" + filepath.Join(h.Dir, ".local/state"),
	}
	for _, kv := range want {
		if !slices.Contains(got, kv) {
			t.Errorf("no %s", kv)
		}
	}
	if runtime.GOOS != "windows" && len(got) != len(want) {
		t.Errorf("more than was wanted: %q", got)
	}
	if !slices.Contains(h.Env(), "HOME="+h.Dir) {
		t.Error("Env has another HOME")
	}
}

func TestHomeFolder(t *testing.T) {
	s := newTestProvider(t)
	now := s.now
	t.Run("made and removed", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "home")
		h, err := NewHome(dir, s.Provider, now)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := h.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("still there: %v", err)
		}
	})
	t.Run("among the temporary", func(t *testing.T) {
		t.Setenv("TMPDIR", t.TempDir())
		h, err := NewHome("", s.Provider, now)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("there before", func(t *testing.T) {
		dir := t.TempDir()
		h, err := NewHome(dir, s.Provider, now)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, ".claude.json")); err != nil {
			t.Errorf("a folder that was not ours was emptied: %v", err)
		}
	})
	t.Run("not empty", func(t *testing.T) {
		dir := t.TempDir()
		mine := filepath.Join(dir, "mine")
		if err := os.WriteFile(mine, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := NewHome(dir, s.Provider, now); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("%v", err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
			t.Errorf("touched: %v %v", left, err)
		}
	})
	t.Run("without a provider", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "home")
		if _, err := NewHome(dir, providertest.NewProvider(providertest.Options{}), now); !errors.Is(err, ErrNotStarted) {
			t.Errorf("%v", err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Error("the folder was made")
		}
	})
}
