//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [provider]",
		Short: "Tries Baton out with made-up accounts",
		Long: `Runs Baton on made-up accounts in a throw-away folder, against a provider of
its own on this machine. With the word provider it runs that provider alone.
Your own accounts are not touched. Ctrl-C ends it.`,
		Args:      takes(0, 1, "nothing or the word provider"),
		ValidArgs: []string{"provider"},
		RunE: command(func(ctx context.Context, args []string) error {
			if len(args) == 1 && args[0] != "provider" {
				return misuse("demo", "demo takes nothing or the word provider")
			}
			err := r.Demo(ctx, args, r.Stdout, r.Stderr)
			// Ending it is how it is meant to be left.
			if err != nil && ctx.Err() != nil && problemOf(err).Code == backend.ProblemCanceled {
				return nil
			}
			return err
		}),
	}
}
