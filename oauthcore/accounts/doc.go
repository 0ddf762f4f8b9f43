// Package accounts is the data of the core and the rules on it: the vault of
// accounts, the account pool shared with other programs, the usage store,
// logins in Claude Code's shape, and the choice of the next account. It
// decides by what it is given and does no I/O: files, locks, the provider and
// the clock are its callers' business.
package accounts
