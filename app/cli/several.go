//go:build !js

package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// several is what `refresh` and `usage` share: an action on one account, the
// active one when none is named, or on all; one row of answer for each.
type several struct {
	name string // the command
	kind backend.ActionKind
	// asJSON turns the rows into the answer for scripts.
	asJSON func([]backend.AccountResult) stamped
	// asText prints the rows that went well.
	asText func(backend.Snapshot, []backend.AccountResult) error
}

// severally gives the command its flags and its body.
func (r *runner) severally(cmd *cobra.Command, sev several) {
	var all, asJSON bool
	cmd.Args = takes(0, 1, "one ACCOUNT or --all")
	cmd.ValidArgsFunction = r.completeAccount
	cmd.Flags().BoolVar(&all, "all", false, "every account")
	addJSONFlag(cmd, &asJSON)
	cmd.RunE = command(func(ctx context.Context, args []string) error {
		action := backend.Action{Kind: sev.kind, Key: firstOf(args), All: all}
		switch {
		case all && action.Key != "":
			return misuse(sev.name, "%s takes one ACCOUNT or --all, not both", sev.name)
		case !all && action.Key == "":
			s, err := r.snapshot()
			if err != nil {
				return err
			}
			if s.Active == "" {
				return &backend.Problem{
					Code:    backend.ProblemUsage,
					Message: "no account is active",
					Hint:    "name an ACCOUNT, or use --all",
				}
			}
			action.Key = s.Active
		}
		res, snap, err := r.do(ctx, action)
		r.notes(res.Notes)
		// Rows say more than the error over them, unless there are none or the
		// name on the command line was no good: that is no account's result.
		if err != nil && (len(res.Each) == 0 || problemOf(err).Code.ExitCode() == 2) {
			return err
		}
		status := worst(res.Each, err)
		if asJSON {
			err = r.writeJSON(sev.asJSON(res.Each))
		} else {
			err = r.printSeveral(sev, snap, res.Each)
		}
		if err != nil {
			return err
		}
		if status != 0 {
			return exitStatus(status)
		}
		return nil
	})
}

// printSeveral prints what went well as the answer and the rest as problems,
// each with the name of its account.
func (r *runner) printSeveral(sev several, snap backend.Snapshot, rows []backend.AccountResult) error {
	var good []backend.AccountResult
	for _, row := range rows {
		if failure(row) == nil {
			good = append(good, row)
		}
	}
	if len(rows) == 0 && len(snap.Accounts) == 0 {
		return r.printEmpty(snap)
	}
	if len(good) > 0 {
		if err := sev.asText(snap, good); err != nil {
			return err
		}
	}
	for _, row := range rows {
		p := failure(row)
		if p == nil {
			continue
		}
		r.complain(about(snap, row.Key, p))
	}
	return nil
}

// about puts the account's name before a problem that does not tell it.
func about(snap backend.Snapshot, key string, p *backend.Problem) *backend.Problem {
	name := nameOf(snap, key)
	if strings.Contains(p.Message, name) || strings.Contains(p.Message, key) {
		return p
	}
	named := *p
	named.Message = name + ": " + p.Message
	return &named
}

// failure is the row's problem, nil when it went well.
func failure(row backend.AccountResult) *backend.Problem {
	switch {
	case row.Problem != nil:
		return row.Problem
	case !row.OK:
		return &backend.Problem{Code: backend.ProblemFailed, Message: "failed"}
	}
	return nil
}

// worst is the highest exit status among the rows and the action as a whole.
func worst(rows []backend.AccountResult, err error) int {
	status := 0
	if err != nil {
		status = problemOf(err).Code.ExitCode()
	}
	for _, row := range rows {
		if p := failure(row); p != nil {
			status = max(status, p.Code.ExitCode())
		}
	}
	return status
}
