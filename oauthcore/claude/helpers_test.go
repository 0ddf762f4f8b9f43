package claude_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// faultFS is the real file system, in which operations can be made to fail and
// other programs can act in between.
type faultFS struct {
	files.OS
	fail    func(op, path string) error // an error instead of the operation
	before  func(op, path string)       // what another program does just before it
	mounted func(path string) bool
	ops     []string // "operation file name"
}

func (f *faultFS) do(op, path string) error {
	f.ops = append(f.ops, op+" "+filepath.Base(path))
	if f.before != nil {
		f.before(op, path)
	}
	if f.fail != nil {
		if err := f.fail(op, path); err != nil {
			return &fs.PathError{Op: op, Path: path, Err: err}
		}
	}
	return nil
}

func (f *faultFS) ReadFile(name string) ([]byte, error) {
	if err := f.do("read", name); err != nil {
		return nil, err
	}
	return f.OS.ReadFile(name)
}

func (f *faultFS) CreateTemp(dir, pattern string) (files.File, error) {
	if err := f.do("temp", filepath.Join(dir, pattern)); err != nil {
		return nil, err
	}
	return f.OS.CreateTemp(dir, pattern)
}

func (f *faultFS) Overwrite(name string, data []byte) error {
	if err := f.do("overwrite", name); err != nil {
		return err
	}
	return f.OS.Overwrite(name, data)
}

func (f *faultFS) Rename(from, to string) error {
	if err := f.do("rename", to); err != nil {
		return err
	}
	return f.OS.Rename(from, to)
}

func (f *faultFS) Remove(name string) error {
	if err := f.do("remove", name); err != nil {
		return err
	}
	return f.OS.Remove(name)
}

func (f *faultFS) SyncDir(name string) error {
	if err := f.do("syncdir", name); err != nil {
		return err
	}
	return f.OS.SyncDir(name)
}

func (f *faultFS) Mounted(name string) bool { return f.mounted != nil && f.mounted(name) }

// place is Claude Code's files in a temp directory.
type place struct {
	*testing.T
	*claude.Store
	fs  *faultFS
	now time.Time
	dir string
	log bytes.Buffer
}

// started is the real time, also for tests whose clock stands still.
var started = time.Now()

func newPlace(t *testing.T) *place {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &place{T: t, fs: &faultFS{}, dir: dir, now: started}
	config := filepath.Join(dir, ".claude")
	p.Store = claude.NewStore(claude.Store{
		Paths: claude.Paths{Config: config, Secure: config, ClaudeJSON: filepath.Join(dir, ".claude.json"), State: filepath.Join(dir, "state")},
		FS:    p.fs, Locks: &files.Locks{}, Now: func() time.Time { return p.now }, Log: slog.New(slog.NewTextHandler(&p.log, nil)),
	})
	return p
}

func (p *place) write(path, doc string) {
	p.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		p.Fatal(err)
	}
}

func (p *place) read(path string) string {
	p.Helper()
	doc, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.Fatal(err)
	}
	return string(doc)
}

func (p *place) guard() *claude.Guard {
	p.Helper()
	g, err := p.Guard(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(g.Release)
	return g
}

func (p *place) live() claude.Live {
	p.Helper()
	l, err := p.ReadLive(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	return l
}

// tidy checks that no temp file, record and lock of Claude Code's is left.
func (p *place) tidy() {
	p.Helper()
	err := filepath.WalkDir(p.dir, func(path string, _ fs.DirEntry, err error) error {
		name := filepath.Base(path)
		if strings.Contains(name, ".baton-") || strings.Contains(path, "in-place"+string(filepath.Separator)) {
			p.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		p.Error(err)
	}
}

// setTime sets a file's modification time.
func (p *place) setTime(path string, at time.Time) {
	p.Helper()
	if err := os.Chtimes(path, at, at); err != nil {
		p.Fatal(err)
	}
}

func credential(t testing.TB, name string) accounts.Credential {
	t.Helper()
	c, err := accounts.NewCredential(func(c *accounts.Credential) {
		c.AccessToken, c.RefreshToken = secret.New("sk-ant-oat01-TEST-"+name), secret.New("sk-ant-ort01-TEST-"+name)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantCode(t testing.TB, err error, code view.Code) *view.Problem {
	t.Helper()
	var p *view.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Fatalf("error = %v (%s), want %s", err, view.CodeOf(err), code)
	}
	if p.Hint == "" {
		t.Errorf("%q has no hint", p.Message)
	}
	return p
}

func tokenIn(doc string) string { return gjson.Get(doc, "claudeAiOauth.refreshToken").String() }

func lookupIn(env map[string]string) claude.Lookup {
	return func(name string) (string, bool) {
		value, set := env[name]
		return value, set
	}
}

var background = context.Background()
