package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"baton/app/backend"
)

const (
	api = "/api/v1/"
	// tokenHeader carries the session's token. A page of another origin cannot
	// send it, whatever cookies go with its requests.
	tokenHeader = "X-Baton-Token"
	// atHeader names the newest change a snapshot has in it.
	atHeader = "X-Baton-At"
	// maxAnswer bounds an answer, in bytes; a thousand accounts take half of it.
	maxAnswer = 4 << 20
)

var (
	// errSession: the server does not know this page's session.
	errSession = errors.New("unknown session")
	// errStatus: the answer is none of this server's.
	errStatus = errors.New("unexpected answer")
	// errNothing: there is no answer yet.
	errNothing = errors.New("no answer yet")
)

// outcome is what the server says of an action.
type outcome[T any] struct {
	Result  T
	Problem *backend.Problem
}

// post sends a change and reads what came of it into out, nil for nothing.
func (c *Backend) post(ctx context.Context, name string, body, out any) error {
	doc, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.Base+api+name, bytes.NewReader(doc))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	_, err = c.read(r, out)
	return err
}

// take fetches the snapshot and keeps it.
func (c *Backend) take(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.Base+api+"snapshot", nil)
	if err != nil {
		return err
	}
	var s backend.Snapshot
	at, err := c.read(r, &s)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.TakenAt.Before(c.snap.TakenAt) && c.snap.TakenAt.Sub(s.TakenAt) < stale {
		return nil // an answer that was overtaken by a later one
	}
	c.snap, c.last = s, at
	return nil
}

// read sends a request and reads the answer's JSON; at names the newest change
// the answer is sure to know of.
func (c *Backend) read(r *http.Request, out any) (at string, err error) {
	answer, err := c.send(r)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if out == nil || answer.StatusCode == http.StatusNoContent {
		if out != nil {
			return "", errNothing
		}
		return "", nil
	}
	return answer.Header.Get(atHeader), json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(out)
}

// send gives an answer of status 200 or 204.
func (c *Backend) send(r *http.Request) (*http.Response, error) {
	r.Header.Set(tokenHeader, c.o.Token())
	answer, err := c.o.HTTP.Do(r)
	if err != nil {
		if ctx := r.Context(); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	switch answer.StatusCode {
	case http.StatusOK, http.StatusNoContent:
		return answer, nil
	case http.StatusUnauthorized:
		err = errSession
	default:
		err = fmt.Errorf("%w: status %d", errStatus, answer.StatusCode)
	}
	return nil, errors.Join(err, answer.Body.Close())
}
