//go:build !js

package client_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"baton/app/backend"
)

// The keyring by way of the page: what asks nobody is done; what would make a
// window appear on the other machine's screen is explained and not even begun.
func TestKeyring(t *testing.T) {
	offLine := &backend.Problem{Code: backend.ProblemKeyring, Message: "no keyring can be reached", Hint: "start one"}
	copied := []backend.AccountResult{{Key: "ada@example.com", OK: true, Copy: backend.CopyOK}}
	for _, c := range []struct {
		name    string
		keyring *backend.Keyring
		kind    backend.ActionKind
		done    bool
		message string
	}{
		{"unlocked, push", &backend.Keyring{On: true, State: "ok"}, backend.ActionKeyringPush, true, ""},
		{"unlocked, restore", &backend.Keyring{On: true, State: "ok"}, backend.ActionKeyringRestore, true, ""},
		{"switched off, restore", &backend.Keyring{State: "ok"}, backend.ActionKeyringRestore, true, ""},
		{"switched off and locked, push", &backend.Keyring{State: "locked", Problem: offLine}, backend.ActionKeyringPush, true, ""},
		{"none known", nil, backend.ActionKeyringPush, true, ""},
		{"locked, push", &backend.Keyring{On: true, State: "locked", Problem: offLine}, backend.ActionKeyringPush, false, "the keyring is locked, and would ask"},
		{"locked, restore", &backend.Keyring{On: true, State: "locked", Problem: offLine}, backend.ActionKeyringRestore, false, "the keyring is locked, and would ask"},
		{"none there, push", &backend.Keyring{On: true, State: "unavailable", Problem: offLine}, backend.ActionKeyringPush, false, "no keyring can be reached"},
		{"silent, restore", &backend.Keyring{On: true, State: "timeout", Problem: offLine}, backend.ActionKeyringRestore, false, "no keyring can be reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{}
				f.change("ada@example.com")
				var did []backend.ActionKind
				f.do = func(_ context.Context, a backend.Action) (backend.Result, error) {
					did = append(did, a.Kind)
					if a.Kind == backend.ActionKeyringStatus {
						return backend.Result{Keyring: c.keyring, Each: copied}, nil
					}
					return backend.Result{Each: copied}, nil
				}
				s := newSite(t, f)
				ctx, cancel := context.WithCancel(t.Context())
				defer synctest.Wait()
				defer s.stop()
				defer cancel()
				b := s.page(ctx, nil)

				status, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionKeyringStatus})
				if err != nil || len(status.Each) != 1 || (status.Keyring == nil) != (c.keyring == nil) {
					t.Fatalf("status: %+v, %v", status, err)
				}
				if c.keyring != nil && (status.Keyring.State != c.keyring.State || (status.Keyring.Problem == nil) != (c.keyring.Problem == nil)) {
					t.Errorf("the keyring arrived as %+v", status.Keyring)
				}
				r, err := b.Do(t.Context(), backend.Action{Kind: c.kind, All: true})
				if done := slices.Contains(did, c.kind); done != c.done {
					t.Errorf("done: %v, want %v: %v, %v", done, c.done, did, err)
				}
				if c.done {
					if err != nil || len(r.Each) != 1 || r.Each[0].Copy != backend.CopyOK {
						t.Errorf("%+v, %v", r, err)
					}
					return
				}
				var p *backend.Problem
				if !errors.As(err, &p) || p.Code != backend.ProblemKeyring || !strings.HasPrefix(p.Message, c.message) || p.Hint == "" {
					t.Errorf("%+v", err)
				}
			})
		})
	}
}
