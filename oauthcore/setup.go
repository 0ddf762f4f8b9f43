package oauthcore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Claude Code runs two commands of Baton's where its settings.json names them:
// one for the status line, one when a turn ends in a failure. setup puts them
// there and takes them out again; every other byte of the file stays.

// SetupRequest says what is wanted of Claude Code's settings.
type SetupRequest struct {
	// Program is how Claude Code's shell calls Baton, quoted where needed.
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

// putIn gives the settings with both commands, and the note to undo it by.
func putIn(doc []byte, old *setupNote, path, program string) ([]byte, *setupNote, error) {
	n := &setupNote{SchemaVersion: 1, Path: path, Command: program + statusCommand, Hook: program + hookCommand}
	if old != nil { // set up before, perhaps from another place: start from what was there
		plain, err := takeOut(doc, old)
		if err != nil {
			return nil, nil, err
		}
		doc = plain
	}
	if blank(doc) {
		if n.MadeFile = doc == nil; !n.MadeFile {
			was := string(doc)
			n.Blank = &was
		}
		doc = []byte("{}\n")
	}
	raw, ok, err := jsonedit.Get(doc, statusMember)
	if err != nil {
		return nil, nil, err
	}
	if ok {
		n.StatusLine = string(raw)
	}
	ours, _ := json.Marshal(map[string]string{"type": "command", "command": n.Command}) // strings always marshal
	if doc, err = jsonedit.Set(doc, ours, statusMember); err != nil {
		return nil, nil, err
	}
	hooks, ok, err := jsonedit.Get(doc, hooksMember)
	if err != nil {
		return nil, nil, err
	}
	if n.MadeHooks = !ok; ok && !gjson.ParseBytes(hooks).IsObject() {
		return nil, nil, &memberError{hooksMember}
	}
	list, ok, err := jsonedit.Get(doc, hooksMember, failureEvent)
	if err != nil {
		return nil, nil, err
	}
	if n.MadeEvent = !ok; !ok {
		list = []byte("[]")
	}
	if !gjson.ParseBytes(list).IsArray() {
		return nil, nil, &memberError{hooksMember + "." + failureEvent}
	}
	if doc, err = jsonedit.Set(doc, appendTo(list, hookEntry(n.Hook)), hooksMember, failureEvent); err != nil {
		return nil, nil, err
	}
	return doc, n, nil
}

// hookEntry is one entry of an event's list, as Claude Code documents it.
func hookEntry(command string) []byte {
	raw, _ := json.Marshal(map[string]any{ // nothing in it can fail to marshal
		"matcher": "*",
		"hooks":   []map[string]string{{"type": "command", "command": command}},
	})
	return raw
}

// takeOut gives the settings as they were before, but for what others changed
// since.
func takeOut(doc []byte, n *setupNote) ([]byte, error) {
	if n == nil || blank(doc) {
		return doc, nil
	}
	raw, ok, err := jsonedit.Get(doc, statusMember)
	if err != nil {
		return nil, err
	}
	if ok && gjson.GetBytes(raw, "command").String() == n.Command {
		if n.StatusLine != "" {
			doc, err = jsonedit.Set(doc, []byte(n.StatusLine), statusMember)
		} else {
			doc, err = jsonedit.Delete(doc, statusMember)
		}
		if err != nil {
			return nil, err
		}
	}
	list, ok, err := jsonedit.Get(doc, hooksMember, failureEvent)
	if err != nil {
		return nil, err
	}
	if ok {
		if doc, err = takeHookOut(doc, list, n); err != nil {
			return nil, err
		}
	}
	if strings.TrimSpace(string(doc)) == "{}" {
		switch {
		case n.MadeFile:
			return nil, nil
		case n.Blank != nil:
			return []byte(*n.Blank), nil
		}
	}
	return doc, nil
}

func takeHookOut(doc, list []byte, n *setupNote) ([]byte, error) {
	list, err := without(list, n.Hook)
	if err != nil {
		return nil, err
	}
	if n.MadeEvent && strings.TrimSpace(string(list)) == "[]" {
		doc, err = jsonedit.Delete(doc, hooksMember, failureEvent)
	} else {
		doc, err = jsonedit.Set(doc, list, hooksMember, failureEvent)
	}
	if err != nil || !n.MadeHooks {
		return doc, err
	}
	hooks, ok, err := jsonedit.Get(doc, hooksMember)
	if err != nil || !ok || strings.TrimSpace(string(hooks)) != "{}" {
		return doc, err
	}
	return jsonedit.Delete(doc, hooksMember)
}

// appendTo adds an element to the end of a JSON array.
func appendTo(list, element []byte) []byte {
	end := bytes.LastIndexByte(list, ']')
	last := len(bytes.TrimRight(list[:end], " \t\r\n"))
	sep := ","
	if list[last-1] == '[' {
		sep = ""
	}
	out := append([]byte(nil), list[:last]...)
	out = append(append(out, sep...), element...)
	return append(out, list[last:]...)
}

// without takes the first entry that runs only this command out of an event's
// list, with the comma that parts it from its neighbour.
func without(list []byte, command string) ([]byte, error) {
	all := gjson.ParseBytes(list)
	if !all.IsArray() {
		return nil, &memberError{hooksMember + "." + failureEvent}
	}
	entries := all.Array()
	at := slices.IndexFunc(entries, func(e gjson.Result) bool {
		commands := e.Get("hooks.#.command").Array()
		return len(commands) == 1 && commands[0].String() == command
	})
	if at < 0 {
		return list, nil
	}
	end := func(i int) int { return entries[i].Index + len(entries[i].Raw) }
	from, to := entries[at].Index, end(at)
	switch {
	case at > 0:
		from = end(at - 1)
	case len(entries) > 1:
		to = entries[1].Index
	}
	return slices.Concat(list[:from], list[to:]), nil
}
