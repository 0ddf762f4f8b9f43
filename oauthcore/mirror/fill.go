package mirror

import (
	"strings"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// filling puts copies into the vault, within one read-modify-write.
type filling struct {
	*oauthcore.State
	live  string // the key of the account whose login is live, "" for none
	force bool
	done  map[string]bool // keys of the accounts that were filled
}

// accountOf is the vault's account of a copy, by its identity, else by its key;
// nil if none.
func accountOf(v *accounts.Vault, l loginCopy) *accounts.Account {
	if a := v.Find(l.identity); a != nil {
		return a
	}
	if a := v.Get(l.key); a != nil && (!a.Identified() || !l.identity.Complete()) {
		return a
	}
	return nil
}

// restore fills one account from its copy, or says in the row why not. The error
// wraps one of jsonedit's.
func (f *filling) restore(l loginCopy) (Row, error) {
	a := accountOf(f.Vault, l)
	row := Row{Key: l.key, Live: l.live}
	if a != nil {
		row.Key = a.Key
	}
	no := func(state State, code view.Code, message, hint string) (Row, error) {
		row.State = state
		row.Err = &view.Problem{Code: code, Key: row.Key, Message: message, Hint: hint}
		return row, nil
	}
	name, again := l.name(), "log in again with: baton login --email "+accounts.AddressOf(row.Key)
	newer := a != nil && f.Unsure(a) && l.ahead(f.Vault, a) // than a login that may be used up
	holder := f.Vault.Holder(l.token)
	switch {
	case a != nil && a.Removed:
		return no(Removed, view.CodeFailed, name+" was removed; its copy is not restored", again)
	case f.AwaitsOwner(l.identity):
		return no(Lost, view.CodeBusy, "a new login waits to be saved, perhaps that of "+name, "go online and run: baton import, then try again")
	case holder != nil && holder != a:
		row.Key, row.State = holder.Key, Kept
		return row, nil
	case a != nil && a.Credential.Usable() && !(newer && f.force):
		row.State = Kept
		if newer {
			row.Note = "the keyring holds a newer login of " + name + " than this one, which may be used up; restore it with: baton keyring restore " + row.Key + " --force"
		}
		return row, nil
	case f.Vault.Spent(l.token):
		return no(Behind, view.CodeNeedsLogin, "the copied login of "+name+" was used up since", again)
	case a != nil && l.generation < a.Generation:
		return no(Behind, view.CodeNeedsLogin, "the copied login of "+name+" is older than the last one Baton had", again)
	}
	if u := f.candidate(a, l); u != nil {
		return no(Lost, view.CodeBusy, "it is not known whose login "+u.Key+" is, perhaps that of "+name, "find out with: baton refresh "+u.Key+", then try again")
	}
	if l.live && !f.force {
		return no(Lost, view.CodeNeedsLogin, "Claude Code used "+name+" when its login was copied and may have renewed it since", again+"; or try the copy all the same with --force")
	}
	return f.fill(a, l)
}

// candidate is another account whose owner is not known and whose login may be
// that of the copy's account; nil if none. a is the vault's account of the copy,
// nil for none.
func (f *filling) candidate(a *accounts.Account, l loginCopy) *accounts.Account {
	for _, u := range f.Vault.Accounts() {
		if u == a || u.Identified() || !u.Credential.Usable() || u.NeedsLogin || f.done[u.Key] {
			continue
		}
		noAddress := !strings.Contains(u.Email, "@")
		if noAddress || a != nil && u.Rival == a.Key || strings.EqualFold(u.Email, accounts.AddressOf(l.key)) || strings.EqualFold(u.Email, l.identity.Email) {
			return u
		}
	}
	return nil
}

// fill puts the copy's login into the vault. The account is unsure unless the
// vault itself knows that this is its newest login: copying may have failed
// after a later one, and a token that is used up must not be presented without a
// person asking for it. A refresh ends the doubt.
func (f *filling) fill(a *accounts.Account, l loginCopy) (Row, error) {
	if a == nil {
		if f.Vault.Get(l.key) == nil {
			a = f.Vault.Add(l.key, l.identity)
		} else {
			a, _ = f.Vault.Ensure(l.identity)
		}
	}
	newest := a.Generation == l.generation && l.generation > 0 && !l.live
	a.Identify(l.identity)
	if a.Label == "" && f.Vault.LabelOwner(a, l.label) == nil {
		a.Label = l.label
	}
	// The login that is live stays usable until its access token ends, also
	// where only the refresh token is replaced.
	var access accounts.Credential
	if a.Key == f.live {
		access = a.Credential
	}
	cr, err := l.credential(access)
	if err != nil {
		return Row{}, err
	}
	f.Vault.Save(a, cr)
	row := Row{Key: a.Key, State: Restored, Live: l.live}
	if !newest {
		a.Doubt = accounts.DoubtCopied
		row.Note = "find out whether it still works with: baton refresh " + a.Key
	}
	a.Generation = max(a.Generation, l.generation)
	if f.done == nil {
		f.done = map[string]bool{}
	}
	f.done[a.Key] = true
	return row, f.Stamp(a)
}
