//go:build !js

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"baton/app/backend"
)

// pasteQuiet is how long no further line has to come for a paste to be over. A
// terminal delivers the lines of one paste at once, a network adds to that.
const pasteQuiet = 150 * time.Millisecond

// pastes reads codes from standard input and hands them to the flow until the
// login has ended, whose outcome then stands in out. On a terminal a wrong paste
// is followed by its reason and the question again. Otherwise the first error
// that no further line can change is returned, at the end of the input at the
// latest.
func (r *runner) pastes(ctx context.Context, flow backend.LoginFlow, done <-chan loginEnd, out *loginEnd) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	asking := r.askForCode()
	var (
		lines   = r.readLines(reading)
		verdict = make(chan error, 1)
		quiet   <-chan time.Time
		text    []string // lines of the paste that is coming in
		last    error    // the newest reason to ask again
		next    = paster{flow: flow}
	)
	hand := func() {
		whole := strings.Join(text, "\n")
		text, quiet = nil, nil
		go func() { verdict <- next.take(whole) }()
	}
	for open, busy := true, false; ; {
		from := lines
		if !open || busy {
			from = nil
		}
		select {
		case *out = <-done:
			if asking {
				_, _ = fmt.Fprintln(r.Stderr)
			}
			return nil
		case a := <-from:
			asking = false
			switch {
			case a.err == nil:
				if text = append(text, a.line); strings.TrimSpace(a.line) != "" {
					quiet = time.After(pasteQuiet)
				}
				continue
			case !errors.Is(a.err, errNoAnswer):
				return a.err
			}
			open = false
			switch {
			case strings.TrimSpace(strings.Join(text, "")) != "":
				busy = true
				hand()
			case last != nil:
				return last
			default:
				return noCode(a.err)
			}
		case <-quiet:
			busy = true
			hand()
		case err := <-verdict:
			busy = false
			last = err
			switch {
			case err == nil:
				open = false // the login goes its way
			case !errors.Is(err, backend.ErrPasteAgain) || !open:
				return err
			case r.StdinTTY:
				r.note(reason(err))
				asking = r.askForCode()
			case !errors.Is(err, backend.ErrPasteMore):
				return err
			}
		}
	}
}

// askForCode puts the question, if it can be seen and answered.
func (r *runner) askForCode() (asked bool) {
	if r.asks() {
		_, _ = fmt.Fprint(r.Stderr, "paste the code the page shows (CODE#STATE): ")
	}
	return r.asks()
}

// reason is a problem in one line.
func reason(err error) string {
	p := backend.AsProblem(err)
	if p.Hint == "" {
		return p.Message
	}
	return p.Message + "; " + p.Hint
}

func noCode(err error) error {
	return &backend.Problem{
		Code:    backend.ProblemUsage,
		Message: "no code on standard input",
		Hint:    "login --paste reads CODE#STATE from standard input",
		Err:     err,
	}
}

// paster hands pastes to a login. One that may be the beginning of a code is
// kept for the next.
type paster struct {
	flow backend.LoginFlow
	kept string
}

func (p *paster) take(text string) error {
	kept := p.kept
	p.kept = ""
	// What begins with the part kept is the whole, pasted again.
	if kept != "" && !strings.HasPrefix(strings.TrimSpace(text), strings.TrimSpace(kept)) {
		both := kept + "\n" + text
		err := p.flow.Paste(both)
		switch {
		case err == nil || !errors.Is(err, backend.ErrPasteAgain):
			return err
		case errors.Is(err, backend.ErrPasteMore):
			p.kept = both
			return err
		}
	}
	err := p.flow.Paste(text)
	if errors.Is(err, backend.ErrPasteMore) {
		p.kept = text
	}
	return err
}
