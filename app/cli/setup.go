//go:build !js

package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) setupCommand() *cobra.Command {
	var undo, dryRun bool
	cmd := &cobra.Command{
		Use:   "setup [--remove] [--dry-run]",
		Short: "Has Claude Code tell Baton of usage and limits",
		Long: `Puts two commands of Baton's into Claude Code's settings.json: one for the
status line, which tells how much is used, and one that is run when a turn ends
at a limit. Nothing goes over the network. Everything else in the file stays as
it is, and a status line you have goes on working. --remove puts it all back.`,
		Args: takes(0, 0, "no arguments"),
	}
	cmd.Flags().BoolVar(&undo, "remove", false, "put Claude Code's settings back as they were")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would change")
	cmd.RunE = command(func(ctx context.Context, _ []string) error {
		res, _, err := r.do(ctx, backend.Action{Kind: backend.ActionSetup, Undo: undo, DryRun: dryRun})
		if err != nil {
			return err
		}
		s := res.Setup
		changed := s.Diff != ""
		r.notes(s.Off)
		switch {
		case dryRun && changed:
			if s.Forgotten {
				r.note("Baton's own note is lost, so which status line stood there before cannot be known")
			}
			for line := range strings.Lines(s.Diff) {
				if err := r.say("%s", plain(strings.TrimSuffix(line, "\n"))); err != nil {
					return err
				}
			}
			return nil
		case !changed && undo:
			return r.say("%s holds no command of Baton's", plain(s.Path))
		case !changed:
			return r.say("%s is set up already", plain(s.Path))
		case undo && s.Forgotten:
			r.note("Baton's own note is lost, so which status line stood there before cannot be known: put one back yourself if you had one")
			return r.say("%s holds no command of Baton's any more", plain(s.Path))
		case undo:
			return r.say("%s is as it was", plain(s.Path))
		}
		if res.Chained != "" {
			r.note("the status line you had goes on working: " + res.Chained)
		}
		if s.Neither {
			return r.say("%s names Baton's commands now, but Claude Code does not run them", plain(s.Path))
		}
		return r.say("Claude Code tells Baton of usage and limits from its next start on (%s)", plain(s.Path))
	})
	return cmd
}
