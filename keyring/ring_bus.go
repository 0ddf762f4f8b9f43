//go:build (dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd

package keyring

import (
	"errors"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"
)

// Names of the Secret Service, version 0.2 of its specification.
const (
	busService     = "org.freedesktop.secrets"
	busPath        = dbus.ObjectPath("/org/freedesktop/secrets")
	busInterface   = "org.freedesktop.Secret.Service"
	busCollection  = "org.freedesktop.Secret.Collection"
	busPrompt      = "org.freedesktop.Secret.Prompt"
	loginPath      = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	defaultAlias   = dbus.ObjectPath("/org/freedesktop/secrets/aliases/default")
	noPrompt       = dbus.ObjectPath("/")
	errorIsLocked  = "org.freedesktop.Secret.Error.IsLocked"
	errorNoObject  = "org.freedesktop.Secret.Error.NoSuchObject"
	errorUnknown   = "org.freedesktop.DBus.Error.UnknownObject"
	errorUnMethod  = "org.freedesktop.DBus.Error.UnknownMethod"
	errorBusPrefix = "org.freedesktop.DBus.Error."
)

// busRing is the Secret Service. The library reads and writes; whether the
// collection is locked is asked and, where the person may be asked, mended
// beforehand and on a connection of its own: the library would prompt without
// being told to, and takes whatever signal comes first for the prompt's end.
type busRing struct {
	plainRing
	mu     sync.Mutex
	prompt dbus.BusObject // the one that is shown, nil while none is
}

func newRing() ring { return &busRing{} }

// ready implements ring.
func (b *busRing) ready(quiet bool) *Error {
	// Never one that starts a bus: a server without a desktop has none, and
	// would be left with a stray daemon.
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return &Error{State: StateUnavailable, Detail: "there is no session bus"}
	}
	defer func() { _ = conn.Close() }() // the process ends soon
	if err := conn.Auth(nil); err != nil {
		return &Error{State: StateUnavailable, Detail: "the session bus lets nobody in"}
	}
	if err := conn.Hello(); err != nil {
		return &Error{State: StateUnavailable, Detail: "the session bus does not answer"}
	}
	if quiet {
		running := false
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, busService).Store(&running); err != nil {
			return b.explain(err)
		}
		if !running {
			return &Error{State: StateUnavailable, Detail: "no keyring daemon runs in this session"}
		}
	}
	path, err := collection(conn)
	if err != nil {
		return b.explain(err)
	}
	locked, err := isLocked(conn, path)
	switch {
	case err != nil:
		return b.explain(err)
	case !locked:
		return nil
	case quiet:
		return &Error{State: StateLocked}
	}
	return b.unlock(conn, path)
}

// collection is where the library keeps its items: the login collection, else
// the default one.
func collection(conn *dbus.Conn) (dbus.ObjectPath, error) {
	v, err := conn.Object(busService, busPath).GetProperty(busInterface + ".Collections")
	if err != nil {
		return "", err
	}
	paths, ok := v.Value().([]dbus.ObjectPath)
	if !ok {
		return "", &Error{State: StateRefused, Detail: "it does not list its collections"}
	}
	if slices.Contains(paths, loginPath) {
		return loginPath, nil
	}
	return defaultAlias, nil
}

func isLocked(conn *dbus.Conn, path dbus.ObjectPath) (bool, error) {
	v, err := conn.Object(busService, path).GetProperty(busCollection + ".Locked")
	if err != nil {
		return false, err
	}
	locked, ok := v.Value().(bool)
	if !ok {
		return false, &Error{State: StateRefused, Detail: "it does not say whether it is locked"}
	}
	return locked, nil
}

// unlock has the daemon ask the person for the keyring's password.
func (b *busRing) unlock(conn *dbus.Conn, path dbus.ObjectPath) *Error {
	var unlocked []dbus.ObjectPath
	prompt := noPrompt
	service := conn.Object(busService, busPath)
	if err := service.Call(busInterface+".Unlock", 0, []dbus.ObjectPath{path}).Store(&unlocked, &prompt); err != nil {
		return b.explain(err)
	}
	if prompt != noPrompt {
		if e := b.ask(conn, prompt); e != nil {
			return e
		}
	}
	switch locked, err := isLocked(conn, path); {
	case err != nil:
		return b.explain(err)
	case locked:
		return &Error{State: StateLocked, Detail: "it was not unlocked"}
	}
	return nil
}

// shown notes which prompt is on the screen.
func (b *busRing) shown(prompt dbus.BusObject) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.prompt = prompt
}

// dismiss implements ring.
func (b *busRing) dismiss() {
	b.mu.Lock()
	prompt := b.prompt
	b.mu.Unlock()
	if prompt != nil {
		_ = prompt.Call(busPrompt+".Dismiss", 0).Err // the process ends whatever comes of it
	}
}

// ask shows a prompt and waits for its own end, whatever else is signalled
// meanwhile. The process's deadline bounds the wait.
func (b *busRing) ask(conn *dbus.Conn, path dbus.ObjectPath) *Error {
	if err := conn.AddMatchSignal(dbus.WithMatchObjectPath(path), dbus.WithMatchInterface(busPrompt)); err != nil {
		return b.explain(err)
	}
	signals := make(chan *dbus.Signal, 64)
	conn.Signal(signals)
	prompt := conn.Object(busService, path)
	b.shown(prompt)
	defer b.shown(nil)
	if err := prompt.Call(busPrompt+".Prompt", 0, "").Err; err != nil {
		return b.explain(err)
	}
	for s := range signals {
		if s == nil || s.Path != path || s.Name != busPrompt+".Completed" {
			continue
		}
		if dismissed, ok := first[bool](s.Body); ok && dismissed {
			return &Error{State: StateLocked, Detail: "unlocking it was declined"}
		}
		return nil
	}
	return &Error{State: StateUnavailable, Detail: "the keyring went away"}
}

// first is the first of a signal's values, if it is of this type.
func first[T any](body []any) (v T, ok bool) {
	if len(body) == 0 {
		return v, false
	}
	v, ok = body[0].(T)
	return v, ok
}

// explain implements ring.
func (*busRing) explain(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var said dbus.Error
	if !errors.As(err, &said) {
		if errors.Is(err, dbus.ErrClosed) {
			return &Error{State: StateUnavailable, Detail: "the keyring went away"}
		}
		return &Error{State: StateRefused, Detail: err.Error()}
	}
	switch said.Name {
	case errorIsLocked:
		return &Error{State: StateLocked}
	case errorNoObject, errorUnknown, errorUnMethod:
		return &Error{State: StateUnavailable, Detail: "it has no default collection yet"}
	case errorBusPrefix + "ServiceUnknown", errorBusPrefix + "NameHasNoOwner":
		return &Error{State: StateUnavailable, Detail: "no keyring daemon runs in this session"}
	case errorBusPrefix + "NoReply", errorBusPrefix + "Disconnected":
		return &Error{State: StateUnavailable, Detail: "the keyring went away"}
	}
	if len(said.Name) > len(errorBusPrefix) && said.Name[:len(errorBusPrefix)] == errorBusPrefix {
		return &Error{State: StateUnavailable, Detail: said.Name[len(errorBusPrefix):]}
	}
	return &Error{State: StateRefused, Detail: said.Error()}
}
