package setup

import (
	"encoding/json"
	"slices"
	"strings"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// failureHooks gives hooks and hooks.StopFailure of the settings, nil for what
// is missing. The error names a member of a wrong type.
func failureHooks(doc []byte) (hooks, list []byte, err error) {
	if hooks, err = member(doc, hooksMember); err != nil || hooks == nil {
		return nil, nil, err
	}
	if !gjson.ParseBytes(hooks).IsObject() {
		return nil, nil, shapeError(hooksMember)
	}
	if list, err = member(hooks, failureEvent); err != nil || list == nil {
		return hooks, nil, err
	}
	if !gjson.ParseBytes(list).IsArray() {
		return nil, nil, shapeError(hooksMember + "." + failureEvent)
	}
	return hooks, list, nil
}

func putHook(doc []byte, n, old *note, program string) ([]byte, error) {
	hooks, list, err := failureHooks(doc)
	if err != nil {
		return nil, err
	}
	n.Hook = command(program, hookWord)
	n.MadeHooks, n.MadeEvent = hooks == nil, list == nil
	if old != nil {
		n.MadeHooks = n.MadeHooks || old.MadeHooks
		n.MadeEvent = n.MadeEvent || old.MadeEvent
	}
	if hooks == nil {
		hooks = []byte("{}")
	}
	if list == nil {
		list = []byte("[]")
	}
	known := old.programs(program)
	ours, others := 0, false
	for _, c := range commandsIn(list) {
		if _, rest, ok := own(c, hookWord, known); ok {
			if ours++; ours == 1 {
				n.Hook = program + rest
			}
		} else if runs(c, hookWord, known) {
			others = true
		}
	}
	switch {
	case ours > 0:
		if old == nil { // the note is lost: what is empty without the hook was most likely made for it
			n.MadeHooks, n.MadeEvent = true, true
		}
		list, err = editCommands(list, func(c string) (string, bool) { // from the last to the first
			if _, _, ok := own(c, hookWord, known); !ok {
				return c, true
			}
			ours--
			return n.Hook, ours == 0
		})
	case others:
		n.Hook = "" // a command of the person's own runs Baton already
		return doc, nil
	default:
		list = appendTo(list, hookEntry(n.Hook))
	}
	if err != nil {
		return nil, err
	}
	return withList(doc, hooks, list)
}

// withList puts hooks.StopFailure into the settings.
func withList(doc, hooks, list []byte) ([]byte, error) {
	hooks, err := jsonedit.Apply(hooks, []jsonedit.Edit{{Name: failureEvent, Raw: list}})
	if err != nil {
		return nil, err
	}
	return jsonedit.Apply(doc, []jsonedit.Edit{{Name: hooksMember, Raw: hooks}})
}

// takeHookOut removes Baton's hooks, and what setup made for them if it is
// empty then.
func takeHookOut(doc []byte, n *note, known []string) ([]byte, error) {
	hooks, list, err := failureHooks(doc)
	if err != nil {
		return nil, err
	}
	found := false
	list, err = editCommands(list, func(c string) (string, bool) {
		_, _, ours := own(c, hookWord, known)
		found = found || ours
		return c, !ours
	})
	if err != nil || !found {
		return doc, err
	}
	if (n == nil || n.MadeEvent) && len(elements(list)) == 0 {
		list = nil
	}
	if hooks, err = jsonedit.Apply(hooks, []jsonedit.Edit{{Name: failureEvent, Raw: list}}); err != nil {
		return nil, err
	}
	if left, err := jsonedit.Last(hooks); err == nil && len(left) == 0 && (n == nil || n.MadeHooks) {
		hooks = nil
	}
	return jsonedit.Apply(doc, []jsonedit.Edit{{Name: hooksMember, Raw: hooks}})
}

// hookEntry is one entry of an event's list, as Claude Code documents it.
func hookEntry(command string) []byte {
	raw, _ := json.Marshal(map[string]any{ // nothing in it can fail to marshal
		"matcher":   "*",
		hooksMember: []map[string]string{{typeMember: commandType, commandMember: command}},
	})
	return raw
}

// commandsIn lists the commands of an event's entries in their order.
func commandsIn(list []byte) (out []string) {
	_, _ = editCommands(list, func(c string) (string, bool) { // edits nothing
		out = append(out, c)
		return c, true
	})
	slices.Reverse(out)
	return out
}

// editCommands calls edit with each command of an event's entries, from the
// last to the first, and gives the list with what edit makes of it: another
// command, or none if it is not to stay. An entry without commands then is
// removed.
func editCommands(list []byte, edit func(command string) (string, bool)) ([]byte, error) {
	for i, entry := range slices.Backward(elements(list)) {
		was, err := member([]byte(entry.Raw), hooksMember)
		if err != nil || !gjson.ParseBytes(was).IsArray() {
			continue // not an entry as Claude Code documents it
		}
		inner := slices.Clone(was)
		for j, hook := range slices.Backward(elements(inner)) {
			now := commandOf([]byte(hook.Raw))
			if now == "" {
				continue
			}
			next, stays := edit(now)
			if !stays {
				inner = cutElement(inner, j)
			} else if next != now {
				raw, err := withCommand([]byte(hook.Raw), next)
				if err != nil {
					return nil, err
				}
				inner = setElement(inner, j, raw)
			}
		}
		switch {
		case string(inner) == string(was):
		case len(elements(inner)) == 0:
			list = cutElement(list, i)
		default:
			raw, err := jsonedit.Apply([]byte(entry.Raw), []jsonedit.Edit{{Name: hooksMember, Raw: inner}})
			if err != nil {
				return nil, err
			}
			list = setElement(list, i, raw)
		}
	}
	return list, nil
}

// elements are the values of a JSON array, each with its place in it.
func elements(list []byte) []gjson.Result { return gjson.ParseBytes(list).Array() }

// appendTo adds an element to the end of a JSON array.
func appendTo(list, element []byte) []byte {
	end := len(list) - 1 // the bracket
	last := len(strings.TrimRight(string(list[:end]), " \t\r\n"))
	sep := ","
	if list[last-1] == '[' {
		sep = ""
	}
	return slices.Concat(list[:last], []byte(sep), element, list[last:])
}

// cutElement removes an element of a JSON array with the comma between it and
// its neighbour.
func cutElement(list []byte, at int) []byte {
	all := elements(list)
	end := func(i int) int { return all[i].Index + len(all[i].Raw) }
	from, to := all[at].Index, end(at)
	switch {
	case at > 0:
		from = end(at - 1)
	case len(all) > 1:
		to = all[1].Index
	}
	return slices.Concat(list[:from], list[to:])
}

// setElement replaces an element of a JSON array.
func setElement(list []byte, at int, raw []byte) []byte {
	e := elements(list)[at]
	return slices.Concat(list[:e.Index], raw, list[e.Index+len(e.Raw):])
}
