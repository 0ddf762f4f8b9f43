package setup

import (
	"encoding/json"
	"fmt"
	"strings"

	"baton/oauthcore/claude"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Members of settings.json and of the objects in it.
const (
	statusMember  = "statusLine"
	hooksMember   = "hooks"
	failureEvent  = "StopFailure"
	commandMember = "command"
	typeMember    = "type"
	commandType   = "command" // the value of type
)

// putIn gives the settings with both commands, and the note to undo that. doc
// has no byte order mark; nil stands for a missing file, as does a blank
// document for an empty one. The error is about the document's shape.
func putIn(doc []byte, old *note, path, program string) ([]byte, *note, error) {
	n := &note{SchemaVersion: noteVersion, Path: path}
	if old != nil {
		n.MadeFile, n.Blank = old.MadeFile, old.Blank
	}
	if claude.Blank(doc) {
		n.MadeFile, n.Blank = doc == nil, nil
		if doc != nil {
			text := string(doc)
			n.Blank = &text
		}
		doc = []byte("{}\n")
	}
	doc, err := putStatusLine(doc, n, old, program)
	if err == nil {
		doc, err = putHook(doc, n, old, program)
	}
	return doc, n, err
}

func putStatusLine(doc []byte, n, old *note, program string) ([]byte, error) {
	raw, err := member(doc, statusMember)
	if err != nil {
		return nil, err
	}
	n.Command = command(program, statusWord)
	now, known := commandOf(raw), old.programs(program)
	_, rest, ours := own(now, statusWord, known)
	switch {
	case ours:
		n.Command = program + rest
		if old == nil {
			break // an earlier status line is not known
		}
		n.StatusLine = old.StatusLine
		if old.SchemaVersion < noteVersion {
			whole, err := putBack(raw, old)
			if err != nil {
				return nil, err
			}
			if gjson.ParseBytes(whole).IsObject() {
				raw = whole
			}
		}
	case runs(now, statusWord, known):
		// The person's own command runs Baton already.
		n.Command = ""
		if old != nil {
			n.StatusLine = old.StatusLine
		}
		return doc, nil
	default:
		n.StatusLine = string(raw)
	}
	value, err := withCommand(raw, n.Command)
	if err != nil {
		return nil, err
	}
	return jsonedit.Apply(doc, []jsonedit.Edit{{Name: statusMember, Raw: value}})
}

// withCommand gives a command object, as Claude Code documents it for the
// status line and for hooks, with another command. All other members stay.
func withCommand(raw []byte, command string) ([]byte, error) {
	if !gjson.ParseBytes(raw).IsObject() {
		raw = []byte("{}")
	}
	typed, err := member(raw, typeMember)
	if err != nil {
		return nil, err
	}
	var edits []jsonedit.Edit
	if typed == nil {
		edits = append(edits, jsonedit.Edit{Name: typeMember, Raw: quoted(commandType)})
	}
	if commandOf(raw) != command { // else it keeps its spelling
		edits = append(edits, jsonedit.Edit{Name: commandMember, Raw: quoted(command)})
	}
	return jsonedit.Apply(raw, edits)
}

// putBack gives the statusLine as it was before setup, with the changes others
// made to it since; nil if it was missing.
func putBack(raw []byte, n *note) ([]byte, error) {
	if n == nil || n.StatusLine == "" {
		return nil, nil
	}
	was := []byte(n.StatusLine)
	if _, _, ours := own(commandOf(was), statusWord, n.programs("")); ours {
		return nil, nil // an earlier version of Baton chained itself
	}
	if !gjson.ParseBytes(was).IsObject() {
		return was, nil
	}
	if n.SchemaVersion < noteVersion {
		return putBackWhole(raw, was)
	}
	command, err := member(was, commandMember)
	if err != nil {
		return nil, err
	}
	typed, err := member(was, typeMember)
	if err != nil {
		return nil, err
	}
	edits := []jsonedit.Edit{{Name: commandMember, Raw: command}}
	if now, err := member(raw, typeMember); err == nil && typed == nil && textOf(now) == commandType {
		edits = append(edits, jsonedit.Edit{Name: typeMember})
	}
	return jsonedit.Apply(raw, edits)
}

// putBackWhole is putBack for a status line that version 1 replaced as a whole:
// its members come back, and what was added since stays.
func putBackWhole(raw, was []byte) ([]byte, error) {
	now, err := jsonedit.Last(raw)
	if err != nil {
		return nil, err
	}
	var edits []jsonedit.Edit
	for _, m := range now {
		if m.Key != commandMember && m.Key != typeMember {
			edits = append(edits, jsonedit.Edit{Name: m.Key, Raw: m.Raw})
		}
	}
	return jsonedit.Apply(was, edits)
}

// removed is a document without Baton's commands.
type removed struct {
	doc        []byte
	statusLine bool   // the status line was Baton's
	stillRuns  string // a command of the person's own that runs Baton
}

// takeOut gives the settings as they were before setup, with the changes others
// made since. Without a note Baton's commands are recognised by their form.
func takeOut(doc []byte, n *note, program string) (removed, error) {
	out := removed{doc: doc}
	if claude.Blank(doc) {
		return out, nil
	}
	known := n.programs(program)
	raw, err := member(doc, statusMember)
	if err != nil {
		return out, err
	}
	now := commandOf(raw)
	if _, _, out.statusLine = own(now, statusWord, known); out.statusLine {
		if raw, err = putBack(raw, n); err != nil {
			return out, err
		}
		if doc, err = jsonedit.Apply(doc, []jsonedit.Edit{{Name: statusMember, Raw: raw}}); err != nil {
			return out, err
		}
	} else if runs(now, statusWord, known) {
		out.stillRuns = now
	}
	if doc, err = takeHookOut(doc, n, known); err != nil {
		return out, err
	}
	if out.doc = doc; n != nil && strings.TrimSpace(string(doc)) == "{}" {
		switch {
		case n.MadeFile:
			out.doc = nil
		case n.Blank != nil:
			out.doc = []byte(*n.Blank)
		}
	}
	return out, nil
}

// member is the value of an object's member, nil if it is missing. Of a member
// named twice the last one counts, as in Claude Code.
func member(object []byte, name string) ([]byte, error) {
	members, err := jsonedit.Last(object)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.Key == name {
			return m.Raw, nil
		}
	}
	return nil, nil
}

// commandOf is the command in a command object, "" if it has none.
func commandOf(object []byte) string {
	raw, err := member(object, commandMember)
	if err != nil {
		return ""
	}
	return textOf(raw)
}

// textOf is a JSON string's text, "" for any other value.
func textOf(raw []byte) string {
	if v := gjson.ParseBytes(raw); v.Type == gjson.String {
		return v.String()
	}
	return ""
}

// quoted is a text as JSON.
func quoted(text string) []byte {
	raw, _ := json.Marshal(text) // a string always marshals
	return raw
}

// shapeError names a member of a wrong type.
func shapeError(name string) error { return fmt.Errorf("%s: %w", name, jsonedit.ErrType) }
