//go:build !js

package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

func TestParseTime(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Time
		err  error
	}{
		{in: "2026-03-02T14:05:00Z", want: time.Date(2026, 3, 2, 14, 5, 0, 0, time.UTC)},
		{in: "2026-03-02T14:05:00.5+01:00", want: time.Date(2026, 3, 2, 13, 5, 0, 5e8, time.UTC)},
		{in: "1774466144677", want: time.UnixMilli(1774466144677)},
		{in: " +90m ", want: noon.Add(90 * time.Minute)},
		{in: "+2h30m", want: noon.Add(150 * time.Minute)},
		{in: "2h30m", want: noon.Add(150 * time.Minute)},
		{in: "+3d", want: noon.Add(72 * time.Hour)},
		{in: "3d12h", want: noon.Add(84 * time.Hour)},
		{in: "1ms", want: noon.Add(time.Millisecond)},
		{in: "", err: errNotTime},
		{in: "soon", err: errNotTime},
		{in: "90", err: errTimePast}, // epoch milliseconds
		{in: "+90", err: errNotTime},
		{in: "++90m", err: errNotTime},
		{in: "3d-1h", err: errNotTime},
		{in: "3d+1h", err: errNotTime},
		{in: "d", err: errNotTime},
		{in: "1.5d", err: errNotTime},
		{in: "14:05", err: errNotTime},
		{in: "2026-03-02", err: errNotTime},
		{in: "2026-02-30T00:00:00Z", err: errNotTime},
		{in: "0", err: errTimePast},
		{in: "+0s", err: errTimePast},
		{in: "0d", err: errTimePast},
		{in: "-90m", err: errTimePast},
		{in: "2026-03-02T12:13:00Z", err: errTimePast},
		{in: "2026-03-02T13:00:00+01:00", err: errTimePast},
		{in: "9223372036854775807", err: errTimeTooFar},
		{in: "99999999999999999999", err: errTimeTooFar},
		{in: "106751d", want: noon.Add(106751 * 24 * time.Hour)},
		{in: "106751d23h48m", err: errTimeTooFar},
		{in: "106752d", err: errTimeTooFar},
		{in: "99999999999999999999d", err: errTimeTooFar},
	} {
		got, err := parseTime(c.in, noon)
		if !errors.Is(err, c.err) || !got.Equal(c.want) {
			t.Errorf("%q: %v, %v; want %v, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-03-02T14:05:00Z", "1774466144677", "+90m", "2h30m", "3d12h", "-1h", "106751d23h48m", "++", "1e9h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTime(s, noon)
		if err != nil {
			if !errors.Is(err, errNotTime) && !errors.Is(err, errTimePast) && !errors.Is(err, errTimeTooFar) {
				t.Errorf("%q: %v is none of the promised errors", s, err)
			}
			return
		}
		if !got.After(noon) || got.After(farthest) {
			t.Errorf("%q: %v is out of range", s, got)
		}
		again, err := parseTime(got.UTC().Format(time.RFC3339Nano), noon)
		if err != nil || !again.Equal(got) {
			t.Errorf("%q: %v does not survive RFC 3339: %v, %v", s, got, again, err)
		}
	})
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"":                         0,
		"Work":                     4,
		"Ärger":                    5,
		"A\u0308rger":              5,
		"仕事":                       4,
		"ｗｉｄｅ":                     8,
		"한국어":                      6,
		"🙂":                        2,
		"👩\u200d🔬":                 2,
		"👍🏽":                       2,
		"❤\ufe0f":                  2,
		"🇩🇪":                       2,
		"a\u200bb":                 2,
		"\u05e9\u05dc\u05d5\u05dd": 4,
	} {
		if got := width(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func TestFoldedTextsAreTheSameWhereEqualFoldSaysSo(t *testing.T) {
	texts := []string{"", "k", "K", "\u212a", "s", "S", "\u017f", "\u00df", "\u1e9e", "i", "I", "\u0130", "\u0131", "\u03c9", "\u03a9", "\u2126", "Ada@x", "aDA@X", "\xff", "\ufffd"}
	for _, a := range texts {
		for _, b := range texts {
			if got, want := folded(a) == folded(b), strings.EqualFold(a, b); got != want {
				t.Errorf("%q and %q: the same folded: %v, equal: %v", a, b, got, want)
			}
		}
	}
}

func TestTableIsAligned(t *testing.T) {
	var out strings.Builder
	err := writeTable(&out, [][]cell{
		{{text: "NAME"}, {text: "STATE"}, {text: "5H"}},
		{{text: "仕事"}, {text: "ready", colour: green}, {text: ""}},
		{{text: "a"}, {text: ""}, {text: "7%"}},
	}, true)
	want := "NAME  STATE  5H\n仕事  \x1b[32mready\x1b[0m\na            7%\n"
	if err != nil || out.String() != want {
		t.Errorf("%v\n%q\n%q", err, out.String(), want)
	}
}

func TestClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	// The night clocks go forward there.
	late := time.Date(2026, 3, 28, 22, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		now  time.Time
		zone *time.Location
		t    time.Time
		want string
	}{
		{noon, zone, noon.Add(52 * time.Minute), "14:05"},
		{noon, zone, noon.Add(11 * time.Hour), "Tue 00:13"},
		{noon, zone, noon.Add(-14 * time.Hour), "Sun 23:13"},
		{noon, zone, noon.Add(6 * 24 * time.Hour), "Sun 13:13"},
		{noon, zone, noon.Add(7 * 24 * time.Hour), "2026-03-09 13:13"},
		{noon, zone, noon.Add(-7 * 24 * time.Hour), "2026-02-23 13:13"},
		{late, berlin, late.Add(time.Hour), "Sun 00:30"},
		{late, berlin, late.Add(3 * time.Hour), "Sun 03:30"},
	} {
		r := &runner{Config: Config{Now: func() time.Time { return c.now }, Local: c.zone}}
		if got := r.clock(c.t); got != c.want {
			t.Errorf("%v at %v: %q, want %q", c.t, c.now, got, c.want)
		}
	}
}

func TestWindows(t *testing.T) {
	r := &runner{Config: Config{Now: func() time.Time { return noon }, Local: zone}}
	soon := noon.Add(52 * time.Minute)
	for _, c := range []struct {
		name       string
		w          *backend.Window
		used, left string
	}{
		{"never seen", nil, "-", "no data"},
		{"untouched", &backend.Window{}, "0%", "100% left"},
		{"barely", &backend.Window{Percent: 0.1, ResetsAt: soon}, "1%", "99% left, resets 14:05"},
		{"some", &backend.Window{Percent: 61.5, ResetsAt: soon}, "62%", "38% left, resets 14:05"},
		{"nearly", &backend.Window{Percent: 99.9, ResetsAt: soon}, "99%", "1% left, resets 14:05"},
		{"spent", &backend.Window{Percent: 130, ResetsAt: soon}, "100%", "0% left, resets 14:05"},
		{"reset since", &backend.Window{Percent: 90, ResetsAt: noon}, "-", "no data"},
	} {
		if used, left := r.used(c.w), r.left(c.w); used != c.used || left != c.left {
			t.Errorf("%s: %q, %q; want %q, %q", c.name, used, left, c.used, c.left)
		}
	}
}

func TestNames(t *testing.T) {
	s := five()
	for key, want := range map[string][2]string{
		"ada@example.com":          {"Personal", "Personal (ada@example.com)"},
		"ada.side@example.com":     {"ada.side@example.com", "ada.side@example.com"},
		"lab@uni.example":          {"lab@uni.example", "lab@uni.example"},
		"lab@uni.example#0a1b2c3d": {"lab@uni.example#0a1b2c3d", "lab@uni.example#0a1b2c3d"},
		"gone@example.com":         {"gone@example.com", "gone@example.com"},
	} {
		if got := [2]string{nameOf(s, key), fullName(s, key)}; got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"a\nb", "\x1b[31m", "sk-ant-oat01-TEST", "sk-\u200bant-ort01-TEST", "\u202e", "👩\u200d🔬"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := plain(s)
		for _, c := range got {
			if c < ' ' || c == 0x7f || c == '\u202e' {
				t.Errorf("%q kept %q", s, c)
			}
		}
		if tokenShaped.MatchString(got) {
			t.Errorf("%q kept a token", s)
		}
		if plain(got) != got {
			t.Errorf("%q is not settled: %q, %q", s, got, plain(got))
		}
		_ = width(got)
	})
}
