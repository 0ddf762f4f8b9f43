package mirror

import (
	"context"
	"errors"

	"baton/oauthcore"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// Keyring stores items outside Baton's files. It may be slow and it may fail, so
// no operation on a login waits for it. Errors are *view.Problem or those of ctx.
type Keyring interface {
	// Get gives the value stored under a name. The error wraps ErrNoCopy where
	// there is none.
	Get(ctx context.Context, name string) (secret.Secret, error)
	// Put stores a value under a name, replaces one that is there, and has read
	// it back when it returns nil. Once it failed it writes nothing any more. The
	// error wraps ErrTooBig where only the size of this value is at fault.
	Put(ctx context.Context, name string, value secret.Secret) error
	// Delete removes an item. It is no error if there is none.
	Delete(ctx context.Context, name string) error
}

// Errors that those of a Keyring wrap, for errors.Is. Any other error means that
// the remaining items would fail too.
var (
	ErrNoCopy = errors.New("there is no copy")
	ErrTooBig = errors.New("the copy is too big")
	// ErrSilent is such another error: the keyring did not answer in time.
	ErrSilent = errors.New("the keyring does not answer")
)

// State compares an account's copy with its login. Scripts read the values.
type State string

// The states of a copy.
const (
	OK       State = "ok"       // it is the login in the vault
	Behind   State = "behind"   // it is older than that
	Ahead    State = "ahead"    // it is newer: the vault comes from a backup
	Missing  State = "missing"  // the account has no copy
	Lost     State = "lost"     // there is a copy, and the vault has no login of the account
	Unsure   State = "unsure"   // the login may be used up, so it is not copied
	Damaged  State = "damaged"  // the item is not one this version understands
	TooBig   State = "too_big"  // the keyring takes no item of this size
	Unknown  State = "unknown"  // the keyring cannot be read now
	Restored State = "restored" // it became the account's login just now
	Kept     State = "kept"     // not restored: the account has a login
	Removed  State = "removed"  // the account was removed, its copy is deleted
)

// Row is one account's copy.
type Row struct {
	Key   string
	State State
	Live  bool // Claude Code used the account when it was copied
	// Err is why it could not be copied or restored, nil where it could.
	Err *view.Problem
	// Note is a line about the next step, "" for none.
	Note string
}

// Mirror copies the logins of one core.
type Mirror struct {
	core *oauthcore.Core
	open func(asked bool) Keyring
	word string
}

// New makes a mirror. open gives the keyring; asked says that a person waits, so
// that the keyring may ask for its password. It may be nil: there is no keyring
// then. word is the value of BATON_KEYRING, "" where it is not set.
func New(core *oauthcore.Core, open func(asked bool) Keyring, word string) *Mirror {
	return &Mirror{core: core, open: open, word: word}
}

// On says whether copies are made: by the environment, which beats the switch,
// else by the switch. A value of the environment other than "on" counts as off.
// The error is a *view.Problem: the settings cannot be read.
func (m *Mirror) On() (on, byEnvironment bool, err error) {
	if m.word != "" {
		return m.word == "on" && m.open != nil, true, nil
	}
	on, err = m.core.IsOn(oauthcore.SettingMirror)
	return on && m.open != nil, false, err
}

// barred is the problem where the keyring must not be used at all, nil where it
// may.
func (m *Mirror) barred() *view.Problem {
	switch {
	case m.open == nil:
		return &view.Problem{Code: view.CodeUnsupported, Message: "Baton knows no keyring here", Hint: "logins are kept in Baton's own files"}
	case m.word != "" && m.word != "on":
		return &view.Problem{
			Code:    view.CodeKeyring,
			Message: "the keyring is switched off here: BATON_KEYRING is " + m.word,
			Hint:    "unset BATON_KEYRING, or set it to on",
		}
	}
	return nil
}

// problem turns an error of the keyring into one for people.
func problem(key string, err error) *view.Problem {
	var p *view.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		if p.Key == "" && key != "" {
			named := *p
			named.Key = key
			return &named
		}
		return p
	case errors.Is(err, errShape):
		return &view.Problem{
			Code: view.CodeKeyring, Key: key, Err: err, Message: "an item of Baton's in the keyring " + err.Error(),
			Hint: "a newer Baton may have written it; otherwise delete it in the program you manage the keyring with",
		}
	}
	return &view.Problem{
		Code: view.CodeKeyring, Key: key, Err: err, Message: "the keyring failed: " + err.Error(),
		Hint: "see what the program you manage the keyring with says, then try again",
	}
}
