package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"baton/oauthcore/accounts"
)

// A Memory gives for each document what a reader without one gives, whatever it
// read before.
func TestMemoryReadsEachDocumentAsItIs(t *testing.T) {
	docs := []string{
		`{"accounts":{"a":{"email":"a@example.com"}},"seq":1}`,
		`{"accounts":{"a":{"email":"a@example.com"}},"seq":2}`, // the same accounts
		`{"accounts":{"a":{"email":"other@example.com"},"b":{"email":"b@example.com"}},"seq":1}`,
		`{"accounts":{"b":{"email":"b@example.com"}},"seq":1}`,
		`{"accounts":{"a":{"email":"a@example.com"}},"seq":1`, // damaged
		`{"accounts":{"a":{"email":7}},"seq":1}`,
		``,
	}
	var m accounts.Memory
	for _, first := range docs {
		for _, second := range docs {
			for _, doc := range []string{first, second, second} {
				got, err := m.Vault([]byte(doc))
				want, wantErr := accounts.ParseVault([]byte(doc))
				if fmt.Sprint(err) != fmt.Sprint(wantErr) {
					t.Fatalf("%s: %v, want %v", doc, err, wantErr)
				}
				if err == nil && (encode(t, got) != encode(t, want) || got.Seq != want.Seq || fmt.Sprint(got.All()) != fmt.Sprint(want.All())) {
					t.Errorf("%s after %s is read as %s", doc, first, encode(t, got))
				}
			}
		}
	}
}

// What a caller changes is not in what the next caller gets.
func TestMemoryIsNotChangedThroughItsEntries(t *testing.T) {
	var m accounts.Memory
	doc := []byte(`{"accounts":{"a":{"label":"before"}}}`)
	for range 2 {
		v, err := m.Vault(doc)
		if err != nil || v.Get("a").Label != "before" {
			t.Fatalf("%v, %v", v.Get("a").Label, err)
		}
		v.Get("a").Label = "after"
	}
}

// Neither a document that is unchanged nor an entry that is unchanged is parsed
// again.
func TestMemoryParsesOnlyWhatChanged(t *testing.T) {
	const n = 200
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `"%d@example.com":{"scopes":["user:inference","user:profile"],"accessToken":"sk-ant-oat01-TEST-%d"},`, i, i)
	}
	doc := func(last, more string) []byte {
		return []byte(`{"accounts":{` + list.String() + `"last":{"email":"` + last + `"}}` + more + `}`)
	}
	var members strings.Builder
	for i := range 10 * n {
		fmt.Fprintf(&members, `,"%d":0`, i)
	}
	for name, tt := range map[string]struct {
		docs [][]byte
		most float64 // allocations for each entry; without a memory there are 23
	}{
		"the same document":              {[][]byte{doc("a", "")}, 2},
		"the same accounts":              {[][]byte{doc("a", ""), doc("a", `,"version":2`)}, 2},
		"many members, none an account":  {[][]byte{[]byte(`{"accounts":{}` + members.String() + `}`)}, 1},
		"one account of many is another": {[][]byte{doc("a", ""), doc("b", "")}, 4},
	} {
		var m accounts.Memory
		i := 0
		got := testing.AllocsPerRun(10, func() {
			i++
			if _, err := m.Pool(tt.docs[i%len(tt.docs)]); err != nil {
				t.Fatal(err)
			}
		})
		if got > tt.most*n {
			t.Errorf("%s: %.1f allocations an entry", name, got/n)
		}
	}
}
