//go:build !js

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) doctorCommand() *cobra.Command {
	var fix, asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor [--fix] [--json]",
		Short: "Looks for what is wrong, and mends what can be mended",
		Long: `Looks at the files, locks and logins of Baton and Claude Code and says what is
wrong and what mends it. Nothing is changed and nobody is asked, unless --fix
is given. The exit status is 1 while an error is left.`,
		Args: takes(0, 0, "no arguments"),
	}
	cmd.Flags().BoolVar(&fix, "fix", false, "mend what can be mended, asking the provider where needed")
	addJSONFlag(cmd, &asJSON)
	cmd.RunE = command(func(ctx context.Context, _ []string) error {
		res, _, err := r.do(ctx, backend.Action{Kind: backend.ActionDoctor, Fix: fix})
		r.notes(res.Notes)
		if err != nil {
			return err
		}
		if asJSON {
			err = r.writeJSON(doctorJSONOf(res.Findings))
		} else {
			err = r.printFindings(res.Findings)
		}
		if err != nil {
			return err
		}
		for _, f := range res.Findings {
			if f.Severity == backend.SeverityError && !f.Fixed {
				return exitStatus(1)
			}
		}
		return nil
	})
	return cmd
}

// printFindings prints a finding on a line, and what mends it on the next.
func (r *runner) printFindings(found []backend.Finding) error {
	if len(found) == 0 {
		return r.say("nothing to mend")
	}
	var table [][]cell
	for _, f := range found {
		text := plain(f.Message)
		if f.Path != "" {
			text = plain(f.Path) + ": " + text
		}
		table = append(table, []cell{severityCell(f), {text: text}})
		if f.Fix != "" {
			table = append(table, []cell{{}, {text: plain(f.Fix), colour: faint}})
		}
	}
	return writeTable(r.Stdout, table, r.coloured())
}

func severityCell(f backend.Finding) cell {
	c := cell{text: plain(f.Severity)}
	switch {
	case f.Fixed:
		c.text, c.colour = "mended", green
	case f.Severity == backend.SeverityError:
		c.colour = red
	case f.Severity == backend.SeverityWarning:
		c.colour = yellow
	default:
		c.colour = faint
	}
	return c
}

type (
	doctorJSON struct {
		version
		Findings []findingJSON `json:"findings"`
	}

	findingJSON struct {
		ID       string  `json:"id"`
		Severity string  `json:"severity"` // error, warning or info
		Path     *string `json:"path"`
		Message  string  `json:"message"`
		Fix      *string `json:"fix"`
		Fixed    bool    `json:"fixed"` // it was mended just now
	}
)

func doctorJSONOf(found []backend.Finding) *doctorJSON {
	out := &doctorJSON{Findings: make([]findingJSON, 0, len(found))}
	for _, f := range found {
		out.Findings = append(out.Findings, findingJSON{
			ID: f.ID, Severity: f.Severity, Path: orNull(f.Path),
			Message: plain(f.Message), Fix: orNull(plain(f.Fix)), Fixed: f.Fixed,
		})
	}
	return out
}
