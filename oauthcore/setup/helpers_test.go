package setup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

// home is a temporary home directory with a store on it.
type home struct {
	*testing.T
	dir      string
	paths    claude.Paths
	settings string
	setup    *Setup
}

func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{T: t, dir: t.TempDir()}
	var err error
	h.paths, err = claude.PathsFrom(
		func(string) (string, bool) { return "", false },
		func() (string, error) { return h.dir, nil })
	if err != nil {
		t.Fatal(err)
	}
	h.settings = h.paths.ClaudeSettings()
	h.setup = h.on(files.OS{})
	return h
}

// on is the setup of another process on the same home.
func (h *home) on(fsys files.FS) *Setup {
	return New(claude.NewStore(claude.Store{Paths: h.paths, FS: fsys, Locks: &files.Locks{}, Now: time.Now, GOOS: "linux"}))
}

func (h *home) apply(r Request) Done {
	h.Helper()
	done, err := h.setup.Apply(context.Background(), r)
	if err != nil {
		h.Fatal(err)
	}
	return done
}

func (h *home) write(path, doc string) {
	h.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		h.Fatal(err)
	}
}

// wants checks a file's text; "" stands for a missing file.
func (h *home) wants(path, want string) {
	h.Helper()
	got, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		h.Fatal(err)
	}
	if string(got) != want || (want == "") != (err != nil) {
		h.Errorf("%s holds\n%q, want\n%q", filepath.Base(path), got, want)
	}
}

func wantCode(t *testing.T, err error, code view.Code) *view.Problem {
	t.Helper()
	var p *view.Problem
	if !errors.As(err, &p) || p.Code != code || p.Hint == "" {
		t.Fatalf("error %v (%s), want code %s and a hint", err, view.CodeOf(err), code)
	}
	return p
}
