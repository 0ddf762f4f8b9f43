package claude

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"
)

// LoginMember is the member of .credentials.json that holds the login.
const LoginMember = "claudeAiOauth"

// Live is Claude Code's login as it stands in .credentials.json, or on macOS in
// the Keychain, with all that is kept beside it.
type Live struct {
	Credential accounts.Credential // zero where there is none
	Siblings   []byte              // the account's other members, nil for none
	doc        []byte              // the document, nil where there is none
	at         place               // where it was read from, and so is written to
}

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (l Live) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted login]") }

// Usable says that there is a login.
func (l Live) Usable() bool { return l.Credential.Usable() }

// Path is the file it was read from, "" for the Keychain.
func (l Live) Path() string { return l.at.path() }

// Place is what to call the place it was read from.
func (l Live) Place() string { return l.at.String() }

// Document is the whole document, nil where there is none.
func (l Live) Document() []byte { return l.doc }

// ReadLive reads the live login. Claude Code on macOS keeps it in the Keychain
// and goes by a file only where there is no item; where there is neither, an
// item is what it makes. The error is a *view.Problem, or that of ctx.
func (s *Store) ReadLive(ctx context.Context) (Live, error) {
	if s.Keychain == nil {
		return readAt(ctx, s.credentialsFile())
	}
	item, err := readAt(ctx, s.liveItem())
	if err == nil {
		s.caches.refusal.Store(nil)
	}
	if err != nil || item.doc != nil {
		return item, err
	}
	file, err := readAt(ctx, s.credentialsFile())
	if err != nil || file.doc != nil {
		return file, err
	}
	return item, nil
}

// readAt reads the login at one place.
func readAt(ctx context.Context, at place) (Live, error) {
	live, err := at.read(ctx, ParseLive)
	live.at = at
	return live, err
}

// ParseLive reads a credentials document. Of a member named twice the last one
// counts, as for Claude Code. The error wraps an error of jsonedit.
func ParseLive(doc []byte) (Live, error) {
	live := Live{doc: doc}
	if Blank(doc) {
		return live, nil
	}
	if bytes.HasPrefix(doc, bom) {
		return live, errBOM
	}
	members, err := jsonedit.Last(doc)
	if err != nil {
		return live, err
	}
	live.Siblings = siblingsIn(members)
	for _, m := range members {
		if m.Key == LoginMember && !Blank(m.Raw) {
			live.Credential, err = accounts.ParseCredential(m.Raw)
		}
	}
	return live, err
}

// With gives the document with another account's login and siblings in it;
// every other member stays. The error wraps an error of jsonedit.
func (l Live) With(cr accounts.Credential, siblings []byte) ([]byte, error) {
	edits, err := l.loginEdit(cr)
	if err != nil {
		return nil, err
	}
	have := map[string][]byte{}
	if siblings != nil {
		members, err := jsonedit.Last(siblings)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if have[m.Key], err = inOneLine(m.Raw); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range siblingNames {
		edits = append(edits, jsonedit.Edit{Name: name, Raw: have[name]})
	}
	return l.apply(edits)
}

// Renewed gives the document with a newer login of the same account; every
// other member stays. The error wraps an error of jsonedit.
func (l Live) Renewed(cr accounts.Credential) ([]byte, error) {
	edits, err := l.loginEdit(cr)
	if err != nil {
		return nil, err
	}
	return l.apply(edits)
}

// Without gives the document without a login and siblings.
func (l Live) Without() ([]byte, error) {
	edits := []jsonedit.Edit{{Name: LoginMember}}
	for _, name := range siblingNames {
		edits = append(edits, jsonedit.Edit{Name: name})
	}
	return l.apply(edits)
}

func (l Live) loginEdit(cr accounts.Credential) ([]jsonedit.Edit, error) {
	line, err := inOneLine(cr.JSON())
	if err != nil {
		return nil, err
	}
	return []jsonedit.Edit{{Name: LoginMember, Raw: line}}, nil
}

// inOneLine takes out the layout a value has in the vault: Claude Code keeps its
// credentials in one line.
func inOneLine(raw []byte) ([]byte, error) {
	var line bytes.Buffer
	if err := json.Compact(&line, raw); err != nil {
		return nil, err
	}
	return line.Bytes(), nil
}

func (l Live) apply(edits []jsonedit.Edit) ([]byte, error) {
	doc := l.doc
	if Blank(doc) {
		doc = []byte("{}")
	}
	return jsonedit.Apply(doc, edits)
}

// bom is a UTF-8 byte order mark.
var bom = []byte("\xef\xbb\xbf")
