//go:build !js

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/gui"
)

// runDemo is `baton demo [provider]`: Baton on a throw-away home against the
// built-in provider, until the window is closed or ctx ends.
func runDemo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	p := demo.NewProvider(demo.Options{TestHooks: os.Getenv("BATON_DEMO_HOOKS") == "on"})
	base, err := p.Start("")
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }() // the process ends here
	if len(args) > 0 && args[0] == "provider" {
		return runProvider(ctx, p, base, stdout)
	}
	home, err := demo.NewHome("", p, time.Now())
	if err != nil {
		return err
	}
	err = showDemo(ctx, home, stdout, stderr)
	return errors.Join(err, home.Close())
}

// runProvider serves the provider alone, with its accounts but nobody's files.
func runProvider(ctx context.Context, p *demo.Provider, base string, stdout io.Writer) error {
	home, err := demo.NewHome("", p, time.Now()) // seeds the provider
	if err != nil {
		return err
	}
	if err := home.Close(); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout, base); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func showDemo(ctx context.Context, home demo.Home, stdout, stderr io.Writer) error {
	getenv := demoEnv(home)
	if err := dress(ctx, home, getenv); err != nil {
		return err
	}
	if displayAnswers(os.Getenv) == nil {
		fmt.Fprintf(stderr, "baton demo: made-up accounts in %s, gone when the window closes\n", home.Dir)
		code, shown := window(ctx, getenv, gui.Config{Demo: "Demo: made-up accounts against the built-in provider. Nothing here is yours."})
		if shown && code != 0 {
			return &backend.Problem{Code: backend.ProblemFailed, Message: "the demo's window could not be shown"}
		}
		if shown {
			return nil
		}
	}
	return tellStory(ctx, home, getenv, stdout)
}

// demoEnv is the environment of the throw-away home.
func demoEnv(home demo.Home) func(string) string {
	set := home.Setenv()
	unset := map[string]bool{}
	for _, name := range home.Unsetenv() {
		unset[name] = true
	}
	return func(name string) string {
		if v, ok := set[name]; ok {
			return v
		}
		if unset[name] {
			return ""
		}
		return os.Getenv(name)
	}
}

// dress gives the demo's accounts their names and states: what is seen of
// their limits, one that is paused and one whose login the provider refuses.
func dress(ctx context.Context, home demo.Home, getenv func(string) string) error {
	b, err := newBackend(getenv)
	if err != nil {
		return err
	}
	for _, r := range home.Residents {
		if _, err := b.Do(ctx, backend.Action{Kind: backend.ActionRename, Key: r.Key, Label: r.Label}); err != nil {
			return err
		}
	}
	_, err = b.Do(ctx, backend.Action{Kind: backend.ActionUsage, All: true})
	return err
}
