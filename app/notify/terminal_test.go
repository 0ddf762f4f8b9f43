package notify

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// accepted is all that Claude Code writes to a terminal for a hook.
var accepted = regexp.MustCompile(`^(?:\x07|\x1b\](?:0|1|2|9|99|777);[^\x00-\x1f\x7f]*\x07)*$`)

// contract says how a sequence breaks the rules, "" for one that does not.
func contract(s string) string {
	switch {
	case len(s) > 4096:
		return "it is too long"
	case !utf8.ValidString(s):
		return "it is not UTF-8"
	case !accepted.MatchString(s):
		return "it has a foreign byte"
	}
	for _, r := range strings.NewReplacer("\x1b]", "", "\a", "").Replace(s) {
		if unicode.IsControl(r) {
			return "it has a control character"
		}
	}
	return ""
}

// fields are the fields of each OSC sequence, its number first.
func fields(s string) (out [][]string) {
	for part := range strings.SplitSeq(s, "\a") {
		if body, ok := strings.CutPrefix(part, "\x1b]"); ok {
			out = append(out, strings.Split(body, ";"))
		}
	}
	return out
}

func TestTerminal(t *testing.T) {
	for name, c := range map[string]struct {
		notes []Note
		want  string
	}{
		"none":  {nil, ""},
		"empty": {[]Note{{" \n", "\x1b"}}, ""},
		"one":   {[]Note{{"Work is active", "92% left\nType on"}}, "\x1b]777;notify;Work is active;92% left. Type on\a\x1b]9;Work is active: 92% left. Type on\a\a"},
		"two": {
			[]Note{{"A", "b"}, {"C", ""}},
			"\x1b]777;notify;A;b\a\x1b]9;A: b\a\x1b]777;notify;C;\a\x1b]9;C\a\a",
		},
		"hostile": {
			[]Note{{"a;b\x1b]0;c\a\x9c\u009cd", "\x00\u202ee;\xff"}},
			"\x1b]777;notify;a,b]0,cd;e,\a\x1b]9;a,b]0,cd: e,\a\a",
		},
	} {
		if got := Terminal(c.notes); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTerminalCutsAtWholeCharacters(t *testing.T) {
	for _, letter := range []string{"a", "é", "仕", "🙂"} {
		got := Terminal([]Note{{strings.Repeat(letter, 3000), strings.Repeat(letter, 3000)}})
		if wrong := contract(got); wrong != "" {
			t.Errorf("%s: %s", letter, wrong)
		}
		of := fields(got)[0]
		if title := of[2]; !strings.HasSuffix(title, letter+"…") || len(title) > mostTitle || len(title) < mostTitle-8 {
			t.Errorf("the title is %d bytes: %q", len(title), title)
		}
		if body := of[3]; !strings.HasSuffix(body, letter+"…") || len(body) > mostBody || len(body) < mostBody-8 {
			t.Errorf("the body is %d bytes: %q", len(body), body)
		}
	}
}

// Notes that have no room are left out whole.
func TestTerminalLeavesOutWhatHasNoRoom(t *testing.T) {
	long := Note{strings.Repeat("a", mostTitle), strings.Repeat("b", mostBody)}
	got := Terminal(slices.Repeat([]Note{long}, 20))
	if wrong := contract(got); wrong != "" || len(got) > mostBytes || len(fields(got)) != 4 {
		t.Errorf("%d bytes, %d sequences, %q", len(got), len(fields(got)), wrong)
	}
}

// Whatever the names are, Claude Code takes the sequence, and a field does not
// run into the next.
func TestTerminalHoldsToTheContract(t *testing.T) {
	text := rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.StringMatching(`[\x1b\x07\]\\;0-9\x{80}-\x{9f}\n\r a🙂]{0,40}`),
		rapid.Map(rapid.IntRange(0, 6000), func(n int) string { return strings.Repeat("é", n) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		var notes []Note
		for range rapid.IntRange(0, 9).Draw(t, "notes") {
			notes = append(notes, Note{text.Draw(t, "title"), text.Draw(t, "body")})
		}
		got := Terminal(notes)
		if wrong := contract(got); wrong != "" {
			t.Fatalf("%s: %q", wrong, got)
		}
		for _, of := range fields(got) {
			if want := map[string]int{"777": 4, "9": 2}[of[0]]; len(of) != want {
				t.Fatalf("%q has %d fields, want %d", of, len(of), want)
			}
		}
		if (got == "") != (len(fields(got)) == 0) || got != "" && !strings.HasSuffix(got, "\a\a") {
			t.Fatalf("the bell is missing or alone: %q", got)
		}
	})
}
