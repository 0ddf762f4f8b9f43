//go:build !js

package local

import (
	"context"
	"errors"

	"baton/app/backend"
	"baton/oauthcore/view"
)

// problem turns a core error into the face's. The codes are the same words.
func problem(err error) *backend.Problem {
	if err == nil {
		return nil
	}
	var p *backend.Problem
	if errors.As(err, &p) {
		return p
	}
	var e *view.Problem
	if errors.As(err, &e) {
		return &backend.Problem{Code: backend.ProblemCode(e.Code), Message: err.Error(), Hint: e.Hint, Key: e.Key, Err: err}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled; nothing was changed", Err: err}
	}
	return &backend.Problem{Code: backend.ProblemFailed, Message: err.Error(), Err: err}
}

func asCore(err error) *view.Problem {
	var e *view.Problem
	if errors.As(err, &e) {
		return e
	}
	return &view.Problem{Code: view.CodeFailed, Message: err.Error(), Err: err}
}
