// Package setup puts Baton's two commands into Claude Code's settings.json and
// takes them out again: the status line command, and a hook for the event
// StopFailure. Every other byte of the file stays as it is.
//
// It knows Claude Code's files and locks, but nothing of the swap protocol, the
// provider or the keyring.
package setup
