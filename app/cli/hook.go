//go:build !js

package cli

import (
	"context"
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// hookWait bounds a hook, an automatic swap with a refresh included. Claude
// Code gives hooks a minute.
const hookWait = 50 * time.Second

// hookOutput is what a hook prints for Claude Code to write to the terminal of
// the session. Nothing else may stand beside it on standard output.
type hookOutput struct {
	TerminalSequence string `json:"terminalSequence"`
}

func (r *runner) showInTerminal(sequence string) {
	if sequence == "" {
		return
	}
	out := json.NewEncoder(r.Stdout)
	out.SetEscapeHTML(false)
	_ = out.Encode(hookOutput{sequence}) // a hook that failed would be no use to anyone
}

func (r *runner) hookCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "hook",
		Short: "For Claude Code's StopFailure hook: notes that an account is spent",
		Long: `Claude Code runs this when a turn ends in a failure; 'baton setup' arranges that.
A limit is noted for the account the turn began on, and where swap.auto is on the
next free account takes over. Where no window of Baton's is open to tell of it, a
notification does, if notify.swap, notify.limit or notify.login is on. It prints
nothing, or, if notify.terminal is on and there is news, one JSON object with
which Claude Code shows a notification in the terminal of the session.`,
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
					r.showInTerminal(r.Told(ctx, b, done))
				}
			}
			return nil
		},
	}
}
