package oauthcore

import (
	"path"
	"strings"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Where the note on what setup put in is lost, Baton's commands are told from
// others by their form alone: a program called baton and the one word setup
// gives it. What stood there before them nobody can say then.

// recalled is the note for settings that hold commands of Baton's, as far as it
// can be had from them; nil where they hold none. program is how this Baton is
// called itself, whatever its name; "" for nothing known.
func recalled(doc []byte, program string) *setupNote {
	if blank(doc) || !jsonedit.Valid(doc) {
		return nil
	}
	s := gjson.ParseBytes(doc)
	n := &setupNote{SchemaVersion: 1}
	if c := s.Get(statusMember + ".command").String(); isOwn(c, statusCommand, program) {
		n.Command = c
	}
	for _, entry := range s.Get(hooksMember + "." + failureEvent).Array() {
		all := entry.Get("hooks.#.command").Array()
		if len(all) == 1 && isOwn(all[0].String(), hookCommand, program) {
			// An empty list, and hooks without one, say nothing: they go as well.
			n.Hook, n.MadeEvent, n.MadeHooks = all[0].String(), true, true
		}
	}
	if n.Command == "" && n.Hook == "" {
		return nil
	}
	return n
}

// isOwn says whether a command is one that setup puts in.
func isOwn(command, word, program string) bool {
	called, ok := strings.CutSuffix(command, word)
	if !ok || called == "" {
		return false
	}
	if called == program {
		return true
	}
	bare := unquoted(called)
	if bare == called && strings.ContainsAny(called, " \t\n\"'$`;&|<>()") {
		return false // a program and more, not a program alone
	}
	switch name, _ := strings.CutSuffix(path.Base(strings.ReplaceAll(bare, `\`, "/")), ".exe"); name {
	case "baton", "baton-headless":
		return true
	}
	return false
}

// unquoted is a program's path as it is without a shell's single quotes.
func unquoted(program string) string {
	inside, opened := strings.CutPrefix(program, "'")
	inside, closed := strings.CutSuffix(inside, "'")
	if !opened || !closed {
		return program
	}
	inside = strings.ReplaceAll(inside, `'\''`, "\x00")
	if strings.Contains(inside, "'") {
		return program
	}
	return strings.ReplaceAll(inside, "\x00", "'")
}
