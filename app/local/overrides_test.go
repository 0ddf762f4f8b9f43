//go:build !js

package local_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baton/app/backend"
	"baton/app/local"
)

// overridden opens a demo home with managed and project settings of its own.
func overridden(t *testing.T, env map[string]string) (b *local.Backend, write func(path, doc string) string) {
	t.Helper()
	b, home := opened(t, env, nil)
	return b, func(path, doc string) string {
		t.Helper()
		path = filepath.Join(home.Dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// Snapshot, swap and doctor name the same overrides.
func TestOverridesEverywhere(t *testing.T) {
	b, write := overridden(t, map[string]string{"CLAUDE_CODE_USE_VERTEX": "1", "CLAUDE_CODE_USE_BEDROCK": "0"})
	managed := write("etc/managed-settings.json", `{"env":{"ANTHROPIC_API_KEY":"sk-ant-api-TEST"}}`)
	write("project/.claude/settings.json", `{"apiKeyHelper":"/bin/key"}`) // not trusted
	want := []backend.Override{{Source: "environment", Name: "CLAUDE_CODE_USE_VERTEX"}, {Source: managed, Name: "env.ANTHROPIC_API_KEY"}}
	if got := b.Snapshot().Overrides; !slices.Equal(got, want) {
		t.Errorf("snapshot: %v", got)
	}
	r := do(t, b, backend.Action{Kind: backend.ActionSwap, Key: "ada@corp.example"})
	if !slices.Equal(r.Overrides, want) {
		t.Errorf("swap: %v", r.Overrides)
	}
	for i, note := range []string{
		"CLAUDE_CODE_USE_VERTEX is set in this environment and beats the login: there this swap changes nothing",
		"env.ANTHROPIC_API_KEY is set in " + managed + " and beats the login: there this swap changes nothing",
	} {
		if i >= len(r.Notes) || r.Notes[i] != note {
			t.Errorf("notes: %q", r.Notes)
		}
	}
	var found []string
	for _, f := range do(t, b, backend.Action{Kind: backend.ActionDoctor}).Findings {
		if f.ID == "override" {
			found = append(found, f.Path+": "+f.Fix)
		}
	}
	if want := []string{": unset CLAUDE_CODE_USE_VERTEX", managed + ": only an administrator of this computer can change managed settings"}; !slices.Equal(found, want) {
		t.Errorf("doctor: %q", found)
	}
}

// A swap to an organization that managed settings exclude is made as asked, with
// a warning.
func TestSwapToAnExcludedOrganization(t *testing.T) {
	b, write := overridden(t, nil)
	var mine, other backend.Account
	for _, a := range b.Snapshot().Accounts {
		switch {
		case a.Active:
			mine = a
		case a.Key == "ada@corp.example":
			other = a
		}
	}
	if mine.OrganizationUUID == "" || mine.OrganizationUUID == other.OrganizationUUID {
		t.Fatalf("%+v, %+v", mine, other)
	}
	source := write("etc/managed-settings.d/10.json", `{"forceLoginOrgUUID":"`+strings.ToUpper(mine.OrganizationUUID)+`"}`)
	if f := b.Snapshot().Forced; len(f.Organizations) != 1 || f.Source != source {
		t.Errorf("%+v", f)
	}
	r := do(t, b, backend.Action{Kind: backend.ActionSwap, Key: other.Key})
	if r.To != other.Key || len(r.Notes) == 0 || !strings.HasPrefix(r.Notes[0], "managed settings let Claude Code use only organization "+mine.OrganizationName) || !strings.Contains(r.Notes[0], source) {
		t.Errorf("%q, %q: %+v", other.Key, mine.OrganizationName, r)
	}
	if r = do(t, b, backend.Action{Kind: backend.ActionSwap, Key: mine.Key}); slices.ContainsFunc(r.Notes, func(n string) bool { return strings.HasPrefix(n, "managed") }) {
		t.Errorf("back: %q", r.Notes)
	}
}

// Setup says whose file keeps Claude Code from running what it put in.
func TestSetupThatIsSwitchedOff(t *testing.T) {
	for where, tt := range map[string]struct {
		doc, want string
		neither   bool
	}{
		"etc/managed-settings.json":           {`{"allowManagedHooksOnly":true}`, "allowManagedHooksOnly is set in the managed settings (PATH): Claude Code runs neither hooks nor a status line of yours", true},
		"etc/managed-settings.d/10-team.json": {`{"statusLine":{"type":"command","command":"team"}}`, "the managed settings (PATH) have a status line of their own, which Claude Code runs instead of Baton's", false},
		".claude/settings.json":               {`{"disableAllHooks":true}`, "disableAllHooks is set in your settings (PATH): Claude Code runs neither hooks nor a status line of yours", true},
		"etc/managed-settings.d/20.json":      {`{"allowManagedHooksOnly":true,"statusLine":{"type":"command","command":"baton statusline"}}`, "allowManagedHooksOnly is set in the managed settings (PATH): Claude Code runs no hooks of yours", false},
		"etc/managed-settings.d/30.json":      {`{"allowManagedHooksOnly":true,"hooks":{"StopFailure":[{"hooks":[{"type":"command","command":"baton hook"}]}]}}`, "allowManagedHooksOnly is set in the managed settings (PATH): Claude Code runs no status line of yours", false},
		"project/.claude/settings.json":       {`{"disableAllHooks":true}`, "", false}, // not trusted
	} {
		b, write := overridden(t, nil)
		path := write(where, tt.doc)
		want := strings.ReplaceAll(tt.want, "PATH", path)
		for range 2 { // the second time nothing changes
			s := do(t, b, backend.Action{Kind: backend.ActionSetup}).Setup
			if strings.Join(s.Off, "; ") != want || s.Neither != tt.neither {
				t.Errorf("%s: %q, %t", where, s.Off, s.Neither)
			}
		}
		on := backend.Action{Kind: backend.ActionConfigure, Setting: "claude.setup", Value: "on"}
		if got := strings.Join(do(t, b, on).Notes, "; "); got != want {
			t.Errorf("%s: switched on with %q", where, got)
		}
		warned := false
		for _, f := range do(t, b, backend.Action{Kind: backend.ActionDoctor}).Findings {
			warned = warned || f.Path == path && (f.ID == "hooks_off" || f.ID == "statusline_replaced")
		}
		if warned != (want != "") {
			t.Errorf("%s: doctor warns %t", where, warned)
		}
	}
}
