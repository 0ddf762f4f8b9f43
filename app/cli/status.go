//go:build !js

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status [--json]",
		Short: "Who is active, what is left, who is next",
		Long: `Shows the active account and what is left of its limits, settings that beat a
swap, the Claude Code sessions that run, and the account a swap would choose.`,
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
				return r.writeJSON(statusJSONOf(s))
			}
			return writeTable(r.Stdout, r.statusRows(s), r.coloured())
		}),
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

// statusRows are a word and a sentence each.
func (r *runner) statusRows(s backend.Snapshot) [][]cell {
	var rows [][]cell
	add := func(word, text string, c colour) { rows = append(rows, []cell{{text: word}, {text: text, colour: c}}) }

	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		add("active", fullName(s, a.Key), plainly)
		add("state", r.stateWords(a), stateColour(a))
		r.addUsage(add, a)
		if !a.LoginExpiresAt.IsZero() {
			add("login", "ends "+r.day(a.LoginExpiresAt), plainly)
		}
		switch {
		case a.Has(backend.NoticeRefused):
			add("trouble", sentence(refusal(a)), red)
		case a.Problem != nil:
			add("trouble", sentence(a.Problem), red)
		}
	} else {
		add("active", nobody(s), yellow)
	}
	if s.Next != nil {
		text := fullName(s, s.Next.Key)
		if s.Next.Reason != "" {
			text += ": " + plain(s.Next.Reason)
		}
		add("next", text, plainly)
	} else {
		add("next", "nobody", plainly)
	}
	for _, o := range s.Overrides {
		add("override", overrideWords(o), yellow)
	}
	if len(s.Forced.Organizations) > 0 {
		add("managed", forcedWords(s), forcedColour(s))
	}
	for _, session := range s.Sessions {
		add("session", fmt.Sprintf("%d in %s", session.PID, plain(session.Cwd)), plainly)
	}
	return rows
}

func (r *runner) addUsage(add func(word, text string, c colour), a backend.Account) {
	if a.Usage == nil {
		add("5 hours", "no data", faint)
		add("7 days", "no data", faint)
		return
	}
	if a.Usage.NoFiveHour {
		add("5 hours", "no 5-hour limit on this plan", plainly)
	} else {
		add("5 hours", r.left(a.Usage.FiveHour), plainly)
	}
	add("7 days", r.left(a.Usage.SevenDay), plainly)
	for i := range a.Usage.Models {
		m := &a.Usage.Models[i]
		add("7 days", plain(m.Name)+": "+r.left(&m.Window), plainly)
	}
	if !a.Usage.ObservedAt.IsZero() {
		add("seen", r.clock(a.Usage.ObservedAt)+sourceWords(a.Usage.Source), faint)
	}
}

// sourceWords says where usage was seen, "" where that is not known.
func sourceWords(source string) string {
	switch source {
	case backend.SourceStatusLine:
		return " in Claude Code's status line"
	case backend.SourceEndpoint:
		return " by asking the provider"
	case backend.SourceClaude:
		return " in Claude Code's /usage"
	}
	return ""
}

// nobody says why no known account is active.
func nobody(s backend.Snapshot) string {
	switch s.Live.Reason {
	case backend.LiveUnknown:
		return "nobody known: " + unknownLive(s.Live) + "; run 'baton import' to add it"
	case backend.LiveTombstone:
		return "nobody: Claude Code's last login was refused; run 'baton swap' or 'baton login'"
	case backend.LiveUnreadable:
		return "unknown: the file with Claude Code's login does not parse"
	}
	if len(s.Accounts) == 0 {
		return "nobody: Claude Code has no login; run 'baton login'"
	}
	return "nobody: Claude Code has no login; run 'baton swap'"
}

// overrideWords says what an override does.
func overrideWords(o backend.Override) string {
	line := overrideSubject(o) + " beats the login"
	switch {
	case o.Name == backend.OverrideGateway:
		return line + ": Claude Code works through that company gateway"
	case o.PrintOnly:
		return line + " for claude -p: a swap changes nothing there"
	}
	return line + ": a swap changes nothing there"
}

// overrideSubject is an override and its place.
func overrideSubject(o backend.Override) string {
	return plain(o.Name) + " in " + overridePlace(o)
}

// forcedWords says which organizations managed settings allow.
func forcedWords(s backend.Snapshot) string {
	word, only := "organization ", make([]string, 0, len(s.Forced.Organizations))
	for _, id := range s.Forced.Organizations {
		for _, a := range s.Accounts {
			if strings.EqualFold(a.OrganizationUUID, id) && a.OrganizationName != "" {
				id = a.OrganizationName + " (" + id + ")"
				break
			}
		}
		only = append(only, plain(id))
	}
	if len(only) > 1 {
		word = "organizations "
	}
	return "managed settings let Claude Code use only " + word + strings.Join(only, ", ") + " (" + plain(s.Forced.Source) + ")"
}

// forcedColour stands out if the active account is of another organization.
func forcedColour(s backend.Snapshot) colour {
	a, ok := s.Find(s.Active)
	if !ok || a.OrganizationUUID == "" || slices.ContainsFunc(s.Forced.Organizations, func(id string) bool { return strings.EqualFold(id, a.OrganizationUUID) }) {
		return plainly
	}
	return yellow
}

func overridePlace(o backend.Override) string {
	if o.Source == "environment" {
		return "the environment"
	}
	return plain(o.Source)
}

func sentence(p *backend.Problem) string {
	if p.Hint == "" {
		return plain(p.Message)
	}
	return plain(p.Message) + "; " + plain(p.Hint)
}
