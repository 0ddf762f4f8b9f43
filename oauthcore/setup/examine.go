package setup

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"baton/oauthcore/claude"
)

// Status is how Baton's commands stand in settings.json.
type Status struct {
	Path  string // of settings.json
	Noted bool   // there is a note: setup was run and not undone
	// StatusLine and Hook say that settings.json runs Baton for the status line
	// and after a failed turn.
	StatusLine, Hook bool
	// Off says what keeps Claude Code from running them nevertheless.
	Off Off
	// Program is how the commands, or else the note, spell Baton for the shell,
	// as in Request; "" if neither has one.
	Program string
	// ProgramPath is Program without the shell's quotes.
	ProgramPath string
	// ProgramGone says that ProgramPath is absolute and does not exist.
	ProgramGone bool
}

// Complete reports whether settings.json names both commands and Baton has its
// note on them.
func (s Status) Complete() bool { return s.Noted && s.StatusLine && s.Hook }

// Undone reports whether another program removed or replaced a command.
func (s Status) Undone() bool { return s.Noted && !s.Complete() }

// Forgotten reports whether settings.json names a command of Baton's without a
// note, so that an earlier status line is not known.
func (s Status) Forgotten() bool { return !s.Noted && (s.StatusLine || s.Hook) }

// Examine looks at settings.json and the note and changes nothing. The error is
// a *view.Problem of a file that cannot be read or parsed.
func (s *Setup) Examine() (Status, error) {
	path := s.store.Paths.ClaudeSettings()
	out := Status{Path: path}
	n, _, err := s.readNote()
	if err != nil {
		return out, err
	}
	out.Noted, out.Off = n != nil, s.Off()
	doc, err := s.readSettings(context.Background())
	if err != nil {
		return out, err
	}
	body := bytes.TrimPrefix(doc, bom)
	var commands, words []string // of Baton's, best first
	if !claude.Blank(body) {
		raw, err := member(body, statusMember)
		if err != nil {
			return out, claude.Damaged(path, err)
		}
		_, list, err := failureHooks(body)
		if err != nil {
			return out, claude.Damaged(path, err)
		}
		known := n.programs("")
		line, hooks := commandOf(raw), commandsIn(list)
		out.StatusLine = runs(line, statusWord, known)
		out.Hook = slices.ContainsFunc(hooks, func(c string) bool { return runs(c, hookWord, known) })
		if out.StatusLine {
			commands, words = append(commands, line), append(words, statusWord)
		}
		for _, c := range hooks {
			if runs(c, hookWord, known) {
				commands, words = append(commands, c), append(words, hookWord)
			}
		}
	}
	if n != nil {
		commands, words = append(commands, n.Command, n.Hook), append(words, statusWord, hookWord)
	}
	for i, c := range commands {
		if program, _, ok := split(c, words[i]); ok {
			out.Program, out.ProgramPath = program, bare(program)
			break
		}
	}
	if filepath.IsAbs(out.ProgramPath) {
		_, err := s.store.FS.Stat(out.ProgramPath)
		out.ProgramGone = errors.Is(err, fs.ErrNotExist)
	}
	return out, nil
}

// IsSetUp reports whether Claude Code runs both of Baton's commands, and Baton
// has its note on them. It is false if a file cannot be read.
func (s *Setup) IsSetUp() bool {
	status, err := s.Examine()
	return err == nil && status.Complete()
}

// ChainedStatusLine is the status line command from before setup, which Baton
// goes on running; "" for none, or if the note cannot be read.
func (s *Setup) ChainedStatusLine() string {
	n, _, err := s.readNote()
	if err != nil {
		return ""
	}
	return n.chained()
}

// Restore puts both commands in again, with the program they named so far. The
// error is that of Apply.
func (s *Setup) Restore(ctx context.Context) error {
	status, err := s.Examine()
	if err != nil || status.Program == "" {
		return err
	}
	_, err = s.Apply(ctx, Request{Program: status.Program})
	return err
}
