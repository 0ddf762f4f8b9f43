// Package keychain reads and writes one generic password of the macOS Keychain
// through Apple's program security. It knows nothing of logins, and nothing of
// who asks. A value is never among the arguments of a program, where every
// other program of the computer could read it: it goes in and out through
// pipes.
package keychain
