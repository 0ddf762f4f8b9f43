package claude

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// Store is Claude Code's files on this machine, and what it takes to change
// them. FS, Locks, Paths and Now are needed; the functions may be nil.
type Store struct {
	Paths Paths
	FS    files.FS
	Locks *files.Locks
	Now   func() time.Time
	Log   *slog.Logger
	// GOOS is the system the rules are for, as in runtime.GOOS.
	GOOS string
	// Keychain is the item in which Claude Code keeps its login on macOS; nil
	// elsewhere.
	Keychain *keychain.Item
	// WaitOnly has locks of other programs waited for and never broken.
	WaitOnly bool
	// Progress is called with what an operation waits for; key is "" where it
	// is not about a single account.
	Progress func(key string, wait view.Wait)
	// Step is called before each step that is not a file operation of FS. Tests
	// stop the process there.
	Step func(name string)

	caches *caches
}

// caches spare reading what did not change. Nothing that is to be written is
// based on them.
type caches struct {
	config     atomic.Pointer[Config]  // the last configuration that was parsed
	configSeen atomic.Pointer[seen]    // and the file it was read from
	refusal    atomic.Pointer[refusal] // how the Keychain refused last
}

// NewStore fills in what was left out.
func NewStore(s Store) *Store {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Progress == nil {
		s.Progress = func(string, view.Wait) {}
	}
	if s.Step == nil {
		s.Step = func(string) {}
	}
	s.caches = &caches{}
	return &s
}

// Waiting is the store for work that no person waits for: it breaks no lock.
// It shares what is cached.
func (s *Store) Waiting() *Store {
	out := *s
	out.WaitOnly = true
	return &out
}

// Supported refuses where the live login cannot be reached.
func (s *Store) Supported() error {
	if s.GOOS == "darwin" && s.Keychain == nil {
		return &view.Problem{
			Code:    view.CodeUnsupported,
			Message: "on macOS Claude Code keeps its login in the Keychain, which this Baton cannot reach",
			Hint:    "listing accounts and logging in work; swapping does not",
		}
	}
	return nil
}

// ReadOr reads a file; one that is missing gives nil. The error is a
// *view.Problem.
func ReadOr(fsys files.FS, path string) ([]byte, error) {
	doc, err := fsys.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, Unreadable(path, err)
	}
	if doc == nil {
		doc = []byte{}
	}
	return doc, nil
}

const (
	// An older Claude Code and huskies truncate files and write them in place,
	// so a reader can meet half of one: it is read again before it is believed.
	tornTries = 5
	tornPause = 20 * time.Millisecond
)

// torn says that a file may be one another program is just writing in place:
// it does not parse, or is there and has nothing in it yet.
func torn(doc []byte, err error) bool { return err != nil || doc != nil && len(doc) == 0 }

// ReadWhole reads and parses a file that other programs may write in place,
// again and again for a tenth of a second while it looks half-written. The
// error is a *view.Problem, or that of ctx.
func ReadWhole[T any](ctx context.Context, fsys files.FS, path string, parse func([]byte) (T, error)) (T, error) {
	var zero T
	for try := 1; ; try++ {
		doc, err := ReadOr(fsys, path)
		if err != nil {
			return zero, err
		}
		v, err := parse(doc)
		switch {
		case !torn(doc, err):
			return v, nil
		case try == tornTries && err != nil:
			return zero, Damaged(path, err)
		case try == tornTries:
			return v, nil
		}
		select {
		case <-time.After(tornPause):
		case <-ctx.Done():
			return zero, ctx.Err()
		}
	}
}

// Blank says that a document holds nothing to parse: empty, or null.
func Blank(doc []byte) bool { return accounts.Blank(doc) }
