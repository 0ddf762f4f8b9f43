//go:build !js

package cli

import (
	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) refreshCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "refresh [ACCOUNT | --all] [--json]",
		Short: "Renews access tokens",
		Long: `Asks the provider for a new access token: for ACCOUNT, without it for the
active account. A swap does this by itself where it is needed.`,
	}
	r.severally(cmd, several{
		name:   "refresh",
		kind:   backend.ActionRefresh,
		asJSON: func(rows []backend.AccountResult) stamped { return refreshJSONOf(rows) },
		asText: r.printRefreshed,
	})
	return cmd
}

func (r *runner) printRefreshed(snap backend.Snapshot, rows []backend.AccountResult) error {
	for _, row := range rows {
		line := nameOf(snap, row.Key) + ": refreshed"
		if !row.AccessExpiresAt.IsZero() {
			line += ", good until " + r.clock(row.AccessExpiresAt)
		}
		if err := r.say("%s", line); err != nil {
			return err
		}
	}
	return nil
}
