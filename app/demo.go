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
	"baton/app/cli"
	"baton/app/demo"
	"baton/app/gui"
	"baton/app/web/server"
	"baton/oauthcore/providertest"
)

// runDemo is `baton demo`: Baton on a throw-away home against the built-in
// provider, until the window is closed, the story is told or ctx ends.
func runDemo(ctx context.Context, req cli.DemoRequest) error {
	p := providertest.NewProvider(providertest.Options{TestHooks: os.Getenv("BATON_DEMO_HOOKS") == "on"})
	base, err := p.Start("")
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }() // the process ends here
	if req.Provider {
		return runProvider(ctx, p, base, req.Stdout)
	}
	home, err := demo.NewHome("", p, time.Now())
	if err != nil {
		return err
	}
	err = showDemo(ctx, home, req)
	return errors.Join(err, home.Close())
}

// runProvider serves the provider alone, with its accounts but nobody's files.
func runProvider(ctx context.Context, p *providertest.Provider, base string, stdout io.Writer) error {
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

// demoWords stand over the accounts of a demo.
const demoWords = "Demo: made-up accounts against the built-in provider. Nothing here is yours."

// showDemo picks the demo's face as plain picks Baton's; where there is nobody
// to see any, it tells the story.
func showDemo(ctx context.Context, home demo.Home, req cli.DemoRequest) error {
	env := demoEnv(home)
	if err := dress(ctx, home, env); err != nil {
		return err
	}
	if !req.Page && !req.Story && displayAnswers(os.LookupEnv) == nil {
		fmt.Fprintf(req.Stderr, "baton demo: made-up accounts in %s, gone when the window closes\n", home.Dir)
		code, shown := window(ctx, env, gui.Config{Demo: demoWords})
		if shown && code != 0 {
			return &backend.Problem{Code: backend.ProblemFailed, Message: "the demo's window could not be shown"}
		}
		if shown {
			return nil
		}
	}
	if req.Page || !req.Story && req.Terminal && server.Built() {
		return serveDemo(ctx, home, env, req)
	}
	return tellStory(ctx, home, env, req.Stdout)
}

// serveDemo shows the page on the throw-away home.
func serveDemo(ctx context.Context, home demo.Home, env environ, req cli.DemoRequest) error {
	b, err := newBackend(env)
	if err != nil {
		return err
	}
	if c, ok := b.(io.Closer); ok {
		defer func() { _ = c.Close() }() // ends a login nobody waits for any more
	}
	fmt.Fprintf(req.Stderr, "baton demo: made-up accounts in %s, gone when it ends; open this link in a browser, Ctrl-C ends it (a story in the terminal instead: baton demo --story)\n", home.Dir)
	return servePage(ctx, b, cli.ServeRequest{Addr: anyPort, Stdout: req.Stdout, Stderr: req.Stderr}, demoWords)
}

// demoEnv is the environment of the throw-away home.
func demoEnv(home demo.Home) environ {
	set := home.Setenv()
	unset := map[string]bool{}
	for _, name := range home.Unsetenv() {
		unset[name] = true
	}
	return func(name string) (string, bool) {
		if v, ok := set[name]; ok {
			return v, true
		}
		if unset[name] {
			return "", false
		}
		return os.LookupEnv(name)
	}
}

// dress gives the demo's accounts their names and states: what is seen of
// their limits, one that is paused and one whose login the provider refuses.
func dress(ctx context.Context, home demo.Home, env environ) error {
	b, err := newBackend(env)
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
