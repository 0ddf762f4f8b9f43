//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) importCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import",
		Short: "Takes in the login Claude Code has now",
		Long: `Takes the login Claude Code has now into the list. Nothing changes for Claude
Code.`,
		Args: takes(0, 0, "no arguments"),
		RunE: command(func(ctx context.Context, _ []string) error {
			res, snap, err := r.do(ctx, backend.Action{Kind: backend.ActionImport})
			r.notes(res.Notes)
			switch {
			case err != nil:
				return err
			case res.Key == "":
				return &backend.Problem{
					Code:    backend.ProblemFailed,
					Message: "Claude Code has no login to import",
					Hint:    "run 'baton login' to add an account",
				}
			case res.Added:
				return r.say("added %s", fullName(snap, res.Key))
			}
			return r.say("%s is in the list already; its login is up to date", fullName(snap, res.Key))
		}),
	}
}
