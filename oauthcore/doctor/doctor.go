package doctor

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/setup"
	"baton/oauthcore/view"
)

// Severity says how much a finding matters.
type Severity string

// The severities. An error keeps Baton or Claude Code from working or gives a
// login away; a warning may lead to that; an info needs no action.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Finding is one thing the doctor noticed. No text in it ever holds a token.
type Finding struct {
	ID       string // the kind, for scripts: stable, in snake_case
	Severity Severity
	Path     string // the file or directory it is about, "" for none
	Message  string // one line, no capital letter, no full stop
	Fix      string // what repairs it, "" if nothing has to be done
	// Fixed says that it was found, repaired, and is gone.
	Fixed bool

	subject string // the account or variable it is about
	repair  repair // without run: only the person can repair it
}

// id tells findings of two examinations apart.
func (f Finding) id() [3]string { return [3]string{f.ID, f.Path, f.subject} }

// repair is one way to repair something. The error of run says why it failed.
type repair struct {
	order order
	run   func(context.Context) error
}

// order is the order of repairs: open needs the locks and modes to be right, and
// an account is refreshed only after open took over everything that may hold
// its newest login.
type order int

const (
	first order = iota
	opening
	refreshing
	last
)

// Request is what the doctor needs beside the core's own surroundings.
type Request struct {
	// Fix repairs what can be repaired, which may ask the provider. Without it
	// nothing is changed and the provider is not asked.
	Fix bool
	// Lookup looks up a variable of the environment; nil: there are none.
	Lookup claude.Lookup
	// Home is the person's home directory, in which other configuration
	// directories of Claude Code are looked for; "" for none.
	Home string
}

// Setup is Baton's commands in Claude Code's settings, as package setup keeps
// them.
type Setup interface {
	// Examine says how they stand. The error is a *view.Problem.
	Examine() (setup.Status, error)
	// Restore puts them back, under the name of the program they named before.
	// The error is a *view.Problem.
	Restore(ctx context.Context) error
}

// Doctor examines and repairs.
type Doctor struct {
	core  *oauthcore.Core
	setup Setup
	// Tests replace these.
	lock func(ctx context.Context, path string) (release func(), err error)
	euid func() (uid int, ok bool)
}

// New makes a doctor. setup may be nil: Claude Code's settings are then not
// looked at for Baton's commands.
func New(core *oauthcore.Core, setup Setup) *Doctor {
	return &Doctor{core: core, setup: setup, lock: core.Locks.Lock, euid: processUser}
}

// Examine looks for what is wrong around the accounts, and with Fix repairs what
// can be repaired. Repaired is what a second examination does not find any more.
// Damage is never an error but a finding; the error is ctx's.
func (d *Doctor) Examine(ctx context.Context, r Request) ([]Finding, error) {
	if r.Lookup == nil {
		r.Lookup = func(string) (string, bool) { return "", false }
	}
	before, err := d.examine(ctx, r)
	if err != nil || !r.Fix {
		return before, err
	}
	todo := slices.DeleteFunc(slices.Clone(before), func(f Finding) bool { return f.repair.run == nil })
	if len(todo) == 0 {
		return before, nil
	}
	slices.SortStableFunc(todo, func(a, b Finding) int { return cmp.Compare(a.repair.order, b.repair.order) })
	failed := map[[3]string]error{}
	for _, f := range todo {
		if err := ctx.Err(); err != nil {
			return before, err
		}
		if err := f.repair.run(ctx); err != nil {
			failed[f.id()] = err
		}
	}
	after, err := d.examine(ctx, r)
	if err != nil {
		return before, err
	}
	return compare(before, after, failed), nil
}

// compare lists what was repaired, then what is left or new.
func compare(before, after []Finding, failed map[[3]string]error) []Finding {
	left := map[[3]string]bool{}
	for i, f := range after {
		left[f.id()] = true
		if err := failed[f.id()]; err != nil {
			after[i].Message += "; the repair failed: " + err.Error()
			var p *view.Problem
			if errors.As(err, &p) && p.Hint != "" {
				after[i].Fix = p.Hint
			}
		}
	}
	var out []Finding
	for _, f := range before {
		if f.repair.run != nil && !left[f.id()] {
			f.Fixed, f.Fix = true, ""
			out = append(out, f)
		}
	}
	return append(out, after...)
}
