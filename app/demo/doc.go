// Package demo makes the temporary home of the demo and of the tests: a folder
// with the files of Claude Code and huskies for five made-up persons, each with
// a synthetic login at a providertest.Provider. `baton demo`, the tests and the
// screenshots run on it.
//
// It must not know how Baton keeps accounts. Of Baton it imports the provider
// only.
package demo
