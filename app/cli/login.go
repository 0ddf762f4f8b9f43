//go:build !js

package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"baton/app/backend"
)

// loginFlags are what `baton login` was given.
type loginFlags struct {
	email     string
	noBrowser bool
	paste     bool
	viaClaude bool
}

func (r *runner) loginCommand() *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:   "login [--email HINT] [--no-browser] [--paste] [--via-claude]",
		Short: "Logs an account in, new or known",
		Long: `Opens the browser to log an account in, and waits for it. A known account gets
a fresh login and keeps its label. The active account stays the active one.`,
		Example: `  baton login
  baton login --no-browser     print the address on a line by itself and wait
  baton login --paste          the browser is elsewhere: paste the code it shows
  baton login --via-claude     let Claude Code do the login`,
		Args: takes(0, 0, "no arguments"),
	}
	cmd.Flags().StringVar(&f.email, "email", "", "suggest this address (`HINT`) on the login page")
	cmd.Flags().BoolVar(&f.noBrowser, "no-browser", false, "print the address instead of opening a browser")
	cmd.Flags().BoolVar(&f.paste, "paste", false, "read CODE#STATE from standard input")
	cmd.Flags().BoolVar(&f.viaClaude, "via-claude", false, "run 'claude auth login' in a folder of its own and take the result")
	cmd.RunE = command(func(ctx context.Context, _ []string) error {
		if f.viaClaude && (f.paste || f.noBrowser) {
			return misuse("login", "--via-claude goes with neither --paste nor --no-browser")
		}
		return r.login(ctx, f)
	})
	return cmd
}

func (r *runner) login(ctx context.Context, f loginFlags) error {
	b, err := r.backend()
	if err != nil {
		return err
	}
	stop := r.showProgress(ctx, b)
	defer stop()
	if f.paste && r.StdinTTY && r.Drain != nil {
		defer r.Drain() // the rest of a paste is not for the shell
	}
	flow, err := b.Login(ctx, backend.LoginMode{
		Paste:     f.paste,
		Email:     f.email,
		Open:      !f.noBrowser && !f.paste && !f.viaClaude,
		ViaClaude: f.viaClaude,
	})
	if err != nil {
		return err
	}
	defer flow.Cancel()
	if err := r.tellAddress(flow, f); err != nil {
		return err
	}
	res, err := r.await(ctx, flow, f.paste)
	if err != nil {
		return err
	}
	stop()
	return r.printLogin(b.Snapshot(), res)
}

// tellAddress says where to go. An address that was asked for is part of the
// answer; one that is only the way out of trouble stands beside it.
func (r *runner) tellAddress(flow backend.LoginFlow, f loginFlags) error {
	switch {
	case f.viaClaude:
		r.note("Claude Code logs in now")
		return nil
	case f.noBrowser || f.paste:
		return r.say("%s", flow.URL())
	}
	var p *backend.Problem
	if b, ok := flow.(backend.Browsing); ok {
		p = b.BrowserProblem()
	}
	if p == nil {
		r.note("the browser opens; if it does not, or is logged in as someone else, open this in a private window:")
		_, _ = fmt.Fprintln(r.Stderr, flow.URL())
		return nil
	}
	r.note(p.Message)
	r.note("open this address yourself, in a browser on this machine:")
	_, _ = fmt.Fprintln(r.Stderr, flow.URL())
	r.note("for a browser on another machine press Ctrl-C and run: baton login --paste; its page shows a code to paste here")
	return nil
}

// await returns when the login is saved or has failed. It waits for the login
// also while it waits for the code, because the login can end first.
func (r *runner) await(ctx context.Context, flow backend.LoginFlow, paste bool) (backend.LoginResult, error) {
	done := make(chan loginEnd, 1)
	go func() {
		res, err := flow.Wait(ctx)
		done <- loginEnd{res, err}
	}()
	out := loginEnd{}
	if paste {
		err := r.pastes(ctx, flow, done, &out)
		if err != nil {
			// The flow is over; its own end says nothing more.
			flow.Cancel()
			<-done
			return backend.LoginResult{}, err
		}
	} else {
		out = <-done
	}
	if out.err != nil && ctx.Err() != nil {
		return out.res, loginCanceled(out.err)
	}
	return out.res, out.err
}

// loginEnd is what LoginFlow.Wait returned.
type loginEnd struct {
	res backend.LoginResult
	err error
}

// loginCanceled is what an interrupted wait means, unless the backend had
// more to say about it.
func loginCanceled(err error) error {
	var p *backend.Problem
	if errors.As(err, &p) {
		return p
	}
	return &backend.Problem{Code: backend.ProblemCanceled, Message: "the login was canceled", Err: err}
}

func (r *runner) printLogin(s backend.Snapshot, res backend.LoginResult) error {
	line := "logged in as " + fullName(s, res.Key)
	if res.Known {
		line = "that is " + nameOf(s, res.Key) + " again; its login is renewed"
	}
	if res.Live {
		if over := backend.InEffect(s.Overrides); over != nil {
			line += "; it is Claude Code's login now, but " + overrideSubject(*over) + " beats it"
		} else {
			line += "; Claude Code uses it now"
		}
	}
	if err := r.say("%s", line); err != nil {
		return err
	}
	r.notes([]string{res.Note})
	return nil
}
