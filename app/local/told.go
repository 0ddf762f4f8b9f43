//go:build !js

package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"baton/app/backend"
	"baton/oauthcore/claude"
	"baton/oauthcore/setup"
	"baton/oauthcore/signals"
)

// report takes down what Claude Code handed a status line.
func (b *Backend) report(ctx context.Context, told string) (backend.Result, error) {
	r := backend.Result{Chained: b.setup.ChainedStatusLine()}
	line := signals.ParseStatusLine([]byte(told))
	if b.elsewhere(line.TranscriptPath) {
		return r, nil
	}
	w, err := b.core.Observe(ctx, line)
	if w.Active != nil {
		a := account(*w.Active, "")
		r.Active = &a
	}
	if w.Next != nil {
		r.Next = &backend.Next{Key: w.Next.Key, Name: w.Next.Name, Reason: reason(w.Next)}
	}
	return r, err
}

// failure takes down what Claude Code handed a hook, and swaps where that is
// switched on.
func (b *Backend) failure(ctx context.Context, told string) (backend.Result, error) {
	f := signals.ParseFailure([]byte(told))
	if b.elsewhere(f.TranscriptPath) {
		return backend.Result{}, nil
	}
	done, err := b.core.Failed(ctx, f)
	r := backend.Result{Key: done.Key, News: done.News}
	switch {
	case done.Key == "":
	case f.Kind == signals.RateLimit:
		r.Failure = backend.FailureLimited
	case f.Kind == signals.AuthFailed:
		r.Failure = backend.FailureDoubted
	default:
		r.Failure = backend.FailureRefused
	}
	if s := done.Swapped; s != nil {
		r.From, r.To, r.Refreshed, r.Notes = s.From, s.To, s.Refreshed, s.Notes
	}
	return r, err
}

// setUp puts Baton's commands into Claude Code's settings, or takes them out.
func (b *Backend) setUp(ctx context.Context, a backend.Action) (backend.Result, error) {
	request := setup.Request{Remove: a.Undo, DryRun: a.DryRun}
	program, err := b.Program()
	switch {
	case err == nil:
		request.Program = quoted(program, b.GOOS)
	case !a.Undo:
		return backend.Result{}, &backend.Problem{
			Code: backend.ProblemFailed, Err: err,
			Message: "cannot tell where this program lies",
			Hint:    "start it by its full path and try again",
		}
	}
	done, err := b.setup.Apply(ctx, request)
	return backend.Result{
		Setup: &backend.Setup{
			Path: done.Path, Diff: done.Diff(), Forgotten: done.Forgotten, Off: offLines(done.Off), Neither: done.Off.Both(),
		},
		Chained: done.Chained,
	}, err
}

// offLines says what keeps Claude Code from running Baton's commands.
func offLines(off setup.Off) (out []string) {
	whose := map[claude.SettingsKind]string{
		claude.UserSettings: "your settings", claude.ProjectSettings: "this project's settings", claude.ManagedSettings: "the managed settings",
	}
	is := func(c setup.Cause, what string) string {
		return c.Name + " is set in " + whose[c.Kind] + " (" + c.Path + "): Claude Code runs " + what + " of yours"
	}
	if off.Both() && off.Hook == off.StatusLine {
		return []string{is(off.Hook, "neither hooks nor a status line")}
	}
	if off.Hook != (setup.Cause{}) {
		out = append(out, is(off.Hook, "no hooks"))
	}
	switch c := off.StatusLine; {
	case c.Replaces():
		out = append(out, whose[c.Kind]+" ("+c.Path+") have a status line of their own, which Claude Code runs instead of Baton's")
	case c != setup.Cause{}:
		out = append(out, is(c, "no status line"))
	}
	return out
}

// program is where this program lies: what a package manager put into its
// place when it was updated, not what a link led to at the moment.
func program() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// quoted spells a path for the shell Claude Code runs commands with.
func quoted(path, goos string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@", r)
	}
	if goos == "windows" {
		path = filepath.ToSlash(path) // Git's bash, which Claude Code uses there, takes \ for an escape
	}
	if strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
