// Package claude is Claude Code's side of the house: its directories and
// files, the locks it takes around them, the login it uses, the settings that
// beat that login, and its running sessions. It reads what Claude Code reads
// and changes only the members it is asked to.
//
// It knows the shape of a login but nothing of the provider, the vault's
// protocol, the keyring or any face.
package claude
