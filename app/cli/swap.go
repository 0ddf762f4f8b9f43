//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) swapCommand() *cobra.Command {
	var (
		limitedUntil string
		setAside     bool
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "swap [ACCOUNT | -] [--limited-until TIME] [--set-aside] [--json]",
		Short: "Makes another account the active one",
		Long: `Makes ACCOUNT the one Claude Code uses, without it the next one available; -
goes back to the account before. Running sessions follow at their next prompt;
in one that waits for a limit, type on.`,
		Example: `  baton swap                          the next one available
  baton swap Work                     that one, limited or not
  baton swap --limited-until +90m     the active one is spent until then: the next
  baton swap -                        back`,
		Args:              takes(0, 1, "at most one ACCOUNT"),
		ValidArgsFunction: r.completeAccount,
	}
	addJSONFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&limitedUntil, "limited-until", "", "mark the outgoing account limited until `TIME`")
	cmd.Flags().BoolVar(&setAside, "set-aside", false, "move a login nobody knows out of the way instead of stopping")
	cmd.RunE = command(func(ctx context.Context, args []string) error {
		action := backend.Action{Kind: backend.ActionSwap, Key: firstOf(args), SetAside: setAside}
		if cmd.Flags().Changed("limited-until") {
			until, err := r.timeFlag("swap", "limited-until", limitedUntil)
			if err != nil {
				return err
			}
			action.LimitedUntil = until
		}
		res, snap, err := r.do(ctx, action)
		r.notes(res.Notes)
		if err != nil {
			return err
		}
		if asJSON {
			return r.writeJSON(swapJSONOf(res))
		}
		return r.printSwap(res, snap)
	})
	return cmd
}

func (r *runner) printSwap(res backend.Result, snap backend.Snapshot) error {
	name := fullName(snap, res.To)
	line := "Claude Code uses " + name + " now"
	over := backend.InEffect(res.Overrides)
	if over != nil {
		line = "Claude Code's login is " + name + " now"
	}
	switch {
	case res.From == res.To:
		line = name + " is the active account already"
	case res.Refreshed:
		line += ", after a refresh"
	}
	if over != nil {
		line += ", but " + overrideSubject(*over) + " beats it"
	}
	if err := r.say("%s", line); err != nil {
		return err
	}
	if res.SetAside == "" {
		return nil
	}
	return r.say("the unknown login was moved to %s", plain(res.SetAside))
}

// firstOf is the account a command was given, "" when none was.
func firstOf(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}
