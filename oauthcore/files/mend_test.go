package files

import (
	"bytes"
	"errors"
	"os"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// killed is a panic that stands for the end of the process.
type killed struct{}

// A process killed at any byte of the write: after Mend the file holds all of
// the old bytes or all of the new ones.
func TestMendAfterACrashAtEveryByte(t *testing.T) {
	for _, docs := range [][2]string{{oldDoc, newDoc}, {newDoc, oldDoc}, {oldDoc, `{}`}, {`{}`, oldDoc}, {`{"a":1,"b":1}`, `{"a":2,"b":2}`}} {
		for n := range len(docs[1]) + 2 {
			b := newBench(t, docs[0])
			fsys := &stubborn{target: b.target, mount: true, over: func(name string, data []byte) error {
				_ = tear(name, data, n) // at the end: written, but not yet cut to length
				panic(killed{})
			}}
			s, err := StageAt(fsys, b.link, []byte(docs[1]), 0, b.record)
			if err != nil {
				t.Fatal(err)
			}
			func() {
				defer func() { _ = recover() }()
				_ = s.Commit()
			}()
			if _, _, err := Mend(OS{}, b.record); err != nil {
				t.Error(err)
			}
			if got, _ := os.ReadFile(b.target); string(got) != docs[0] && string(got) != docs[1] {
				t.Errorf("%q over %q, cut off at %d: %q", docs[1], docs[0], n, got)
			}
			b.clean()
		}
	}
}

func TestMend(t *testing.T) {
	for _, tt := range []struct {
		name, now string // "" is missing
		want      string
		mended    bool
	}{
		{"not begun", oldDoc, oldDoc, false},
		{"done", newDoc, newDoc, false},
		{"another program's document", `{"login":"third"}`, `{"login":"third"}`, false},
		{"another program's document with a byte order mark", "\xef\xbb\xbf{}", "\xef\xbb\xbf{}", false},
		{"another program's longer document", newDoc[:len(newDoc)-1] + `,"more":3}`, newDoc[:len(newDoc)-1] + `,"more":3}`, false},
		{"removed", "", "", false},
		{"no JSON", newDoc[:20] + oldDoc[20:], oldDoc, true},
		{"cut off", newDoc[:30], oldDoc, true},
		{"another program's document that is like both", `{"login":"old","number":2}`, `{"login":"old","number":2}`, false},
		{"a mixture that is JSON", `{"login":"ned","number":1}`, oldDoc, true},
		{"zeros", newDoc[:20] + "\x00\x00\x00\x00\x00\x00\x00", oldDoc, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.now)
			if err := os.WriteFile(b.record, []byte(mustJSON(record{1, b.target, []byte(oldDoc), []byte(newDoc)})), 0o600); err != nil {
				t.Fatal(err)
			}
			path, mended, err := Mend(OS{}, b.record)
			if path != b.target || mended != tt.mended || err != nil {
				t.Errorf("Mend = %s, %v, %v", path, mended, err)
			}
			b.is(tt.want)
			b.clean()
			if path, mended, err := Mend(OS{}, b.record); path != "" || mended || err != nil {
				t.Errorf("once more: %s, %v, %v", path, mended, err)
			}
		})
	}
}

func TestMendWithATornRecord(t *testing.T) {
	whole := mustJSON(record{1, "/nowhere/f", []byte(oldDoc), []byte(newDoc)})
	for _, doc := range []string{"", whole[:len(whole)/2], `{}`, `[]`} {
		b := newBench(t, oldDoc)
		if err := os.WriteFile(b.record, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		if path, mended, err := Mend(OS{}, b.record); path != "" || mended || err != nil {
			t.Errorf("%q: %s, %v, %v", doc, path, mended, err)
		}
		b.is(oldDoc)
		b.clean()
	}
}

func TestMendThatFailsKeepsTheRecord(t *testing.T) {
	b := newBench(t, newDoc[:20])
	doc := mustJSON(record{1, b.target, []byte(oldDoc), []byte(newDoc)})
	if err := os.WriteFile(b.record, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	fsys := &stubborn{over: func(string, []byte) error { return syscall.EIO }}
	if path, mended, err := Mend(fsys, b.record); path != b.target || mended || !errors.Is(err, syscall.EIO) {
		t.Errorf("Mend = %s, %v, %v", path, mended, err)
	}
	check(t, b.record, doc, 0o600)
}

// A torn file is not taken for the old bytes of the next write.
func TestStageAtMendsFirst(t *testing.T) {
	b := newBench(t, newDoc[:20])
	if err := os.WriteFile(b.record, []byte(mustJSON(record{1, b.target, []byte(oldDoc), []byte(newDoc)})), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := StageAt(&stubborn{target: b.target, mount: true}, b.link, []byte(`{}`), 0, b.record); !errors.Is(err, ErrChanged) {
		t.Errorf("error = %v", err)
	}
	b.is(oldDoc)
	b.clean()
}

// Pages that reach the disk in any order, or as zeros, are a mixture; both
// whole documents are not.
func TestAnyMixtureIsTorn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := record{Old: []byte(mustJSON(rapid.String().Draw(t, "old"))), New: []byte(mustJSON(rapid.String().Draw(t, "new")))}
		if r.torn(r.Old) || r.torn(r.New) {
			t.Fatal("a whole document is torn")
		}
		size := rapid.SampledFrom([]int{len(r.Old), len(r.New)}).Draw(t, "size")
		now := make([]byte, size)
		for i := range now {
			source := rapid.SampledFrom([][]byte{r.Old, r.New, nil}).Draw(t, "page")
			if i < len(source) {
				now[i] = source[i]
			}
		}
		if !bytes.Equal(now, r.Old) && !bytes.Equal(now, r.New) && !r.torn(now) {
			t.Fatalf("%q of %q and %q", now, r.Old, r.New)
		}
	})
}
