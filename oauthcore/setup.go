package oauthcore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Claude Code runs two commands of Baton's where its settings.json names them:
// one for the status line, one when a turn ends in a failure. setup puts them
// there and takes them out again; every other byte of the file stays.

// SetupRequest says what is wanted of Claude Code's settings.
type SetupRequest struct {
	// Program is how Claude Code's shell calls Baton, quoted where needed. To
	// remove, it may be empty.
	Program string
	Remove  bool // take both commands out again
	DryRun  bool // only say what would change
}

// SetupDone is what was changed, or would be.
type SetupDone struct {
	Path          string
	Before, After []byte // the file's bytes; nil where it is missing
	// Chained is the status line command that was there before and goes on
	// running, "" for none.
	Chained string
	// Forgotten says that Baton's status line was taken out while nobody knew
	// any more which one stood there before.
	Forgotten bool
}

// Changed says that there was something to do.
func (d SetupDone) Changed() bool { return !bytes.Equal(d.Before, d.After) }

const (
	statusMember  = "statusLine"
	hooksMember   = "hooks"
	failureEvent  = "StopFailure"
	settingsMode  = fs.FileMode(0o644)
	statusCommand = " statusline"
	hookCommand   = " hook"
)

// setupNote is what setup remembers to put everything back: S/baton/setup.json.
type setupNote struct {
	SchemaVersion int    `json:"schemaVersion"`
	Path          string `json:"path"`
	// StatusLine is the member that was replaced, as it stood, "" for none.
	StatusLine string `json:"statusLine,omitempty"`
	Command    string `json:"command"` // of ours, for the status line
	Hook       string `json:"hook"`
	// What was not there before and goes again with the last of ours.
	MadeFile  bool    `json:"madeFile,omitempty"`
	Blank     *string `json:"blank,omitempty"` // the file's bytes, where they said nothing
	MadeHooks bool    `json:"madeHooks,omitempty"`
	MadeEvent bool    `json:"madeEvent,omitempty"`
}

// chained is the command that was there before.
func (n setupNote) chained() string { return gjson.Get(n.StatusLine, "command").String() }

// readSetup gives the note, nil where nothing was set up.
func (c *Core) readSetup() (*setupNote, error) {
	doc, err := readOr(c.FS, c.Paths.Setup())
	if err != nil || blank(doc) {
		return nil, err
	}
	n := &setupNote{}
	if err := json.Unmarshal(doc, n); err != nil {
		return nil, damaged(c.Paths.Setup(), err)
	}
	return n, nil
}

// IsSetUp says that Claude Code runs both of Baton's commands.
func (c *Core) IsSetUp() bool {
	n, err := c.readSetup()
	if err != nil || n == nil {
		return false
	}
	doc, err := readOr(c.FS, c.Paths.ClaudeSettings())
	if err != nil || !jsonedit.Valid(doc) {
		return false
	}
	s := gjson.ParseBytes(doc)
	if s.Get(statusMember+".command").String() != n.Command {
		return false
	}
	return slices.ContainsFunc(s.Get(hooksMember+"."+failureEvent+".#.hooks").Array(), func(hooks gjson.Result) bool {
		return slices.ContainsFunc(hooks.Array(), func(h gjson.Result) bool { return h.Get("command").String() == n.Hook })
	})
}

// ChainedStatusLine is the status line command people had before Baton's, "" for
// none: it goes on running.
func (c *Core) ChainedStatusLine() string {
	if n, err := c.readSetup(); err == nil && n != nil {
		return n.chained()
	}
	return ""
}

// Setup puts Baton's two commands into Claude Code's settings, or takes them
// out. The error is an *Error; a file that does not parse is left alone.
func (c *Core) Setup(ctx context.Context, r SetupRequest) (SetupDone, error) {
	release, err := c.lock(ctx, c.Paths.StoreLock(), storeWait)
	if err != nil {
		return SetupDone{}, err
	}
	defer release()
	path := c.Paths.ClaudeSettings()
	was, err := readOr(c.FS, path)
	if err != nil {
		return SetupDone{}, err
	}
	note, err := c.readSetup()
	if err != nil {
		return SetupDone{}, err
	}
	done := SetupDone{Path: path, Before: was}
	if note == nil {
		note = recalled(was, r.Program)
		done.Forgotten = r.Remove && note != nil && note.Command != ""
	}
	if r.Remove {
		done.After, err = takeOut(was, note)
		note = nil
	} else {
		done.After, note, err = putIn(was, note, path, r.Program)
	}
	if err != nil {
		return done, damaged(path, err)
	}
	if note != nil {
		done.Chained = note.chained()
	}
	if r.DryRun {
		return done, nil
	}
	return done, c.writeSetup(done, note)
}

// writeSetup writes the note first where commands go in, last where they come
// out: at no time does a replaced command stand nowhere.
func (c *Core) writeSetup(d SetupDone, note *setupNote) error {
	if note != nil {
		doc, err := json.MarshalIndent(note, "", "  ")
		if err == nil {
			err = files.WriteWhole(c.FS, c.Paths.Setup(), append(doc, '\n'))
		}
		if err != nil {
			return unwritable(c.Paths.Setup(), err)
		}
	}
	if d.Changed() {
		if err := c.replaceSettings(d); err != nil {
			return err
		}
	}
	if note == nil {
		if err := c.FS.Remove(c.Paths.Setup()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(c.Paths.Setup(), err)
		}
	}
	return nil
}

func (c *Core) replaceSettings(d SetupDone) error {
	if d.After == nil {
		if err := c.FS.Remove(d.Path); err != nil {
			return unwritable(d.Path, err)
		}
		return nil
	}
	staged, err := files.Stage(c.FS, d.Path, d.After, settingsMode)
	if err != nil {
		return unwritable(d.Path, err)
	}
	// Claude Code writes this file under no lock that is known.
	same, err := files.Holds(c.FS, d.Path, d.Before)
	switch {
	case err != nil:
		return errors.Join(unreadable(d.Path, err), staged.Discard())
	case !same:
		return errors.Join(changed(d.Path, files.ErrChanged), staged.Discard())
	}
	if err := staged.Commit(); err != nil {
		return unwritable(d.Path, err)
	}
	return nil
}
