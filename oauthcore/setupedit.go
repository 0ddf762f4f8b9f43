package oauthcore

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

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
