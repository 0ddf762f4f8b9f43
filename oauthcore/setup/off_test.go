package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore/claude"
)

func TestOff(t *testing.T) {
	const (
		all     = `{"disableAllHooks":true}`
		managed = `{"allowManagedHooksOnly":true}`
		allowed = `{"allowManagedHooksOnly":false}`
		hook    = `"hooks":{"StopFailure":[{"hooks":[{"type":"command","command":"baton hook"}]}]}`
		ours    = `"statusLine":{"type":"command","command":"baton statusline"}`
		line    = `{"statusLine":{"type":"command","command":"team-line"}}`
	)
	for name, c := range map[string]struct {
		files     map[string]string // "user" beside the commands that setup put in
		untrusted bool
		hook      string // "member place", "" if the hook is run
		line      string
	}{
		"nothing":                        {},
		"user":                           {files: map[string]string{"user": all}, hook: "disableAllHooks user", line: "disableAllHooks user"},
		"user, with a mark":              {files: map[string]string{"user": "\xef\xbb\xbf" + all}, hook: "disableAllHooks user", line: "disableAllHooks user"},
		"false":                          {files: map[string]string{"user": `{"disableAllHooks":false}`}},
		"no switch":                      {files: map[string]string{"user": `{"disableAllHooks":"yes"}`}},
		"shared project":                 {files: map[string]string{"shared": all}, hook: "disableAllHooks shared", line: "disableAllHooks shared"},
		"local project":                  {files: map[string]string{"local": all}, hook: "disableAllHooks local", line: "disableAllHooks local"},
		"a project that is not trusted":  {files: map[string]string{"shared": all, "local": line}, untrusted: true},
		"managed":                        {files: map[string]string{"managed": all}, hook: "disableAllHooks managed", line: "disableAllHooks managed"},
		"a drop-in":                      {files: map[string]string{"drop-in": all}, hook: "disableAllHooks drop-in", line: "disableAllHooks drop-in"},
		"a stronger file says no":        {files: map[string]string{"user": all, "shared": `{"disableAllHooks":false}`}},
		"managed hooks only":             {files: map[string]string{"managed": managed}, hook: "allowManagedHooksOnly managed", line: "allowManagedHooksOnly managed"},
		"managed hooks only, drop-in":    {files: map[string]string{"drop-in": managed}, hook: "allowManagedHooksOnly drop-in", line: "allowManagedHooksOnly drop-in"},
		"a drop-in allows others":        {files: map[string]string{"managed": managed, "drop-in": allowed}},
		"a later drop-in allows others":  {files: map[string]string{"drop-in": managed, "later": allowed}},
		"a later drop-in does not":       {files: map[string]string{"drop-in": allowed, "later": managed}, hook: "allowManagedHooksOnly later", line: "allowManagedHooksOnly later"},
		"managed settings run Baton":     {files: map[string]string{"managed": `{"allowManagedHooksOnly":true,` + ours + "," + hook + "}", "shared": line}},
		"they run it, from two files":    {files: map[string]string{"managed": `{"allowManagedHooksOnly":true,` + ours + "}", "drop-in": "{" + hook + "}"}},
		"they run the hook alone":        {files: map[string]string{"managed": `{"allowManagedHooksOnly":true,` + hook + "}"}, line: "allowManagedHooksOnly managed"},
		"they run the status line alone": {files: map[string]string{"managed": `{"allowManagedHooksOnly":true,` + ours + "}"}, hook: "allowManagedHooksOnly managed"},
		"they run it, and all is off":    {files: map[string]string{"managed": `{"disableAllHooks":true,` + ours + "," + hook + "}"}, hook: "disableAllHooks managed", line: "disableAllHooks managed"},
		"a later status line":            {files: map[string]string{"managed": `{"allowManagedHooksOnly":true,` + ours + "," + hook + "}", "later": line}, line: "statusLine later"},
		"managed hooks only in the user": {files: map[string]string{"user": managed, "shared": managed}},
		"the project's status line":      {files: map[string]string{"shared": line}, line: "statusLine shared"},
		"the local status line":          {files: map[string]string{"shared": line, "local": line}, line: "statusLine local"},
		"a managed status line":          {files: map[string]string{"managed": line}, line: "statusLine managed"},
		"a project that runs Baton":      {files: map[string]string{"local": `{"statusLine":{"type":"command","command":"exec ` + tried + ` statusline"}}`}},
		"local runs Baton again":         {files: map[string]string{"shared": line, "local": `{"statusLine":{"type":"command","command":"baton statusline"}}`}},
		"no status line after all":       {files: map[string]string{"shared": `{"statusLine":null}`}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.paths.Managed, h.paths.Project = filepath.Join(h.dir, "etc"), filepath.Join(h.dir, "project")
			h.setup = h.on(h.setup.store.FS)
			h.write(h.paths.ClaudeJSON, fmt.Sprintf(`{"projects":{%q:{"hasTrustDialogAccepted":%t}}}`, h.paths.Project, !c.untrusted))
			at := map[string]string{
				"user": h.settings, "shared": h.paths.ProjectSettings()[0], "local": h.paths.ProjectSettings()[1],
				"managed": h.paths.ManagedSettings(), "drop-in": filepath.Join(h.paths.ManagedDropIns(), "10.json"),
				"later": filepath.Join(h.paths.ManagedDropIns(), "50-team.json"),
			}
			for where, doc := range c.files {
				h.write(at[where], doc)
			}
			done := h.apply(Request{Program: tried})
			name := func(c Cause) string {
				for where, path := range at {
					if path == c.Path {
						kind := map[string]claude.SettingsKind{"user": claude.UserSettings, "shared": claude.ProjectSettings, "local": claude.ProjectSettings}[where]
						if kind == "" {
							kind = claude.ManagedSettings
						}
						if c.Kind != kind {
							t.Errorf("%+v: kind, want %s", c, kind)
						}
						return c.Name + " " + where
					}
				}
				return ""
			}
			if hook, line := name(done.Off.Hook), name(done.Off.StatusLine); hook != c.hook || line != c.line {
				t.Errorf("hook %q, status line %q; want %q, %q", hook, line, c.hook, c.line)
			}
			if done.Off.Both() != (c.hook != "" && c.line != "") || done.Off.Any() != (c.hook != "" || c.line != "") {
				t.Errorf("%+v", done.Off)
			}
			if done.Off.StatusLine.Replaces() != strings.HasPrefix(c.line, "statusLine ") {
				t.Errorf("%+v: replaces", done.Off.StatusLine)
			}
			if st, err := h.setup.Examine(); err != nil || st.Off != done.Off || !st.Complete() {
				t.Errorf("%+v, %v", st, err)
			}
			if d := h.apply(Request{Remove: true}); d.Off.Any() {
				t.Errorf("removed: %+v", d.Off)
			}
		})
	}
}

// Only the command of a status line changes, whatever is in it: when setup puts
// Baton in, when the doctor's repair does, and when it is taken out.
func TestOnlyTheCommandChanges(t *testing.T) {
	const mine = `{"model":"opus","statusLine":{ "refreshInterval":5,"type":"command","command":"mine --x",  "padding":0,"new":{"a":[1.50]} }}`
	const ours = `{"model":"opus","statusLine":{ "refreshInterval":5,"type":"command","command":"` + tried + ` statusline",  "padding":0,"new":{"a":[1.50]} }`
	h := newHome(t)
	h.write(h.settings, mine)
	h.apply(Request{Program: tried})
	has := func(what string) {
		t.Helper()
		got, err := os.ReadFile(h.settings)
		if err != nil || len(got) < len(ours) || string(got[:len(ours)]) != ours {
			t.Errorf("%s: %s, %v", what, got, err)
		}
	}
	has("put in")
	h.write(h.settings, mine) // another program put its own back
	if err := h.setup.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	has("repaired")
	h.apply(Request{Remove: true})
	h.wants(h.settings, mine)
}
