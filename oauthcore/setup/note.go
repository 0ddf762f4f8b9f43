package setup

import (
	"encoding/json"

	"baton/oauthcore/claude"
)

// noteVersion is the schema version of new notes. Version 1 replaced the whole
// statusLine object; from version 2 on only its command and type are changed.
const noteVersion = 2

// note is setup.json: what is needed to put settings.json back.
type note struct {
	SchemaVersion int    `json:"schemaVersion"`
	Path          string `json:"path"` // of settings.json
	// StatusLine is the JSON of the member statusLine before setup, "" if it
	// was missing.
	StatusLine string `json:"statusLine,omitempty"`
	Command    string `json:"command"` // Baton's status line command, "" if a command of the person's own runs Baton
	Hook       string `json:"hook"`    // Baton's hook command, "" likewise
	// These were missing before setup, and are removed with Baton's commands if
	// they are empty then.
	MadeFile  bool    `json:"madeFile,omitempty"`
	Blank     *string `json:"blank,omitempty"` // the file's text, if it was empty or null
	MadeHooks bool    `json:"madeHooks,omitempty"`
	MadeEvent bool    `json:"madeEvent,omitempty"`
}

// chained is the earlier status line command, "" for none. A command that runs
// Baton is none: Baton would start itself again and again.
func (n *note) chained() string {
	if n == nil {
		return ""
	}
	command := commandOf([]byte(n.StatusLine))
	if runs(command, statusWord, n.programs("")) {
		return ""
	}
	return command
}

// programs are the spellings by which Baton is known beside its file names:
// those in the note, and one more.
func (n *note) programs(one string) []string {
	all := []string{one}
	if n == nil {
		return all
	}
	for command, word := range map[string]string{n.Command: statusWord, n.Hook: hookWord} {
		if program, _, ok := split(command, word); ok {
			all = append(all, program)
		}
	}
	return all
}

// readNote gives the note and its file's bytes, nil if there is none. The error
// is a *view.Problem.
func (s *Setup) readNote() (*note, []byte, error) {
	path := s.store.Paths.Setup()
	doc, err := claude.ReadOr(s.store.FS, path)
	if err != nil || claude.Blank(doc) {
		return nil, doc, err
	}
	n := &note{}
	if err := json.Unmarshal(doc, n); err != nil {
		return nil, nil, claude.Damaged(path, err)
	}
	return n, doc, nil
}

// text is the note as it is written to its file.
func (n *note) text() ([]byte, error) {
	doc, err := json.MarshalIndent(n, "", "  ")
	return append(doc, '\n'), err
}
