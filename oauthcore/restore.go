package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// RestoreRequest says which logins to take back.
type RestoreRequest struct {
	Name string // a key, an address or a label in the copies; "": all of them
	// Force takes back a login that Claude Code used when it was copied, too,
	// and one that is newer than that of a restored backup.
	Force bool
}

// Restore takes logins back from the mirror. It fills an account only where no
// other token of it is anywhere, the copy's was never used up, its generation
// is not behind, the account was not removed, and Claude Code did not use it
// when it was copied. Nothing is refreshed, and no login becomes live. The
// error is an *Error, or ctx's; trouble with one account is in its row.
func (c *Core) Restore(ctx context.Context, r RestoreRequest) ([]CopyRow, error) {
	if why := c.mirrorBarred(); why != nil {
		return nil, why
	}
	m := c.Mirror(true)
	c.Progress("", WaitKeyring)
	copies, rows, err := c.readCopies(ctx, m, r.Name)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, copyTrouble("", err)
	}
	o, err := c.open(ctx, true, false) // what is live, in the pool and in the inbox comes first
	if err != nil {
		return nil, err
	}
	defer o.release()
	c.Step("restore.opened")
	if o.unproved() {
		return nil, o.errUnknownLive()
	}
	waiting, err := c.readInbox()
	if err != nil {
		return nil, err
	}
	var acts []Activity
	err = c.update(ctx, func(s *store) error {
		s.contested = o.contested
		for _, l := range copies {
			row, err := s.takeBack(l, r.Force, waiting)
			if err != nil {
				return err
			}
			if row.State == CopyRestored {
				acts = append(acts, Activity{Kind: "restored", Key: row.Key, Text: "from the keyring"})
			}
			rows = append(rows, row)
		}
		return nil
	})
	o.release()
	if err != nil {
		return nil, err
	}
	c.log(acts...)
	c.dropRemoved(ctx, m, rows)
	return rows, nil
}

