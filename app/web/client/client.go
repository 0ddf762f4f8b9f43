package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"baton/app/backend"
)

// Phase is how a Backend stands to the process it speaks for.
type Phase string

// The phases.
const (
	Connected Phase = "connected"
	Lost      Phase = "lost"  // nobody answers; it is tried again
	Ended     Phase = "ended" // the session is unknown: Baton was started anew
)

// Status is a Phase and, where the connection is lost, what happens next.
type Status struct {
	Phase Phase
	Retry time.Duration // how long until the next try
}

// Options shape a Backend. Base and Token are required.
type Options struct {
	// Base is the server's origin, as in http://localhost:4711.
	Base string
	// Token gives the session's token, beside the cookie the browser keeps. It
	// is asked for each request: another page may have made a new session.
	Token func() string
	// First is the first snapshot where the page has taken it already, as the
	// server sent it, and At the change it came with; "" to take it.
	First, At string
	// Follow, when not nil, is closed once changes may be followed: a page shows
	// its first list before. What changed until then is told then.
	Follow <-chan struct{}
	// HTTP sends the requests; http.DefaultClient when nil.
	HTTP *http.Client
	// Status is told each change, one call at a time; may be nil.
	Status func(Status)
}

// Backend is the accounts another process keeps. Its zero value is not ready;
// use Connect.
type Backend struct {
	o     Options
	hub   backend.Hub
	retry chan struct{} // somebody wants the next try now

	mu     sync.Mutex
	snap   backend.Snapshot
	last   string // the id of the newest event
	status Status
}

var _ backend.Backend = (*Backend)(nil)

// Connect takes the first snapshot and follows the others' changes until ctx
// ends. The error is a *backend.Problem.
func Connect(ctx context.Context, o Options) (*Backend, error) {
	if o.HTTP == nil {
		o.HTTP = http.DefaultClient
	}
	if o.Status == nil {
		o.Status = func(Status) {}
	}
	c := &Backend{o: o, retry: make(chan struct{}, 1), status: Status{Phase: Connected}}
	if err := c.begin(ctx); err != nil {
		return nil, c.problem(err)
	}
	go func() {
		if o.Follow != nil {
			select {
			case <-o.Follow:
			case <-ctx.Done():
			}
		}
		c.follow(ctx)
	}()
	return c, nil
}

// begin has a snapshot to show from the start.
func (c *Backend) begin(ctx context.Context) error {
	if c.o.First == "" {
		return c.take(ctx)
	}
	c.last = c.o.At
	return json.Unmarshal([]byte(c.o.First), &c.snap)
}

// Snapshot implements backend.Backend: the newest that arrived.
func (c *Backend) Snapshot() backend.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snap
}

// Events implements backend.Backend.
func (c *Backend) Events(ctx context.Context) <-chan backend.Event { return c.hub.Listen(ctx) }

// Status is how the connection is now.
func (c *Backend) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// Retry cuts the wait for the next try to connect short.
func (c *Backend) Retry() {
	select {
	case c.retry <- struct{}{}:
	default: // it is asked for already
	}
}

// Do implements backend.Backend. Where nobody answers it fails at once, so that
// no click is lost without a word.
func (c *Backend) Do(ctx context.Context, a backend.Action) (backend.Result, error) {
	var out outcome[backend.Result]
	if err := c.post(ctx, string(a.Kind), a, &out); err != nil {
		c.Retry()
		return backend.Result{}, c.problem(err)
	}
	// What was done is on the screen by the time its card is told so.
	if err := c.take(ctx); err == nil {
		c.hub.Send(backend.Event{Kind: backend.EventChanged})
	}
	if out.Problem != nil {
		return out.Result, out.Problem
	}
	return out.Result, nil
}

// problem words what kept a request from its answer.
func (c *Backend) problem(err error) *backend.Problem {
	var p *backend.Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled", Err: err}
	case errors.Is(err, errSession):
		return &backend.Problem{
			Code: backend.ProblemFailed, Err: err,
			Message: "this page is no longer signed in to Baton; nothing was done",
			Hint:    "open the link the terminal prints now",
		}
	case c.Status().Phase == Connected:
		return &backend.Problem{
			Code: backend.ProblemFailed, Err: err,
			Message: "the connection to Baton broke before its answer came",
			Hint:    "see what is shown once it is back, then try again",
		}
	}
	return &backend.Problem{
		Code: backend.ProblemFailed, Err: err,
		Message: "Baton cannot be reached; nothing was done",
		Hint:    "start 'baton serve' again if it has ended, then try again",
	}
}
