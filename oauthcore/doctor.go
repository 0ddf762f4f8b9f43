package oauthcore

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Severity says how much a finding matters.
type Severity string

// The severities. An error keeps Baton or Claude Code from working or gives a
// login away; a warning may come to that; an info is only told.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Finding is one thing the doctor noticed. No text in it ever holds a token.
type Finding struct {
	ID       string // what kind it is, for scripts: stable, in snake_case
	Severity Severity
	Path     string // the file or folder it is about, "" where there is none
	Message  string // one line, no capital, no full stop
	Fix      string // what mends it, "" where nothing has to be done
	// Fixed says that it was there, was mended, and is gone.
	Fixed bool

	subject string // the account it is about, or another name of its own
	mend    cure   // nil where only the person can mend it
}

// cure mends something. Its error tells why it could not.
type cure func(context.Context) error

// id tells findings of two examinations apart.
func (f Finding) id() [3]string { return [3]string{f.ID, f.Path, f.subject} }

// DoctorRequest is what the doctor needs beside the core's own surroundings.
type DoctorRequest struct {
	// Fix mends what can be mended, which may ask the provider. Without it
	// nothing is changed and nobody is asked.
	Fix bool
	// Getenv looks up a variable of the environment; nil: there are none.
	Getenv func(string) string
	// Home is the person's home folder, in which other configuration folders
	// of Claude Code are looked for; "" for none.
	Home string
}

// Doctor looks for what is wrong around the accounts, and with Fix mends what
// can be mended. What counts as mended is what a second look does not find any
// more. Damage is never an error but a finding; the error is ctx's.
func (c *Core) Doctor(ctx context.Context, r DoctorRequest) ([]Finding, error) {
	if r.Getenv == nil {
		r.Getenv = func(string) string { return "" }
	}
	before, err := c.examine(ctx, r)
	if err != nil || !r.Fix {
		return before, err
	}
	trouble := map[[3]string]error{}
	tried := false
	for _, f := range before {
		if f.mend == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return before, err
		}
		tried = true
		if err := f.mend(ctx); err != nil {
			trouble[f.id()] = err
		}
	}
	if !tried {
		return before, nil
	}
	after, err := c.examine(ctx, r)
	if err != nil {
		return before, err
	}
	return compare(before, after, trouble), nil
}

// compare lists what is there still or now, and what is gone because it was
// mended.
func compare(before, after []Finding, trouble map[[3]string]error) []Finding {
	there := map[[3]string]bool{}
	for i, f := range after {
		there[f.id()] = true
		if err := trouble[f.id()]; err != nil {
			after[i].Message += "; mending it failed: " + err.Error()
			var e *Error
			if errors.As(err, &e) && e.Hint != "" {
				after[i].Fix = e.Hint
			}
		}
	}
	var out []Finding
	for _, f := range before {
		if f.mend != nil && !there[f.id()] {
			f.Fixed, f.Fix = true, ""
			out = append(out, f)
		}
	}
	return append(out, after...)
}

// checkup is one examination under way.
type checkup struct {
	*Core
	req   DoctorRequest
	now   time.Time
	found []Finding
	// bad are the files that cannot be read; what they would tell is not
	// looked for.
	bad map[string]bool
	// clear and settle mend several findings in one go.
	clear, settle cure
}

func (c *Core) examine(ctx context.Context, r DoctorRequest) ([]Finding, error) {
	k := &checkup{Core: c, req: r, now: c.Now(), bad: map[string]bool{}}
	k.clear, k.settle = once(k.clearLocks), once(k.settleLogins)
	k.system()
	k.modes()
	k.documents(ctx)
	k.leftovers()
	if err := k.locks(ctx); err != nil {
		return nil, err
	}
	k.logins(ctx)
	k.waiting()
	k.copies(ctx)
	k.told()
	k.overrides()
	return k.found, ctx.Err()
}

// report notes a finding, once.
func (k *checkup) report(f Finding) {
	if !slices.ContainsFunc(k.found, func(have Finding) bool { return have.id() == f.id() }) {
		k.found = append(k.found, f)
	}
}

// once makes a cure work for several findings: it runs the first time only.
func once(mend cure) cure {
	done := false
	var err error
	return func(ctx context.Context) error {
		if !done {
			done, err = true, mend(ctx)
		}
		return err
	}
}

// system says what Baton cannot do here at all.
func (k *checkup) system() {
	if err := k.liveSupported(); err != nil {
		var e *Error
		if errors.As(err, &e) {
			k.report(Finding{ID: "unsupported", Severity: SeverityInfo, Message: e.Message, Fix: e.Hint})
		}
	}
}

// overrides says what beats the live login here.
func (k *checkup) overrides() {
	for _, o := range k.Overrides(k.req.Getenv) {
		f := Finding{
			ID: "override", Severity: SeverityWarning, subject: o.Name,
			Message: o.Name + " is set in this environment and beats the login: a swap changes nothing here",
			Fix:     "unset " + o.Name,
		}
		if o.Source != "environment" {
			f.Path = o.Source
			f.Message = o.Name + " beats the login: a swap changes nothing"
			f.Fix = "take " + o.Name + " out of the file"
		}
		k.report(f)
	}
}
