//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// change carries out an action on one account and prints the sentence about
// it. The sentence is given the account's name, as it is afterwards.
func (r *runner) change(ctx context.Context, a backend.Action, sentence func(name string) string) error {
	res, snap, err := r.do(ctx, a)
	r.notes(res.Notes)
	if err != nil {
		return err
	}
	key := res.Key
	if key == "" {
		key = a.Key
	}
	return r.say("%s", sentence(fullName(snap, key)))
}

func (r *runner) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rename ACCOUNT LABEL",
		Short: "Gives an account a name of your own",
		Long: `Gives ACCOUNT a name of your own, by which it can be called from then on. An
empty LABEL takes it away. No two accounts can have the same one.`,
		Example: `  baton rename ada@corp.example Work
  baton rename Work ""`,
		Args:              takes(2, 2, "an ACCOUNT and a LABEL"),
		ValidArgsFunction: r.completeAccount,
		RunE: command(func(ctx context.Context, args []string) error {
			a := backend.Action{Kind: backend.ActionRename, Key: args[0], Label: args[1]}
			res, snap, err := r.do(ctx, a)
			r.notes(res.Notes)
			if err != nil {
				return err
			}
			account, ok := snap.Find(res.Key)
			switch {
			case !ok:
				return r.say("renamed")
			case account.Label == "":
				return r.say("%s has no label now", nameIn(snap, account))
			}
			return r.say("%s is called %s now", plain(account.Key), plain(account.Label))
		}),
	}
}

func (r *runner) pauseCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "pause ACCOUNT",
		Short:             "Takes an account out of rotation",
		Long:              `Takes ACCOUNT out of rotation: no swap chooses it or goes to it until it is resumed.`,
		Args:              takes(1, 1, "one ACCOUNT"),
		ValidArgsFunction: r.completeAccount,
		RunE: command(func(ctx context.Context, args []string) error {
			a := backend.Action{Kind: backend.ActionPause, Key: args[0]}
			return r.change(ctx, a, func(name string) string { return name + " is paused" })
		}),
	}
}

func (r *runner) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "resume ACCOUNT",
		Short:             "Puts a paused account back",
		Long:              `Puts a paused ACCOUNT back into rotation.`,
		Args:              takes(1, 1, "one ACCOUNT"),
		ValidArgsFunction: r.completeAccount,
		RunE: command(func(ctx context.Context, args []string) error {
			a := backend.Action{Kind: backend.ActionResume, Key: args[0]}
			return r.change(ctx, a, func(name string) string { return name + " is back in rotation" })
		}),
	}
}
