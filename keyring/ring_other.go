//go:build !js && !darwin && !linux && !netbsd && !openbsd && !(dragonfly && cgo) && !(freebsd && cgo)

package keyring

// otherRing is a keyring that is never locked while the person is logged in:
// the Credential Manager of Windows. Where the library knows none at all,
// every call says so.
type otherRing struct{ plainRing }

func newRing() ring { return otherRing{} }

// ready implements ring.
func (otherRing) ready(bool) *Error { return nil }

// dismiss implements ring: nothing is ever asked.
func (otherRing) dismiss() {}

// explain implements ring.
func (otherRing) explain(err error) *Error { return &Error{State: StateRefused, Detail: err.Error()} }
