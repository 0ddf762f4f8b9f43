//go:build !js

package cli

import (
	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) usageCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "usage [ACCOUNT | --all] [--json]",
		Short: "Asks the provider how much is used",
		Long: `Asks the provider how much of its limits ACCOUNT has used, without it the
active account. This goes over the network; the provider allows some 28
questions an hour.`,
	}
	r.severally(cmd, several{
		name:   "usage",
		kind:   backend.ActionUsage,
		asJSON: func(rows []backend.AccountResult) stamped { return usageAnswerJSONOf(rows) },
		asText: r.printUsage,
	})
	return cmd
}

func (r *runner) printUsage(snap backend.Snapshot, rows []backend.AccountResult) error {
	table := [][]cell{{{text: "NAME"}, {text: "WINDOW"}, {text: "USED"}, {text: "RESETS"}}}
	for _, row := range rows {
		name := nameOf(snap, row.Key)
		add := func(window string, w *backend.Window) {
			if w == nil {
				return
			}
			resets := "-"
			if !w.ResetsAt.IsZero() {
				resets = r.clock(w.ResetsAt)
			}
			table = append(table, []cell{{text: name}, {text: window}, {text: r.used(w)}, {text: resets}})
		}
		before := len(table)
		if row.Usage != nil {
			add("5 hours", row.Usage.FiveHour)
			if row.Usage.NoFiveHour {
				table = append(table, []cell{{text: name}, {text: "5 hours"}, {text: "none"}, {text: "-"}})
			}
			add("7 days", row.Usage.SevenDay)
			for i := range row.Usage.Models {
				m := &row.Usage.Models[i]
				add("7 days, "+plain(m.Name), &m.Window)
			}
		}
		if len(table) == before {
			table = append(table, []cell{{text: name}, {text: "-"}, {text: "-"}, {text: "-"}})
		}
	}
	return writeTable(r.Stdout, table, r.coloured())
}
