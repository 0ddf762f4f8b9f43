package oauthcore

import (
	"context"
	"errors"
)

// CopyStatus is how the copies stand.
type CopyStatus struct {
	On            bool // copies are made
	ByEnvironment bool // the environment says so, not the switch
	// Err is why the keyring cannot be read now, nil where it can.
	Err *Error
	// Trouble is what the last copying failed with, "" where it did not.
	Trouble string
	Rows    []CopyRow
}

// CopyStatus compares the copies with the logins. It changes nothing and has
// nobody asked for a password. Trouble with the keyring is part of the answer;
// the error is that of a file, or ctx's.
func (c *Core) CopyStatus(ctx context.Context) (CopyStatus, error) {
	var st CopyStatus
	var err error
	if st.On, st.ByEnvironment, err = c.MirrorOn(); err != nil {
		return st, err
	}
	s, err := c.read()
	if err != nil {
		return st, err
	}
	st.Trouble = s.book.CopyTrouble
	var index copyIndex
	m := Mirror(nil)
	if st.Err = c.mirrorBarred(); st.Err == nil {
		m = c.Mirror(false)
		index, err = c.getIndex(ctx, m)
		st.Err = copyTrouble("", err)
	}
	if ctx.Err() != nil {
		return st, ctx.Err()
	}
	look := func(key string) CopyRow {
		row := CopyRow{Key: key, State: CopyUnknown}
		if note := s.book.look(key).Copied; note != nil {
			row.Live = note.Live
		}
		if st.Err != nil {
			return row
		}
		l, err := c.getCopy(ctx, m, key)
		switch {
		case errors.Is(err, ErrNoCopy):
			row.State = CopyMissing
		case errors.Is(err, errCopyShape):
			row.State, row.Err = CopyDamaged, copyTrouble(key, err)
		case err != nil:
			st.Err = copyTrouble("", err) // the rest would meet it, too
		default:
			row.State, row.Live = compareCopy(s.vault.Get(key), l), l.live
		}
		return row
	}
	for _, a := range s.vault.Accounts() {
		row := look(a.Key)
		if !copyable(a) && row.State == CopyMissing {
			row.State = CopyUnsure
		}
		st.Rows = append(st.Rows, row)
	}
	for _, key := range index {
		if a := s.vault.Get(key); a == nil || a.Removed {
			if row := look(key); row.State != CopyMissing {
				st.Rows = append(st.Rows, row)
			}
		}
	}
	return st, ctx.Err()
}

// compareCopy says how a copy stands to the account's login.
func compareCopy(a *Account, l loginCopy) CopyState {
	switch {
	case a == nil || !a.Removed && !a.Credential.Usable():
		return CopyLost
	case a.Removed:
		return CopyRemoved
	case l.token.Equal(a.Credential.RefreshToken):
		return CopyOK
	case l.ahead(a):
		return CopyAhead
	}
	return CopyBehind
}
