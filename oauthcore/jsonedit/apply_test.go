package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestApply(t *testing.T) {
	for _, c := range []struct {
		doc   string
		edits []Edit
		want  string
	}{
		{`{}`, []Edit{{"a", []byte("1")}, {"b", []byte("2")}}, `{"a":1,"b":2}`},
		{`{"a":1,"b":2,"c":3}`, []Edit{{"a", nil}}, `{"b":2,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, []Edit{{"b", nil}}, `{"a":1,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, []Edit{{"c", nil}, {"b", nil}}, `{"a":1}`},
		{`{"a":1,"b":2,"c":3}`, []Edit{{"a", nil}, {"b", nil}, {"c", nil}}, `{}`},
		{`{"a":1,"b":2,"c":3}`, []Edit{{"a", nil}, {"b", []byte("9")}, {"d", []byte("4")}}, `{"b":9,"c":3,"d":4}`},
		{`{"a":1}`, []Edit{{"a", nil}, {"b", []byte("2")}}, `{"b":2}`},
		{`{"a":1,"a":2}`, []Edit{{"a", []byte("3")}}, `{"a":1,"a":3}`},
		{`{"a":1,"b":0,"a":2}`, []Edit{{"a", nil}}, `{"b":0}`},
		{"{\n  \"a\": 1,\n  \"b\": 2\n}\n", []Edit{{"b", nil}, {"c", []byte("3")}}, "{\n  \"a\": 1,\n  \"c\": 3\n}\n"},
		{"{\n  \"a\": 1,\n  \"b\": 2\n}\n", []Edit{{"a", nil}}, "{\n  \"b\": 2\n}\n"},
		{`{"a":1}`, []Edit{{"b", nil}}, `{"a":1}`},
		{` { } `, []Edit{{"b", []byte("1")}}, ` {"b":1 } `},
	} {
		got, err := Apply([]byte(c.doc), c.edits)
		if err != nil || string(got) != c.want {
			t.Errorf("%s %v: %s, %v; want %s", c.doc, c.edits, got, err, c.want)
		}
	}
	for _, doc := range []string{`{`, `[]`, `{"a":1}x`} {
		if _, err := Apply([]byte(doc), []Edit{{"a", []byte("1")}}); err == nil {
			t.Errorf("%s was edited", doc)
		}
	}
}

// Several edits in one pass give the same as one after the other.
func TestApplyIsOneEditAfterTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := []byte(jsonObject(3).Draw(t, "doc"))
		names := []string{"new", "other"}
		members, err := Members(doc)
		if err != nil {
			t.Skip("a member stands twice")
		}
		for _, m := range members {
			names = append(names, m.Key)
		}
		var edits []Edit
		want := doc
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 4, rapid.ID).Draw(t, "names") {
			e := Edit{Name: name}
			if rapid.Bool().Draw(t, "set") {
				e.Raw = []byte(jsonValue(2).Draw(t, "raw"))
				want, err = Set(want, e.Raw, name)
			} else {
				want, err = Delete(want, name)
			}
			if err != nil {
				t.Fatal(err)
			}
			edits = append(edits, e)
		}
		got, err := Apply(doc, edits)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal(want, &b) != nil {
			t.Fatalf("%s or %s is no JSON", got, want)
		}
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if !bytes.Equal(x, y) {
			t.Fatalf("%s %v: %s, want %s", doc, edits, got, want)
		}
	})
}

// Change gives what Apply gives, with a function in place of one value.
func TestChangeIsApply(t *testing.T) {
	for _, doc := range []string{`{}`, `{"list": {"a": 1}, "seq": 1}`, `{"seq":1}`, "{\n  \"x\": [ 1 ],\n  \"list\": {}\n}\n"} {
		others := []Edit{{"seq", []byte("2")}, {"new", []byte(`"n"`)}}
		want, err := Apply([]byte(doc), append(slices.Clone(others), Edit{"list", []byte(`{"b":2}`)}))
		if err != nil {
			t.Fatal(err)
		}
		was, _, _ := Get([]byte(doc), "list")
		got, err := Change([]byte(doc), "list", func(raw []byte) ([]byte, error) {
			if !bytes.Equal(raw, was) || (raw == nil) != (was == nil) {
				t.Errorf("%s: given %q, want %q", doc, raw, was)
			}
			return []byte(`{"b":2}`), nil
		}, others)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %s, %v; want %s", doc, got, err, want)
		}
	}
}

func TestChangeRefuses(t *testing.T) {
	good := func([]byte) ([]byte, error) { return []byte("{}"), nil }
	own := errors.New("its own")
	for _, c := range []struct {
		doc    string
		fn     func([]byte) ([]byte, error)
		others []Edit
		want   error
	}{
		{`{"a":}`, good, nil, ErrSyntax},
		{`[]`, good, nil, ErrShape},
		{`{"list":{},"list":{}}`, good, nil, ErrDuplicate},
		{`{}`, good, []Edit{{"seq", []byte("1,")}}, ErrSyntax},
		{`{}`, func([]byte) ([]byte, error) { return nil, own }, nil, own},
	} {
		if got, err := Change([]byte(c.doc), "list", c.fn, c.others); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %s, %v; want %v", c.doc, got, err, c.want)
		}
	}
}

func TestUniqueLooksAtSmallAndLargeObjects(t *testing.T) {
	for _, n := range []int{1, len(few{}), len(few{}) + 1, 100} {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("%q:1", fmt.Sprint("m", i)))
		}
		if err := Unique([]byte("{" + strings.Join(names, ",") + "}")); err != nil {
			t.Errorf("%d members: %v", n, err)
		}
		names[n-1] = `"\u006d0":1` // m0, spelled another way
		if err := Unique([]byte("{" + strings.Join(append(names, `"m0":2`), ",") + "}")); !errors.Is(err, ErrDuplicate) {
			t.Errorf("%d members, one twice: %v", n, err)
		}
	}
}
