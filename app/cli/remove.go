//go:build !js

package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) removeCommand() *cobra.Command {
	var revoke, yes bool
	cmd := &cobra.Command{
		Use:   "remove ACCOUNT [--revoke] [--yes]",
		Short: "Takes an account out of the list",
		Long: `Takes ACCOUNT and its login out of Baton. On a terminal it asks first. The
account Claude Code uses now is only removed with --yes; Claude Code stays
logged in as it.`,
		Args:              takes(1, 1, "one ACCOUNT"),
		ValidArgsFunction: r.completeAccount,
	}
	cmd.Flags().BoolVar(&revoke, "revoke", false, "tell the provider to end the login, before it is deleted")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask, and remove even the active account")
	cmd.RunE = command(func(ctx context.Context, args []string) error {
		a := backend.Action{Kind: backend.ActionRemove, Key: args[0], Revoke: revoke, Yes: yes}
		before, err := r.snapshot()
		if err != nil {
			return err
		}
		account, found := named(before, args[0])
		if found && !yes && r.asks() {
			sure, err := r.confirm(ctx, removeQuestion(before, account, revoke))
			if err != nil {
				return err
			}
			if !sure {
				return &backend.Problem{Code: backend.ProblemCanceled, Message: "nothing was removed"}
			}
			// What was asked about is what is removed. The answer counts as
			// --yes only for the question that told of the active login.
			a.Key, a.Yes = account.Key, account.Active
		}
		res, _, err := r.do(ctx, a)
		r.notes(res.Notes)
		if err != nil {
			return err
		}
		key := res.Key
		if key == "" {
			key = a.Key
		}
		return r.say("%s is removed", fullName(before, key))
	})
	return cmd
}

func removeQuestion(s backend.Snapshot, a backend.Account, revoke bool) string {
	q := "remove " + fullName(s, a.Key)
	switch {
	case a.Active && revoke:
		q += ", which Claude Code uses now, and end its login at the provider"
	case a.Active:
		q += ", which Claude Code uses now and stays logged in as"
	case revoke:
		q += " and end its login at the provider"
	}
	return q + "?"
}

// named finds the account a question is about. The backend decides what a
// name stands for; where this finds none the backend says why.
func named(s backend.Snapshot, typed string) (backend.Account, bool) {
	if a, ok := s.Find(typed); ok {
		return a, true
	}
	for _, same := range []func(backend.Account) bool{
		func(a backend.Account) bool { return strings.EqualFold(a.Email, typed) },
		func(a backend.Account) bool { return a.Label != "" && strings.EqualFold(a.Label, typed) },
	} {
		var hits []backend.Account
		for _, a := range s.Accounts {
			if same(a) {
				hits = append(hits, a)
			}
		}
		if len(hits) == 1 {
			return hits[0], true
		}
		if len(hits) > 1 {
			return backend.Account{}, false
		}
	}
	return backend.Account{}, false
}
