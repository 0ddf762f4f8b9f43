//go:build !js

package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// HelperArg is the one argument this program is started with as a helper.
const HelperArg = "__keyring"

// wireVersion is checked on both sides: a program that was replaced while it
// runs must not talk to another version of itself.
const wireVersion = 1

// maxMessage bounds a request and an answer, in bytes.
const maxMessage = 64 << 10

// op is what a helper is asked to do.
type op string

const (
	opLook   op = "look"   // whether items could be read and written now
	opGet    op = "get"    // answers with the value
	opPut    op = "put"    // and reads it back
	opDelete op = "delete" // an item that is not there is as good as deleted
)

// request is one line of JSON on the helper's standard input, which stays open
// until the answer is there: its end tells the helper that nobody waits.
type request struct {
	Version int    `json:"version"`
	Op      op     `json:"op"`
	Service string `json:"service"`
	User    string `json:"user"`
	Value   string `json:"value,omitempty"`
	// Quiet forbids asking the person and starting a daemon.
	Quiet bool `json:"quiet"`
	// WaitMS is after how many milliseconds the helper gives up by itself.
	WaitMS int64 `json:"waitMs"`
}

// answer is one line of JSON on the helper's standard output.
type answer struct {
	Version int    `json:"version"`
	State   State  `json:"state"`
	Value   string `json:"value,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

// errWire says that a message is not one of ours.
var errWire = errors.New("not a message of this version")

func parseRequest(line []byte) (request, error) {
	var r request
	if err := parse(line, &r); err != nil {
		return request{}, err
	}
	switch {
	case r.Version != wireVersion:
		return request{}, fmt.Errorf("%w: version %d", errWire, r.Version)
	case !slices.Contains([]op{opLook, opGet, opPut, opDelete}, r.Op):
		return request{}, fmt.Errorf("%w: unknown question", errWire)
	case r.Service == "" || (r.User == "" && r.Op != opLook):
		return request{}, fmt.Errorf("%w: no name", errWire)
	case r.WaitMS <= 0 || r.WaitMS > time.Hour.Milliseconds():
		return request{}, fmt.Errorf("%w: no end", errWire)
	}
	return r, nil
}

func parseAnswer(line []byte) (answer, error) {
	var a answer
	if err := parse(line, &a); err != nil {
		return answer{}, err
	}
	known := []State{StateOK, StateMissing, StateLocked, StateUnavailable, StateTooBig, StateTimeout, StateRefused}
	if a.Version != wireVersion || !slices.Contains(known, a.State) {
		return answer{}, errWire
	}
	return a, nil
}

// parse reads exactly one object. What it complains about is not repeated: it
// may be a value.
func parse(line []byte, into any) error {
	if len(line) > maxMessage {
		return fmt.Errorf("%w: too long", errWire)
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil || d.More() {
		return errWire
	}
	return nil
}

// line gives a message as its one line.
func line(message any) ([]byte, error) {
	b, err := json.Marshal(message)
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}
