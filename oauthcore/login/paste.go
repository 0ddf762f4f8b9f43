package login

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"baton/oauthcore/secret"
)

const (
	// maxPaste is in bytes; real codes with their state are below 300.
	maxPaste = 8 << 10
	// maxLines bounds the lines of a paste that are tried one by one and in every
	// run of neighbours; a code that a terminal wrapped has a few.
	maxLines = 24
)

// Paste takes what the person copied: CODE#STATE, or the whole address the
// browser was sent to, which also serves if the browser could not reach the
// listener. Line breaks, blanks and invisible characters anywhere are dropped;
// lines before and after the code are skipped.
//
// ErrIncomplete, ErrPaste and ErrState leave the flow waiting for another
// paste. So does an error of Finish that wraps ErrCode, which Paste then
// returns. ErrDone means that another code came before this one; after the flow
// has ended it is the error it ended with. Errors never repeat what was pasted.
//
// Paste returns after Finish. Every other outcome of Finish is Wait's.
func (f *Flow) Paste(text string) error {
	a, err := f.answerIn(text)
	if err != nil {
		return err
	}
	if err := f.take(); err != nil {
		return err
	}
	return f.run(a.code, a.denied, true, func() {})
}

// answerIn finds the answer to this login in a paste. All lines together are
// tried first, then they are looked through for this login's state, then fewer and
// fewer of them are tried: a terminal's selection often takes lines around the code
// along.
func (f *Flow) answerIn(text string) (answer, error) {
	if len(text) > maxPaste {
		return answer{}, fmt.Errorf("%w: it is too long", ErrPaste)
	}
	whole, err := f.checked(text)
	if err == nil {
		return whole, nil
	}
	if found, ok := f.find(text); ok {
		return found, nil
	}
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for size := len(lines) - 1; size > 0 && len(lines) <= maxLines; size-- {
		for from := 0; from+size <= len(lines); from++ {
			if part, err := f.checked(strings.Join(lines[from:from+size], "")); err == nil {
				return part, nil
			}
		}
	}
	return answer{}, err
}

// checked reads one candidate and compares its state.
func (f *Flow) checked(text string) (answer, error) {
	a, err := parsePaste(text)
	switch {
	case err != nil:
		return answer{}, err
	case f.sameState(a.state):
		return a, nil
	case f.stateBegins(a.state):
		return answer{}, fmt.Errorf("%w: its end is missing", ErrIncomplete)
	}
	return answer{}, ErrState
}

// marks are what terminals put around a paste (bracketed paste mode), with the
// escape character or without it, and color codes that were copied along.
var marks = regexp.MustCompile("(?:\x1b\\[|\u009b|\\^\\[\\[|\\[)20[01]~|(?:\x1b\\[|\u009b)[0-9;]*m")

// clean drops what no code contains and what people cannot see: white space
// (terminals and mail programs break long lines, web pages use no-break spaces),
// zero-width and other invisible characters, marks of the terminal, and quotes
// and brackets around it all.
func clean(text string) string {
	text = marks.ReplaceAllString(text, "")
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, visible(text))
	return strings.Trim(text, "\"'`<>()[]{},;“”„‘’‚«»‹›")
}

// visible drops characters that people cannot see; blanks stay.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsSpace(r) && unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, text)
}

// member finds where a redirect's query begins in an address, with or without
// what stands before the query.
var member = regexp.MustCompile(`(?:^|[?&#])(?:code|state|error)=`)

// softBreak is the end of a line that goes on in quoted-printable mail (RFC 2045
// §6.7). Before # it may as well be the end of a code.
var softBreak = regexp.MustCompile(`=[ \t]*\r?\n([^#])`)

// notCode finds what codes do not contain, but prompts and prose before them do.
// Codes seen so far are base64url; more than that is let through.
var notCode = regexp.MustCompile(`[^A-Za-z0-9\-._~+/=%|*]`)

// parsePaste reads CODE#STATE or a redirect address, without looking at whose
// state it is. Errors wrap ErrPaste; ErrIncomplete is one.
func parsePaste(pasted string) (answer, error) {
	text := clean(pasted)
	if !member.MatchString(text) {
		text = clean(softBreak.ReplaceAllString(pasted, "$1"))
	}
	if text == "" {
		return answer{}, fmt.Errorf("%w: nothing was pasted", ErrIncomplete)
	}
	for _, b := range []byte(text) {
		if b < '!' || b > '~' {
			return answer{}, fmt.Errorf("%w: it holds characters no code has", ErrPaste)
		}
	}
	if at := member.FindStringIndex(text); at != nil {
		return parseQuery(strings.TrimLeft(text[at[0]:], "?&#"))
	}
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return answer{}, fmt.Errorf("%w: the address holds no code and state", ErrIncomplete)
	}
	code, state, found := strings.Cut(text, "#")
	if !found { // a program encoded it for an address
		code, state, found = strings.Cut(text, "%23")
	}
	state = stateOf(state)
	switch {
	case found && code == "":
		return answer{}, fmt.Errorf("%w: the part before # is missing", ErrPaste)
	case !found || state == "":
		return answer{}, fmt.Errorf("%w: the part after # is missing", ErrIncomplete)
	case strings.Contains(state, "#"):
		return answer{}, fmt.Errorf("%w: there is more than one #", ErrPaste)
	case notCode.MatchString(code):
		return answer{}, fmt.Errorf("%w: it holds characters no code has", ErrPaste)
	}
	return answer{code: secret.New(code), state: state}, nil
}

// parseQuery reads the query of a redirect address. A state that stands after #
// and not in the query counts too.
func parseQuery(text string) (answer, error) {
	text = strings.ReplaceAll(text, "&amp;", "&")
	text, fragment, _ := strings.Cut(text, "#")
	q, err := url.ParseQuery(text)
	if err != nil {
		// The parser's error repeats its input, code and all.
		return answer{}, fmt.Errorf("%w: the address cannot be read", ErrPaste)
	}
	if q.Has("code_challenge") || q.Has("response_type") {
		return answer{}, fmt.Errorf("%w: this is the address to open; paste what the page shows at its end", ErrPaste)
	}
	if state := stateOf(fragment); !q.Has("state") && state != "" {
		text += "&state=" + url.QueryEscape(state)
	}
	a, ok := parseAnswer(text)
	if !ok {
		if len(q["code"]) > 1 || len(q["state"]) > 1 || len(q["error"]) > 1 {
			return answer{}, fmt.Errorf("%w: the address holds more than one code", ErrPaste)
		}
		return answer{}, fmt.Errorf("%w: the address holds no code and state", ErrIncomplete)
	}
	a.state = stateOf(a.state)
	if a.state == "" {
		return answer{}, fmt.Errorf("%w: the address holds no code and state", ErrIncomplete)
	}
	return a, nil
}

// stateOf drops punctuation of the text around it from the end of a state, which
// is base64url without padding.
func stateOf(text string) string { return strings.TrimRight(text, ".,;:!?)]}>'\"`|\\&") }
