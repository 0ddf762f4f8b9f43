//go:build !js

package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"baton/app/backend"
	"baton/app/cli"
	"baton/app/demo"
	"baton/oauthcore/providertest"
)

// scene is one step of the story: what is said, then the command as typed.
type scene struct {
	say  string
	args []string
	// visitor is who presses Allow on the consent page, for a login.
	visitor string
}

func scenes() []scene {
	return []scene{
		{say: "Five accounts; the one with * is what Claude Code uses now.", args: []string{"list"}},
		{say: "Personal has just hit its limit. One command moves on to the account with most left.", args: []string{"swap", "--limited-until", "+90m"}},
		{say: "A sixth account. The browser would open here; the story presses Allow itself.", args: []string{"login", "--no-browser", "--email", "new@example.com"}, visitor: "new@example.com"},
		{say: "It gets a name of its own, and Claude Code gets it at once.", args: []string{"rename", "new@example.com", "Fresh"}},
		{args: []string{"swap", "fresh"}},
		{say: "And back to where we were.", args: []string{"swap", "-"}},
		{say: "Who is active, what is left, who is next.", args: []string{"status"}},
	}
}

// tellStory shows Baton where no window can be: the real commands against the
// built-in provider, on real files in the throw-away home.
func tellStory(ctx context.Context, home demo.Home, env environ, out io.Writer) error {
	fmt.Fprintf(out, "This is Baton in the terminal, on made-up accounts in %s.\n", home.Dir)
	for _, s := range scenes() {
		if s.say != "" {
			fmt.Fprintf(out, "\n%s\n", s.say)
		}
		fmt.Fprintf(out, "$ baton %s\n", strings.Join(s.args, " "))
		if err := s.play(ctx, env, out); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\nThat was all of it on real files. Start with your own accounts: baton import, then baton login.\n")
	return nil
}

// play runs one command as the command line does.
func (s scene) play(ctx context.Context, env environ, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cfg := cli.Config{
		Args: s.args, Stdout: out, Stderr: out, Getenv: env.get, Version: version,
		NewBackend: func() (backend.Backend, error) { return newBackend(env) },
	}
	visited := make(chan error, 1)
	visited <- nil
	if s.visitor != "" {
		<-visited
		cfg.Stdout = &onAddress{to: out, found: func(address string) {
			go func() {
				_, err := providertest.Visit(ctx, address, s.visitor)
				visited <- err
			}()
		}}
	}
	if code := cli.Run(ctx, cfg); code != 0 {
		return fmt.Errorf("baton %s ended with %d", strings.Join(s.args, " "), code)
	}
	return <-visited
}

// onAddress passes everything on and calls found with the first line that is
// an address.
type onAddress struct {
	to    io.Writer
	found func(string)
	line  strings.Builder
	done  bool
}

func (o *onAddress) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	for _, b := range p[:n] {
		if b != '\n' {
			o.line.WriteByte(b)
			continue
		}
		if text := strings.TrimSpace(o.line.String()); !o.done && strings.HasPrefix(text, "http") {
			o.done = true
			o.found(text)
		}
		o.line.Reset()
	}
	return n, err
}
