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
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// place is Claude Code's files in a temp directory.
type place struct {
	*testing.T
	*claude.Store
	fs  *filestest.FS
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
	p := &place{T: t, fs: &filestest.FS{}, dir: dir, now: started}
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
