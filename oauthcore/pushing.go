package oauthcore

import (
	"context"
	"errors"
	"slices"
	"time"

	"baton/oauthcore/secret"
)

// run does it. The error is what ended it before its time.
func (p *push) run(ctx context.Context) error {
	fresh := slices.ContainsFunc(p.due, func(a *Account) bool { return p.store.book.look(a.Key).Copied == nil })
	if p.Asked || fresh || len(p.gone) > 0 {
		if err := p.index(ctx); err != nil {
			return err
		}
	}
	for _, a := range p.due {
		if err := p.one(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// index deletes the copies of removed accounts and has the index name all
// others, before there is one it does not name. Accounts only the index knows
// stay in it: they are what a restore is for.
func (p *push) index(ctx context.Context) error {
	have, err := p.getIndex(ctx, p.m)
	if err != nil {
		return err
	}
	want := copyIndex{}
	if p.on {
		for _, a := range p.store.vault.Accounts() {
			if copyable(a) || slices.Contains(have, a.Key) {
				want = append(want, a.Key)
			}
		}
	}
	gone := p.gone
	for _, key := range have {
		a := p.store.vault.Get(key)
		switch {
		case a != nil && a.Removed && !slices.Contains(gone, a):
			gone = append(gone, a) // forgotten by the book
		case (a == nil || !a.Removed) && !slices.Contains(want, key):
			want = append(want, key)
		}
	}
	for _, a := range gone {
		if err := p.m.Delete(ctx, p.Paths.CopyName(a.Key)); err != nil {
			return err
		}
		p.notes[a.Key] = nil
	}
	if slices.Equal(have, want) {
		return nil
	}
	value, err := want.encode()
	if err != nil {
		return err
	}
	return p.m.Put(ctx, p.Paths.CopyName(""), value)
}

// one copies one account's login, unless the mirror holds it or a newer one.
// Trouble with this account alone goes into its row.
func (p *push) one(ctx context.Context, a *Account) error {
	row := CopyRow{Key: a.Key, Live: a.Key == p.live}
	defer func() {
		if row.State != "" {
			p.rows = append(p.rows, row)
		}
	}()
	if !copyable(a) {
		row.State, row.Err = CopyUnsure, errNotCopied(a)
		return nil
	}
	want := copyOf(a, row.Live)
	value, err := want.encode()
	if err != nil {
		return err
	}
	have, err := p.getCopy(ctx, p.m, a.Key)
	switch {
	case errors.Is(err, errCopyShape):
		row.State, row.Err = CopyDamaged, copyTrouble(a.Key, err)
	case err != nil && !errors.Is(err, ErrNoCopy):
		return err
	case err == nil && have.ahead(a):
		row.State, row.Err = CopyAhead, errAhead(a)
	case err == nil && have.is(value):
		row.State = CopyOK
	default:
		err := p.m.Put(ctx, p.Paths.CopyName(a.Key), value)
		switch {
		case errors.Is(err, ErrCopyTooBig):
			row.State, row.Err = CopyTooBig, copyTrouble(a.Key, err)
		case err != nil:
			return err
		default:
			row.State = CopyOK
		}
	}
	// Remembered in any case: until the account changes again there is nothing
	// new to say to the keyring.
	note, err := want.note()
	p.notes[a.Key] = &note
	return err
}

// is says that the copy is this value.
func (l loginCopy) is(value secret.Secret) bool {
	was, err := l.encode()
	return err == nil && was.Equal(value)
}

// ahead says that the copy is a newer login than the account's.
func (l loginCopy) ahead(a *Account) bool {
	return l.generation > a.Generation && !l.token.Equal(a.Credential.RefreshToken) && !a.IsSpent(l.token)
}

// remember puts what became known into the book. Trouble is told once, not
// after every operation.
func (p *push) remember(b *Book, why *Error) {
	for key, note := range p.notes {
		if a := p.store.vault.Get(key); note == nil && (a == nil || a.Removed) {
			delete(b.Pages, key)
			continue
		}
		b.Page(key).Copied = note
	}
	had := b.CopyTrouble
	b.CopyTrouble, b.CopyPause = "", time.Time{}
	if why == nil || errors.Is(why, context.Canceled) {
		return
	}
	b.CopyTrouble = why.Message
	if b.CopyTrouble != had {
		p.log(Activity{Kind: "notCopied", Text: b.CopyTrouble})
	}
	if errors.Is(why, ErrMirrorSilent) {
		b.CopyPause = p.Now().Add(mirrorRest)
	}
}

// errNotCopied says why an account's login is not copied.
func errNotCopied(a *Account) *Error {
	if a.NeedsLogin || a.Credential.RefreshToken.Empty() {
		return needsLogin(a, "")
	}
	return &Error{
		Code: CodeUnsure, Key: a.Key,
		Message: "it is not sure that the login of " + a.Name() + " still works, so it was not copied",
		Hint:    "find out with: baton refresh " + a.Key,
	}
}

// errAhead says that the mirror holds the newer login.
func errAhead(a *Account) *Error {
	return &Error{
		Code: CodeKeyring, Key: a.Key,
		Message: "the keyring holds a newer login of " + a.Name() + " than Baton, which may come from a backup",
		Hint:    "take it back with: baton keyring restore " + a.Key + " --force, or refresh the account if it still works",
	}
}
