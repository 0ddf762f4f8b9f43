package login

import (
	"fmt"
	"net/url"
	"strings"

	"baton/oauthcore/secret"
)

// maxPaste is in bytes; real codes with their state are below 300.
const maxPaste = 8 << 10

// Paste hands in what the person copied: CODE#STATE, or the whole address the
// browser was sent to, which also serves where the browser could not reach
// the listener. ErrPaste and ErrState leave the flow waiting for another try;
// ErrDone means that a code came before this one; after the flow has ended it
// is the error it ended with. Errors never repeat what was pasted.
//
// Paste does not wait for Finish: Wait tells how that went.
func (f *Flow) Paste(codeAndState string) error {
	a, err := parsePaste(codeAndState)
	if err != nil {
		return err
	}
	if !f.sameState(a.state) {
		return ErrState
	}
	if err := f.take(); err != nil {
		return err
	}
	go f.run(a.code, a.denied, func() {})
	return nil
}

// parsePaste reads CODE#STATE or a redirect address. White space anywhere is
// dropped: terminals and mail programs break long lines.
func parsePaste(text string) (answer, error) {
	if len(text) > maxPaste {
		return answer{}, fmt.Errorf("%w: it is too long", ErrPaste)
	}
	text = strings.Join(strings.Fields(text), "")
	text = strings.Trim(text, "\"'`<>")
	if text == "" {
		return answer{}, fmt.Errorf("%w: nothing was pasted", ErrPaste)
	}
	for _, b := range []byte(text) {
		if b < '!' || b > '~' {
			return answer{}, fmt.Errorf("%w: it holds characters no code has", ErrPaste)
		}
	}
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return parsePastedURL(text)
	}
	code, state, _ := strings.Cut(text, "#")
	switch {
	case state == "":
		return answer{}, fmt.Errorf("%w: the part after # is missing", ErrPaste)
	case code == "":
		return answer{}, fmt.Errorf("%w: the part before # is missing", ErrPaste)
	case strings.Contains(state, "#"):
		return answer{}, fmt.Errorf("%w: there is more than one #", ErrPaste)
	}
	return answer{code: secret.New(code), state: state}, nil
}

func parsePastedURL(text string) (answer, error) {
	u, err := url.Parse(text)
	if err != nil {
		// The parser's error repeats its input, code and all.
		return answer{}, fmt.Errorf("%w: the address cannot be read", ErrPaste)
	}
	a, ok := parseAnswer(u.RawQuery)
	if !ok {
		return answer{}, fmt.Errorf("%w: the address holds no code and state", ErrPaste)
	}
	return a, nil
}
