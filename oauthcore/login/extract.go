package login

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ExtractLoginURL finds the address to log in at in a message such as
// "OAuth token expired. Please log in: http://localhost:3001/oauth/authorize".
// Only http and https count; addresses with a user name in them, which are
// made to be misread, do not. One whose path holds /oauth/authorize is
// preferred to any before it. Terminal colours, quotes, brackets and
// punctuation around the address are not part of it.
func ExtractLoginURL(text string) (string, bool) {
	text = stripEscapes(text)
	first := ""
	for at := 0; at < len(text); {
		length := schemeLength(text[at:])
		if length == 0 || (at > 0 && inWord(text[at-1])) {
			at++
			continue
		}
		end := at + addressLength(text[at:])
		if found, path := address(text[at:end]); found != "" {
			if strings.Contains(path, "/oauth/authorize") {
				return found, true
			}
			if first == "" {
				first = found
			}
		}
		at = end
	}
	return first, first != ""
}

// schemeLength is the length of "http://" or "https://" where text starts with
// it, else 0.
func schemeLength(text string) int {
	for _, scheme := range []string{"https://", "http://"} {
		if len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

// inWord says that a scheme after this byte is the tail of another one, such
// as that of "git+https://" (RFC 3986 §3.1: ASCII only).
func inWord(b byte) bool {
	return b == '+' || b == '-' || b == '.' ||
		'0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

// addressLength is how far an address can reach: to white space, a control
// character, a mark RFC 3986 does not allow, or a quote or bracket of any
// script.
func addressLength(text string) int {
	for i, r := range text {
		switch {
		case r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>\\^`{|}", r):
			return i
		case r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return i
		}
	}
	return len(text)
}

// address trims what only surrounds an address and checks the rest; "" when it
// is none.
func address(candidate string) (found, path string) {
	candidate = trimEnd(candidate)
	for _, b := range []byte(candidate) {
		if b >= utf8.RuneSelf {
			// A name in look-alike letters is no place to log in.
			return "", ""
		}
	}
	u, err := url.Parse(candidate)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return "", ""
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", ""
		}
	}
	return candidate, u.Path
}

// trimEnd drops punctuation from the end, and closing brackets that nothing in
// the address opens. Underscores and hyphens stay: a state may end in one.
func trimEnd(s string) string {
	round := strings.Count(s, ")") - strings.Count(s, "(")
	square := strings.Count(s, "]") - strings.Count(s, "[")
	for s != "" {
		switch s[len(s)-1] {
		case '.', ',', ';', ':', '!', '?', '\'', '*':
		case ')':
			if round <= 0 {
				return s
			}
			round--
		case ']':
			if square <= 0 {
				return s
			}
			square--
		case '(':
			round++
		case '[':
			square++
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

const escape = '\x1b'

// stripEscapes removes terminal escape sequences (ECMA-48). The address inside
// a hyperlink sequence (OSC 8) is kept, set apart by blanks.
func stripEscapes(text string) string {
	if !strings.ContainsRune(text, escape) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != escape {
			b.WriteByte(text[i])
			i++
			continue
		}
		if i+1 == len(text) {
			break
		}
		i++
		switch text[i] {
		case '[':
			i = skip(text, i+1, ' ', '?') // parameters and intermediates
			i = min(i+1, len(text))
		case ']':
			body, length := operatingSystemCommand(text[i+1:])
			i += 1 + length
			if fields := strings.SplitN(body, ";", 3); len(fields) == 3 && fields[0] == "8" {
				b.WriteString(" " + fields[2] + " ")
			}
		default:
			i = skip(text, i, ' ', '/') // intermediates, as in ESC ( B
			i = min(i+1, len(text))
		}
	}
	return b.String()
}

// skip passes over bytes from low to high.
func skip(text string, i int, low, high byte) int {
	for i < len(text) && low <= text[i] && text[i] <= high {
		i++
	}
	return i
}

// operatingSystemCommand reads an OSC sequence after its opening, up to BEL,
// ST or the line's end; length includes the ending.
func operatingSystemCommand(text string) (body string, length int) {
	for i := range len(text) {
		switch {
		case text[i] == '\a' || text[i] == '\n':
			return text[:i], i + 1
		case text[i] == escape && i+1 < len(text) && text[i+1] == '\\':
			return text[:i], i + 2
		}
	}
	return text, len(text)
}
