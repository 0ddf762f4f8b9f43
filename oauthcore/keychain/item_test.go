package keychain

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const token = "sk-ant-oat01-TEST-item"

// canned is a Runner that answers always the same and notes what it was given.
type canned struct {
	out   string
	exit  int
	err   error
	stdin string
	args  []string
	runs  int
}

func (c *canned) run(_ context.Context, stdin []byte, args ...string) ([]byte, int, error) {
	c.stdin, c.args = string(stdin), args
	c.runs++
	return []byte(c.out), c.exit, c.err
}

func (c *canned) item() Item {
	return Item{Service: "Claude Code-credentials", Account: "ada", Run: c.run}
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name string
		canned
		want string
		err  error
	}{
		{"as it is", canned{out: `{"a":"b c"}` + "\n"}, `{"a":"b c"}`, nil},
		{"in digits", canned{out: hex.EncodeToString([]byte(`{"ü":1}`)) + "\n"}, `{"ü":1}`, nil},
		{"in capital digits", canned{out: "7B0A7D\n"}, "{\n}", nil},
		{"digits that are the value", canned{out: "7b7d\n"}, "7b7d", nil},
		{"with a newline of its own", canned{out: "61620a\n"}, "ab\n", nil},
		{"empty", canned{out: "\n"}, "", nil},
		{"none", canned{exit: 44}, "", ErrNotFound},
		{"locked", canned{exit: 36}, "", ErrLocked},
		{"denied", canned{exit: 51}, "", ErrDenied},
		{"dismissed", canned{exit: 128}, "", ErrDismissed},
		{"anything else", canned{exit: 3}, "", ErrFailed},
		{"no answer", canned{err: ErrTimeout}, "", ErrTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.item().Read(t.Context())
			if string(got) != tt.want || !errors.Is(err, tt.err) || (err == nil) == (got == nil) {
				t.Errorf("%q, %v, want %q, %v", got, err, tt.want, tt.err)
			}
			if want := []string{"find-generic-password", "-s", "Claude Code-credentials", "-a", "ada", "-w"}; !slices.Equal(tt.args, want) || tt.stdin != "" {
				t.Errorf("ran %q with %q", tt.args, tt.stdin)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	c := &canned{}
	doc := `{"accessToken":"` + token + "\"}\n'\\ü"
	if err := c.item().Write(t.Context(), []byte(doc)); err != nil {
		t.Fatal(err)
	}
	want := `add-generic-password -U -s "Claude Code-credentials" -a "ada" -X ` + hex.EncodeToString([]byte(doc)) + "\n"
	if !slices.Equal(c.args, []string{"-i"}) || c.stdin != want {
		t.Errorf("ran %q with %q", c.args, c.stdin)
	}
	for exit, want := range map[int]error{36: ErrLocked, 51: ErrDenied, 128: ErrDismissed, 44: ErrFailed, 1: ErrFailed} {
		c := &canned{exit: exit}
		err := c.item().Write(t.Context(), []byte(token))
		if !errors.Is(err, want) || errors.Is(err, ErrNotFound) || strings.Contains(err.Error(), "sk-ant") {
			t.Errorf("status %d: %v, want %v", exit, err, want)
		}
	}
}

func TestDelete(t *testing.T) {
	c := &canned{}
	if err := c.item().Delete(t.Context()); err != nil {
		t.Error(err)
	}
	if want := []string{"delete-generic-password", "-s", "Claude Code-credentials", "-a", "ada"}; !slices.Equal(c.args, want) || c.stdin != "" {
		t.Errorf("ran %q with %q", c.args, c.stdin)
	}
	c.exit = 44
	if err := c.item().Delete(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("error = %v", err)
	}
}

func TestFits(t *testing.T) {
	c := &canned{}
	most := c.item().room()
	if most < 1900 || len(c.item().command(strings.Repeat("00", most))) > maxLine {
		t.Errorf("room for %d bytes", most)
	}
	if err := errors.Join(c.item().Fits(most), c.item().Write(t.Context(), bytes.Repeat([]byte{'x'}, most))); err != nil {
		t.Error(err)
	}
	c.runs = 0
	err := c.item().Write(t.Context(), bytes.Repeat([]byte{'x'}, most+1))
	if !errors.Is(err, ErrTooLong) || c.runs != 0 || !strings.Contains(err.Error(), fmt.Sprintf("%d bytes of at most %d", most+1, most)) {
		t.Errorf("%v, run %d times", err, c.runs)
	}
	long := Item{Service: strings.Repeat("s", maxLine), Account: "ada", Run: c.run}
	if err := long.Fits(1); !errors.Is(err, ErrTooLong) || long.Fits(0) != nil {
		t.Errorf("no room at all: %v", err)
	}
}

// A name that ends the quotes or the line would be a command of its own.
func TestNamesThatAreNone(t *testing.T) {
	for _, name := range []string{"", `a"b`, `a\b`, "a\nb", "a\x00b", "ü", "a\x7fb"} {
		c := &canned{}
		for _, i := range []Item{{name, "ada", c.run}, {"service", name, c.run}} {
			_, err := i.Read(t.Context())
			if !errors.Is(err, ErrName) || !errors.Is(i.Write(t.Context(), nil), ErrName) || !errors.Is(i.Delete(t.Context()), ErrName) || c.runs != 0 {
				t.Errorf("%q: %v, run %d times", name, err, c.runs)
			}
		}
	}
}

// printed is how security shows a value.
func printed(v []byte) []byte {
	if bytes.ContainsFunc(v, unprintable) {
		return append(hex.AppendEncode(nil, v), '\n')
	}
	return append(slices.Clone(v), '\n')
}

func FuzzValue(f *testing.F) {
	for _, v := range []string{"", `{"a":1}`, "{\n}", "ü", "7b7d", "\x00", "0a"} {
		f.Add([]byte(v))
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		got := value(printed(v))
		if decoded, err := hex.DecodeString(string(v)); err == nil && bytes.ContainsFunc(decoded, unprintable) {
			return // the one kind of value security itself shows like another
		}
		if !bytes.Equal(got, v) {
			t.Errorf("%q comes back as %q", v, got)
		}
	})
}
