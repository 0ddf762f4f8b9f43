//go:build !js

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"baton/app/backend"
	"baton/app/cli"
	"baton/app/web/server"
	"baton/icons"
)

// anyPort is this machine's own address and whatever port is free.
const anyPort = "127.0.0.1:0"

// runServe is `baton serve`: the window as a page, until ctx ends.
func runServe(ctx context.Context, b backend.Backend, req cli.ServeRequest) error {
	debug.SetGCPercent(100) // as every program that stays
	return servePage(ctx, b, req, "")
}

// servePage serves the page on any accounts; demo is what it says of ones that
// are made up.
func servePage(ctx context.Context, b backend.Backend, req cli.ServeRequest, demo string) error {
	listeners, port, err := listenHere(ctx, req.Addr)
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range listeners {
			_ = l.Close() // the server closed it where it came that far
		}
	}()
	// Told by a goroutine of the server's, while nobody else prints.
	s, err := server.New(server.Config{
		Backend: b, Port: port, Icon: icons.Baton().Content(), Demo: demo,
		NewLink: func(link string) {
			fmt.Fprintf(req.Stderr, "a browser is in; the link for another one:\n%s\n", link)
		},
	})
	switch {
	case errors.Is(err, server.ErrNoPage):
		return &backend.Problem{
			Code: backend.ProblemUnsupported, Err: err,
			Message: "this build has no page to serve", Hint: "build it with: make build",
		}
	case err != nil:
		return err
	}
	link := s.Link()
	if _, err := fmt.Fprintln(req.Stdout, link); err != nil {
		s.Close()
		return err
	}
	if os.Getenv("SSH_CONNECTION") != "" {
		fmt.Fprintf(req.Stderr, "over SSH: run this on your own machine first (by the name you log in with), then open the link there:\n  ssh -N -L %d:127.0.0.1:%d %s\n", port, port, sshTarget(os.LookupEnv))
	}
	if req.Open {
		forget, err := openLink(link)
		defer forget()
		if err != nil {
			fmt.Fprintln(req.Stderr, "the browser did not open: open the link yourself")
		}
	}
	defer polling(b)()
	return s.Serve(ctx, listeners...)
}

// sshTarget is who and where to log in to, as far as this end knows: the
// address the connection came to.
func sshTarget(env environ) string {
	user := env.get("USER")
	if user == "" {
		user = "USER"
	}
	// The client's address and port, then the server's (ssh(1)).
	f := strings.Fields(env.get("SSH_CONNECTION"))
	if len(f) != 4 {
		return user + "@HOST"
	}
	if f[3] != "22" {
		return "-p " + f[3] + " " + user + "@" + f[2]
	}
	return user + "@" + f[2]
}
