package setup

import (
	"bytes"
	"context"
	"errors"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"
)

// Setup changes Claude Code's settings.json and keeps a note of what it changed
// in setup.json. Its methods may be called by several processes at once.
type Setup struct{ store *claude.Store }

// New works on the files of a store.
func New(store *claude.Store) *Setup { return &Setup{store} }

// Request says what to do with Baton's two commands.
type Request struct {
	// Program is how Claude Code's shell calls Baton, quoted if the shell needs
	// it. It may be empty with Remove.
	Program string
	Remove  bool // take both commands out
	DryRun  bool // only compute the change; nothing is written, not even a lock file
}

// Done is what was changed in settings.json or, with DryRun, would be.
type Done struct {
	Path          string
	Before, After []byte // the file's bytes; nil if there is no file
	// Chained is the earlier status line command, which Baton goes on running,
	// "" for none.
	Chained string
	// Forgotten says that Baton's status line was removed without a note, so
	// an earlier status line is not known.
	Forgotten bool
	// StillRuns is a command of the person's own that runs Baton and was
	// therefore not removed, "" for none.
	StillRuns string
	// Off says what keeps Claude Code from running the commands that were put in.
	Off Off
}

// Changed reports whether the file's bytes change.
func (d Done) Changed() bool {
	return (d.Before == nil) != (d.After == nil) || !bytes.Equal(d.Before, d.After)
}

// changeTries is how often the change is computed again if another program
// writes settings.json meanwhile.
const changeTries = 3

// Apply puts both commands in, or takes them out with Remove. The error is a
// *view.Problem: CodeDamaged if settings.json or the note cannot be parsed,
// CodeBusy if another program keeps changing or locking the file, CodeFailed if
// it cannot be read or written; or that of ctx. After an error settings.json
// and the note are as they were.
func (s *Setup) Apply(ctx context.Context, r Request) (Done, error) {
	done, err := s.apply(ctx, r)
	if err == nil && !r.Remove {
		done.Off = s.Off()
	}
	return done, err
}

func (s *Setup) apply(ctx context.Context, r Request) (Done, error) {
	if r.Program == "" && !r.Remove {
		return Done{}, &view.Problem{
			Code:    view.CodeFailed,
			Message: "the path of this program is not known",
			Hint:    "start Baton by its full path and try again",
		}
	}
	if r.DryRun {
		c, err := s.compute(ctx, r)
		return c.done, err
	}
	unlock, err := s.store.Lock(ctx, s.store.Paths.ClientLock(), claude.LockWait)
	if err != nil {
		return Done{}, err
	}
	defer unlock()
	path := s.store.Paths.ClaudeSettings()
	if _, _, err := files.Mend(s.store.FS, s.store.Paths.InPlace(path)); err != nil {
		return Done{}, claude.Unwritable(path, err)
	}
	for try := 1; ; try++ {
		c, err := s.compute(ctx, r)
		if err == nil {
			err = s.write(ctx, c)
		}
		if !errors.Is(err, files.ErrChanged) || try == changeTries {
			return c.done, err
		}
	}
}

// change is a new settings.json and the note that goes with it.
type change struct {
	done    Done
	note    *note  // nil: no note
	noteWas []byte // the note's file as it was read, nil for none
}

// compute reads both files and works out the change. It writes nothing.
func (s *Setup) compute(ctx context.Context, r Request) (change, error) {
	path := s.store.Paths.ClaudeSettings()
	c := change{done: Done{Path: path}}
	was, err := s.readSettings(ctx)
	if err != nil {
		return c, err
	}
	c.done.Before, c.done.After = was, was
	n, noteWas, err := s.readNote()
	if err != nil {
		return c, err
	}
	c.noteWas = noteWas
	body, marked := bytes.CutPrefix(was, bom)
	if r.Remove {
		var out removed
		out, err = takeOut(body, n, r.Program)
		body = out.doc
		c.done.Forgotten, c.done.StillRuns = out.statusLine && n == nil, out.stillRuns
	} else {
		body, c.note, err = putIn(body, n, path, r.Program)
	}
	if err != nil {
		return c, claude.Damaged(path, err)
	}
	if c.done.After = body; marked && body != nil {
		c.done.After = append(bytes.Clone(bom), body...)
	}
	c.done.Chained = c.note.chained()
	return c, nil
}

// bom is a UTF-8 byte order mark. Claude Code ignores one at the start of
// settings.json.
var bom = []byte("\xef\xbb\xbf")

// readSettings reads settings.json, nil if it is missing, and checks that it
// can be edited.
func (s *Setup) readSettings(ctx context.Context) ([]byte, error) {
	return claude.ReadWhole(ctx, s.store.FS, s.store.Paths.ClaudeSettings(), func(doc []byte) ([]byte, error) {
		body := bytes.TrimPrefix(doc, bom)
		if claude.Blank(body) {
			return doc, nil
		}
		_, err := jsonedit.Last(body)
		return doc, err
	})
}
