//go:build !js

package keyring

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	system "github.com/zalando/go-keyring"
)

// Exit statuses of a helper. Its answer says what came of the question.
const (
	exitAsked  = 0 // there was an answer, good or bad
	exitMisuse = 2 // this was no question
	exitAlone  = 3 // nobody waits any more, or the time is over
)

// Helper is the whole life of a helper: one question from stdin, one answer to
// stdout. It gives the exit status. The process ends at once, whatever is
// under way, when the question's time is over or stdin is closed.
func Helper(stdin io.Reader, stdout io.Writer) int {
	in := bufio.NewReaderSize(io.LimitReader(stdin, maxMessage+1), 4096)
	question, err := in.ReadBytes('\n')
	if err != nil {
		return exitMisuse
	}
	r, err := parseRequest(question)
	if err != nil {
		return exitMisuse
	}
	k := newRing()
	time.AfterFunc(time.Duration(r.WaitMS)*time.Millisecond, func() { giveUp(k) })
	go func() {
		_, _ = io.Copy(io.Discard, in) // until whoever asked is gone
		giveUp(k)
	}()
	reply, err := line(serve(r, k))
	if err == nil {
		_, err = stdout.Write(reply)
	}
	if err != nil {
		return exitAlone
	}
	return exitAsked
}

// dismissWait is how long a prompt has to go away.
const dismissWait = grace / 2

// giveUp takes a prompt that is shown off the screen, then ends the process.
func giveUp(k ring) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		k.dismiss()
	}()
	select {
	case <-gone:
	case <-time.After(dismissWait):
	}
	end()
}

// ring is the keyring as the helper sees it.
type ring interface {
	// ready says whether items can be read and written: nil, or why not. Where
	// it may ask, it has a locked keyring unlocked by the person first.
	ready(quiet bool) *Error
	// dismiss takes a prompt ready waits for off the screen; it may take long.
	dismiss()
	Set(service, user, value string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
	// explain puts an error of the three above into words.
	explain(err error) *Error
}

// serve answers one question.
func serve(r request, k ring) (a answer) {
	defer func() {
		// The library takes a signal of the bus for granted that may be nil
		// where the bus goes away.
		if recover() != nil {
			a = failed(r, &Error{State: StateUnavailable, Detail: "the keyring went away"})
		}
	}()
	if e := k.ready(r.Quiet); e != nil {
		return failed(r, e)
	}
	var err error
	value := ""
	switch r.Op {
	case opGet:
		value, err = k.Get(r.Service, r.User)
	case opPut:
		err = put(r, k)
	case opDelete:
		if err = k.Delete(r.Service, r.User); errors.Is(err, system.ErrNotFound) {
			err = nil
		}
	}
	if err != nil {
		return failed(r, explain(k, err))
	}
	return answer{Version: wireVersion, State: StateOK, Value: value}
}

// put writes and reads back: a keyring whose prompt was dismissed may call
// that a success.
func put(r request, k ring) error {
	if err := k.Set(r.Service, r.User, r.Value); err != nil {
		return err
	}
	switch kept, err := k.Get(r.Service, r.User); {
	case err != nil:
		return err
	case kept != r.Value:
		return &Error{State: StateRefused, Detail: "it holds something else than was written"}
	}
	return nil
}

// explain puts an error into words: those every system has, then its own.
func explain(k ring, err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, system.ErrNotFound):
		return &Error{State: StateMissing}
	case errors.Is(err, system.ErrSetDataTooBig):
		return &Error{State: StateTooBig}
	case errors.Is(err, system.ErrUnsupportedPlatform):
		return &Error{State: StateUnavailable, Detail: "Baton knows no keyring of this system"}
	}
	return k.explain(err)
}

// failed is the answer for an error. Whatever the keyring said is left out
// where it repeats the value or what looks like a token.
func failed(r request, e *Error) answer {
	detail := strings.ToValidUTF8(e.Detail, "?")
	if (r.Value != "" && strings.Contains(detail, r.Value)) || strings.Contains(detail, "sk-ant-") {
		detail = ""
	}
	if len(detail) > 300 {
		detail = detail[:300]
	}
	return answer{Version: wireVersion, State: e.State, Detail: detail}
}

// plainRing is the keyring by the library.
type plainRing struct{}

func (plainRing) Set(service, user, value string) error    { return system.Set(service, user, value) }
func (plainRing) Get(service, user string) (string, error) { return system.Get(service, user) }
func (plainRing) Delete(service, user string) error        { return system.Delete(service, user) }

// Run is Helper on this process's own standard streams.
func Run() int { return Helper(os.Stdin, os.Stdout) }
