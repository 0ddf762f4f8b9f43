package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"baton/app/backend"
)

const (
	firstRetry = 500 * time.Millisecond
	lastRetry  = 10 * time.Second
	// silence is how long the stream may say nothing; the server lets itself be
	// heard every 15 seconds.
	silence = 40 * time.Second
	// crowded is the pause of a page that made room for another one's stream.
	crowded = 5 * time.Second
	// stale is how much older than the last a snapshot may be without the
	// serving machine's clock having been set back.
	stale = time.Minute
)

// follow keeps a stream open until ctx ends, trying again where it breaks.
func (c *Backend) follow(ctx context.Context) {
	wait := firstRetry
	for ctx.Err() == nil {
		opened, err := c.stream(ctx)
		if opened {
			wait = firstRetry
		}
		pause := wait
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errCrowded):
			pause = crowded
		case errors.Is(err, errSession):
			pause = lastRetry
			c.tell(Status{Phase: Ended})
		default:
			c.tell(Status{Phase: Lost, Retry: pause})
			wait = min(2*wait, lastRetry)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-c.retry:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// tell keeps a status and tells of it where it is another one.
func (c *Backend) tell(s Status) {
	c.mu.Lock()
	same := c.status == s
	c.status = s
	c.mu.Unlock()
	if !same {
		c.o.Status(s)
	}
}

// stream follows one stream to its end; opened says whether there was one.
func (c *Backend) stream(ctx context.Context) (opened bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Nothing heard for long means a machine asleep or a tunnel that is gone.
	watch := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer watch.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.Base+api+"events", nil)
	if err != nil {
		return false, err
	}
	r.Header.Set("Accept", "text/event-stream")
	c.mu.Lock()
	if c.last != "" {
		r.Header.Set("Last-Event-ID", c.last)
	}
	c.mu.Unlock()
	answer, err := c.send(r)
	if err != nil {
		return false, err
	}
	defer func() { _ = answer.Body.Close() }() // it was read as far as it goes
	in := newEventReader(answer.Body, func() { watch.Reset(silence) })
	for {
		e, err := in.next()
		if err != nil {
			return true, err
		}
		if err := c.act(ctx, e); err != nil {
			return true, err
		}
	}
}

// act acts on one event of the stream.
func (c *Backend) act(ctx context.Context, e event) error {
	switch e.name {
	case "hello": // nothing changed since the last event
	case "changed":
		if err := c.take(ctx); err != nil {
			return err
		}
		c.hub.Send(backend.Event{Kind: backend.EventChanged})
	case "progress":
		var p backend.Event
		if err := json.Unmarshal([]byte(e.data), &p); err != nil {
			return err
		}
		p.Kind = backend.EventProgress
		c.hub.Send(p)
	case "later":
		return errCrowded
	default:
		return nil // a later server may have more to say
	}
	c.tell(Status{Phase: Connected})
	return nil
}
