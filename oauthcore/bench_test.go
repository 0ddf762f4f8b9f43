package oauthcore

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
)

// failFS is the real file system, in which operations can be made to fail.
type failFS struct {
	files.OS
	fail func(op, path string) error
	ops  []string
}

func (f *failFS) do(op, path string) error {
	f.ops = append(f.ops, op)
	if f.fail != nil {
		if err := f.fail(op, path); err != nil {
			return &fs.PathError{Op: op, Path: path, Err: err}
		}
	}
	return nil
}

func (f *failFS) ReadFile(name string) ([]byte, error) {
	if err := f.do("read", name); err != nil {
		return nil, err
	}
	return f.OS.ReadFile(name)
}

func (f *failFS) Stat(name string) (fs.FileInfo, error) {
	if err := f.do("stat", name); err != nil {
		return nil, err
	}
	return f.OS.Stat(name)
}

func (f *failFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.do("list", name); err != nil {
		return nil, err
	}
	return f.OS.ReadDir(name)
}

func (f *failFS) Overwrite(name string, data []byte) error {
	if err := f.do("overwrite", name); err != nil {
		return err
	}
	return f.OS.Overwrite(name, data)
}

func (f *failFS) CreateTemp(dir, pattern string) (files.File, error) {
	if err := f.do("temp", filepath.Join(dir, pattern)); err != nil {
		return nil, err
	}
	return f.OS.CreateTemp(dir, pattern)
}

func (f *failFS) Rename(from, to string) error {
	if err := f.do("rename", to); err != nil {
		return err
	}
	return f.OS.Rename(from, to)
}

func (f *failFS) Remove(name string) error {
	if err := f.do("remove", name); err != nil {
		return err
	}
	return f.OS.Remove(name)
}

// bench is a core in a temp directory, without a provider.
type bench struct {
	*testing.T
	*Core
	fs  *failFS
	now time.Time
	log bytes.Buffer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{T: t, fs: &failFS{}, now: proveNoon}
	b.Core = New(Env{
		Paths: claude.Paths{Config: dir, Secure: dir, ClaudeJSON: filepath.Join(dir, ".claude.json"), State: filepath.Join(dir, "state")},
		FS:    b.fs, Locks: &files.Locks{}, Now: func() time.Time { return b.now }, Log: slog.New(slog.NewTextHandler(&b.log, nil)),
	})
	return b
}

func (b *bench) write(path, doc string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		b.Fatal(err)
	}
}

// failing makes one operation fail on files whose path contains a text.
func (b *bench) failing(op, text string, err error) {
	b.fs.fail = func(o, path string) error {
		if o == op && strings.Contains(path, text) {
			return err
		}
		return nil
	}
}

func (b *bench) exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
