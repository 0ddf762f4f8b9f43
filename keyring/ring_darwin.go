//go:build darwin

package keyring

import (
	"errors"
	"os/exec"
)

// What `security` ends with is the lowest byte of the Keychain's own error
// (SecBase.h).
const (
	exitInteractionNotAllowed = 36  // errSecInteractionNotAllowed, -25308
	exitAuthFailed            = 51  // errSecAuthFailed, -25293
	exitUserCanceled          = 128 // errSecUserCanceled, -128
)

// keychainRing is the Keychain, which the library reaches by `security`.
type keychainRing struct{ plainRing }

func newRing() ring { return keychainRing{} }

// ready implements ring. Nothing tells whether the Keychain is locked without
// having it ask: the one program that could, `security show-keychain-info`,
// asks.
func (keychainRing) ready(bool) *Error { return nil }

// dismiss implements ring: what the Keychain asks is not Baton's to take away.
func (keychainRing) dismiss() {}

// explain implements ring.
func (keychainRing) explain(err error) *Error {
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		switch ended.ExitCode() {
		case exitInteractionNotAllowed, exitAuthFailed, exitUserCanceled:
			return &Error{State: StateLocked}
		}
	case errors.Is(err, exec.ErrNotFound):
		return &Error{State: StateUnavailable, Detail: "there is no program security"}
	}
	return &Error{State: StateRefused, Detail: err.Error()}
}
