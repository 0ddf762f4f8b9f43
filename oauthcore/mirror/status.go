package mirror

import (
	"context"
	"errors"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// Status is the state of all copies.
type Status struct {
	On            bool // copies are made
	ByEnvironment bool // On comes from the environment, not from the switch
	// Err is why the keyring cannot be read now, nil where it can.
	Err *view.Problem
	// Trouble is what the last copying failed with, "" where it did not fail.
	Trouble string
	Rows    []Row
}

// Status compares the copies with the logins. It changes nothing and never asks
// for a password. A failing keyring is part of the result; the error is a
// *view.Problem about a file, or that of ctx.
func (m *Mirror) Status(ctx context.Context) (Status, error) {
	var st Status
	var err error
	if st.On, st.ByEnvironment, err = m.On(); err != nil {
		return st, err
	}
	s, err := m.core.Read(ctx)
	if err != nil {
		return st, err
	}
	st.Trouble = s.Usage.CopyTrouble
	var keys []string
	var incomplete bool
	var k Keyring
	if st.Err = m.barred(); st.Err == nil {
		k = m.open(false)
		keys, incomplete, err = m.knownKeys(ctx, k)
		st.Err = problem("", err)
	}
	if ctx.Err() != nil {
		return st, ctx.Err()
	}
	for _, a := range s.Vault.Accounts() {
		row := m.statusOf(ctx, k, s, a.Key, &st.Err)
		if !copyable(s, a) && row.State == Missing {
			row.State = Unsure
		}
		st.Rows = append(st.Rows, row)
	}
	for _, key := range keys {
		if a := s.Vault.Get(key); a == nil || a.Removed {
			if row := m.statusOf(ctx, k, s, key, &st.Err); row.State != Missing {
				st.Rows = append(st.Rows, row)
			}
		}
	}
	if incomplete && st.Err == nil {
		st.Err = errIncomplete()
	}
	return st, ctx.Err()
}

// statusOf compares one account's copy with its login. Once the keyring failed,
// which is noted in failed, it is not called again.
func (m *Mirror) statusOf(ctx context.Context, k Keyring, s *oauthcore.State, key string, failed **view.Problem) Row {
	row := Row{Key: key, State: Unknown}
	if note := s.Usage.Peek(key).Copied; note != nil {
		row.Live = note.Live
	}
	if *failed != nil {
		return row
	}
	l, err := m.read(ctx, k, key)
	switch {
	case errors.Is(err, ErrNoCopy):
		row.State = Missing
	case errors.Is(err, errShape):
		row.State, row.Err = Damaged, problem(key, err)
	case err != nil:
		*failed = problem("", err)
	default:
		row.State, row.Live = compare(s.Vault, s.Vault.Get(key), l), l.live
	}
	return row
}

// compare says how a copy stands to the account's login.
func compare(v *accounts.Vault, a *accounts.Account, l loginCopy) State {
	switch {
	case a == nil || !a.Removed && !a.Credential.Usable():
		return Lost
	case a.Removed:
		return Removed
	case l.token.Equal(a.Credential.RefreshToken):
		return OK
	case l.ahead(v, a):
		return Ahead
	}
	return Behind
}

// errIncomplete says that copies may be there that the index does not name.
func errIncomplete() *view.Problem {
	return &view.Problem{
		Code:    view.CodeKeyring,
		Message: "a part of the list of copies in the keyring is missing, so copies may be there that are not shown",
		Hint:    "restore such an account by its exact name: baton keyring restore ADDRESS; the list is mended by: baton keyring push",
	}
}
