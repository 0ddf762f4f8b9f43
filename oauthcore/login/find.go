package login

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"baton/oauthcore/secret"
)

// codeRunes are what codes may contain, as in notCode.
const codeRunes = `[A-Za-z0-9\-._~+/=%|*]`

var (
	// links are the sequences around a hyperlink of a terminal (OSC 8).
	links = regexp.MustCompile("\x1b\\]8;[^\a\x1b]*(?:\a|\x1b\\\\)")
	// codeBefore is the code at the end of what stands before # and the state.
	codeBefore = regexp.MustCompile(codeRunes + `+$`)
	// continued matches a line on which a wrapped code may begin or go on.
	continued = regexp.MustCompile(`^(?:` + codeRunes + `*|.*#.*)$`)
)

// find looks for the answer to this login anywhere in a paste: in a sentence, a
// quotation of a mail program, a frame, an encoded address, JSON. This login's own
// state tells where it is, so that other text is not taken for an answer.
func (f *Flow) find(text string) (answer, bool) {
	text = links.ReplaceAllString(marks.ReplaceAllString(text, ""), " ")
	text = strings.ReplaceAll(visible(text), "＃", "#")
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		return answer{}, false // keys were pressed meanwhile: the code may not be whole
	}
	texts := []string{text}
	if decoded, err := url.PathUnescape(strings.TrimSpace(text)); err == nil && decoded != text {
		if a, err := f.checked(decoded); err == nil {
			return a, true
		}
		texts = append(texts, decoded)
	}
	for _, text := range texts {
		for _, code := range []string{f.codeBeforeState(unwrap(text)), f.codeBesideState(text)} {
			if code != "" {
				return answer{code: secret.New(code), state: f.state}, true
			}
		}
	}
	return answer{}, false
}

// unwrap takes the frames and marks of quotations from the ends of lines, and joins
// the lines that a code may go on over.
func unwrap(text string) string {
	const frame = " \t>|¦"
	var b strings.Builder
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimFunc(line, func(r rune) bool {
			return strings.ContainsRune(frame, r) || unicode.IsSpace(r) || '\u2500' <= r && r <= '\u259f' // box drawing, block elements
		})
		line = strings.TrimRight(line, `\=`) // of shells, and of quoted-printable mail
		b.WriteString(line)
		if !continued.MatchString(line) {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// codeBeforeState finds CODE#STATE with this login's state, "" if there is none.
func (f *Flow) codeBeforeState(text string) string {
	for from := 0; ; {
		i := strings.Index(text[from:], "#"+f.state)
		if i < 0 {
			return ""
		}
		before, after := text[:from+i], text[from+i+1+len(f.state):]
		from += i + 1
		code := codeBefore.FindString(before)
		if last, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(before, code)); code == "" || last >= utf8.RuneSelf && (unicode.IsLetter(last) || unicode.IsMark(last)) {
			continue // a part of something else
		}
		if strings.HasPrefix(after, code+"#"+f.state) || !goesOn(after) {
			return code
		}
	}
}

// codeBesideState finds members code and state next to each other, in either order
// and as JSON, a query or a list has them, "" if there are none.
func (f *Flow) codeBesideState(text string) string {
	const is, between = `["']?\s*[=:]\s*["']?`, `["']?[\s,;&{}]*["']?`
	code, state := `\bcode`+is+`(`+codeRunes+`+)`, `\bstate`+is+regexp.QuoteMeta(f.state)
	for _, pattern := range []string{code + between + state, state + between + code} {
		for _, at := range regexp.MustCompile(pattern).FindAllStringSubmatchIndex(text, -1) {
			if !goesOn(text[at[1]:]) {
				return text[at[2]:at[3]]
			}
		}
	}
	return ""
}

// goesOn reports whether a text goes on with what a state may contain, or with a
// second #, so that what stands before it is not a whole state.
func goesOn(text string) bool {
	return text != "" && (text[0] == '#' || text[0] == '-' || text[0] == '_' || isAlphanumeric(text[0]))
}

func isAlphanumeric(b byte) bool {
	return '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}
