package jsonedit

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// FuzzValid holds the scanner against encoding/json: what it takes for JSON,
// and which members it finds.
func FuzzValid(f *testing.F) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, s := range []string{
		``, ` `, `{}`, `[]`, `{`, `[`, `}`, `]`, `[}`, `{]`, `[,]`, `[1,]`, `[1 2]`, `{,}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a" : 1 , "b" : [ ] }`,
		`0`, `-0`, `-`, `00`, `01`, `1.`, `.5`, `1.5`, `1e`, `1e+`, `1E-5`, `-1.5e+10`, `+1`, `1x`, `0x1`, `NaN`, `Infinity`,
		`"\u0000"`, `"\u9999"`, `"\uaaaa"`, `"\uffff"`, `"\uAAAA"`, `"\uFFFF"`, `"\u/000"`, `"\u:000"`, "\"\\u`000\"", `"\ug000"`, `"\u@000"`, `"\uG000"`,
		`trux`, `nulL`, `falsy`, `1.5x`, `1e5x`, `{"a"x}`, `{"a"x1}`, `{x":1}`, `{"a":1,x":1}`, `{"a":1;"b":2}`, `[{x":1}]`, `9`, `-9`, `1:`, `1/`,
		`true`, `tru`, `truee`, `false`, `null`, `nul`, `n`,
		`"`, `""`, `"a`, `"a b"`, `"\"`, `"\u12"`, `"\u12g4"`, `"\u12aF"`, `"\x"`, "\"\x1f\"", "\"\x7f\"", "\"\xff\"", "\"tab\there\"", `"1234567\"89012345"`, `"12345678\\"`, `"é☃𐐷"`,
		"\xef\xbb\xbf{}", "{}\x00", " {} ", "{}\n\n", `{} {}`, `{"a":1}x`, `{"a":{"b":[{"c":"d"}]}}`, `[[],{},[{}],{"a":[]}]`,
		deep(10000), deep(10001), `{"a":` + deep(9999) + `}`, `{"a":` + deep(10000) + `}`, strings.Repeat(`{"a":`, 10001),
		`{"\u0061":1,"a":2}`, `{"\ud800":1}`, "{\"\xff\":1}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		valid := json.Valid(doc)
		if got := Valid(doc); got != valid {
			t.Fatalf("Valid(%q) = %v, encoding/json says %v", doc, got, valid)
		}
		if _, err := Last(doc); (err == nil || !errors.Is(err, ErrSyntax)) != valid {
			t.Fatalf("Last(%q) gives %v, encoding/json says %v", doc, err, valid)
		}
		members, err := Members(doc)
		var want map[string]json.RawMessage
		isObject := valid && json.Unmarshal(doc, &want) == nil && want != nil
		if err == nil && !isObject {
			t.Fatalf("Members(%q) found %d of no object", doc, len(members))
		}
		if err != nil {
			return
		}
		if len(members) != len(want) {
			t.Fatalf("Members(%q) = %d, encoding/json found %d", doc, len(members), len(want))
		}
		for _, m := range members {
			if raw, ok := want[m.Key]; !ok || string(raw) != string(m.Raw) {
				t.Fatalf("Members(%q): %q is %q, encoding/json says %q", doc, m.Key, m.Raw, raw)
			}
		}
	})
}

// BenchmarkOpen is a configuration of the size people have after a year.
func BenchmarkOpen(b *testing.B) {
	history := strings.Repeat(`"`+strings.Repeat("why does it do that? ", 6)+`",`, 60)
	doc := []byte(`{"numStartups":7,"oauthAccount":{"accountUuid":"x"},"projects":{"":0` +
		strings.Repeat(`,"/home/a/project":{"allowedTools":[],"history":[`+history+`""],"lastCost":0.0375}`, 650) + `}}`)
	doc, err := Pretty(doc)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("here", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		for b.Loop() {
			if _, err := Last(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json.Valid", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		for b.Loop() {
			if !json.Valid(doc) {
				b.Fatal("not valid")
			}
		}
	})
}
