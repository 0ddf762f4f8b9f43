// Package mirror copies logins into the system's keyring and takes them back
// from there, so that they survive the loss of Baton's files.
//
// Each account has one item: refresh token, identity, generation, and whether
// Claude Code used the account when it was copied. A list of all copied accounts
// is kept beside them, because a keyring cannot list its items on every system.
//
// The package knows the core and its files. It must not know how the system's
// keyring is reached (Keyring is given to it), and it sends nothing to the
// provider but what opening the core sends. No lock of Claude Code's is held
// while the keyring is called.
package mirror
