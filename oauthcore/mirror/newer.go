package mirror

import (
	"context"
	"errors"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// TakeNewer looks for a newer login of an unsure account in the keyring, before
// the vault's token is presented: after a restored backup the vault's token is
// used up and presenting it would end the login whose newest token is in the
// keyring. Where the account's copy is newer, it becomes the account's login,
// still unsure; taken then says so. A newer copy that was live when it was copied
// is not taken, because Claude Code may have rotated it since: maybeRotated then
// says that the keyring holds one.
//
// Where copies are switched off the keyring is asked only for an account that
// came back with a backup, in which the switch may have been another; trouble of
// the keyring is then not told. The caller holds the account's lock. The error is
// a *view.Problem or that of ctx: whether there is a newer login is not known.
func (m *Mirror) TakeNewer(ctx context.Context, key string) (taken, maybeRotated bool, err error) {
	on, _, err := m.On()
	if err != nil || m.barred() != nil {
		return false, false, err
	}
	s, err := m.core.Read(ctx)
	if err != nil {
		return false, false, err
	}
	a := s.Vault.Get(key)
	if a == nil || a.Removed || !s.Unsure(a) || !on && a.Doubt != accounts.DoubtRestored {
		return false, false, nil
	}
	m.core.Progress("", view.WaitKeyring)
	l, err := m.read(ctx, m.open(true), key)
	switch {
	case errors.Is(err, ErrNoCopy):
		return false, false, nil
	case ctx.Err() != nil:
		return false, false, ctx.Err()
	case err != nil && !on:
		return false, false, nil
	case err != nil:
		return false, false, problem(key, err)
	case !newerThan(s, l, key):
		return false, false, nil
	case l.live:
		return false, true, nil
	}
	o, err := m.core.Open(ctx, oauthcore.Opening{Ask: true, Focus: []string{key}})
	if err != nil {
		return false, false, err
	}
	defer o.Release()
	if o.Unproved() {
		return false, false, o.UnknownLive()
	}
	err = m.core.Update(ctx, func(s *oauthcore.State) error {
		f := &filling{State: s, live: liveOwner(o)}
		a := s.Vault.Get(key)
		if !newerThan(s, l, key) || f.AwaitsOwner(a.Identity()) || f.candidate(a, l) != nil {
			return nil
		}
		_, err := f.fill(a, l)
		taken = err == nil
		return err
	})
	if err != nil {
		return false, false, err
	}
	if taken {
		m.core.Note(restoredAct(key))
	}
	return taken, false, nil
}

// newerThan says that the copy is a newer login of an unsure account than the
// vault's, and one the vault does not know.
func newerThan(s *oauthcore.State, l loginCopy, key string) bool {
	a := s.Vault.Get(key)
	return a != nil && !a.Removed && s.Unsure(a) && accountOf(s.Vault, l) == a && l.ahead(s.Vault, a) && s.Vault.Holder(l.token) == nil
}
