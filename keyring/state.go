//go:build !js

package keyring

import (
	"errors"
	"fmt"
	"time"
)

// What can come of a question, for errors.Is. Every error of a Client that is
// not its context's wraps one of these.
var (
	ErrMissing     = errors.New("the keyring holds no such item")
	ErrLocked      = errors.New("the keyring is locked")
	ErrUnavailable = errors.New("no keyring can be reached")
	ErrTooBig      = errors.New("this is too big for the keyring")
	ErrTimeout     = errors.New("the keyring does not answer")
	ErrRefused     = errors.New("the keyring did not do it")
)

// State is the same in one word, for the helper's answer and for scripts.
type State string

// The states.
const (
	StateOK          State = "ok"
	StateMissing     State = "missing"     // there is no such item
	StateLocked      State = "locked"      // and it was not unlocked: nobody was asked, or the person said no
	StateUnavailable State = "unavailable" // no daemon, no session bus, no collection
	StateTooBig      State = "too_big"
	StateTimeout     State = "timeout"
	StateRefused     State = "refused" // it answered, with an error of its own
)

// Error is a question that came to nothing.
type Error struct {
	State State
	// Detail is what the keyring or the system said, "" for nothing. It never
	// holds a value.
	Detail string
	// Waited is how long an answer was waited for, of StateTimeout.
	Waited time.Duration
}

// sentinel is the state as an error; nil for StateOK.
func (s State) sentinel() error {
	switch s {
	case StateOK:
		return nil
	case StateMissing:
		return ErrMissing
	case StateLocked:
		return ErrLocked
	case StateUnavailable:
		return ErrUnavailable
	case StateTooBig:
		return ErrTooBig
	case StateTimeout:
		return ErrTimeout
	}
	return ErrRefused
}

// Error implements error: one line for people.
func (e *Error) Error() string {
	text := e.State.sentinel()
	switch {
	case text == nil:
		return "the keyring answered"
	case e.State == StateTimeout && e.Waited > 0:
		return fmt.Sprintf("the keyring did not answer within %s", e.Waited)
	case e.Detail != "":
		return fmt.Sprintf("%v: %s", text, e.Detail)
	}
	return text.Error()
}

// Unwrap gives one of the errors above.
func (e *Error) Unwrap() error { return e.State.sentinel() }

// Next says what the person can do about it.
func (e *Error) Next() string {
	switch e.State {
	case StateMissing:
		return "nothing was copied under this name yet"
	case StateLocked:
		return "unlock it in the program you manage it with, or have baton keyring push ask for its password"
	case StateUnavailable:
		return "a keyring runs in a desktop session; start one there (GNOME Keyring, KWallet, KeePassXC), then try again"
	case StateTooBig:
		return "it stays in Baton's own files only"
	case StateTimeout:
		return "nothing was written; look whether a window asks for the keyring's password, then try again"
	}
	return "look at the keyring in the program you manage it with, then try again"
}

// StateOf gives the state an error stands for: StateOK for nil, StateRefused
// for one that is not of this package.
func StateOf(err error) State {
	var e *Error
	switch {
	case err == nil:
		return StateOK
	case errors.As(err, &e):
		return e.State
	}
	return StateRefused
}
