package doctor

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore"
)

// leftovers looks for what a write that was cut off left behind. Open removes
// it, or undoes the write: what may hold a login is in the journal.
func (x *examination) leftovers() {
	for _, path := range x.Leftovers() {
		if x.old(path) {
			x.report(Finding{
				ID: "leftover", Severity: SeverityWarning, Path: path,
				Message: "a write of Baton's that was cut off left it behind",
				Fix:     "baton doctor --fix removes it",
				repair:  x.settle,
			})
		}
	}
	for _, file := range []string{x.Paths.Credentials(), x.Paths.ClaudeJSON, x.Paths.OldConfig()} {
		if record := x.Paths.InPlace(file); x.old(record) {
			x.report(Finding{
				ID: "cut_off_write", Severity: SeverityWarning, Path: record,
				Message: "a write to " + file + " was cut off; this file holds its old content",
				Fix:     "baton doctor --fix puts the old content back if the file is damaged",
				repair:  x.settle,
			})
		}
	}
}

// old says that a file is there and was not made just now.
func (x *examination) old(path string) bool {
	info, err := x.FS.Stat(path)
	return err == nil && x.now.Sub(info.ModTime()).Abs() > oauthcore.LeftoverAge
}

// waiting reports logins that are on disk and in no account yet.
func (x *examination) waiting(s *oauthcore.State) {
	found := map[string]bool{}
	for _, w := range s.Waiting() {
		found[w.Path] = true
		f := Finding{Path: w.Path, Severity: SeverityInfo, repair: x.settle}
		switch {
		case !w.Login:
			continue // its account is unsure, or a login is under way
		case w.Journal && w.Refresh:
			f.ID, f.Message = "answer_waiting", "the provider's answer to a refresh waits in it to be taken over"
			f.Fix = "baton doctor --fix takes it over, and so does the next swap"
		case w.Journal:
			f.ID, f.Message = "answer_waiting", "a new login waits in it to be taken over"
			f.Fix = "baton doctor --fix finds out whose it is and takes it over"
		case w.Path == x.Paths.OldInbox():
			f.ID, f.Message = "inbox", "a new login waits in it to be saved"
			f.Fix = "baton doctor --fix finds out whose it is and saves it"
		default:
			f.ID, f.Severity, f.Message = "unfinished_login", SeverityWarning, "a login through Claude Code was cut off after it was made"
			f.Fix = "baton doctor --fix takes the login over"
		}
		if w.Known {
			f.Severity, f.Message = SeverityInfo, "the login in it was taken over, and it was not removed"
			f.Fix = "delete it, unless baton doctor --fix can"
		}
		x.report(f)
	}
	entries, err := x.FS.ReadDir(x.Paths.Own())
	if err != nil {
		return
	}
	for _, e := range entries {
		if dir := filepath.Join(x.Paths.Own(), e.Name()); e.IsDir() && strings.HasPrefix(e.Name(), "login-") && !found[dir] {
			x.report(Finding{
				ID: "unfinished_login", Severity: SeverityWarning, Path: dir,
				Message: "a login through Claude Code is under way in it, or was cut off",
				Fix:     "if none is under way: log in again, then delete the directory",
			})
		}
	}
}

// setAside lists the logins that were moved out of the way.
func (x *examination) setAside() {
	entries, err := x.FS.ReadDir(x.Paths.SetAside())
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(x.Paths.SetAside(), e.Name())
		when := ""
		if info, err := x.FS.Stat(path); err == nil {
			when = " on " + info.ModTime().Local().Format(time.DateOnly)
		}
		x.report(Finding{
			ID: "set_aside", Severity: SeverityInfo, Path: path,
			Message: fmt.Sprintf("a login was set aside%s; Baton never removes it", when),
			Fix:     "if it is of an account of yours: log in to that again; then delete the file",
		})
	}
}
