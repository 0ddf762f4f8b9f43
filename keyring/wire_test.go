//go:build !js

package keyring

import (
	"errors"
	"strings"
	"testing"

	system "github.com/zalando/go-keyring"
)

// memory is a keyring that does what a test tells it to.
type memory struct {
	items  map[string]string
	locked bool
	forget bool // it calls a write a success and keeps nothing
	alter  bool // it keeps something else
	err    error
	quiet  []bool
}

func (m *memory) ready(quiet bool) *Error {
	m.quiet = append(m.quiet, quiet)
	if m.locked {
		return &Error{State: StateLocked}
	}
	return nil
}

func (m *memory) dismiss() {}

func (m *memory) Set(service, user, value string) error {
	if m.err == nil && !m.forget {
		m.items[service+" "+user] = value
		if m.alter {
			m.items[service+" "+user] += "x"
		}
	}
	return m.err
}

func (m *memory) Get(service, user string) (string, error) {
	if v, ok := m.items[service+" "+user]; ok && m.err == nil {
		return v, nil
	} else if m.err != nil {
		return v, m.err
	}
	return "", system.ErrNotFound
}

func (m *memory) Delete(service, user string) error {
	if _, err := m.Get(service, user); err != nil {
		return err
	}
	delete(m.items, service+" "+user)
	return nil
}

func (m *memory) explain(err error) *Error { return &Error{State: StateRefused, Detail: err.Error()} }

func TestServe(t *testing.T) {
	const there = "baton there"
	for _, c := range []struct {
		name string
		op   op
		user string
		ring memory
		want answer
		kept string
	}{
		{"look", opLook, "", memory{}, answer{State: StateOK}, "old"},
		{"look at a locked one", opLook, "", memory{locked: true}, answer{State: StateLocked}, "old"},
		{"get", opGet, "there", memory{}, answer{State: StateOK, Value: "old"}, "old"},
		{"get nothing", opGet, "else", memory{}, answer{State: StateMissing}, "old"},
		{"put", opPut, "there", memory{}, answer{State: StateOK}, "new"},
		{"put into a locked one", opPut, "there", memory{locked: true}, answer{State: StateLocked}, "old"},
		{"put that is not kept", opPut, "there", memory{forget: true}, answer{State: StateRefused, Detail: "it holds something else than was written"}, "old"},
		{"put that is kept wrong", opPut, "there", memory{alter: true}, answer{State: StateRefused, Detail: "it holds something else than was written"}, "newx"},
		{"put too much", opPut, "there", memory{err: system.ErrSetDataTooBig}, answer{State: StateTooBig}, "old"},
		{"no keyring here", opGet, "there", memory{err: system.ErrUnsupportedPlatform}, answer{State: StateUnavailable, Detail: "Baton knows no keyring of this system"}, "old"},
		{"an error of its own", opGet, "there", memory{err: errors.New("no luck")}, answer{State: StateRefused, Detail: "no luck"}, "old"},
		{"an error with the value in it", opPut, "there", memory{err: errors.New("cannot write new")}, answer{State: StateRefused}, "old"},
		{"an error with a token in it", opGet, "there", memory{err: errors.New("bad sk-ant-ort01-TEST")}, answer{State: StateRefused}, "old"},
		{"delete", opDelete, "there", memory{}, answer{State: StateOK}, ""},
		{"delete nothing", opDelete, "else", memory{}, answer{State: StateOK}, "old"},
	} {
		c.ring.items = map[string]string{there: "old"}
		c.want.Version = wireVersion
		got := serve(request{Op: c.op, Service: "baton", User: c.user, Value: "new", Quiet: true}, &c.ring)
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if c.ring.items[there] != c.kept {
			t.Errorf("%s: %q is kept, want %q", c.name, c.ring.items[there], c.kept)
		}
		if len(c.ring.quiet) != 1 || !c.ring.quiet[0] {
			t.Errorf("%s: asked %v to be quiet", c.name, c.ring.quiet)
		}
	}
}

// panics is a keyring whose library fails in the middle.
type panics struct{ memory }

func (*panics) Get(string, string) (string, error) { panic("nil signal") }

func TestServeOutlivesTheLibrary(t *testing.T) {
	if got := serve(request{Op: opGet, Service: "baton", User: "a"}, &panics{}); got.State != StateUnavailable {
		t.Errorf("%+v", got)
	}
}

func TestHelperRefusesWhatIsNoQuestion(t *testing.T) {
	for _, q := range []string{
		"", "x", "\n", "{}\n", `{"version":1,"op":"get"}` + "\n",
		`{"version":2,"op":"get","service":"baton","user":"a","waitMs":1}` + "\n",
		`{"version":1,"op":"list","service":"baton","user":"a","waitMs":1}` + "\n",
		`{"version":1,"op":"get","service":"baton","user":"a","waitMs":0}` + "\n",
		`{"version":1,"op":"get","service":"baton","user":"a","waitMs":99999999}` + "\n",
		`{"version":1,"op":"get","service":"","user":"a","waitMs":1}` + "\n",
		`{"version":1,"op":"get","service":"baton","user":"a","waitMs":1,"more":1}` + "\n",
		strings.Repeat("x", 2*maxMessage) + "\n",
	} {
		var out strings.Builder
		if code := Helper(strings.NewReader(q), &out); code != exitMisuse || out.Len() > 0 {
			t.Errorf("%.60q: exit status %d, %q", q, code, out.String())
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(`{"version":1,"op":"put","service":"baton","user":"a","value":"v","quiet":true,"waitMs":3000}`))
	f.Add([]byte(`{"version":1,"op":"look","service":"baton","waitMs":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRequest(b)
		if err != nil {
			return
		}
		again, err := line(r)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := parseRequest(again); err != nil || same != r {
			t.Fatalf("%+v became %+v, %v", r, same, err)
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`{"version":1,"state":"ok","value":"v"}`))
	f.Add([]byte(`{"version":1,"state":"locked","detail":"no"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := parseAnswer(b)
		if err != nil {
			return
		}
		again, err := line(a)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := parseAnswer(again); err != nil || same != a {
			t.Fatalf("%+v became %+v, %v", a, same, err)
		}
	})
}
