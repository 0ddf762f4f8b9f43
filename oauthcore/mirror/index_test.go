package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"baton/oauthcore/secret"

	"pgregory.net/rapid"
)

var errStopped = errors.New("the process was stopped")

// memory is a keyring in memory that takes items up to a size, and fails after a
// number of changes.
type memory struct {
	items map[string]string
	most  int // bytes of an item, 0 for no limit
	left  int // changes until it fails, -1 for never
}

func newMemory() *memory { return &memory{items: map[string]string{}, left: -1} }

func (m *memory) change() error {
	if m.left == 0 {
		return errStopped
	}
	m.left--
	return nil
}

func (m *memory) Get(_ context.Context, name string) (secret.Secret, error) {
	value, ok := m.items[name]
	if !ok {
		return secret.Secret{}, ErrNoCopy
	}
	return secret.New(value), nil
}

func (m *memory) Put(_ context.Context, name string, value secret.Secret) error {
	if err := m.change(); err != nil {
		return err
	}
	if m.most > 0 && len(value.Reveal()) > m.most {
		return ErrTooBig
	}
	m.items[name] = value.Reveal()
	return nil
}

func (m *memory) Delete(_ context.Context, name string) error {
	if err := m.change(); err != nil {
		return err
	}
	delete(m.items, name)
	return nil
}

func manyKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("firstname.lastname%04d@example.com", i)
	}
	return keys
}

// The index of any number of accounts fits the smallest keyring, and nothing of
// a longer one is left when it shrinks.
func TestIndexFitsEveryKeyring(t *testing.T) {
	m := newMemory()
	m.most = 2250
	var have index
	for _, n := range []int{0, 1, 50, 60, 85, 1000, 300, 0} {
		keys := manyKeys(n)
		if err := writeIndex(t.Context(), m, "dir", have, keys); err != nil {
			t.Fatalf("%d accounts: %v", n, err)
		}
		var err error
		if have, err = readIndex(t.Context(), m, "dir"); err != nil || !slices.Equal(have.keys, keys) || have.incomplete {
			t.Fatalf("%d accounts: %d read, %v", n, len(have.keys), err)
		}
		if len(m.items) != have.parts {
			t.Errorf("%d accounts: %d items for %d parts", n, len(m.items), have.parts)
		}
	}
}

func TestIndexOfEarlierVersions(t *testing.T) {
	m := newMemory()
	m.items["dir"] = `{"schemaVersion":1,"keys":["a@example.com","b@example.com"]}`
	x, err := readIndex(t.Context(), m, "dir")
	if err != nil || !slices.Equal(x.keys, []string{"a@example.com", "b@example.com"}) || x.parts != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	// And a short list is written as they read it.
	if err := writeIndex(t.Context(), m, "dir", x, x.keys); err != nil || strings.Contains(m.items["dir"], "parts") {
		t.Errorf("%s, %v", m.items["dir"], err)
	}
}

// Wherever the writing of an index ends, the old one or the new one is read.
func TestIndexWriteIsAtomic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := manyKeys(rapid.IntRange(0, 200).Draw(t, "before")), manyKeys(rapid.IntRange(0, 200).Draw(t, "after"))
		if rapid.Bool().Draw(t, "reversed") {
			slices.Reverse(after)
		}
		m := newMemory()
		ctx := context.Background()
		if err := writeIndex(ctx, m, "dir", index{}, before); err != nil {
			t.Fatal(err)
		}
		have, err := readIndex(ctx, m, "dir")
		if err != nil {
			t.Fatal(err)
		}
		m.left = rapid.IntRange(0, 12).Draw(t, "changes")
		err = writeIndex(ctx, m, "dir", have, after)
		m.left = -1
		got, readErr := readIndex(ctx, m, "dir")
		if readErr != nil || got.incomplete {
			t.Fatalf("%+v, %v", got, readErr)
		}
		if !slices.Equal(got.keys, after) && (err == nil || !slices.Equal(got.keys, before)) {
			t.Fatalf("%d keys after %v", len(got.keys), err)
		}
	})
}

func TestIndexWithoutAPart(t *testing.T) {
	m := newMemory()
	if err := writeIndex(t.Context(), m, "dir", index{}, manyKeys(200)); err != nil {
		t.Fatal(err)
	}
	delete(m.items, "dir#a2")
	x, err := readIndex(t.Context(), m, "dir")
	if err != nil || !x.incomplete || len(x.keys) == 0 || len(x.keys) >= 200 {
		t.Errorf("%d keys, incomplete %v, %v", len(x.keys), x.incomplete, err)
	}
}

func TestIndexLeavesOutAKeyTooLong(t *testing.T) {
	long := strings.Repeat("x", 3000) + "@example.com"
	groups := split([]string{"a@example.com", long, "b@example.com"})
	if len(groups) != 1 || !slices.Equal(groups[0], []string{"a@example.com", "b@example.com"}) {
		t.Errorf("%d groups", len(groups))
	}
}

func TestParseIndex(t *testing.T) {
	for doc, ok := range map[string]bool{
		`{"schemaVersion":1,"keys":[]}`:              true,
		`{"schemaVersion":1,"keys":[],"parts":0}`:    true,
		`{"schemaVersion":1,"keys":[],"parts":4096}`: true,
		`{"schemaVersion":1,"keys":[],"parts":4097}`: false,
		`{"schemaVersion":1,"keys":[],"parts":-1}`:   false,
		`{"schemaVersion":2,"keys":[]}`:              false,
		`{"keys":[]}`:                                false,
		`[]`:                                         false,
	} {
		if _, err := parseIndex(secret.New(doc)); (err == nil) != ok || err != nil && !errors.Is(err, errShape) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

// Items of the index are as full as they may be, and no fuller.
func TestSplitFillsItems(t *testing.T) {
	const frame = 60 // of an item without keys
	for n, want := range map[int]int{partSize - frame - 4: 1, partSize - frame - 3: 0} {
		if got := len(split([]string{strings.Repeat("k", n)})[0]); got != want {
			t.Errorf("a key of %d bytes: %d", n, got)
		}
	}
	half := (partSize - frame) / 2
	for n, want := range map[int]int{half - 4: 1, half - 3: 2} {
		groups := split([]string{strings.Repeat("a", half-4), strings.Repeat("b", n)})
		if len(groups) != want {
			t.Errorf("keys of %d bytes: %d groups", n, len(groups))
		}
		if value, err := (indexItem{keys: groups[0], parts: mostParts, set: "a"}).encode(); err != nil || len(value.Reveal()) > partSize {
			t.Errorf("an item of %d bytes, %v", len(value.Reveal()), err)
		}
	}
}
