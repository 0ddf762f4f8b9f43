package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSet(t *testing.T) {
	for _, tt := range []struct {
		name, doc, raw string
		path           []string
		want           string
	}{
		{"replace keeps the rest", `{ "a":1.50e2,  "b" : {"x":null},"c":[1,2] }`, `"new"`, []string{"b"}, `{ "a":1.50e2,  "b" : "new","c":[1,2] }`},
		{"add to compact", `{"a":1}`, `2`, []string{"b"}, `{"a":1,"b":2}`},
		{"add to pretty", "{\n  \"a\": 1\n}\n", `2`, []string{"b"}, "{\n  \"a\": 1,\n  \"b\": 2\n}\n"},
		{"add to empty", "{ }", `2`, []string{"b"}, `{"b":2 }`},
		{"add nested objects", `{}`, `2`, []string{"a", "b.c@d#e"}, `{"a":{"b.c@d#e":2}}`},
		{"nested replace", `{"a":{"x":0,"b":1,"y":12345678901234567890}}`, `{}`, []string{"a", "b"}, `{"a":{"x":0,"b":{},"y":12345678901234567890}}`},
		{"escaped name is the same name", `{"\u0061":1,"z":2}`, `9`, []string{"a"}, `{"\u0061":9,"z":2}`},
		{"odd characters in a name", `{"a<b>&":1}`, `9`, []string{"q\"<"}, `{"a<b>&":1,"q\"<":9}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Set([]byte(tt.doc), []byte(tt.raw), tt.path...)
			if err != nil || string(got) != tt.want {
				t.Fatalf("Set = %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	for doc, want := range map[string]string{
		`{"a":1,"b":2,"c":3}`: `{"a":1,"c":3}`,
		`{"b":2, "c":3}`:      `{"c":3}`,
		`{"a":1 , "b":2}`:     `{"a":1}`,
		`{"b":2}`:             `{}`,
		`{"c":3}`:             `{"c":3}`,
	} {
		got, err := Delete([]byte(doc), "b")
		if err != nil || string(got) != want {
			t.Errorf("Delete(%s) = %s, %v; want %s", doc, got, err, want)
		}
	}
	got, err := Delete([]byte(`{"a":{"b":{"c":1}}}`), "a", "b", "c")
	if err != nil || string(got) != `{"a":{"b":{}}}` {
		t.Errorf("nested Delete = %s, %v", got, err)
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		doc  string
		path []string
		want error
	}{
		{`{"a":1`, []string{"a"}, ErrSyntax},
		{``, []string{"a"}, ErrSyntax},
		{`{"a":1}}`, []string{"a"}, ErrSyntax},
		{"\xef\xbb\xbf{}", []string{"a"}, ErrSyntax},
		{`[1]`, []string{"a"}, ErrShape},
		{`null`, []string{"a"}, ErrShape},
		{`{"a":[]}`, []string{"a", "b"}, ErrShape},
		{`{"a":1,"a":2}`, []string{"b"}, ErrDuplicate},
		{`{"a":1,"\u0061":2}`, []string{"b"}, ErrDuplicate},
		{`{"x":{"a":1,"a":2}}`, []string{"x", "a"}, ErrDuplicate},
		{strings.Repeat("[", 200000) + strings.Repeat("]", 200000), []string{"a"}, ErrSyntax},
	} {
		short := tt.doc
		if len(short) > 40 {
			short = short[:40]
		}
		if _, err := Set([]byte(tt.doc), []byte("1"), tt.path...); !errors.Is(err, tt.want) {
			t.Errorf("Set(%s) error = %v, want %v", short, err, tt.want)
		}
		if _, _, err := Get([]byte(tt.doc), tt.path...); !errors.Is(err, tt.want) {
			t.Errorf("Get(%s) error = %v, want %v", short, err, tt.want)
		}
		if _, err := Delete([]byte(tt.doc), tt.path...); !errors.Is(err, tt.want) {
			t.Errorf("Delete(%s) error = %v, want %v", short, err, tt.want)
		}
	}
	if _, err := Set([]byte(`{}`), []byte(`{"x"`), "a"); !errors.Is(err, ErrSyntax) {
		t.Errorf("a broken new value: %v", err)
	}
	if _, err := Members([]byte(`7`)); !errors.Is(err, ErrShape) {
		t.Errorf("Members of a number: %v", err)
	}
	if _, err := Pretty([]byte(`{`)); !errors.Is(err, ErrSyntax) {
		t.Errorf("Pretty of a half: %v", err)
	}
}

func TestEqualAndPretty(t *testing.T) {
	a := []byte(`{"n":1.0e5,"e":{},"s":"<&>"}`)
	p, err := Pretty(a)
	if err != nil || !Equal(a, p) || !bytes.Contains(p, []byte("1.0e5")) || p[len(p)-1] != '\n' {
		t.Fatalf("Pretty = %s, %v", p, err)
	}
	if Equal(a, []byte(`{"n":100000,"e":{},"s":"<&>"}`)) {
		t.Error("another spelling of a number counts as a change")
	}
	if Equal(a, []byte(`{`)) {
		t.Error("a broken document equals nothing")
	}
}

// jsonValue draws any JSON text, with odd spellings and white space.
func jsonValue(depth int) *rapid.Generator[string] {
	leaf := rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "false", "0", "-0", "1E+2", "1.50", "12345678901234567890", `""`, `"\u00e9\/"`}),
		rapid.Map(rapid.String(), func(s string) string { b, _ := json.Marshal(s); return string(b) }),
	)
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(leaf, jsonObject(depth-1), rapid.Map(rapid.SliceOfN(jsonValue(depth-1), 0, 3), func(v []string) string {
		return "[ " + strings.Join(v, " ,") + "]"
	}))
}

func jsonObject(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		keys := rapid.SliceOfNDistinct(rapid.String(), 0, 5, rapid.ID[string]).Draw(t, "keys")
		space := rapid.SampledFrom([]string{"", " ", "\n  ", "\t"}).Draw(t, "space")
		var parts []string
		seen := map[string]bool{}
		for _, k := range keys {
			b, _ := json.Marshal(k)
			var back string
			_ = json.Unmarshal(b, &back) // invalid UTF-8 may fold two names into one
			if seen[back] {
				continue
			}
			seen[back] = true
			parts = append(parts, space+string(b)+":"+space+jsonValue(depth).Draw(t, "value"))
		}
		return "{" + strings.Join(parts, ",") + space + "}"
	})
}

// Any object with any members, edited and read again, differs only in the
// member edited: all others keep bytes and order.
func TestOnlyTheEditedMemberChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := []byte(jsonObject(3).Draw(t, "doc"))
		value := []byte(jsonValue(2).Draw(t, "value"))
		before, err := Members(doc)
		if err != nil {
			t.Fatalf("drawn document %s: %v", doc, err)
		}
		name := rapid.OneOf(rapid.SampledFrom(append(keysOf(before), "claudeAiOauth")), rapid.StringMatching(`[a-z@.#]{1,8}`)).Draw(t, "name")
		out, err := Set(doc, value, name)
		if err != nil {
			t.Fatal(err)
		}
		after, err := Members(out)
		if err != nil {
			t.Fatalf("after: %s: %v", out, err)
		}
		want := map[string]bool{}
		i := 0
		for _, m := range before {
			want[m.Key] = true
			if after[i].Key != m.Key {
				t.Fatalf("order changed: %v, %v", keysOf(before), keysOf(after))
			}
			if m.Key != name && !bytes.Equal(m.Raw, after[i].Raw) {
				t.Fatalf("%q changed from %s to %s", m.Key, m.Raw, after[i].Raw)
			}
			i++
		}
		if !want[name] {
			i++
		}
		if len(after) != i {
			t.Fatalf("%d members after, want %d", len(after), i)
		}
		got, ok, err := Get(out, name)
		if err != nil || !ok || !bytes.Equal(got, value) {
			t.Fatalf("Get = %s, %v, %v", got, ok, err)
		}
		// Taking it out again leaves the others alone too.
		gone, err := Delete(out, name)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := Members(gone)
		if err != nil {
			t.Fatalf("after delete: %s: %v", gone, err)
		}
		var others []Member
		for _, m := range before {
			if m.Key != name {
				others = append(others, m)
			}
		}
		if fmt.Sprintf("%q", rest) != fmt.Sprintf("%q", others) {
			t.Fatalf("rest %q, want %q", rest, others)
		}
	})
}

func keysOf(members []Member) []string {
	out := []string{}
	for _, m := range members {
		out = append(out, m.Key)
	}
	return out
}

func FuzzSet(f *testing.F) {
	f.Add([]byte(`{"claudeAiOauth":{"a":1},"mcpOAuth":{}}`))
	f.Add([]byte(`{"a":`))
	f.Add([]byte(`{"claudeAiOauth":1,"claudeAiOauth":2}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		out, err := Set(doc, []byte(`{"new":true}`), "claudeAiOauth")
		if err != nil {
			return
		}
		var before, after map[string]json.RawMessage
		if json.Unmarshal(doc, &before) != nil {
			t.Fatalf("edited what encoding/json does not parse: %q", doc)
		}
		if err := json.Unmarshal(out, &after); err != nil {
			t.Fatalf("result does not parse: %q: %v", out, err)
		}
		delete(before, "claudeAiOauth")
		delete(after, "claudeAiOauth")
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("another member changed: %q to %q", doc, out)
		}
	})
}
