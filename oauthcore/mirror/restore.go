package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// RestoreRequest says which logins to restore.
type RestoreRequest struct {
	Name string // a key, an address or a label in the copies; "": all of them
	// Force also restores a login that Claude Code used when it was copied, and
	// one that is newer than an unsure login of the vault.
	Force bool
}

// Restore takes logins from the keyring into the vault. It fills an account only
// where no other token of it is in the vault, the journal, the pool or Claude
// Code's file, the copy's token was never used up, its generation is not behind,
// the account was not removed, and Claude Code did not use it when it was
// copied. Nothing is refreshed, and no login becomes live. The error is a
// *view.Problem, or that of ctx; trouble with one account is in its row.
func (m *Mirror) Restore(ctx context.Context, r RestoreRequest) ([]Row, error) {
	if why := m.barred(); why != nil {
		return nil, why
	}
	k := m.open(true)
	m.core.Progress("", view.WaitKeyring)
	copies, rows, err := m.readCopies(ctx, k, r.Name)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, problem("", err)
	}
	restored, err := m.restoreAll(ctx, copies, r.Force)
	if err != nil {
		return nil, err
	}
	for i, row := range restored { // one for each copy, which may have another key than its account
		if row.State != Removed || m.outlives(ctx, copies[i], row.Key) {
			continue
		}
		// Where this fails the next push does it.
		if err := m.drop(ctx, k, copies[i].key); err != nil {
			m.core.Log.Warn("the copy of a removed account stays", "key", row.Key, "error", err)
		}
	}
	return append(rows, restored...), nil
}

// outlives says that a copy may be of another account than the removed one, or of
// a login made after the removal.
func (m *Mirror) outlives(ctx context.Context, l loginCopy, key string) bool {
	s, err := m.core.Read(ctx)
	if err != nil {
		return true
	}
	a := s.Vault.Get(key)
	return a == nil || l.another(s.Vault, a) || l.ahead(s.Vault, a)
}

// restoreAll fills accounts from copies that were read. The keyring is not
// called while it holds locks.
func (m *Mirror) restoreAll(ctx context.Context, copies []loginCopy, force bool) (rows []Row, err error) {
	if force {
		release, err := m.lockReplaced(ctx, copies)
		if err != nil {
			return nil, err
		}
		defer release()
	}
	focus := make([]string, len(copies))
	for i, l := range copies {
		focus[i] = l.key
	}
	// What is live, in the pool and in the journal comes first.
	o, err := m.core.Open(ctx, oauthcore.Opening{Ask: true, Focus: focus})
	if err != nil {
		return nil, err
	}
	defer o.Release()
	m.core.Step("restore.opened")
	if o.Unproved() {
		return nil, o.UnknownLive()
	}
	var acts []view.Activity
	err = m.core.Update(ctx, func(s *oauthcore.State) error {
		f := &filling{State: s, live: liveOwner(o), force: force}
		for _, l := range copies {
			row, err := f.restore(l)
			if err != nil {
				return err
			}
			if row.State == Restored {
				acts = append(acts, restoredAct(row.Key))
			}
			rows = append(rows, row)
		}
		return nil
	})
	o.Release()
	if err != nil {
		return nil, err
	}
	m.core.Note(acts...)
	return rows, nil
}

func restoredAct(key string) view.Activity {
	return view.Activity{Kind: "restored", Key: key, Text: "from the keyring"}
}

// liveOwner is the key of the account whose login is live, "" for none.
func liveOwner(o *oauthcore.Opened) string {
	if o.Owner == nil || !o.Live.Usable() {
		return ""
	}
	return o.Owner.Key
}

// lockReplaced takes the locks of the accounts whose login a forced restore may
// replace, so that no refresh of them is under way. The error is a
// *view.Problem.
func (m *Mirror) lockReplaced(ctx context.Context, copies []loginCopy) (release func(), err error) {
	s, err := m.core.Read(ctx)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, l := range copies {
		if a := accountOf(s.Vault, l); a != nil && !a.Removed && a.Credential.Usable() && l.ahead(s.Vault, a) {
			keys = append(keys, a.Key)
		}
	}
	slices.Sort(keys)
	var held []func()
	release = func() {
		for _, free := range held {
			free()
		}
	}
	for _, key := range slices.Compact(keys) {
		free, err := m.core.Lock(ctx, m.core.Paths.AccountLock(key), claude.LockWait)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, free)
	}
	return release, nil
}

// readCopies reads the copies of one account or of all. A copy that does not
// parse has a row and nothing else.
func (m *Mirror) readCopies(ctx context.Context, k Keyring, name string) (out []loginCopy, rows []Row, err error) {
	keys, incomplete, err := m.knownKeys(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	all := keys
	if name != "" {
		// The exact key, also where the index has lost it.
		out, rows, err = m.readEach(ctx, k, []string{name})
		if err != nil || len(out)+len(rows) > 0 {
			return out, rows, err
		}
	}
	if out, rows, err = m.readEach(ctx, k, keys); err != nil {
		return nil, nil, err
	}
	switch {
	case name != "":
		out, err = pick(out, name, all)
		return out, nil, err
	case len(out)+len(rows) == 0 && incomplete:
		return nil, nil, errIncomplete()
	case len(out)+len(rows) == 0:
		return nil, nil, &view.Problem{
			Code: view.CodeNotFound, Err: ErrNoCopy,
			Message: "the keyring holds no copies of logins for " + m.core.Paths.Secure,
			Hint:    "copies are made once this is on: baton config " + oauthcore.SettingMirror + " on",
		}
	}
	if incomplete {
		m.core.Log.Warn("a part of the list of copies in the keyring is missing")
	}
	return out, rows, nil
}

func (m *Mirror) readEach(ctx context.Context, k Keyring, keys []string) (out []loginCopy, rows []Row, err error) {
	for _, key := range keys {
		l, err := m.read(ctx, k, key)
		switch {
		case errors.Is(err, ErrNoCopy): // the index names it before it is written
		case errors.Is(err, errShape):
			rows = append(rows, Row{Key: key, State: Damaged, Err: problem(key, err)})
		case err != nil:
			return nil, nil, err
		default:
			out = append(out, l)
		}
	}
	return out, rows, nil
}

// pick finds the copy a person means by an address or a label; keys are those
// of all copies. The error is a *view.Problem.
func pick(all []loginCopy, name string, keys []string) ([]loginCopy, error) {
	names := make([]accounts.Named, len(all))
	for i, l := range all {
		names[i] = accounts.Named{Key: l.key, Email: l.identity.Email, Label: l.label}
	}
	i, p := accounts.Resolve(names, name)
	switch {
	case p == nil:
		return all[i : i+1], nil
	case p.Code != view.CodeNotFound:
		return nil, p
	}
	p = &view.Problem{
		Code: view.CodeNotFound, Err: ErrNoCopy,
		Message: fmt.Sprintf("the keyring holds no copy of an account %q", name), Hint: "see: baton keyring status",
	}
	if len(keys) > 0 {
		p.Hint = "it has copies of: " + strings.Join(keys, ", ")
	}
	return nil, p
}
