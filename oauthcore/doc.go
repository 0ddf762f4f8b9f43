// Package oauthcore is the swap protocol: how Baton takes logins in, refreshes
// them and makes another account the one Claude Code uses, without ever losing
// a login. docs/protocol.md describes it step by step.
//
// Its surroundings (file system, locks, provider, clock, environment) come in
// from outside, so that it can be tested as any system at any time. It must not
// know of a window, a terminal or a browser, nor of the keyring, and it never
// prints. Every error a person can meet is a *view.Problem with a hint.
package oauthcore
