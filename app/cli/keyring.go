//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) keyringCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "keyring [status | push | restore]",
		Short: "Copies of the logins in the system's keyring",
		Long: `Copies in the system's keyring bring accounts back when Baton's own files are
lost. They are made once 'baton config keyring.mirror on' is set, whenever a
login changes. status (which need not be typed) says how each copy stands and
never asks for a password. push copies everything now. restore takes logins
back that are nowhere else; none of them is refreshed or made active.`,
		Example: `  baton config keyring.mirror on
  baton keyring
  baton keyring restore
  baton keyring restore Work --force`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("keyring", "keyring takes status, push or restore")
			}
			return nil
		},
		RunE: r.keyringStatus(&asJSON),
	}
	addJSONFlag(cmd, &asJSON)
	cmd.AddCommand(r.keyringStatusCommand(), r.keyringPushCommand(), r.keyringRestoreCommand())
	for _, c := range cmd.Commands() {
		c.Flags().SortFlags, c.DisableFlagsInUseLine = false, true
	}
	return cmd
}

func (r *runner) keyringStatusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status [--json]",
		Short: "How the copies stand",
		Long: `Compares each account's copy with its login, and says what the keyring says.
Nobody is asked for a password: a locked keyring stays locked.`,
		Args: keyringTakes(0, "no arguments"),
		RunE: r.keyringStatus(&asJSON),
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func (r *runner) keyringPushCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "push [ACCOUNT] [--json]",
		Short: "Copies the logins now",
		Long: `Copies the login of ACCOUNT, without it of every account. The keyring may ask
for its password, for a minute at most.`,
		Args:              keyringTakes(1, "one ACCOUNT at most"),
		ValidArgsFunction: r.completeAccount,
	}
	return r.keyringRows(cmd, func(name string) backend.Action {
		return backend.Action{Kind: backend.ActionKeyringPush, Key: name, All: name == ""}
	})
}

func (r *runner) keyringRestoreCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "restore [ACCOUNT] [--force] [--json]",
		Short: "Takes logins back",
		Long: `Takes back the login of ACCOUNT, without it of every account, where Baton has
none: the copy must not have been used up, the account not removed. A login
that was active when it was copied may have been renewed since; log in again,
or try it all the same with --force. What comes back may be used up in any
case: 'baton refresh' finds out.`,
		Args: keyringTakes(1, "one ACCOUNT at most"),
	}
	cmd.Flags().BoolVar(&force, "force", false, "also a login that was active when it was copied, or is newer than a backup's")
	return r.keyringRows(cmd, func(name string) backend.Action {
		return backend.Action{Kind: backend.ActionKeyringRestore, Key: name, All: name == "", Yes: force}
	})
}

// keyringTakes checks the number of arguments.
func keyringTakes(most int, what string) cobra.PositionalArgs {
	check := takes(0, most, what)
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		if len(args) > most {
			return misuse("keyring "+cmd.Name(), "keyring %s takes %s", cmd.Name(), what)
		}
		return misuse("keyring "+cmd.Name(), "the first argument of keyring %s is empty", cmd.Name())
	}
}

// keyringRows gives push and restore their body: one row for each account.
func (r *runner) keyringRows(cmd *cobra.Command, action func(name string) backend.Action) *cobra.Command {
	var asJSON bool
	addJSONFlag(cmd, &asJSON)
	cmd.RunE = command(func(ctx context.Context, args []string) error {
		res, snap, err := r.do(ctx, action(firstOf(args)))
		r.notes(res.Notes)
		if err != nil && len(res.Each) == 0 {
			return err
		}
		status := worst(res.Each, err)
		if asJSON {
			if err != nil {
				return err // an answer with some of the rows would look like all of them
			}
			err = r.writeJSON(copiesJSONOf(res.Each))
		} else {
			err = r.printCopied(snap, res.Each, err)
		}
		if err != nil {
			return err
		}
		if status != 0 {
			return exitStatus(status)
		}
		return nil
	})
	return cmd
}

// printCopied prints what went well as the answer and the rest as problems.
func (r *runner) printCopied(snap backend.Snapshot, rows []backend.AccountResult, ended error) error {
	var notes []string
	for _, row := range rows {
		if failure(row) != nil {
			continue
		}
		if err := r.say("%s: %s", nameOf(snap, row.Key), copyWord(row.Copy)); err != nil {
			return err
		}
		if row.Note != "" {
			notes = append(notes, row.Note)
		}
	}
	if len(rows) == 0 && ended == nil {
		return r.say("there is nothing to do")
	}
	if restored := len(notes); restored > 1 && all(rows, backend.CopyRestored, backend.CopyKept) {
		notes = []string{"find out which of them still work with: baton refresh --all"}
	}
	r.notes(notes)
	for _, row := range rows {
		if p := failure(row); p != nil {
			r.complain(about(snap, row.Key, p))
		}
	}
	if ended != nil {
		r.complain(problemOf(ended))
	}
	return nil
}

// all says whether each row that went well is in one of these states.
func all(rows []backend.AccountResult, states ...string) bool {
	for _, row := range rows {
		ok := row.Copy == ""
		for _, s := range states {
			ok = ok || row.Copy == s
		}
		if failure(row) == nil && !ok {
			return false
		}
	}
	return true
}

// keyringStatus prints how the copies stand.
func (r *runner) keyringStatus(asJSON *bool) func(*cobra.Command, []string) error {
	return command(func(ctx context.Context, _ []string) error {
		res, snap, err := r.do(ctx, backend.Action{Kind: backend.ActionKeyringStatus})
		r.notes(res.Notes)
		switch {
		case err != nil:
			return err
		case res.Keyring == nil:
			return &backend.Problem{Code: backend.ProblemUnsupported, Message: "this Baton knows no keyring"}
		case *asJSON:
			return r.writeJSON(keyringJSONOf(*res.Keyring, res.Each))
		}
		return r.printKeyring(snap, *res.Keyring, res.Each)
	})
}

func (r *runner) printKeyring(snap backend.Snapshot, k backend.Keyring, rows []backend.AccountResult) error {
	by := "keyring.mirror"
	if k.ByEnvironment {
		by = "BATON_KEYRING"
	}
	if err := r.say("copies are %s (%s)", onOff(k.On), by); err != nil {
		return err
	}
	if err := r.say("the keyring %s", keyringWords(k)); err != nil {
		return err
	}
	if k.Trouble != "" && k.Problem == nil {
		if err := r.say("the last copying failed: %s", plain(k.Trouble)); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	table := [][]cell{{{text: "NAME"}, {text: "COPY"}}}
	for _, row := range rows {
		word := cell{text: copyWord(row.Copy), colour: copyColour(row.Copy)}
		if row.CopiedLive && row.Copy != backend.CopyMissing && row.Copy != backend.CopyUnknown {
			word.text += " (was active when copied)"
		}
		table = append(table, []cell{{text: nameOf(snap, row.Key)}, word})
	}
	return writeTable(r.Stdout, table, r.coloured())
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
