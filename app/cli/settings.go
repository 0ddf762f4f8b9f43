//go:build !js

package cli

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"baton/app/backend"
)

// Config is what Run needs of its surroundings. System fills the part that
// comes from the process; the zero value of a member is a usable default
// unless its comment says otherwise.
type Config struct {
	// Args are the arguments without the program's name.
	Args []string

	Stdin  io.Reader // nil: empty
	Stdout io.Writer // nil: discarded
	Stderr io.Writer // nil: discarded

	// StdinTTY, StdoutTTY and StderrTTY say which of the three are terminals.
	// Colours need a terminal on stdout, progress one on stderr, questions
	// one on both stdin and stderr.
	StdinTTY  bool
	StdoutTTY bool
	StderrTTY bool

	// Drain drops what was typed or pasted into the terminal on stdin and not
	// read yet; nil: nothing is dropped.
	Drain func()

	// Getenv looks up an environment variable; nil: there are none.
	Getenv func(string) string

	// Version, Commit and Date describe the build, for `baton version`.
	Version string
	Commit  string
	Date    string

	// Now is the clock; nil: time.Now. Local is the zone people's times are
	// shown in; nil: time.Local.
	Now   func() time.Time
	Local *time.Location

	// NewBackend opens the backend. It is called at most once, and only by a
	// command that needs one; if the backend is an io.Closer, Run closes it.
	// It must be set.
	NewBackend func() (backend.Backend, error)

	// Told is called after a hook that changed something, with what it did, to
	// let the person know; nil: nobody is told. It prints nothing and is quick.
	// It gives the control sequences for the terminal of the session, "" for none.
	Told func(ctx context.Context, b backend.Backend, done backend.Result) (terminal string)

	// Serve runs `baton serve` on a backend until ctx ends; nil: there is no
	// such command. Errors are *backend.Problem.
	Serve func(ctx context.Context, b backend.Backend, req ServeRequest) error

	// Demo runs `baton demo` until it or ctx ends; nil: there is no such
	// command.
	Demo func(ctx context.Context, req DemoRequest) error
}

// System returns a Config that speaks for this process: its arguments,
// standard streams, environment and clock. The caller adds the build's
// version, NewBackend and Demo.
func System() Config {
	var args []string
	if len(os.Args) > 1 { // a program can be started without even its name
		args = os.Args[1:]
	}
	return Config{
		Args:      args,
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		StdinTTY:  isTerminal(os.Stdin),
		StdoutTTY: isTerminal(os.Stdout),
		StderrTTY: isTerminal(os.Stderr),
		Drain:     func() { drain(os.Stdin) },
		Getenv:    os.Getenv,
		Now:       time.Now,
		Local:     time.Local,
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// withDefaults fills what was left out.
func (c Config) withDefaults() Config {
	if c.Stdin == nil {
		c.Stdin = strings.NewReader("")
	}
	if c.Stdout == nil {
		c.Stdout = io.Discard
	}
	if c.Stderr == nil {
		c.Stderr = io.Discard
	}
	if c.Getenv == nil {
		c.Getenv = func(string) string { return "" }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Local == nil {
		c.Local = time.Local
	}
	return c
}
