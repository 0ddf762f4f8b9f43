package oauthcore_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Baton was killed after a write in place and before it removed the record of
// it. Claude Code used the file for a week; then the person edited it by hand
// and left a comma too much. What does not parse and is no mixture of the two
// recorded contents is not Baton's torn write: it is never overwritten.
func TestMendOverwritesWhatAPersonEdited(t *testing.T) {
	w := newWorld(t)
	w.settled()
	before := w.read(w.paths.ClaudeJSON)
	record, err := json.Marshal(map[string]any{
		"schemaVersion": 1, "path": w.paths.ClaudeJSON, "old": before, "new": append([]byte(nil), before...),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.write(w.paths.InPlace(w.paths.ClaudeJSON), string(record))
	edited := strings.Replace(string(before), "{", `{"mcpServers":{"of this week":{"command":"x"},}},`, 1)
	w.write(w.paths.ClaudeJSON, edited)
	if err := w.core.Settle(t.Context()); err != nil {
		t.Log(err)
	}
	kept := false
	_ = filepath.WalkDir(w.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			doc, _ := os.ReadFile(path)
			kept = kept || strings.Contains(string(doc), "of this week")
		}
		return nil
	})
	if !kept {
		t.Error("a week of .claude.json is gone")
	}
}
