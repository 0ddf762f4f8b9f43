// Command bench measures a built Baton as a person meets it: whole commands,
// each a process of its own, on real files, against the built-in provider on
// loopback; a snapshot of many accounts; and the window, beside a bare one of
// the same toolkit, on a display of its own. It prints the table of BENCHMARKS.md. Nobody's own accounts are
// opened: all of it plays in a throw-away home.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"

	"baton/app/demo"
	"baton/oauthcore/providertest"
)

// measure is one row: a command that is repeated.
type measure struct {
	what string
	args func(run int) []string
}

func always(args ...string) func(int) []string { return func(int) []string { return args } }

// measures are the rows. The swaps go to and fro between two accounts whose
// access tokens are fresh, so no request is part of them.
func measures(a, b string) []measure {
	return []measure{
		{"start and end (`baton version`)", always("version")},
		{"`baton list --json`", always("list", "--json")},
		{"`baton status --json`", always("status", "--json")},
		{"`baton swap ACCOUNT`", func(run int) []string { return []string{"swap", []string{b, a}[run%2]} }},
		{"`baton refresh ACCOUNT`, the provider on loopback", always("refresh", b)},
	}
}

func main() {
	binary := flag.String("binary", "build/baton-headless", "the Baton to measure")
	runs := flag.Int("runs", 50, "how often each command is run")
	window := flag.String("window", "", "a Baton with a window, to measure that too")
	bare := flag.String("bare", "build/bare", "the bare window to measure it beside")
	idle := flag.Duration("idle", time.Minute, "how long each window is left alone")
	page := flag.String("page", "", "a built page to measure instead, beside that of -bare-page")
	barePage := flag.String("bare-page", "build/bare-page", "a built page of a bare Fyne program")
	flag.Parse()
	if *page != "" {
		if err := benchPages(context.Background(), os.Stdout, *page, *barePage, max(*runs, 1)); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	err := bench(os.Stdout, *binary, max(*runs, 1))
	if err == nil {
		err = benchMany(os.Stdout, *binary, max(*runs/2, 1))
	}
	if err == nil {
		err = benchSwap(context.Background(), os.Stdout, max(*runs, 1))
	}
	if err == nil {
		err = benchSnapshot(context.Background(), os.Stdout, max(*runs, 1))
	}
	if err == nil && *window != "" {
		err = inHome(func(home demo.Home) error {
			ctx := context.Background()
			if err := benchWindow(ctx, os.Stdout, *window, *bare, home.Env(), max(*runs/5, 1), *idle); err != nil {
				return err
			}
			return benchTray(ctx, os.Stdout, *window, *bare, home.Env(), *idle)
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// inHome gives a throw-away home with its provider.
func inHome(do func(demo.Home) error) (err error) {
	p := providertest.NewProvider(providertest.Options{})
	if _, err := p.Start(""); err != nil {
		return err
	}
	defer func() { _ = p.Close() }() // the process ends with it
	home, err := demo.NewHome("", p, time.Now())
	if err != nil {
		return err
	}
	defer func() {
		if closed := home.Close(); err == nil {
			err = closed
		}
	}()
	return do(home)
}

func bench(out io.Writer, binary string, runs int) error {
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	return inHome(func(home demo.Home) error {
		env := home.Env()
		// The first command takes in the five logins; that is no part of any row.
		if _, err := once(binary, env, "import"); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s, %.1f MB, %d accounts, %d runs each\n\n", binary, float64(info.Size())/1e6, len(home.Residents), runs)
		fmt.Fprintln(out, "| command | median | 95 of 100 within | slowest |")
		fmt.Fprintln(out, "| --- | --- | --- | --- |")
		for _, m := range measures(home.Residents[0].Key, home.Residents[1].Key) {
			var took []time.Duration
			for run := range runs {
				t, err := once(binary, env, m.args(run)...)
				if err != nil {
					return err
				}
				took = append(took, t)
			}
			slices.Sort(took)
			fmt.Fprintf(out, "| %s | %s | %s | %s |\n", m.what, ms(took[len(took)/2]), ms(took[(len(took)*95-1)/100]), ms(took[len(took)-1]))
		}
		return nil
	})
}

// once runs one command and says how long it took, the start of the process
// included.
func once(binary string, env []string, args ...string) (time.Duration, error) {
	cmd := exec.Command(binary, args...)
	var said bytes.Buffer
	cmd.Env, cmd.Stderr = env, &said
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("baton %v: %w: %s", args, err, said.Bytes())
	}
	return took, nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }
