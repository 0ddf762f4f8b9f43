package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// run copies what is due. The error is what ended it early, or that the index is
// too big: the accounts are copied all the same then.
func (p *push) run(ctx context.Context) error {
	var tooBig error
	fresh := slices.ContainsFunc(p.due, func(a *accounts.Account) bool { return p.state.Usage.Peek(a.Key).Copied == nil })
	if p.Asked || fresh || len(p.gone) > 0 || p.state.Usage.CopyTrouble != "" {
		if err := p.index(ctx); errors.Is(err, ErrTooBig) {
			tooBig = err
		} else if err != nil {
			return err
		}
	}
	for _, a := range p.due {
		if err := p.one(ctx, a); err != nil {
			return err
		}
	}
	return tooBig
}

// index deletes the copies of removed accounts and puts all others into the
// index, before there is a copy that it does not name. Accounts that only the
// index knows stay in it: they are what a restore is for.
func (p *push) index(ctx context.Context) error {
	root := p.core.Paths.CopyName("")
	have, err := readIndex(ctx, p.k, root)
	if err != nil {
		return err
	}
	listed := make(map[string]bool, len(have.keys))
	for _, key := range have.keys {
		listed[key] = true
	}
	var want []string
	wanted := map[string]bool{}
	add := func(key string) {
		if !wanted[key] {
			wanted[key] = true
			want = append(want, key)
		}
	}
	if p.on {
		for _, a := range p.state.Vault.Accounts() {
			if copyable(p.state, a) || listed[a.Key] {
				add(a.Key)
			}
		}
	}
	gone := p.gone
	for _, key := range have.keys {
		switch a := p.state.Vault.Get(key); {
		case a == nil || !a.Removed:
			add(key)
		case !slices.Contains(gone, a):
			gone = append(gone, a) // the usage store has forgotten its copy
		}
	}
	for _, a := range gone {
		p.notes[a.Key] = nil
		if l, err := p.read(ctx, p.k, a.Key); err == nil && (l.another(p.state.Vault, a) || l.ahead(p.state.Vault, a)) {
			add(a.Key) // the only place of that login, it may be
			continue
		}
		if err := p.drop(ctx, p.k, a.Key); err != nil {
			return err
		}
	}
	if slices.Equal(have.keys, want) && !have.incomplete {
		return nil
	}
	return writeIndex(ctx, p.k, root, have, want)
}

// one copies one account's login, unless the keyring holds it or a newer one.
// Trouble with this account alone goes into its row.
func (p *push) one(ctx context.Context, a *accounts.Account) error {
	row := Row{Key: a.Key, Live: a.Key == p.live}
	if !copyable(p.state, a) {
		row.State, row.Err = Unsure, errNotCopied(a)
		p.rows = append(p.rows, row)
		return nil
	}
	want, name := copyOf(a, row.Live), p.core.Paths.CopyName(a.Key)
	value, err := want.encode()
	if err != nil {
		return err
	}
	have, err := readCopy(ctx, p.k, name, a.Key)
	differs := have.identity.Complete() && a.Identified() && !a.Is(have.identity)
	switch {
	case errors.Is(err, errShape):
		row.State, row.Err = Damaged, problem(a.Key, err)
	case err != nil && !errors.Is(err, ErrNoCopy):
		return err
	case err == nil && have.another(p.state.Vault, a) && (differs || !have.ahead(p.state.Vault, a)):
		row.State, row.Err = Ahead, errAnother(a)
	case err == nil && have.ahead(p.state.Vault, a):
		row.State, row.Err = Ahead, errAhead(a)
		p.ahead = append(p.ahead, a)
	case err == nil && have.is(value):
		row.State = OK
	default:
		err := p.k.Put(ctx, name, value)
		switch {
		case errors.Is(err, ErrTooBig):
			row.State, row.Err = TooBig, problem(a.Key, err)
		case err != nil:
			return err
		default:
			row.State = OK
		}
	}
	p.rows = append(p.rows, row)
	// Remembered in any case: until the account changes again there is nothing
	// new to write.
	note, err := want.note()
	p.notes[a.Key] = &note
	return err
}

// errNotCopied says why an account's login is not copied.
func errNotCopied(a *accounts.Account) *view.Problem {
	if a.NeedsLogin || a.Credential.RefreshToken.Empty() {
		return oauthcore.NeedsLogin(a, "")
	}
	return &view.Problem{
		Code: view.CodeUnsure, Key: a.Key,
		Message: "it is not sure that the login of " + a.Name() + " still works, so it was not copied",
		Hint:    "find out with: baton refresh " + a.Key,
	}
}

// errAnother says that the keyring holds another account's login under the key.
func errAnother(a *accounts.Account) *view.Problem {
	return &view.Problem{
		Code: view.CodeKeyring, Key: a.Key,
		Message: fmt.Sprintf("the keyring holds the login of another account under the name of %s; it was left there", a.Name()),
		Hint:    "take it back first with: baton keyring restore; then: baton keyring push",
	}
}

// errAhead says that the keyring holds the newer login.
func errAhead(a *accounts.Account) *view.Problem {
	return &view.Problem{
		Code: view.CodeKeyring, Key: a.Key,
		Message: "the keyring holds a newer login of " + a.Name() + " than Baton, which may come from a backup",
		Hint:    "restore it with: baton keyring restore " + a.Key + " --force, or refresh the account if it still works",
	}
}
