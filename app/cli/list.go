//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [--json]",
		Short: "All accounts, * before the active one",
		Long: `Shows every account: its plan, its state, how much of its 5-hour and 7-day
limits is used ("none" for a plan without a 5-hour limit), and when its login
ends. * stands before the active one.`,
		Args: takes(0, 0, "no arguments"),
		RunE: command(func(context.Context, []string) error {
			s, err := r.snapshot()
			if err != nil {
				return err
			}
			if err := r.fileProblems(s); err != nil {
				return err
			}
			if asJSON {
				return r.writeJSON(listJSONOf(s))
			}
			return r.printList(s)
		}),
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func (r *runner) printList(s backend.Snapshot) error {
	if len(s.Accounts) == 0 {
		return r.printEmpty(s)
	}
	rows := [][]cell{{{text: "  NAME"}, {text: "PLAN"}, {text: "STATE"}, {text: "5H"}, {text: "7D"}, {text: "LOGIN-ENDS"}}}
	addresses := addressesIn(s)
	for _, a := range s.Accounts {
		rows = append(rows, r.listRow(addresses.name(a), a))
	}
	if err := writeTable(r.Stdout, rows, r.coloured()); err != nil {
		return err
	}
	for _, a := range s.Accounts {
		if a.Has(backend.NoticeRefused) {
			r.note(addresses.name(a) + ": " + sentence(refusal(a)))
		}
	}
	if s.Live.Reason == backend.LiveUnknown {
		r.note(unknownLive(s.Live) + "; run 'baton import' to add it")
	}
	return nil
}

func (r *runner) listRow(name string, a backend.Account) []cell {
	mark := "  "
	if a.Active {
		mark = "* "
	}
	five, seven := "-", "-"
	if u := a.Usage; u != nil {
		five, seven = r.used(u.FiveHour), r.used(u.SevenDay)
		if u.NoFiveHour {
			five = "none"
		}
	}
	return []cell{
		{text: mark + name},
		{text: orDash(plain(a.Plan))},
		{text: r.stateWords(a), colour: stateColour(a)},
		{text: five},
		{text: seven},
		{text: r.day(a.LoginExpiresAt)},
	}
}

// printEmpty says how to add the first account.
func (r *runner) printEmpty(s backend.Snapshot) error {
	if err := r.say("no accounts yet"); err != nil {
		return err
	}
	if s.Live.Present {
		return r.say("  run 'baton import' to take in the login Claude Code has, or 'baton login' for another")
	}
	return r.say("  run 'baton login' to add one")
}

func unknownLive(l backend.Live) string {
	if l.Email == "" {
		return "Claude Code has a login that is not in the list"
	}
	return "Claude Code is logged in as " + plain(l.Email) + ", which is not in the list"
}

// fileProblems tells about damaged files and the like. When such a problem
// hides the accounts themselves, an empty list would be a lie: it is returned.
func (r *runner) fileProblems(s backend.Snapshot) error {
	for i := range s.Problems {
		p := &s.Problems[i]
		if len(s.Accounts) == 0 && p.Code == backend.ProblemDamaged {
			return p
		}
	}
	for i := range s.Problems {
		r.complain(&s.Problems[i])
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
