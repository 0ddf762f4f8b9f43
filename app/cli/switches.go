//go:build !js

package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

func (r *runner) configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config [KEY [VALUE]]",
		Short: "The switches: all of them, one of them, or a new value",
		Long: `Without KEY it lists the switches, each with its value and what it does. With
KEY it prints that one's value, with VALUE too it sets it.`,
		Example: `  baton config
  baton config usage.poll
  baton config usage.poll on`,
		Args:              takes(0, 2, "a KEY and a VALUE at most"),
		ValidArgsFunction: r.completeSetting,
		RunE: command(func(ctx context.Context, args []string) error {
			switch len(args) {
			case 0:
				return r.printSettings()
			case 1:
				return r.printSetting(args[0])
			}
			res, snap, err := r.do(ctx, backend.Action{Kind: backend.ActionConfigure, Setting: args[0], Value: args[1]})
			r.notes(res.Notes)
			if err != nil {
				return err
			}
			value := args[1]
			if s, ok := setting(snap, args[0]); ok {
				value = s.Value
			}
			return r.say("%s is %s now", plain(args[0]), plain(value))
		}),
	}
}

func (r *runner) printSettings() error {
	s, err := r.snapshot()
	if err != nil {
		return err
	}
	rows := [][]cell{{{text: "KEY"}, {text: "VALUE"}, {text: "WHAT IT DOES"}}}
	for _, one := range s.Settings {
		rows = append(rows, []cell{{text: plain(one.Key)}, {text: orDash(plain(one.Value))}, {text: plain(one.About)}})
	}
	return writeTable(r.Stdout, rows, r.coloured())
}

func (r *runner) printSetting(key string) error {
	s, err := r.snapshot()
	if err != nil {
		return err
	}
	one, ok := setting(s, key)
	if !ok {
		p := misuse("config", "there is no switch %q", key)
		p.Hint = "run 'baton config' to see them all"
		return p
	}
	return r.say("%s", plain(one.Value))
}

func setting(s backend.Snapshot, key string) (backend.Setting, bool) {
	for _, one := range s.Settings {
		if strings.EqualFold(one.Key, key) {
			return one, true
		}
	}
	return backend.Setting{}, false
}

func (r *runner) completeSetting(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s, err := r.snapshot()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var offer []string
	for _, one := range s.Settings {
		offer = append(offer, one.Key)
	}
	return offer, cobra.ShellCompDirectiveNoFileComp
}
