// Package keyring reads and writes items of the system's keyring: the Secret
// Service on Linux and BSD, the Keychain on macOS, the Credential Manager on
// Windows. A keyring may hang, ask for a password or die, so every question is
// put by a helper: this same program started once more for one question, which
// is killed with all it started when its time is over. Then nothing it began
// can still be written after the failure was reported.
//
// It must not know what the items mean, nor of accounts, files, a window or a
// terminal. Values travel over the helper's pipes, never in its arguments or
// environment.
package keyring
