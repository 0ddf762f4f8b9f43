// Package oauthcore is the core of Baton: the vault of accounts, the files
// Claude Code and huskies read, the choice of the next account, refresh and
// swap. Its surroundings (file system, locks, provider, clock, environment)
// come in from outside, so that it can be tested as any system at any time.
//
// It must not know of a window, a terminal or a browser, of the keyring no more
// than that it is a Mirror, and it never prints. Every error a person can meet is an *Error with a hint.
package oauthcore
