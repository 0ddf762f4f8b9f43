package doctor

import (
	"context"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/setup"
)

// setupCommands checks that Claude Code still runs what it was set up to run.
func (x *examination) setupCommands() {
	path := x.Paths.ClaudeSettings()
	if x.d.setup == nil || x.damaged[path] {
		return
	}
	st, err := x.d.setup.Examine()
	if err != nil {
		return
	}
	restore := repair{first, func(ctx context.Context) error { return x.d.setup.Restore(ctx) }}
	f := Finding{Severity: SeverityWarning, Path: path}
	switch {
	case st.ProgramGone:
		f.ID, f.Message = "setup_gone", "Claude Code is to run "+st.ProgramPath+", which does not exist any more"
		f.Fix = "baton setup, or baton setup --remove"
	case st.Undone():
		f.ID, f.Message = "setup_undone", "the file no longer names both of Baton's commands, so Baton does not see usage and limits"
		f.Fix, f.repair = "baton doctor --fix puts them back; baton setup --remove gives them up", restore
	case st.Forgotten():
		f.ID, f.Message = "setup_forgotten", "the file names Baton's commands, but Baton's note on what stood there before is lost: an earlier status line is not known"
		f.Fix, f.repair = "baton doctor --fix keeps them and notes them anew; baton setup --remove takes them out", restore
	case st.Complete() && st.Off.Any() && (st.Off.Hook != setup.Cause{} || !st.Off.StatusLine.Replaces()):
		c, what, unseen := st.Off.Hook, "no hooks", "limits"
		switch {
		case c == st.Off.StatusLine:
			what, unseen = "neither hooks nor a status line", "usage and limits"
		case c == setup.Cause{}:
			c, what, unseen = st.Off.StatusLine, "no status line", "usage"
		}
		f.ID, f.Path, f.Message = "hooks_off", c.Path, c.Name+" is set in "+whose(c.Kind)+", with which Claude Code runs "+what+" of yours: Baton does not see "+unseen
		f.Fix = takeOut(c)
	case st.Complete() && st.Off.Any():
		c := st.Off.StatusLine
		f.ID, f.Severity, f.Path = "statusline_replaced", SeverityInfo, c.Path
		f.Message = whose(c.Kind) + " have a status line of their own, which Claude Code runs instead of Baton's: Baton does not see usage from sessions there"
		f.Fix = "run baton statusline in that command as well, or take statusLine out of the file"
		if c.Kind == claude.ManagedSettings {
			f.Fix = takeOut(c)
		}
	case st.Complete():
		return
	default:
		if on, err := x.IsOn(oauthcore.SettingAuto); err != nil || !on {
			return
		}
		f.ID, f.Message = "not_told", oauthcore.SettingAuto+" is on, but Claude Code does not run Baton when a limit is hit"
		f.Fix = "baton setup"
	}
	x.report(f)
}

// whose names the owner of a settings file.
func whose(kind claude.SettingsKind) string {
	switch kind {
	case claude.ProjectSettings:
		return "this project's settings"
	case claude.ManagedSettings:
		return "the managed settings"
	}
	return "your settings"
}

// takeOut is how to end a cause.
func takeOut(c setup.Cause) string {
	if c.Kind == claude.ManagedSettings {
		return managedFix
	}
	return "take " + c.Name + " out of the file"
}
