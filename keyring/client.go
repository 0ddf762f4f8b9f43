//go:build !js

package keyring

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"runtime"
	"time"

	"baton/oauthcore/secret"
)

// Client asks the keyring. The zero value is not ready: Service and Wait are
// needed. It may be used from any goroutine.
type Client struct {
	// Service is the service all items belong to.
	Service string
	// Wait is how long one question may take, the person's answer to a
	// request for a password included.
	Wait time.Duration
	// Quiet never asks the person and never starts a daemon: a keyring that is
	// locked stays locked. On macOS it cannot be told beforehand whether the
	// Keychain would ask.
	Quiet bool
	// Command gives the helper's command; nil: this very program with
	// HelperArg.
	Command func() *exec.Cmd
	// GOOS is the system whose limits hold, as in runtime.GOOS; "": this one.
	GOOS string
}

// Look says whether items could be read and written now: nil, or the error
// Get and Put would give.
func (c Client) Look(ctx context.Context) error {
	_, err := c.ask(ctx, request{Op: opLook})
	return err
}

// Get gives the value kept under a name. The error is ctx's or an *Error, of
// StateMissing where there is no such item.
func (c Client) Get(ctx context.Context, name string) (secret.Secret, error) {
	return c.ask(ctx, request{Op: opGet, User: name})
}

// Put keeps a value under a name, over what was there. Where it returns nil
// the value was read back. After an error nothing is written any more. The
// error is ctx's or an *Error.
func (c Client) Put(ctx context.Context, name string, value secret.Secret) error {
	goos := c.GOOS
	if goos == "" {
		goos = runtime.GOOS
	}
	if !fits(goos, len(value.Reveal())) {
		return &Error{State: StateTooBig}
	}
	_, err := c.ask(ctx, request{Op: opPut, User: name, Value: value.Reveal()})
	return err
}

// Delete takes an item away; one that is not there is no error. The error is
// ctx's or an *Error.
func (c Client) Delete(ctx context.Context, name string) error {
	_, err := c.ask(ctx, request{Op: opDelete, User: name})
	return err
}

// ask starts a helper for one question and waits for its end.
func (c Client) ask(ctx context.Context, r request) (secret.Secret, error) {
	r.Version, r.Service, r.Quiet, r.WaitMS = wireVersion, c.Service, c.Quiet, c.Wait.Milliseconds()
	question, err := line(r)
	if err != nil {
		return secret.Secret{}, &Error{State: StateRefused, Detail: "the question cannot be written down"}
	}
	limited, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	a, ok, err := c.run(limited, question)
	switch {
	case ok && a.State == StateOK:
		return secret.New(a.Value), nil
	case ok:
		return secret.Secret{}, &Error{State: a.State, Detail: a.Detail}
	case ctx.Err() != nil:
		return secret.Secret{}, ctx.Err()
	case limited.Err() != nil:
		return secret.Secret{}, &Error{State: StateTimeout, Waited: c.Wait}
	case err != nil:
		return secret.Secret{}, &Error{State: StateUnavailable, Detail: "Baton cannot start its helper: " + err.Error()}
	}
	return secret.Secret{}, &Error{State: StateUnavailable, Detail: "Baton's helper ended without an answer"}
}

// grace is how long a helper nobody waits for has to take a prompt off the
// screen before it is killed.
const grace = 500 * time.Millisecond

// run gives the helper's answer; ok is false where there is none. When it
// returns, the helper and all it started have ended or are killed. The error
// is why it could not be started.
func (c Client) run(ctx context.Context, question []byte) (a answer, ok bool, err error) {
	cmd, err := c.command(ctx)
	if err != nil {
		return answer{}, false, err
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return answer{}, false, err
	}
	end := newReaper(func() { killGroup(cmd) })
	// With its answer a helper has done everything; how it ends is not waited
	// for.
	out := capped{whole: func() { end.after(0) }}
	cmd.Stdout = &out
	cmd.Cancel = func() error {
		_ = stdin.Close() // tells it
		end.after(grace)
		return nil
	}
	if err := cmd.Start(); err != nil {
		return answer{}, false, err
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		_, _ = stdin.Write(question) // a helper that reads nothing answers nothing
	}()
	_ = cmd.Wait() // what counts is the answer; this closes stdin, too
	end.stop()
	<-asked
	a, err = parseAnswer(out.kept)
	return a, err == nil, nil
}

// command is the helper, in a process group of its own that is killed when ctx
// ends.
func (c Client) command(ctx context.Context) (*exec.Cmd, error) {
	var cmd *exec.Cmd
	if c.Command != nil {
		given := c.Command()
		cmd = exec.CommandContext(ctx, given.Path)
		cmd.Args, cmd.Env, cmd.Dir = given.Args, given.Env, given.Dir
	} else {
		program, err := self()
		if err != nil {
			return nil, err
		}
		cmd = exec.CommandContext(ctx, program)
		cmd.Args = []string{ownName(), HelperArg}
	}
	ownGroup(cmd)
	// A grandchild that left the group could hold the pipe open.
	cmd.WaitDelay = grace + time.Second
	return cmd, nil
}

// capped keeps what is written up to the size of a message and one byte more,
// and tells once a line is whole. It is no bytes.Buffer, whose ReadFrom would
// be taken for Write.
type capped struct {
	kept  []byte
	whole func()
}

var errTooMuch = errors.New("more than a message")

func (c *capped) Write(p []byte) (int, error) {
	if len(c.kept)+len(p) > maxMessage+1 {
		return 0, errTooMuch
	}
	c.kept = append(c.kept, p...)
	if bytes.IndexByte(p, '\n') >= 0 {
		c.whole()
	}
	return len(p), nil
}
