//go:build !js

package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"baton/app/backend"
)

// judge is a login that wants CODE#STATE, as the real one judges it: what has no
// # may go on, another state is wrong, and the provider refuses other codes.
type judge struct {
	*fakeFlow
	mu   sync.Mutex
	seen []string
}

func newJudge() *judge { return &judge{fakeFlow: newFlow(backend.LoginResult{Key: "ada@example.com"})} }

func (j *judge) Paste(text string) error {
	text = strings.Join(strings.Fields(text), "")
	j.mu.Lock()
	j.seen = append(j.seen, text)
	j.mu.Unlock()
	code, state, found := strings.Cut(text, "#")
	switch {
	case !found || state != "STATE" && strings.HasPrefix("STATE", state):
		return &backend.Problem{Code: backend.ProblemUsage, Message: "it is not whole", Hint: "paste the rest", Err: errors.Join(backend.ErrPasteAgain, backend.ErrPasteMore)}
	case state != "STATE":
		return &backend.Problem{Code: backend.ProblemUsage, Message: "it belongs to another login", Err: backend.ErrPasteAgain}
	case code != "CODE":
		return &backend.Problem{Code: backend.ProblemFailed, Message: "it is refused", Err: backend.ErrPasteAgain}
	}
	return j.fakeFlow.Paste(text)
}

// types runs `baton login --paste`; each of what is typed comes well after the one
// before, and end closes the input then.
func types(t *testing.T, j *judge, tty, end bool, typed ...string) (code int, stderr string) {
	t.Helper()
	stdin, keyboard := io.Pipe()
	defer keyboard.Close()
	over := make(chan struct{})
	go func() {
		defer close(over)
		for _, s := range typed {
			time.Sleep(time.Second)
			if _, err := io.WriteString(keyboard, s); err != nil {
				return
			}
		}
		if end {
			keyboard.Close()
		}
	}()
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	drained := 0
	code = Run(ctx, Config{
		Args: []string{"login", "--paste"}, Stdin: stdin, Stdout: &out, Stderr: &errs, StdinTTY: tty, StderrTTY: tty,
		Drain: func() { drained++ },
		NewBackend: func() (backend.Backend, error) {
			return &fake{snap: five(), events: make(chan backend.Event), login: func(backend.LoginMode) (backend.LoginFlow, error) { return j, nil }}, nil
		},
	})
	stdin.Close()
	<-over
	if (drained > 0) != tty {
		t.Errorf("the terminal's input was dropped %d times", drained)
	}
	return code, errs.String()
}

func TestPastes(t *testing.T) {
	const asked = "paste the code the page shows (CODE#STATE): "
	for _, c := range []struct {
		name   string
		typed  []string
		open   bool   // the input stays open
		stderr string // on a terminal
		piped  string // without one: what it ends with, "" for a login
	}{
		{name: "one line", typed: []string{"CODE#STATE\n"}, stderr: asked},
		{name: "without its end", typed: []string{"CODE#STATE"}, stderr: asked},
		{name: "wrapped", typed: []string{"\n\nCO\nDE#ST\nATE\n"}, open: true, stderr: asked},
		{name: "in two pastes", typed: []string{"CO\n", "DE#STATE\n"}, open: true, stderr: asked + "it is not whole; paste the rest\n" + asked},
		{name: "cut in the state", typed: []string{"CODE#ST\n", "A\n", "TE\n"}, open: true, stderr: asked + strings.Repeat("it is not whole; paste the rest\n"+asked, 2)},
		{name: "half, then all", typed: []string{"CO\n", "CODE#STATE\n"}, open: true, stderr: asked + "it is not whole; paste the rest\n" + asked},
		{name: "something else, then all", typed: []string{"hello\n", "CODE#STATE\n"}, open: true, stderr: asked + "it is not whole; paste the rest\n" + asked},
		{name: "blank lines", typed: []string{"\n", " \n", "CODE#STATE\n"}, open: true, stderr: asked},
		{
			name: "wrong, then right", typed: []string{"CODE#OTHER\n", "CODE#STATE\n"}, open: true,
			stderr: asked + "it belongs to another login\n" + asked, piped: "baton: it belongs to another login\n",
		},
		{
			name: "refused, then right", typed: []string{"ODE#STATE\n", "CODE#STATE\n"}, open: true,
			stderr: asked + "it is refused\n" + asked, piped: "baton: it is refused\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if code, stderr := types(t, newJudge(), true, !c.open, c.typed...); code != 0 || stderr != c.stderr {
					t.Errorf("terminal: exit status %d, stderr\n%q, want\n%q", code, stderr, c.stderr)
				}
				code, stderr := types(t, newJudge(), false, !c.open, c.typed...)
				if (code == 0) != (c.piped == "") || stderr != c.piped {
					t.Errorf("pipe: exit status %d, stderr %q, want %q", code, stderr, c.piped)
				}
			})
		})
	}
}

// At the end of the input one error is left, the newest, and what it costs.
func TestPastesEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed []string
		code  int
		piped string
	}{
		{"nothing", nil, 2, "baton: no code on standard input\n  login --paste reads CODE#STATE from standard input\n"},
		{"blanks", []string{" \n", "\n"}, 2, "baton: no code on standard input\n  login --paste reads CODE#STATE from standard input\n"},
		{"half", []string{"CODE\n"}, 2, "baton: it is not whole\n  paste the rest\n"},
		{"wrong", []string{"CODE#OTHER"}, 2, "baton: it belongs to another login\n"},
		{"refused", []string{"ODE#STATE"}, 1, "baton: it is refused\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, tty := range []bool{false, true} {
					code, stderr := types(t, newJudge(), tty, true, c.typed...)
					if code != c.code || !strings.HasSuffix(stderr, c.piped) || !tty && stderr != c.piped {
						t.Errorf("terminal %t: exit status %d, stderr %q, want %d, %q", tty, code, stderr, c.code, c.piped)
					}
				}
			})
		})
	}
}

// Nothing typed or pasted ends the login before its time; that does.
func TestPastesUntilTheLoginEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJudge()
		j.failure = &backend.Problem{Code: backend.ProblemFailed, Message: "the login was not finished in time"}
		time.AfterFunc(30*time.Second, func() { close(j.end) })
		typed := []string{"a\n", "b#c\n", "x#STATE\n", strings.Repeat("y", 5000) + "\n", "\x1b[A\n"}
		code, stderr := types(t, j, true, false, typed...)
		if code != 1 || !strings.HasSuffix(stderr, ": \nbaton: the login was not finished in time\n") {
			t.Errorf("exit status %d, stderr %q", code, stderr)
		}
	})
}

// What begins with the part kept is the whole: joined to it, it would be another
// code, for the provider to refuse.
func TestWholeAfterPart(t *testing.T) {
	j := newJudge()
	p := paster{flow: j}
	if err := p.take("CO\n"); !errors.Is(err, backend.ErrPasteMore) {
		t.Fatal(err)
	}
	if err := p.take(" CODE#STATE\n"); err != nil || !slices.Equal(j.seen, []string{"CO", "CODE#STATE"}) {
		t.Errorf("%v, the login was given %q", err, j.seen)
	}
}
