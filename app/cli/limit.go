//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) limitCommand() *cobra.Command {
	var (
		until string
		clear bool
	)
	cmd := &cobra.Command{
		Use:   "limit ACCOUNT (--until TIME | --clear)",
		Short: "Marks an account as limited, or takes the mark away",
		Long: `Marks ACCOUNT as limited until TIME, so that a swap does not choose it; or
takes the mark away.`,
		Example: `  baton limit Work --until +90m
  baton limit Work --until 2026-03-01T14:05:00Z
  baton limit Work --clear`,
		Args:              takes(1, 1, "one ACCOUNT"),
		ValidArgsFunction: r.completeAccount,
	}
	cmd.Flags().StringVar(&until, "until", "", "limited until `TIME`")
	cmd.Flags().BoolVar(&clear, "clear", false, "not limited any more")
	cmd.RunE = command(func(ctx context.Context, args []string) error {
		if cmd.Flags().Changed("until") == clear {
			return misuse("limit", "limit takes either --until TIME or --clear")
		}
		if clear {
			a := backend.Action{Kind: backend.ActionUnlimit, Key: args[0]}
			return r.change(ctx, a, func(name string) string { return name + " is not marked as limited any more" })
		}
		t, err := r.timeFlag("limit", "until", until)
		if err != nil {
			return err
		}
		a := backend.Action{Kind: backend.ActionLimit, Key: args[0], Until: t}
		return r.change(ctx, a, func(name string) string {
			return name + " is marked as limited until " + r.clock(t)
		})
	})
	return cmd
}
