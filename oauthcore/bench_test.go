package oauthcore

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
)

// bench is a core in a temp directory, without a provider.
type bench struct {
	*testing.T
	*Core
	fs  *filestest.FS
	now time.Time
	log bytes.Buffer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{T: t, fs: &filestest.FS{}, now: proveNoon}
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
	b.fs.Before = filestest.On(op, func(path string) error {
		if strings.Contains(path, text) {
			return err
		}
		return nil
	})
}

func (b *bench) exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
