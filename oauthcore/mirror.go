package oauthcore

import (
	"context"
	"errors"
	"fmt"

	"baton/oauthcore/files"
	"baton/oauthcore/secret"
)

// mirrorSetting is the switch of the copies.
const mirrorSetting = "keyring.mirror"

// Mirror keeps copies of logins where they outlive the loss of Baton's files:
// in the system's keyring. It may be slow and it may fail, so nothing that
// matters ever waits for it, and no lock of Claude Code's is held meanwhile.
// Errors are *Error or ctx's own.
type Mirror interface {
	// Get gives the value kept under a name. Where there is none the error
	// wraps ErrNoCopy.
	Get(ctx context.Context, name string) (secret.Secret, error)
	// Put keeps a value under a name, over what was there, and has read it
	// back when it returns nil. Where it fails nothing is written any more.
	// The error wraps ErrCopyTooBig where only this value is the trouble.
	Put(ctx context.Context, name string, value secret.Secret) error
	// Delete takes an item away; one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// Errors a Mirror wraps, for errors.Is. All others mean that the rest of the
// items would fail, too.
var (
	ErrNoCopy     = errors.New("there is no copy")
	ErrCopyTooBig = errors.New("the copy is too big")
	// ErrMirrorSilent is one of those others: there was no answer in time.
	ErrMirrorSilent = errors.New("the mirror does not answer")
)

// CopyState says how an account's copy stands to its login.
type CopyState string

// The states of a copy.
const (
	CopyOK       CopyState = "ok"       // it is the login Baton keeps
	CopyBehind   CopyState = "behind"   // it is older
	CopyAhead    CopyState = "ahead"    // it is newer: Baton's files are from a backup
	CopyMissing  CopyState = "missing"  // there is none
	CopyLost     CopyState = "lost"     // there is one, and Baton has no login of the account
	CopyUnsure   CopyState = "unsure"   // the login may be used up, so it is not copied
	CopyDamaged  CopyState = "damaged"  // it is not one of this Baton's
	CopyTooBig   CopyState = "too_big"  // the keyring takes no item of its size
	CopyUnknown  CopyState = "unknown"  // the keyring cannot be read now
	CopyRestored CopyState = "restored" // it was taken back just now
	CopyKept     CopyState = "kept"     // nothing to take back: Baton has a login of the account
	CopyRemoved  CopyState = "removed"  // the account was removed, and so is its copy
)

// CopyRow is one account's copy.
type CopyRow struct {
	Key   string
	State CopyState
	Live  bool // Claude Code used the account when it was copied
	// Err is why it could not be copied or taken back, nil where it could.
	Err *Error
	// Note is a line on what follows, "" for none.
	Note string
}

// MirrorOn says whether copies are made: by the environment, which beats the
// switch, else by the switch. A value of the environment that is neither "on"
// nor "off" counts as off: the careful side.
func (c *Core) MirrorOn() (on, byEnvironment bool, err error) {
	if c.MirrorSwitch != "" {
		return c.MirrorSwitch == "on" && c.Mirror != nil, true, nil
	}
	all, err := c.Settings()
	for _, s := range all {
		on = on || s.Key == mirrorSetting && s.On
	}
	return on && c.Mirror != nil, false, err
}

// mirrorBarred is the error where the keyring may not be touched at all, nil
// where it may.
func (c *Core) mirrorBarred() *Error {
	switch {
	case c.Mirror == nil:
		return &Error{Code: CodeUnsupported, Message: "Baton knows no keyring here", Hint: "logins are kept in Baton's own files"}
	case c.MirrorSwitch != "" && c.MirrorSwitch != "on":
		return &Error{
			Code:    CodeKeyring,
			Message: "the keyring is switched off here: BATON_KEYRING is " + c.MirrorSwitch,
			Hint:    "unset BATON_KEYRING, or set it to on",
		}
	}
	return nil
}

// copyTrouble is an error of the mirror as one for people.
func copyTrouble(key string, err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		if e.Key == "" && key != "" {
			named := *e
			named.Key = key
			return &named
		}
		return e
	case errors.Is(err, errCopyShape):
		return &Error{
			Code: CodeKeyring, Key: key, Err: err, Message: "an item of Baton's in the keyring " + err.Error(),
			Hint: "a newer Baton may have written it; otherwise delete it in the program you manage the keyring with",
		}
	}
	return &Error{Code: CodeKeyring, Key: key, Err: err, Message: "the keyring failed: " + err.Error()}
}

// getCopy reads one account's copy; errors wrap ErrNoCopy, errCopyShape, or
// are the mirror's.
func (c *Core) getCopy(ctx context.Context, m Mirror, key string) (loginCopy, error) {
	value, err := m.Get(ctx, c.Paths.CopyName(key))
	if err != nil {
		return loginCopy{}, err
	}
	l, err := parseCopy(value)
	if err == nil && l.key != key {
		err = fmt.Errorf("%w: it is another account's", errCopyShape)
	}
	return l, err
}

// getIndex reads which accounts have copies; nil where nothing was ever
// copied.
func (c *Core) getIndex(ctx context.Context, m Mirror) (copyIndex, error) {
	value, err := m.Get(ctx, c.Paths.CopyName(""))
	if errors.Is(err, ErrNoCopy) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseIndex(value)
}

// noteCopies changes what the book remembers of copies. The vault and the pool
// are not looked at: this is news about neither.
func (c *Core) noteCopies(ctx context.Context, fn func(*Book)) error {
	release, err := c.lock(context.WithoutCancel(ctx), c.Paths.StoreLock(), storeWait)
	if err != nil {
		return err
	}
	defer release()
	path := c.Paths.Book()
	doc, err := readOr(c.FS, path)
	if err != nil {
		return err
	}
	b, err := ParseBook(doc)
	if err != nil {
		return damaged(path, err)
	}
	before, err := b.Encode()
	if err == nil {
		fn(b)
		doc, err = b.Encode()
	}
	if err != nil {
		return damaged(path, err)
	}
	if string(doc) == string(before) {
		return nil
	}
	if err := files.WriteWhole(c.FS, path, doc); err != nil {
		return unwritable(path, err)
	}
	return nil
}
