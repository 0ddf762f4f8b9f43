package oauthcore

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// told looks whether Claude Code still tells Baton what it was set up to tell.
func (k *checkup) told() {
	path := k.Paths.ClaudeSettings()
	note, err := k.readSetup()
	if err != nil || k.bad[path] {
		return
	}
	if note == nil && k.forgotten(path) {
		return
	}
	if note == nil {
		if on, err := k.isOn(settingAuto); err == nil && on {
			k.report(Finding{
				ID: "not_told", Severity: SeverityWarning, Path: path,
				Message: settingAuto + " is on, but Claude Code does not tell Baton when a limit is hit",
				Fix:     "baton setup",
			})
		}
		return
	}
	program := strings.TrimSuffix(note.Command, statusCommand)
	bare := unquoted(program)
	if filepath.IsAbs(bare) {
		if _, err := k.FS.Stat(bare); errors.Is(err, fs.ErrNotExist) {
			k.report(Finding{
				ID: "setup_gone", Severity: SeverityWarning, Path: path,
				Message: "Claude Code is to run " + bare + ", which is not there any more",
				Fix:     "baton setup, or baton setup --remove",
			})
			return
		}
	}
	if k.IsSetUp() {
		return
	}
	k.report(Finding{
		ID: "setup_undone", Severity: SeverityWarning, Path: path,
		Message: "the file no longer names both of Baton's commands, so usage and limits are not told",
		Fix:     "baton doctor --fix puts them back; baton setup --remove gives them up",
		mend:    k.setUp(program),
	})
}

// forgotten looks for commands of Baton's that its own note says nothing of.
func (k *checkup) forgotten(path string) bool {
	doc, err := readOr(k.FS, path)
	if err != nil {
		return false
	}
	n := recalled(doc, "")
	if n == nil {
		return false
	}
	program := strings.TrimSuffix(n.Command, statusCommand)
	if n.Command == "" {
		program = strings.TrimSuffix(n.Hook, hookCommand)
	}
	k.report(Finding{
		ID: "setup_forgotten", Severity: SeverityWarning, Path: path,
		Message: "the file names Baton's commands, but Baton's note on what stood there before is lost: an earlier status line cannot be known",
		Fix:     "baton doctor --fix keeps them and notes them anew; baton setup --remove takes them out",
		mend:    k.setUp(program),
	})
	return true
}

// setUp puts Baton's commands in, by the name of the program they are to run.
func (k *checkup) setUp(program string) cure {
	return func(ctx context.Context) error {
		_, err := k.Setup(ctx, SetupRequest{Program: program})
		return err
	}
}
