//go:build !js

package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// ServeRequest is what `baton serve` was given, and where it speaks.
type ServeRequest struct {
	// Addr is where to listen, HOST:PORT; the host means this machine only.
	Addr string
	// Open asks for the page to be opened in a browser.
	Open bool
	// Stdout gets the link on a line by itself, Stderr all there is besides.
	Stdout, Stderr io.Writer
}

func (r *runner) serveCommand() *cobra.Command {
	var addr string
	var open bool
	cmd := &cobra.Command{
		Use:   "serve [--addr 127.0.0.1:0] [--open]",
		Short: "Shows the window as a page in a browser on this machine",
		Long: `Serves Baton's window as a page, to browsers on this machine only, and prints
the link to it. A link lets one browser in, once; then the next one is printed.
Tokens never leave this process. Ctrl-C ends it.`,
		Example: `  baton serve                         the link is on a line by itself
  baton serve --open                  and the browser opens it
  baton serve --addr 127.0.0.1:4711   the same address every time`,
		Args: takes(0, 0, "no arguments"),
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "where to listen on this machine (`HOST:PORT`), port 0 for any")
	cmd.Flags().BoolVar(&open, "open", false, "open the page in the browser")
	cmd.RunE = command(func(ctx context.Context, _ []string) error {
		b, err := r.backend()
		if err != nil {
			return err
		}
		err = r.Serve(ctx, b, ServeRequest{Addr: addr, Open: open, Stdout: r.Stdout, Stderr: r.Stderr})
		// Ending it is how it is meant to be left.
		if err != nil && ctx.Err() != nil && problemOf(err).Code == backend.ProblemCanceled {
			return nil
		}
		return err
	})
	return cmd
}
