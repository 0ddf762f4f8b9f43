package jsonedit

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

func TestFields(t *testing.T) {
	var (
		text, tier string
		list       []string
		at, iso    time.Time
		on         bool
		object     []byte
	)
	fields := func() []Field {
		return []Field{
			Text("text", &text), TextOrNumber("tier", &tier), Texts("list", &list), Millis("at", &at), Millis("iso", &iso), Flag("on", &on), Object("object", &object),
		}
	}
	doc := `{"text":"a","tier":5,"list":"x y","at":"1774466144677","iso":"2026-03-25T19:15:44.677Z","on":true,"object":{"n": 1.0},"text":"b","more":[1.50]}`
	if err := Read([]byte(doc), fields()); err != nil {
		t.Fatal(err)
	}
	if text != "b" || tier != "5" || len(list) != 2 || at.UnixMilli() != 1774466144677 || !at.Equal(iso) || !on || string(object) != `{"n": 1.0}` {
		t.Errorf("%q %q %q %v %v %v %s", text, tier, list, at, iso, on, object)
	}
	if same, err := Write([]byte(doc), fields()); err != nil || string(same) != doc {
		t.Errorf("nothing changed, but: %s, %v", same, err)
	}
	tier, on, at = "max", false, time.UnixMilli(5)
	want := `{"text":"a","tier":"max","list":"x y","at":5,"iso":"2026-03-25T19:15:44.677Z","object":{"n": 1.0},"text":"b","more":[1.50]}`
	if got, err := Write([]byte(doc), fields()); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{`{"at":"soon"}`, `{"at":true}`, `{"list":[1]}`, `{"on":"yes"}`, `{"object":[]}`, `{"text":{}}`, `{"text":7}`, `[]`, `{`} {
		if err := Read([]byte(bad), fields()); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// every is a field of each kind, with the variables it is tied to.
type every struct {
	text, tier string
	list       []string
	at         time.Time
	on         bool
	n          int64
	object     []byte
	letters    string
}

func (e *every) fields() []Field {
	return []Field{
		Text("text", &e.text), TextOrNumber("tier", &e.tier), Texts("list", &e.list), Millis("at", &e.at), Flag("on", &e.on), Number("n", &e.n),
		Object("object", &e.object),
		FieldOf("letters", &e.letters, func(v gjson.Result) (string, error) {
			if !v.IsArray() {
				return "", ErrType
			}
			var out strings.Builder
			for _, l := range v.Array() {
				out.WriteString(l.Str)
			}
			return out.String(), nil
		}, func(a, b string) bool { return a == b }, func(s string) []byte {
			if s == "" {
				return nil
			}
			return Strings(strings.Split(s, ""))
		}),
	}
}

func example() *every {
	return &every{
		text: "a", tier: "max", list: []string{"x"}, at: time.UnixMilli(5), on: true, n: 7, object: []byte(`{"m":1.0}`), letters: "bc",
	}
}

// Zero values are left out, but where a field is always written.
func TestWriteZeroValues(t *testing.T) {
	const all = `{"text":"a","tier":"max","list":["x"],"at":5,"on":true,"n":7,"object":{"m":1.0},"letters":["b","c"]}`
	for _, raw := range []string{"", "{}"} {
		var doc []byte
		if raw != "" {
			doc = []byte(raw)
		}
		if got, err := Write(doc, example().fields()); err != nil || string(got) != all {
			t.Errorf("%s, %v", got, err)
		}
		if got, err := Write(doc, new(every).fields()); err != nil || string(got) != `{"list":[]}` {
			t.Errorf("%s, %v", got, err)
		}
	}
	if got, err := Write([]byte(all), new(every).fields()); err != nil || string(got) != `{"list":[]}` {
		t.Errorf("%s, %v", got, err)
	}
	// One that is written out stays.
	const zeros = `{"text":"","tier":null,"list":[],"at":0,"on":false,"n":0,"object":null,"letters":[]}`
	if got, err := Write([]byte(zeros), new(every).fields()); err != nil || string(got) != zeros {
		t.Errorf("%s, %v", got, err)
	}
	var text string
	var n int64
	always := []Field{Text("text", &text).Always(`null`), Number("n", &n).Always(`0`)}
	for doc, want := range map[string]string{
		`{}`:                     `{"text":null,"n":0}`,
		`{"text":"x","n":3}`:     `{"text":null,"n":0}`,
		`{"text":"","n":-0.0}`:   `{"text":"","n":-0.0}`,
		`{"n":null,"text":null}`: `{"n":null,"text":null}`,
	} {
		if got, err := Write([]byte(doc), always); err != nil || string(got) != want {
			t.Errorf("%s becomes %s, %v", doc, got, err)
		}
	}
}

// Null reads as the zero value and absent members change nothing; the value of a
// member of a wrong type is never the variable's, whatever the variable is.
func TestFieldsOfEveryType(t *testing.T) {
	for _, name := range []string{"text", "tier", "list", "at", "on", "n", "object", "letters"} {
		for _, raw := range []string{`"x"`, `7`, `true`, `{"o":1}`, `["y"]`} {
			doc := []byte(`{"` + name + `":` + raw + `}`)
			readErr := Read(doc, new(every).fields())
			if readErr != nil && (!errors.Is(readErr, ErrType) || !strings.HasPrefix(readErr.Error(), name+": ")) {
				t.Errorf("%s: %v", doc, readErr)
			}
			for _, value := range []*every{{}, example()} {
				out, err := Write(doc, value.fields())
				var back every
				if err != nil || Read(out, back.fields()) != nil {
					t.Fatalf("%s becomes %s, %v", doc, out, err)
				}
				again, err := Write(out, value.fields())
				if err != nil || string(again) != string(out) {
					t.Errorf("%s is not the value that was written: %s", out, again)
				}
			}
		}
		e := example()
		if err := Read([]byte(`{"`+name+`":null}`), e.fields()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out, err := Write([]byte(`{}`), e.fields())
		if err != nil || gjson.GetBytes(out, name).Exists() && name != "list" {
			t.Errorf("%s after null: %s, %v", name, out, err)
		}
		e = example()
		if err := Read([]byte(`{}`), e.fields()); err != nil || e.text != "a" || e.n != 7 {
			t.Errorf("absent members: %+v, %v", e, err)
		}
	}
	for raw, ok := range map[string]bool{`"x"`: true, `7`: false, `true`: false} {
		if err := Read([]byte(`{"text":`+raw+`}`), new(every).fields()); (err == nil) != ok {
			t.Errorf("text %s: %v", raw, err)
		}
	}
}

func TestParseMillis(t *testing.T) {
	const last = 253402300799999 // 9999-12-31T23:59:59.999Z
	for raw, want := range map[string]int64{
		`1`: 1, `0`: 0, `-1`: 0, `null`: 0, `"5"`: 5, `" 5 "`: 5, `"0"`: 0, `1.9`: 1,
		`253402300799999`: last, `253402300800000`: last, `1e300`: last, `"1970-01-01T01:00:00.005+01:00"`: 5,
	} {
		at, err := ParseMillis(gjson.Parse(raw))
		if err != nil || want == 0 != at.IsZero() || want != 0 && (at.UnixMilli() != want || at.Location() != time.UTC) {
			t.Errorf("%s: %v, %v", raw, at, err)
		}
	}
	for _, raw := range []string{`"soon"`, `""`, `"NaN"`, `true`, `{}`, `[]`} {
		if at, err := ParseMillis(gjson.Parse(raw)); !errors.Is(err, ErrType) {
			t.Errorf("%s: %v, %v", raw, at, err)
		}
	}
}

func TestEqual2(t *testing.T) {
	for _, tt := range []struct {
		a, b []byte
		want bool
	}{
		{nil, nil, true},
		{nil, []byte{}, false},
		{[]byte(`{"a":1}`), nil, false},
		{[]byte(`{"a":1}`), []byte(`{ "a" : 1 }`), true},
		{[]byte(`{"a":1}`), []byte(`{"a":1.0}`), false},
		{[]byte(`{`), []byte(`{`), true},
		{[]byte{}, []byte{}, true},
	} {
		if Equal2(tt.a, tt.b) != tt.want || Equal2(tt.b, tt.a) != tt.want {
			t.Errorf("%q, %q", tt.a, tt.b)
		}
	}
}
