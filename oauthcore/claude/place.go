package claude

import (
	"bytes"
	"context"
	"io/fs"

	"baton/oauthcore/files"
)

// place is where a document of Claude Code's lies: a file, or on macOS an item
// of the Keychain. Errors are *view.Problem, or those of ctx.
type place interface {
	// String is what to call it in a sentence, path its file, "" where it is none.
	String() string
	path() string
	// read reads and parses the document.
	read(ctx context.Context, parse func([]byte) (Live, error)) (Live, error)
	// holds says whether these are still its bytes; nil: that there is none.
	holds(ctx context.Context, want []byte) (bool, error)
	// stage makes a new document ready to take the place of was. It fails where
	// the document could never be put there, and changes nothing.
	stage(was, doc []byte, keep fs.FileMode) (staged, error)
}

// staged is a whole new document that is ready for its place.
type staged interface {
	// commit puts it there. After an error the old document may or may not
	// have been replaced; it is never half of it.
	commit(ctx context.Context) error
	// refill gives it other contents, in the room it has on disk. was is what
	// they take the place of. After an error nothing is staged any more.
	refill(was, doc []byte) error
	// discard gives it up.
	discard() error
}

// filePlace is a file.
type filePlace struct {
	s    *Store
	file string
}

func (s *Store) credentialsFile() filePlace { return filePlace{s, s.Paths.Credentials()} }

func (p filePlace) String() string { return p.file }

func (p filePlace) path() string { return p.file }

func (p filePlace) read(ctx context.Context, parse func([]byte) (Live, error)) (Live, error) {
	return ReadWhole(ctx, p.s.FS, p.file, parse)
}

func (p filePlace) holds(_ context.Context, want []byte) (bool, error) {
	same, err := files.Holds(p.s.FS, p.file, want)
	if err != nil {
		return false, Unreadable(p.file, err)
	}
	return same, nil
}

func (p filePlace) stage(_, doc []byte, keep fs.FileMode) (staged, error) {
	st, err := files.StageAt(p.s.FS, p.file, doc, keep, p.s.Paths.InPlace(p.file))
	if err != nil {
		return nil, Unwritable(p.file, err)
	}
	return stagedFile{st, p}, nil
}

// stagedFile is a new file that lies beside the one it will replace.
type stagedFile struct {
	*files.Staged
	at filePlace
}

func (s stagedFile) commit(context.Context) error {
	if err := s.Commit(); err != nil {
		return Unwritable(s.at.file, err)
	}
	return nil
}

func (s stagedFile) refill(_, doc []byte) error {
	if err := s.Refill(doc); err != nil {
		return Unwritable(s.at.file, err)
	}
	return nil
}

func (s stagedFile) discard() error { return s.Discard() }

// sameDoc compares two documents; none is not the same as an empty one.
func sameDoc(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
