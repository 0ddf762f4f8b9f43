// Package keyringtest starts what the keyring's tests need: a session bus of
// their own, GNOME's keyring daemon on it with a keyring that is thrown away,
// and a Secret Service that misbehaves on request. Nothing here ever touches
// the person's own session bus or keyring. It must not be part of the program.
package keyringtest
