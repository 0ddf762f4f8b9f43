package oauthcore

import (
	"bytes"
	"context"

	"baton/oauthcore/files"
)

// place is where a document of Claude Code's lies: a file, or on macOS an item
// of the Keychain. Errors are *Error.
type place interface {
	// String is what to call it in a sentence, path its file, "" where it is none.
	String() string
	path() string
	// read gives the document, nil where there is none.
	read(ctx context.Context) ([]byte, error)
	// tears says that a reader may meet half of what another program writes.
	tears() bool
	// fits refuses a document of n bytes that could never be put there.
	fits(n int) error
	// holds says whether these are still its bytes; nil: that there are none.
	holds(ctx context.Context, want []byte) (bool, error)
	// stage makes a new document ready to take the place of was.
	stage(was, doc []byte) (staged, error)
}

// staged is a whole new document that waits for its place.
type staged interface {
	// commit puts it there. After an error the old document may or may not
	// have been replaced; it is never half of it.
	commit(ctx context.Context) error
	// discard gives it up.
	discard() error
}

// filePlace is a file. Another version of Claude Code truncates its files and
// writes them in place, so a reader can meet half of one.
type filePlace struct {
	c    *Core
	file string
}

func (c *Core) credentialsFile() filePlace { return filePlace{c, c.Paths.Credentials()} }
func (c *Core) configFile() filePlace      { return filePlace{c, c.Paths.ClaudeJSON} }

func (p filePlace) String() string { return p.file }

func (p filePlace) path() string { return p.file }

func (p filePlace) read(context.Context) ([]byte, error) { return readOr(p.c.FS, p.file) }

func (p filePlace) tears() bool { return true }

func (p filePlace) fits(int) error { return nil }

func (p filePlace) holds(_ context.Context, want []byte) (bool, error) {
	same, err := files.Holds(p.c.FS, p.file, want)
	if err != nil {
		return false, unreadable(p.file, err)
	}
	return same, nil
}

func (p filePlace) stage(_, doc []byte) (staged, error) {
	s, err := files.Stage(p.c.FS, p.file, doc, 0)
	if err != nil {
		return nil, unwritable(p.file, err)
	}
	return stagedFile{s, p}, nil
}

// stagedFile is a new file that waits beside the one it will replace.
type stagedFile struct {
	*files.Staged
	at filePlace
}

func (s stagedFile) commit(context.Context) error {
	if err := s.Commit(); err != nil {
		return unwritable(s.at.file, err)
	}
	return nil
}

func (s stagedFile) discard() error { return s.Discard() }

// damagedAt is the error for a document that does not say what it should.
func damagedAt(at place, cause error) *Error {
	e := damaged(at.String(), cause)
	if at.path() == "" {
		e.Hint = "log in to Claude Code again with: claude auth login; Baton never overwrites what it cannot read"
	}
	return e
}

// sameDoc compares two documents; none is not the same as an empty one.
func sameDoc(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
