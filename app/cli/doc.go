// Package cli is Baton's command line: it parses what was typed, asks the
// backend, and prints the answer as text for people or as one JSON object for
// scripts. Its syntax, JSON shapes and exit codes are a contract.
//
// It must not know how accounts are kept or who talks to the provider: all it
// has is a backend.Backend, and it never sees a token. It reads no
// environment, clock, terminal or file by itself; Config brings them in, so
// that a test can be any machine at any time. It never ends the process.
//
// Standard output carries the answer, standard error everything said beside
// it: problems, warnings, progress, questions.
package cli
