//go:build !js

package cli

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/app/backend"
)

const address = "http://127.0.0.1:4001/oauth/authorize?code=true"

// fakeFlow ends when a code is handed in, when end is closed, when it is
// canceled or when the wait is over.
type fakeFlow struct {
	result   backend.LoginResult
	refuse   error // what Paste answers
	pasted   chan string
	end      chan struct{}
	failure  error // what Wait answers after end
	canceled chan struct{}
	cancels  int
}

func newFlow(res backend.LoginResult) *fakeFlow {
	return &fakeFlow{result: res, pasted: make(chan string, 1), end: make(chan struct{}), canceled: make(chan struct{})}
}

func (f *fakeFlow) URL() string { return address }

func (f *fakeFlow) Paste(code string) error {
	if f.refuse != nil {
		return f.refuse
	}
	f.pasted <- code
	return nil
}

func (f *fakeFlow) Wait(ctx context.Context) (backend.LoginResult, error) {
	select {
	case <-f.pasted:
		return f.result, nil
	case <-f.end:
		return f.result, f.failure
	case <-f.canceled:
		return backend.LoginResult{}, &backend.Problem{Code: backend.ProblemCanceled, Message: "given up"}
	case <-ctx.Done():
		return backend.LoginResult{}, ctx.Err()
	}
}

func (f *fakeFlow) Cancel() {
	if f.cancels++; f.cancels == 1 {
		close(f.canceled)
	}
}

func TestLogin(t *testing.T) {
	told := "the browser opens; if it does not, or is logged in as someone else, open this in a private window:\n" + address + "\n"
	for _, c := range []struct {
		name   string
		args   []string
		with   func(*Config)
		result backend.LoginResult
		mode   backend.LoginMode
		stdout string
		stderr string
	}{
		{
			name: "browser", args: []string{"login"},
			result: backend.LoginResult{Key: "ada@example.com"},
			mode:   backend.LoginMode{Open: true},
			stdout: "logged in as Personal (ada@example.com)\n",
			stderr: told,
		},
		{
			name: "known account", args: []string{"login", "--email", "ada@example.com"},
			result: backend.LoginResult{Key: "ada@example.com", Known: true, Note: "its details come later"},
			mode:   backend.LoginMode{Open: true, Email: "ada@example.com"},
			stdout: "that is Personal again; its login is renewed\n",
			stderr: told + "its details come later\n",
		},
		{
			name: "no browser", args: []string{"login", "--no-browser"},
			result: backend.LoginResult{Key: "lab@uni.example", Live: true},
			stdout: address + "\nlogged in as lab@uni.example; it is Claude Code's login now, but ANTHROPIC_API_KEY in the environment beats it\n",
		},
		{
			name: "via Claude Code", args: []string{"login", "--via-claude"},
			result: backend.LoginResult{Key: "ada@example.com"},
			mode:   backend.LoginMode{ViaClaude: true},
			stdout: "logged in as Personal (ada@example.com)\n",
			stderr: "Claude Code logs in now\n",
		},
		{
			name: "paste from a pipe", args: []string{"login", "--paste"},
			with:   func(c *Config) { c.Stdin = strings.NewReader("\n\nCODE#\nSTATE") },
			result: backend.LoginResult{Key: "ada@example.com"},
			mode:   backend.LoginMode{Paste: true},
			stdout: address + "\nlogged in as Personal (ada@example.com)\n",
		},
		{
			name: "paste on a terminal", args: []string{"login", "--paste", "--no-browser"},
			with: func(c *Config) {
				terminal(c)
				c.Stdin = strings.NewReader(" CODE#STATE ")
			},
			result: backend.LoginResult{Key: "ada@example.com"},
			mode:   backend.LoginMode{Paste: true},
			stdout: address + "\nlogged in as Personal (ada@example.com)\n",
			stderr: "paste the code the page shows (CODE#STATE): ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			flow := newFlow(c.result)
			if !c.mode.Paste {
				close(flow.end)
			}
			f := &fake{snap: five(), login: func(backend.LoginMode) (backend.LoginFlow, error) { return flow, nil }}
			run(t, f, c.with, c.args...).want(t, 0, c.stdout, c.stderr)
			if want := []backend.LoginMode{c.mode}; !reflect.DeepEqual(f.modes, want) {
				t.Errorf("mode %+v, want %+v", f.modes, want)
			}
			if flow.cancels == 0 {
				t.Error("the flow was not given back")
			}
		})
	}
}

