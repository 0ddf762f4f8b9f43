//go:build !js

package keyring

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

// TestMain lets the test binary be the helper: a Client starts it again, as it
// starts the program.
func TestMain(m *testing.M) {
	if IsHelper(os.Args) {
		os.Exit(Run())
	}
	if len(os.Args) == 2 && os.Args[1] == "__answer" { // a helper that says what a test wants
		_, _ = io.WriteString(os.Stdout, os.Getenv("BATON_TEST_ANSWER"))
		if os.Getenv("BATON_TEST_LINGER") != "" {
			time.Sleep(time.Hour) // it is killed
		}
		os.Exit(0)
	}
	if len(os.Args) == 3 && os.Args[1] == "__hang" { // one that hangs, with a child that hangs
		hang(os.Args[2])
	}
	// With -race a program sleeps for a second before it ends.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const testValue = "sk-ant-ort01-TEST-kept"

// speaker is a client whose helper only prints a text.
func speaker(t *testing.T, text string) Client {
	t.Helper()
	t.Setenv("BATON_TEST_ANSWER", text)
	return Client{Service: "baton", Wait: time.Minute, Command: func() *exec.Cmd { return exec.Command(os.Args[0], "__answer") }}
}

// Whatever a helper answers becomes the value or one of the errors a caller
// can tell apart.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		text  string
		state State
		is    error
	}{
		{`{"version":1,"state":"ok","value":"` + testValue + `"}`, StateOK, nil},
		{`{"version":1,"state":"missing"}`, StateMissing, ErrMissing},
		{`{"version":1,"state":"locked","detail":"declined"}`, StateLocked, ErrLocked},
		{`{"version":1,"state":"unavailable"}`, StateUnavailable, ErrUnavailable},
		{`{"version":1,"state":"too_big"}`, StateTooBig, ErrTooBig},
		{`{"version":1,"state":"timeout"}`, StateTimeout, ErrTimeout},
		{`{"version":1,"state":"refused","detail":"no"}`, StateRefused, ErrRefused},
		{`{"version":2,"state":"ok"}`, StateUnavailable, ErrUnavailable},
		{`{"version":1,"state":"strange"}`, StateUnavailable, ErrUnavailable},
		{`{"version":1,"state":"ok"} {}`, StateUnavailable, ErrUnavailable},
		{`garbage`, StateUnavailable, ErrUnavailable},
		{``, StateUnavailable, ErrUnavailable},
		{strings.Repeat("x", 2*maxMessage), StateUnavailable, ErrUnavailable},
	} {
		got, err := speaker(t, c.text).Get(t.Context(), "a")
		if StateOf(err) != c.state || !errors.Is(err, c.is) {
			t.Errorf("%.60q: %v", c.text, err)
		}
		if err == nil && got.Reveal() != testValue {
			t.Errorf("%.60q gave another value", c.text)
		}
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Next() == "" || strings.Contains(err.Error()+e.Next(), "sk-ant")) {
			t.Errorf("%.60q: %v, and then %q", c.text, err, e.Next())
		}
	}
}

// With the answer a helper is done with, however long it takes to end.
func TestAnAnswerIsNotWaitedForTwice(t *testing.T) {
	t.Setenv("BATON_TEST_LINGER", "on")
	c := speaker(t, `{"version":1,"state":"ok","value":"`+testValue+`"}`+"\n")
	c.Wait = time.Hour
	if got, err := c.Get(t.Context(), "a"); err != nil || got.Reveal() != testValue {
		t.Error(err)
	}
	c = speaker(t, strings.Repeat("x", 2*maxMessage)) // too much closes the pipe
	c.Wait = 2 * time.Second
	if _, err := c.Get(t.Context(), "a"); err == nil {
		t.Error("too long an answer was taken")
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	c := Client{Service: "baton", Wait: time.Second, Command: func() *exec.Cmd { return exec.Command("/nowhere/baton") }}
	if err := c.Look(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Error(err)
	}
}

// What does not fit is told before anything is started.
func TestTooBig(t *testing.T) {
	started := false
	for _, c := range []struct {
		goos string
		most int
	}{{"linux", 8192}, {"windows", 2560}, {"darwin", 2250}} {
		client := Client{Service: "baton", Wait: time.Second, GOOS: c.goos, Command: func() *exec.Cmd {
			started = true
			return exec.Command(os.Args[0], "__answer")
		}}
		err := client.Put(t.Context(), "a", secret.New(strings.Repeat("x", c.most+1)))
		if !errors.Is(err, ErrTooBig) || started {
			t.Errorf("%s: %v, started %v", c.goos, err, started)
		}
		if !fits(c.goos, c.most) {
			t.Errorf("%s: %d bytes do not fit", c.goos, c.most)
		}
	}
	if m, err := line(request{Version: wireVersion, Op: opPut, Value: strings.Repeat("\x01", 8<<10)}); err != nil || len(m) > maxMessage {
		t.Errorf("the biggest value makes a message of %d bytes, %v", len(m), err)
	}
}

func TestACancelledQuestionIsNotATimeout(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := speaker(t, "").Look(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
