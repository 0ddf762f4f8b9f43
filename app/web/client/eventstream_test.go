package client

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func read(text string) (all []event, err error) {
	r := newEventReader(strings.NewReader(text), func() {})
	for {
		e, err := r.next()
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
}

func TestEventReader(t *testing.T) {
	for text, want := range map[string][]event{
		"":                                       nil,
		": still here\n\n":                       nil,
		"event: changed\n\n":                     {{name: "changed"}},
		"id: a.1\nevent:changed\ndata: \n\n":     {{id: "a.1", name: "changed"}},
		"event: p\r\ndata: {\r\ndata: }\r\n\r\n": {{name: "p", data: "{\n}"}},
		"data: nameless\n\nevent: b\n\n":         {{name: "b"}},
		"event: cut off":                         nil,
		"retry: 5\nother\nevent: c\n\n":          {{name: "c"}},
	} {
		got, err := read(text)
		if !slices.Equal(got, want) || !errors.Is(err, io.EOF) {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	if _, err := read("data: " + strings.Repeat("x", maxLine)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a line too long: %v", err)
	}
}

func FuzzEventReader(f *testing.F) {
	f.Add("id: a.1\nevent: changed\ndata: x\n\n: beat\n\nevent: b\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := read(text)
		if err == nil {
			t.Error("a stream without an end")
		}
		for _, e := range all {
			if e.name == "" || strings.ContainsAny(e.name+e.id, "\n") || len(e.data) > maxLine {
				t.Errorf("%q: %+v", text, e)
			}
		}
	})
}
