//go:build !js

package server

import (
	"context"

	"baton/app/backend"
)

// lockedHint is the next step of who sits at a page, before a keyring that
// would ask for its password.
const lockedHint = "unlock it on the machine Baton runs on, or run 'baton keyring push' or 'baton keyring restore' there"

// asks says what keeps an action on the keyring from being done for a page: nil
// where it brings up nothing on a screen the person may not see. The look
// itself asks nobody.
func (s *Server) asks(ctx context.Context, kind backend.ActionKind) error {
	if kind != backend.ActionKeyringPush && kind != backend.ActionKeyringRestore {
		return nil
	}
	r, err := s.cfg.Backend.Do(ctx, backend.Action{Kind: backend.ActionKeyringStatus})
	switch {
	case err != nil:
		return err
	case r.Keyring == nil || r.Keyring.Problem == nil:
		return nil
	case kind == backend.ActionKeyringPush && !r.Keyring.On:
		return nil // that is what it will say, and it asks the keyring nothing
	case r.Keyring.State == "locked":
		return &backend.Problem{
			Code: backend.ProblemKeyring, Err: r.Keyring.Problem,
			Message: "the keyring is locked, and would ask for its password on the screen of the machine Baton runs on",
			Hint:    lockedHint,
		}
	}
	return r.Keyring.Problem
}
