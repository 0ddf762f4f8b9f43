//go:build !js

package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"baton/app/backend"
)

func TestServe(t *testing.T) {
	var got []ServeRequest
	serve := func(err error) func(*Config) {
		return func(c *Config) {
			c.Serve = func(_ context.Context, _ backend.Backend, req ServeRequest) error {
				fmt.Fprintln(req.Stdout, "link")
				fmt.Fprintln(req.Stderr, "besides")
				req.Stdout, req.Stderr = nil, nil
				got = append(got, req)
				return err
			}
		}
	}
	run(t, &fake{}, serve(nil), "serve").want(t, 0, "link\n", "besides\n")
	run(t, &fake{}, serve(nil), "serve", "--open", "--addr", "127.0.0.1:4711").want(t, 0, "link\n", "besides\n")
	want := []ServeRequest{{Addr: "127.0.0.1:0"}, {Addr: "127.0.0.1:4711", Open: true}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("asked for %+v, want %+v", got, want)
	}
	run(t, &fake{}, serve(&backend.Problem{Code: backend.ProblemUsage, Message: "not there", Hint: "here"}), "serve").
		want(t, 2, "link\n", "besides\nbaton: not there\n  here\n")
	run(t, &fake{}, serve(errors.New("broken")), "serve").want(t, 1, "link\n", "besides\nbaton: broken\n")
	run(t, &fake{}, serve(nil), "serve", "there").want(t, 2, "", "baton: serve takes no arguments\n  run 'baton help serve'\n")
}
