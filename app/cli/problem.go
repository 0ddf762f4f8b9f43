//go:build !js

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// exitStatus ends a command whose answer, bad news included, is printed
// already.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// command adapts a command's body for cobra. Every error that comes out of a
// body is a *backend.Problem or an exitStatus; so whatever else cobra returns
// is a mistake in the command line.
func command(body func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := body(cmd.Context(), args)
		var status exitStatus
		if err == nil || errors.As(err, &status) {
			return err
		}
		return problemOf(err)
	}
}

// problemOf is backend.AsProblem, with an interrupted command told apart.
func problemOf(err error) *backend.Problem {
	p := backend.AsProblem(err)
	var known *backend.Problem
	if !errors.As(err, &known) && errors.Is(err, context.Canceled) {
		return &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled", Err: err}
	}
	return p
}

// finish reports what a command ended with and returns the exit status.
func (r *runner) finish(err error) int {
	if err == nil {
		return 0
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	var p *backend.Problem
	if !errors.As(err, &p) {
		p = &backend.Problem{Code: backend.ProblemUsage, Message: err.Error(), Hint: helpHint("")}
	}
	if !wantsJSON(r.Args) {
		r.complain(p)
		return p.Code.ExitCode()
	}
	if err := r.writeJSON(&errorJSON{Error: problemJSONOf(p)}); err != nil {
		r.complain(backend.AsProblem(err))
	}
	return p.Code.ExitCode()
}

// complain prints a problem for people: one line, then the hint.
func (r *runner) complain(p *backend.Problem) {
	line := plain(p.Message)
	// These two codes carry messages that other tools print and scripts
	// search for: they are the whole line.
	if p.Code != backend.ProblemAllLimited && p.Code != backend.ProblemNoOther {
		line = "baton: " + line
	}
	_, _ = fmt.Fprintln(r.Stderr, line)
	if p.Hint != "" {
		_, _ = fmt.Fprintln(r.Stderr, "  "+plain(p.Hint))
	}
}

// wantsJSON says whether --json is among the arguments. A command line that
// does not parse has no flags to ask, and its error must be JSON all the same.
func wantsJSON(args []string) bool {
	want := false
	for _, a := range args {
		switch {
		case a == "--":
			return want
		case a == "--json":
			want = true
		case strings.HasPrefix(a, "--json="):
			switch strings.ToLower(strings.TrimPrefix(a, "--json=")) {
			case "0", "f", "false":
				want = false
			default:
				want = true
			}
		}
	}
	return want
}

// misuse is a mistake in the command line of the named command.
func misuse(name, format string, args ...any) *backend.Problem {
	return &backend.Problem{
		Code:    backend.ProblemUsage,
		Message: fmt.Sprintf(format, args...),
		Hint:    helpHint(name),
	}
}

func helpHint(name string) string {
	if name == "" {
		return "run 'baton help'"
	}
	return fmt.Sprintf("run 'baton help %s'", name)
}

// takes checks the number of arguments, and that none of those naming
// something is blank: an unset variable in a script must not turn `swap "$A"`
// into a swap to whoever comes next. What was typed is not repeated, because
// it may be an authorization code in the wrong place.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return misuse(cmd.Name(), "%s takes %s", cmd.Name(), what)
		}
		if len(args) > 0 && strings.TrimSpace(args[0]) == "" {
			return misuse(cmd.Name(), "the first argument of %s is empty", cmd.Name())
		}
		return nil
	}
}
