package setup

import (
	"os"
	"path/filepath"
	"testing"

	"baton/oauthcore/claude"
)

// Two configuration folders share one credentials folder
// (CLAUDE_SECURESTORAGE_CONFIG_DIR), and so one setup.json.
func twoConfigs(t *testing.T) (one, two *home) {
	t.Helper()
	one = newHome(t)
	secure := filepath.Join(one.dir, "secure")
	at := func(dir string) *home {
		h := &home{T: t, dir: one.dir}
		var err error
		h.paths, err = claude.PathsFrom(func(name string) (string, bool) {
			switch name {
			case "CLAUDE_CONFIG_DIR":
				return filepath.Join(one.dir, dir), true
			case "CLAUDE_SECURESTORAGE_CONFIG_DIR":
				return secure, true
			}
			return "", false
		}, func() (string, error) { return one.dir, nil })
		if err != nil {
			t.Fatal(err)
		}
		h.settings = h.paths.ClaudeSettings()
		h.setup = h.on(one.setup.store.FS)
		return h
	}
	return at("one"), at("two")
}

func TestNoteOfAnotherConfigDirectory(t *testing.T) {
	const first, second = `{"statusLine":{"type":"command","command":"line-of-one"}}`, `{"statusLine":{"type":"command","command":"line-of-two"}}`
	one, two := twoConfigs(t)
	one.write(one.settings, first)
	two.write(two.settings, second)
	one.apply(Request{Program: tried})
	two.apply(Request{Program: tried})
	if got := one.setup.ChainedStatusLine(); got != "line-of-one" {
		t.Errorf("the status line that runs in the first is %q", got)
	}
	one.apply(Request{Program: tried, Remove: true})
	one.wants(one.settings, first)
	two.apply(Request{Program: tried, Remove: true})
	two.wants(two.settings, second)
}

// The note of one configuration folder, where the file was made by setup, must not
// remove another folder's file.
func TestFileOfAnotherConfigDirectory(t *testing.T) {
	one, two := twoConfigs(t)
	two.write(two.settings, "{}\n")
	one.apply(Request{Program: tried}) // made the file
	two.apply(Request{Program: tried, Remove: true})
	if _, err := os.Stat(two.settings); err != nil {
		t.Errorf("the second's settings.json is gone: %v", err)
	}
}
