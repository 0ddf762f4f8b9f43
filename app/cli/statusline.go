//go:build !js

package cli

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

const (
	// maxTold bounds what Claude Code is listened to, in bytes.
	maxTold = 4 << 20
	// statuslineWait bounds a status line: Claude Code draws after every answer.
	statuslineWait = 2 * time.Second
)

// defaultFormat is the line people see who asked for nothing else.
const defaultFormat = "{name} · 5h {5h} · 7d {7d} · {reset}"

func (r *runner) statuslineCommand() *cobra.Command {
	var format, colour string
	cmd := &cobra.Command{
		Use:   "statusline [--format FORMAT] [--color auto|never]",
		Short: "For Claude Code's status line: notes the usage it is told, prints one line",
		Long: `Claude Code runs this after every answer and hands it what is used of the
limits; 'baton setup' arranges that. It notes the usage of the active account and
prints one line. The status line command you had before runs as before, and its
lines come first.

FORMAT may hold {name}, {email}, {plan}, {state}, {5h}, {7d}, {5h.reset},
{7d.reset}, {reset} (the fuller one's), {until} and {next}. A part between two
" · " in which nothing is known is left out.`,
		Args: takes(0, 0, "no arguments"),
	}
	cmd.Flags().StringVar(&format, "format", defaultFormat, "what the line says")
	cmd.Flags().StringVar(&colour, "color", "auto", "auto or never")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), statuslineWait)
		defer cancel()
		told := r.told()
		if r.Getenv(chainedVariable) != "" {
			return nil // the Baton that started this one prints its line already
		}
		b, err := r.backend()
		if err != nil {
			return nil // never loud: a status line is no place for errors
		}
		res, _ := b.Do(ctx, backend.Action{Kind: backend.ActionReport, Told: string(told)})
		if res.Chained != "" {
			_, _ = r.Stdout.Write(chained(cmd.Context(), res.Chained, told, chainedWait))
		}
		if res.Active == nil {
			return nil
		}
		line := fill(format, r.statusWords(res))
		if colour != "never" && r.Getenv("NO_COLOR") == "" {
			line = tint(line, *res.Active)
		}
		if line != "" {
			_ = r.say("%s", line)
		}
		return nil
	}
	return cmd
}

// told reads what Claude Code hands over; a person at a terminal hands nothing.
func (r *runner) told() []byte {
	if r.StdinTTY {
		return nil
	}
	told, err := io.ReadAll(io.LimitReader(r.Stdin, maxTold))
	if err != nil {
		return nil
	}
	return told
}

// statusWords gives what each word of a format stands for, "" for nothing known.
func (r *runner) statusWords(res backend.Result) map[string]string {
	a := *res.Active
	words := map[string]string{
		"name": plain(a.Name()), "email": plain(a.Email), "plan": plain(a.Plan), "state": string(a.State),
	}
	if a.State == backend.StateLimited && !a.LimitedUntil.IsZero() {
		words["until"] = "limited until " + r.clock(a.LimitedUntil)
	}
	if res.Next != nil {
		words["next"] = plain(res.Next.Name)
	}
	if a.Usage == nil {
		return words
	}
	var fuller *backend.Window
	for name, w := range map[string]*backend.Window{"5h": a.Usage.FiveHour, "7d": a.Usage.SevenDay} {
		if w == nil {
			continue
		}
		words[name] = r.used(w)
		if w.ResetsAt.IsZero() {
			continue
		}
		words[name+".reset"] = "resets " + r.clock(w.ResetsAt)
		if fuller == nil || w.Percent > fuller.Percent {
			fuller, words["reset"] = w, words[name+".reset"]
		}
	}
	return words
}

// fill puts the words in. A part between dots that names a word nothing is
// known of goes; what is no word stays as it is.
func fill(format string, words map[string]string) string {
	const dot = " · "
	known := []string{"name", "email", "plan", "state", "5h", "7d", "5h.reset", "7d.reset", "reset", "until", "next"}
	var parts []string
	for part := range strings.SplitSeq(format, dot) {
		gone := false
		for _, w := range known {
			if word := "{" + w + "}"; strings.Contains(part, word) {
				gone = gone || words[w] == ""
				part = strings.ReplaceAll(part, word, words[w])
			}
		}
		if !gone && part != "" {
			parts = append(parts, part)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, dot), "\n", " ")
}

// tint colours the whole line by how near the limit is: Claude Code draws it
// dim otherwise.
func tint(line string, a backend.Account) string {
	if line == "" {
		return ""
	}
	most := 0.0
	if a.Usage != nil {
		for _, w := range []*backend.Window{a.Usage.FiveHour, a.Usage.SevenDay} {
			if w != nil {
				most = max(most, w.Percent)
			}
		}
	}
	code := ""
	switch {
	case a.State == backend.StateLimited || a.State == backend.StateNeedsLogin || most >= 95:
		code = "31"
	case most >= 80:
		code = "33"
	default:
		return line
	}
	return "\x1b[" + code + "m" + line + "\x1b[0m"
}
