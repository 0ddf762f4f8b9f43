//go:build !js

package local

import (
	"context"
	"errors"
	"net"
	"time"

	"baton/app/backend"
	"baton/oauthcore/login"
)

const (
	// listenWait is how long somebody who listens on this machine may take to
	// be reached.
	listenWait = 300 * time.Millisecond
	// namedWait is how long a login elsewhere may take, as long as Baton's own.
	namedWait = 10 * time.Minute
)

// namedFlow is a login that another program of this machine waits for, at an
// address Claude Code was told of. It comes to Baton by the files that program
// writes.
type namedFlow struct {
	b       *Backend
	key     string
	address string
	ctx     context.Context // ends the waiting
	cancel  context.CancelFunc
	opened  *backend.Problem // why the browser did not open; set before Login returns
}

var _ backend.LoginFlow = (*namedFlow)(nil)

// namedLogin begins the login an account's message named, nil where there is
// none that can come to anything.
func (b *Backend) namedLogin(ctx context.Context, key string) *namedFlow {
	a, ok := b.Snapshot().Find(key)
	if !ok || a.LoginAddress == "" {
		return nil
	}
	named, ok := login.CheckNamed(a.LoginAddress, b.client.AuthorizeAddress())
	if !ok {
		return nil
	}
	dialer := net.Dialer{Timeout: listenWait}
	conn, err := dialer.DialContext(ctx, "tcp", named.Listener)
	if err != nil {
		b.Log.Info("nobody waits for the login that was asked for", "key", key, "error", err)
		return nil
	}
	_ = conn.Close() // nothing was said
	f := &namedFlow{b: b, key: a.Key, address: named.Address}
	f.ctx, f.cancel = context.WithTimeoutCause(ctx, namedWait, errNamedLate)
	return f
}

var errNamedLate = errors.New("the login was not finished in time")

// BrowserProblem implements backend.Browsing.
func (f *namedFlow) BrowserProblem() *backend.Problem { return f.opened }

// URL implements backend.LoginFlow.
func (f *namedFlow) URL() string { return f.address }

// Paste implements backend.LoginFlow.
func (f *namedFlow) Paste(string) error {
	return &backend.Problem{
		Code: backend.ProblemUsage, Message: "this login was begun by another program",
		Hint: "hand the code to that one, or log in through Baton",
	}
}

// Wait implements backend.LoginFlow. It ends when the account is well again,
// whichever way its login came.
func (f *namedFlow) Wait(ctx context.Context) (backend.LoginResult, error) {
	defer f.cancel()
	stop := context.AfterFunc(ctx, f.cancel)
	defer stop()
	changes := f.b.Events(f.ctx)
	for {
		s := f.b.Snapshot()
		a, there := s.Find(f.key)
		switch {
		case f.ctx.Err() != nil:
			return backend.LoginResult{}, f.ended()
		case !there:
			return backend.LoginResult{}, &backend.Problem{Code: backend.ProblemCanceled, Key: f.key, Message: "the account was removed meanwhile"}
		case a.LoginAddress == "" && a.State != backend.StateNeedsLogin:
			f.keep()
			return backend.LoginResult{Key: f.key, Known: true, Live: a.Active}, nil
		case s.Live.Reason == backend.LiveUnknown:
			f.keep() // it may be this one's: the provider is asked whose it is
		}
		select {
		case _, open := <-changes:
			if !open {
				return backend.LoginResult{}, f.ended()
			}
		case <-f.ctx.Done():
		}
	}
}

// keep writes down what is live now. Where that fails the login stands in
// Claude Code's files all the same, and what writes next keeps it.
func (f *namedFlow) keep() {
	if _, err := f.b.core.Import(f.ctx); err != nil {
		f.b.Log.Info("a login made elsewhere is not kept yet", "key", f.key, "error", err)
	}
	f.b.mirrorSoon()
	f.b.reload()
}

func (f *namedFlow) ended() *backend.Problem {
	if errors.Is(context.Cause(f.ctx), errNamedLate) {
		return &backend.Problem{Code: backend.ProblemFailed, Key: f.key, Err: errNamedLate, Message: errNamedLate.Error(), Hint: "start the login again"}
	}
	return loginProblem(login.ErrCanceled)
}

// Cancel implements backend.LoginFlow.
func (f *namedFlow) Cancel() { f.cancel() }
