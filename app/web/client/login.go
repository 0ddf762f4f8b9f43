package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"baton/app/backend"
)

// flow is one login the server runs.
type flow struct {
	c       *Backend
	id, url string
	once    sync.Once
}

var _ backend.LoginFlow = (*flow)(nil)

// started is what the server says of a login it has begun.
type started struct{ ID, URL string }

// Login implements backend.Backend. The serving process opens no browser: this
// one is where the person is.
func (c *Backend) Login(ctx context.Context, m backend.LoginMode) (backend.LoginFlow, error) {
	var out outcome[started]
	if err := c.post(ctx, "login", m, &out); err != nil {
		c.Retry()
		return nil, c.problem(err)
	}
	if out.Problem != nil {
		return nil, out.Problem
	}
	return &flow{c: c, id: out.Result.ID, url: out.Result.URL}, nil
}

// URL implements backend.LoginFlow.
func (f *flow) URL() string { return f.url }

// loginRequest names a login and, for a paste, what was copied.
type loginRequest struct{ ID, Code string }

// Paste implements backend.LoginFlow.
func (f *flow) Paste(code string) error {
	var out outcome[struct{}]
	if err := f.c.post(context.Background(), "login/paste", loginRequest{ID: f.id, Code: code}, &out); err != nil {
		return f.c.problem(err)
	}
	if out.Problem != nil {
		return out.Problem
	}
	return nil
}

// Wait implements backend.LoginFlow. A broken connection does not end it: the
// login goes on in the serving process.
func (f *flow) Wait(ctx context.Context) (backend.LoginResult, error) {
	for {
		var out outcome[backend.LoginResult]
		err := f.c.post(ctx, "login/wait", loginRequest{ID: f.id}, &out)
		switch {
		case err == nil && out.Problem != nil:
			return out.Result, out.Problem
		case err == nil:
			return out.Result, f.c.retake(ctx)
		case errors.Is(err, errNothing):
			continue
		case ctx.Err() != nil:
			f.Cancel()
			return backend.LoginResult{}, f.c.problem(ctx.Err())
		case errors.Is(err, errSession), errors.Is(err, errStatus):
			return backend.LoginResult{}, f.c.problem(errSession)
		}
		timer := time.NewTimer(firstRetry)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// retake brings the snapshot up to date before a face is told of what it shows.
// That it cannot be had is no reason to call the login failed.
func (c *Backend) retake(ctx context.Context) error {
	if err := c.take(ctx); err == nil {
		c.hub.Send(backend.Event{Kind: backend.EventChanged})
	}
	return nil
}

// Cancel implements backend.LoginFlow. It waits for nothing.
func (f *flow) Cancel() {
	f.once.Do(func() {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), lastRetry)
			defer cancel()
			_ = f.c.post(ctx, "login/cancel", loginRequest{ID: f.id}, nil) // it ends by itself too
		}()
	})
}
