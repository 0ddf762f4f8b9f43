package jsonedit

import (
	"bytes"
	"encoding/json"
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
