//go:build !js

package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// DemoRequest is what `baton demo` was given, and where it speaks.
type DemoRequest struct {
	// Provider asks for the made-up provider alone.
	Provider bool
	// Page and Story ask for one face of the demo, whatever there is; at most
	// one of them is set.
	Page, Story bool
	// Terminal says that there is somebody to open a link and to end it.
	Terminal bool
	// Stdout gets what was asked for, Stderr all there is besides.
	Stdout, Stderr io.Writer
}

func (r *runner) demoCommand() *cobra.Command {
	var req DemoRequest
	cmd := &cobra.Command{
		Use:   "demo [provider] [--page | --story]",
		Short: "Tries Baton out with made-up accounts",
		Long: `Runs Baton on made-up accounts in a throw-away folder, against a provider of
its own on this machine: in the window; without a display as a page in a
browser, whose link it prints; where there is no terminal to print it on either,
as a story of a few commands that ends by itself. With the word provider it runs
that provider alone. Your own accounts are not touched. Ctrl-C ends it.`,
		Example: `  baton demo             what suits this machine
  baton demo --page      the page, whatever there is
  baton demo --story     the story in the terminal`,
		Args:      takes(0, 1, "nothing or the word provider"),
		ValidArgs: []string{"provider"},
	}
	cmd.Flags().BoolVar(&req.Page, "page", false, "as a page in a browser, also over SSH; prints the link")
	cmd.Flags().BoolVar(&req.Story, "story", false, "as a story in the terminal, which ends by itself")
	cmd.RunE = command(func(ctx context.Context, args []string) error {
		if len(args) == 1 && args[0] != "provider" {
			return misuse("demo", "demo takes nothing or the word provider")
		}
		req.Provider = len(args) == 1
		if req.Page && req.Story || req.Provider && (req.Page || req.Story) {
			return misuse("demo", "demo takes one of provider, --page and --story")
		}
		req.Terminal, req.Stdout, req.Stderr = r.StdoutTTY, r.Stdout, r.Stderr
		err := r.Demo(ctx, req)
		// Ending it is how it is meant to be left.
		if err != nil && ctx.Err() != nil && problemOf(err).Code == backend.ProblemCanceled {
			return nil
		}
		return err
	})
	return cmd
}
