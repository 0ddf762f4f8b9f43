package notify

import (
	"strings"
	"unicode"
)

// Note is one notification.
type Note struct{ Title, Body string }

// What Claude Code writes to a session's terminal for a hook: BEL and OSC 0, 1,
// 2, 9, 99 and 777 in a row, at most 4,096 bytes; one other byte, and nothing is
// written. What is made here stays well below.
const (
	mostBytes = 2000
	mostTitle = 100 // bytes
	mostBody  = 300 // bytes
)

const (
	osc = "\x1b]"
	bel = "\a"
)

// Terminal gives the control sequences that show the notes where a terminal
// knows how: as OSC 777 (urxvt, foot, Ghostty, WezTerm), as OSC 9 (iTerm2,
// Windows Terminal, kitty, WezTerm), and as one BEL for all others. It is "" for
// no notes. The notes that have no room are left out.
func Terminal(notes []Note) string {
	var out strings.Builder
	for _, n := range notes {
		title, body := field(n.Title, mostTitle), field(n.Body, mostBody)
		if title == "" {
			title, body = body, ""
		}
		if title == "" {
			continue
		}
		all := title
		if body != "" {
			all += ": " + body
		}
		one := osc + "777;notify;" + title + ";" + body + bel + osc + "9;" + all + bel
		if out.Len()+len(one)+len(bel) > mostBytes {
			break
		}
		out.WriteString(one)
	}
	if out.Len() == 0 {
		return ""
	}
	return out.String() + bel
}

// field makes a text safe for one field of a control sequence, and cuts it to so
// many bytes of whole characters. A semicolon would end the field; after OSC 9 a
// number and a semicolon would be another command (ConEmu).
func field(s string, most int) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = plainLine(line); line != "" {
			lines = append(lines, line)
		}
	}
	s = strings.Join(lines, ". ")
	if len(s) <= most {
		return s
	}
	const cut = "…"
	end := 0
	for i := range s {
		if i > most-len(cut) {
			break
		}
		end = i
	}
	return strings.TrimSpace(s[:end]) + cut
}

func plainLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == ';':
			return ','
		case r == unicode.ReplacementChar, !unicode.IsPrint(r): // control characters, those of C1 too, and broken UTF-8
			return -1
		}
		return r
	}, s))
}
