//go:build !js

package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// cobra keeps these as variables of its package. Both are set once, before
// any command runs: a double click in Explorer must start the window instead
// of being told to open a console, and the order of the commands is ours.
func init() {
	cobra.MousetrapHelpText = ""
	cobra.EnableCommandSorting = false
}

// commands lists what can be typed, in the order help shows it. A new command
// is a file with a method like these, and a line here.
func (r *runner) commands() []*cobra.Command {
	list := []*cobra.Command{
		r.listCommand(),
		r.statusCommand(),
		r.loginCommand(),
		r.importCommand(),
		r.swapCommand(),
		r.refreshCommand(),
		r.limitCommand(),
		r.renameCommand(),
		r.pauseCommand(),
		r.resumeCommand(),
		r.removeCommand(),
		r.usageCommand(),
		r.statuslineCommand(),
		r.hookCommand(),
		r.setupCommand(),
		r.configCommand(),
		r.keyringCommand(),
		r.doctorCommand(),
	}
	if r.Serve != nil {
		list = append(list, r.serveCommand())
	}
	if r.Demo != nil {
		list = append(list, r.demoCommand())
	}
	return append(list, r.versionCommand())
}

// root builds the whole command tree.
func (r *runner) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "baton",
		Short: "Keeps your Claude Code accounts in one place and swaps the active one",
		Long: `Baton keeps all of your own Claude Code accounts in one place and swaps the
active one without losing a login.

ACCOUNT is an account's key, its address if only one account has it, or its
label. TIME is RFC 3339 (2026-03-01T14:05:00Z), epoch milliseconds, or a time
from now (+90m, +2h30m, +3d).`,
		Example: `  baton import                        take in the login Claude Code has now
  baton login                         log another account in
  baton list                          see them all
  baton swap Work                     use that one
  baton swap --limited-until +90m     this one is spent: use the next
  baton swap -                        back to the one before`,
		Version:       r.versionLine(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return misuse("", "no command given")
		},
	}
	root.SetIn(r.Stdin)
	root.SetOut(r.Stdout)
	root.SetErr(r.Stderr)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(helpTemplate)
	// Without a command of its own name, a flag cobra does not know belongs to
	// a command Baton does not have.
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if !cmd.HasParent() {
			for _, a := range r.Args {
				if !strings.HasPrefix(a, "-") && child(cmd, a) == nil {
					return unknownCommand(cmd, a)
				}
			}
			return misuse("", "%s", err.Error())
		}
		return misuse(strings.TrimPrefix(cmd.CommandPath(), root.Name()+" "), "%s", err.Error())
	})
	// Accepted here only so that `baton --json` fails as JSON.
	root.Flags().Bool("json", false, "")
	_ = root.Flags().MarkHidden("json")
	root.Flags().Bool("version", false, "print the version")
	root.SetHelpCommand(helpCommand(root))
	root.AddCommand(r.commands()...)
	addCompletion(root)
	for _, cmd := range root.Commands() {
		cmd.Flags().SortFlags = false
		cmd.DisableFlagsInUseLine = true
	}
	return root
}

// unknownCommand names the nearest command, if one is near.
func unknownCommand(root *cobra.Command, typed string) *backend.Problem {
	root.SuggestionsMinimumDistance = 2
	p := misuse("", "there is no command %q", typed)
	if near := root.SuggestionsFor(typed); len(near) > 0 {
		p.Hint = fmt.Sprintf("did you mean '%s'? %s", strings.Join(near, "' or '"), p.Hint)
	}
	return p
}

// helpCommand replaces cobra's, which prints its mistakes on standard output
// and exits with 0.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help on a command",
		RunE: command(func(_ context.Context, args []string) error {
			target := root
			for _, name := range args {
				next := child(target, name)
				if next == nil {
					return unknownCommand(root, name)
				}
				target = next
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		}),
	}
}

func child(cmd *cobra.Command, name string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// addCompletion adds cobra's own command, which would print help and succeed
// for a shell it does not know.
func addCompletion(root *cobra.Command) {
	root.CompletionOptions.HiddenDefaultCmd = true
	root.InitDefaultCompletionCmd()
	completion := child(root, "completion")
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return misuse("completion", "there is no completion for that shell")
		}
		return cmd.Help()
	}
}

// completeAccount offers the keys and labels of the accounts for the first
// argument. A shell that completes must not be told about problems.
func (r *runner) completeAccount(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	snap, err := r.snapshot()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var offer []string
	for _, a := range snap.Accounts {
		offer = append(offer, plain(a.Key))
		if a.Label != "" {
			offer = append(offer, plain(a.Label))
		}
	}
	return offer, cobra.ShellCompDirectiveNoFileComp
}

// helpTemplate is cobra's, shorter: what it is, how it is typed, examples.
const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}{{end}}

usage:
{{if .HasParent}}  {{.UseLine}}{{else}}  baton COMMAND{{end}}
{{- if .HasAvailableSubCommands}}

commands:
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
{{- if .HasExample}}

examples:
{{.Example}}
{{- end}}
`