func TestLoginFails(t *testing.T) {
	refused := &backend.Problem{Code: backend.ProblemFailed, Message: "the code is not for this login", Hint: "start again"}
	busy := &backend.Problem{Code: backend.ProblemBusy, Message: "another login is being saved"}
	for _, c := range []struct {
		name   string
		args   []string
		stdin  string
		start  error
		refuse error
		fail   error
		code   int
		stderr string
	}{
		{name: "at the start", args: []string{"login", "--no-browser"}, start: busy, code: 6, stderr: "baton: another login is being saved\n"},
		{name: "while waiting", args: []string{"login", "--no-browser"}, fail: busy, code: 6, stderr: "baton: another login is being saved\n"},
		{name: "at the code", args: []string{"login", "--paste"}, stdin: "x#y\n", refuse: refused, code: 1, stderr: "baton: the code is not for this login\n  start again\n"},
		{name: "no code", args: []string{"login", "--paste"}, stdin: "", code: 2, stderr: "baton: no code on standard input\n  login --paste reads CODE#STATE from standard input\n"},
		{name: "blank code", args: []string{"login", "--paste"}, stdin: "  \n", code: 2, stderr: "baton: no code on standard input\n  login --paste reads CODE#STATE from standard input\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			flow := newFlow(backend.LoginResult{})
			flow.refuse, flow.failure = c.refuse, c.fail
			if c.fail != nil {
				close(flow.end)
			}
			f := &fake{login: func(backend.LoginMode) (backend.LoginFlow, error) {
				if c.start != nil {
					return nil, c.start
				}
				return flow, nil
			}}
			got := run(t, f, func(cfg *Config) { cfg.Stdin = strings.NewReader(c.stdin) }, c.args...)
			if got.code != c.code || got.stderr != c.stderr {
				t.Errorf("exit status %d, stderr %q; want %d, %q", got.code, got.stderr, c.code, c.stderr)
			}
		})
	}
}

// A login waits until it is interrupted, also while nobody types the code.
func TestLoginInterrupted(t *testing.T) {
	for _, args := range [][]string{{"login"}, {"login", "--paste"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				flow := newFlow(backend.LoginResult{})
				stdin, keyboard := io.Pipe()
				defer keyboard.Close()
				var out, errs bytes.Buffer
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				code := Run(ctx, Config{
					Args: args, Stdin: stdin, Stdout: &out, Stderr: &errs,
					NewBackend: func() (backend.Backend, error) {
						return &fake{login: func(backend.LoginMode) (backend.LoginFlow, error) { return flow, nil }}, nil
					},
				})
				if code != 1 || !strings.HasSuffix(errs.String(), "baton: the login was canceled\n") {
					t.Errorf("exit status %d, stderr %q", code, errs.String())
				}
				if flow.cancels == 0 {
					t.Error("the flow was not ended")
				}
			})
		})
	}
}

// The question can be left by Ctrl-C too.
func TestQuestionInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdin, keyboard := io.Pipe()
		defer keyboard.Close()
		var errs bytes.Buffer
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			synctest.Wait()
			cancel()
		}()
		f := &fake{snap: five()}
		code := Run(ctx, Config{
			Args: []string{"remove", "Personal"}, Stdin: stdin, Stderr: &errs, StdinTTY: true, StderrTTY: true,
			NewBackend: func() (backend.Backend, error) { return f, nil },
		})
		if code != 1 || !strings.HasSuffix(errs.String(), "\nbaton: canceled\n") || len(f.actions) != 0 {
			t.Errorf("exit status %d, stderr %q, %v", code, errs.String(), f.actions)
		}
	})
}

// unopened is a login whose browser did not open.
type unopened struct {
	*fakeFlow
	why *backend.Problem
}

func (u unopened) BrowserProblem() *backend.Problem { return u.why }

// That the browser opens is said only if it was started.
func TestLoginWithoutBrowser(t *testing.T) {
	for _, tty := range []bool{false, true} {
		for why, want := range map[string]string{
			"": "the browser opens; if it does not, or is logged in as someone else, open this in a private window:\n" + address + "\n",
			"no browser could be opened here: this is an SSH session without a display": "no browser could be opened here: this is an SSH session without a display\n" +
				"open this address yourself, in a browser on this machine:\n" + address + "\n" +
				"for a browser on another machine press Ctrl-C and run: baton login --paste; its page shows a code to paste here\n",
		} {
			flow := unopened{fakeFlow: newFlow(backend.LoginResult{Key: "ada@example.com"})}
			close(flow.end)
			if why != "" {
				flow.why = &backend.Problem{Code: backend.ProblemFailed, Message: why}
			}
			f := &fake{snap: five(), events: make(chan backend.Event, 1), login: func(backend.LoginMode) (backend.LoginFlow, error) { return flow, nil }}
			f.events <- backend.Event{Kind: backend.EventProgress, Wait: backend.WaitBrowser}
			run(t, f, func(c *Config) {
				if tty {
					terminal(c)
				}
			}, "login").want(t, 0, "logged in as Personal (ada@example.com)\n", want)
		}
	}
}
