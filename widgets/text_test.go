package widgets

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

func TestFit(t *testing.T) {
	style := fyne.TextStyle{}
	whole := measure("ada@corp.example", 13, style)
	for _, c := range []struct {
		name, in string
		width    float32
		want     string
	}{
		{"fits", "ada@corp.example", whole, "ada@corp.example"},
		{"empty", "", 0, ""},
		{"no room for one letter", "ada", 1, ""},
		{"no space before the ellipsis", "ada corp", measure("ada …", 13, style), "ada…"},
	} {
		if got := fit(c.in, c.width, 13, style); got != c.want {
			t.Errorf("%s: fit(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	style := fyne.TextStyle{}
	two := measure("could not reach", 13, style)
	got := wrap("could not reach  the provider", two, 13, style, 3)
	if want := []string{"could not reach", "the provider"}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("wrapped to %q, want %q", got, want)
	}
	if got := wrap("could not reach the provider", two, 13, style, 1); len(got) != 1 || !strings.HasSuffix(got[0], ellipsis) {
		t.Errorf("one line: %q, want an ellipsis", got)
	}
	if got := wrap("   ", two, 13, style, 2); got != nil {
		t.Errorf("blank wrapped to %q", got)
	}
}

// FuzzWrap: no line is wider than its box, there are no more than allowed, and
// as long as nothing is cut, and every letter has room beside an ellipsis, none is lost.
func FuzzWrap(f *testing.F) {
	f.Add("the provider no longer accepts this login", uint16(120), uint8(3))
	f.Add("http://127.0.0.1:1/oauth/authorize?code=true", uint16(80), uint8(4))
	f.Add("", uint16(0), uint8(0))
	f.Add("ä ö ü 漢字 \u200b", uint16(10), uint8(2))
	f.Fuzz(func(t *testing.T, s string, width uint16, limit uint8) {
		if !utf8.ValidString(s) || len(s) > 400 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			t.Skip()
		}
		style := fyne.TextStyle{}
		w, n := float32(width%600), int(limit%6)
		lines := wrap(s, w, 13, style, n)
		if len(lines) > n {
			t.Fatalf("%d lines, at most %d allowed", len(lines), n)
		}
		for _, l := range lines {
			if got := measure(l, 13, style); got > w+0.5 {
				t.Errorf("%q is %v wide, the box %v", l, got, w)
			}
		}
		flat := func(s string) string { return strings.Join(strings.Fields(s), "") }
		joined := flat(strings.Join(lines, ""))
		narrow := strings.ContainsFunc(s, func(r rune) bool { return measure(string(r)+ellipsis, 13, style) > w })
		if len(lines) < n && !narrow && joined != flat(s) {
			t.Errorf("lost letters: %q became %q", s, lines)
		}
	})
}
