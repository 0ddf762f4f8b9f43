//go:build !js

package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// hookWait bounds a hook, an automatic swap with a refresh included. Claude
// Code gives hooks a minute.
const hookWait = 50 * time.Second

func (r *runner) hookCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "hook",
		Short: "For Claude Code's StopFailure hook: notes that an account is spent",
		Long: `Claude Code runs this when a turn ends in a failure; 'baton setup' arranges that.
A limit is noted for the account the turn began on, and where swap.auto is on the
next free account takes over. It prints nothing; where no window of Baton's is
open to tell of it, a notification does, if notify.swap or notify.limit is on.`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), hookWait)
			defer cancel()
			told := r.told()
			if b, err := r.backend(); err == nil {
				// What became of it stands in the activity log: nobody reads the
				// output of a hook.
				done, _ := b.Do(ctx, backend.Action{Kind: backend.ActionFailure, Told: string(told)})
				if r.Told != nil && (done.News || done.From != done.To) {
					r.Told(ctx, b, done)
				}
			}
			return nil
		},
	}
}