// readCopies reads what the mirror holds, of one account or of all. A copy
// that does not parse has its row, no more.
func (c *Core) readCopies(ctx context.Context, m Mirror, name string) (out []loginCopy, rows []CopyRow, err error) {
	index, err := c.getIndex(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	keys := []string(index)
	if slices.Contains(keys, name) {
		keys = []string{name}
	}
	for _, key := range keys {
		l, err := c.getCopy(ctx, m, key)
		switch {
		case errors.Is(err, ErrNoCopy): // named before it was written
		case errors.Is(err, errCopyShape):
			rows = append(rows, CopyRow{Key: key, State: CopyDamaged, Err: copyTrouble(key, err)})
		case err != nil:
			return nil, nil, err
		default:
			out = append(out, l)
		}
	}
	if name == "" {
		if len(out)+len(rows) == 0 {
			return nil, nil, &Error{
				Code: CodeNotFound, Err: ErrNoCopy,
				Message: "the keyring holds no copies of logins for " + c.Paths.Secure,
				Hint:    "copies are made once this is on: baton config " + mirrorSetting + " on",
			}
		}
		return out, rows, nil
	}
	return pick(out, rows, name, keys)
}

// pick finds the copy a person means: by its key, else by the address, if one
// copy has it, else by the label.
func pick(all []loginCopy, rows []CopyRow, name string, keys []string) ([]loginCopy, []CopyRow, error) {
	rows = slices.DeleteFunc(rows, func(r CopyRow) bool { return r.Key != name })
	if len(rows) > 0 {
		return nil, rows, nil
	}
	for _, match := range []func(loginCopy) bool{
		func(l loginCopy) bool { return l.key == name },
		func(l loginCopy) bool { return strings.EqualFold(l.identity.Email, name) },
		func(l loginCopy) bool { return l.label != "" && strings.EqualFold(l.label, name) },
	} {
		var hits []loginCopy
		for _, l := range all {
			if match(l) {
				hits = append(hits, l)
			}
		}
		if len(hits) == 1 {
			return hits, nil, nil
		}
		if len(hits) > 1 {
			return nil, nil, &Error{
				Code: CodeAmbiguous, Message: fmt.Sprintf("%q is more than one account", name),
				Hint: "name one of: " + hits[0].key + ", " + hits[1].key,
			}
		}
	}
	e := &Error{Code: CodeNotFound, Err: ErrNoCopy, Message: fmt.Sprintf("the keyring holds no copy of an account %q", name), Hint: "see: baton keyring status"}
	if len(keys) > 0 {
		e.Hint = "it has copies of: " + strings.Join(keys, ", ")
	}
	return nil, nil, e
}

// takeBack fills one account from its copy, or says why not.
func (s *store) takeBack(l loginCopy, force bool, waiting *inboxLogin) (CopyRow, error) {
	a := s.vault.Find(l.identity)
	if a == nil {
		if have := s.vault.Get(l.key); have != nil && (!have.Identified() || !l.identity.Complete() || have.Is(l.identity)) {
			a = have
		}
	}
	row := CopyRow{Key: l.key, Live: l.live}
	if a != nil {
		row.Key = a.Key
	}
	no := func(state CopyState, code Code, message, hint string) (CopyRow, error) {
		row.State = state
		row.Err = &Error{Code: code, Key: row.Key, Message: message, Hint: hint}
		return row, nil
	}
	name, again := l.name(), "log in again with: baton login --email "+addressOf(row.Key)
	older := a != nil && a.RestoredFromBackup && l.ahead(a) // what Baton has is from a backup
	switch {
	case a != nil && a.Removed:
		return no(CopyRemoved, CodeFailed, name+" was removed; its copy is not taken back", again)
	case waiting != nil && (!waiting.identity.Complete() || waiting.identity.same(l.identity)):
		return no(CopyLost, CodeBusy, "a new login waits to be saved, perhaps that of "+name, "go online and run: baton import, then try again")
	case a != nil && a.Credential.Usable() && !(older && force), s.contested[row.Key]:
		row.State = CopyKept
		if older {
			row.Note = "the keyring holds a newer login of " + name + " than this one, which is from a backup; take it with: baton keyring restore " + row.Key + " --force"
		}
		return row, nil
	case a != nil && a.IsSpent(l.token):
		return no(CopyBehind, CodeNeedsLogin, "the copied login of "+name+" was used up since", again)
	case a != nil && l.generation < a.Generation:
		return no(CopyBehind, CodeNeedsLogin, "the copied login of "+name+" is older than the last one Baton had", again)
	case l.live && !force:
		return no(CopyLost, CodeNeedsLogin, "Claude Code used "+name+" when its login was copied and may have renewed it since", again+"; or try the copy all the same with --force")
	}
	return s.fill(a, l)
}

// fill puts the copy's login into the vault. The account is unsure unless the
// vault itself knows that this is its newest login: a copy may have been
// missed after it, as after a backup, and presenting a token that is used up
// by itself must not happen. A refresh settles that.
func (s *store) fill(a *Account, l loginCopy) (CopyRow, error) {
	if a == nil {
		if s.vault.Get(l.key) == nil {
			a = s.vault.add(l.key, l.identity)
		} else {
			a, _ = s.vault.ensure(l.identity)
		}
	}
	newest := a.Generation == l.generation && l.generation > 0 && !l.live
	a.identify(l.identity)
	if a.Label == "" && s.labelFree(a, l.label) {
		a.Label = l.label
	}
	cr, err := l.credential()
	if err != nil {
		return CopyRow{}, err
	}
	a.store(cr)
	a.NeedsLogin = false
	a.RestoredFromBackup = !newest
	a.Generation = max(a.Generation, l.generation)
	row := CopyRow{Key: a.Key, State: CopyRestored, Live: l.live}
	if !newest {
		row.Note = "find out whether it still works with: baton refresh " + a.Key
	}
	return row, a.stamp()
}

// labelFree says that a label means no other account.
func (s *store) labelFree(a *Account, label string) bool {
	return !slices.ContainsFunc(s.vault.Accounts(), func(o *Account) bool {
		return o != a && (strings.EqualFold(label, o.Key) || strings.EqualFold(label, o.Email) || strings.EqualFold(label, o.Label))
	})
}

// dropRemoved deletes the copies of accounts that were removed. Where that
// fails the next one to write copies does it.
func (c *Core) dropRemoved(ctx context.Context, m Mirror, rows []CopyRow) {
	for _, row := range rows {
		if row.State != CopyRemoved {
			continue
		}
		if err := m.Delete(ctx, c.Paths.CopyName(row.Key)); err != nil {
			c.Log.Warn("the copy of a removed account stays", "key", row.Key, "error", err)
		}
	}
}

// name is what to call the account of a copy.
func (l loginCopy) name() string {
	switch {
	case l.label != "":
		return l.label
	case l.identity.Email != "":
		return l.identity.Email
	}
	return l.key
}

// same says that both name the same account and organisation.
func (i Identity) same(o Identity) bool {
	return i.AccountUUID == o.AccountUUID && i.OrganizationUUID == o.OrganizationUUID
}
