//go:build !js

package local_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/oauthcore/claude"
	"baton/oauthcore/providertest"
)

// attackTold reports a refusal of a session with this transcript and says
// whether it was noted.
func attackTold(t *testing.T, b *local.Backend, home demo.Home, transcript string) bool {
	t.Helper()
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home.Dir, "t.jsonl")
	if err := os.WriteFile(path, []byte(transcript), 0o600); err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(map[string]any{"session_id": "s", "transcript_path": path, "hook_event_name": "StopFailure", "error": "billing_error"})
	if err != nil {
		t.Fatal(err)
	}
	done, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionFailure, Told: string(doc)})
	if err != nil {
		t.Fatal(err)
	}
	return done.News
}

// Where the session's environment cannot be read, the transcript decides: a
// session that an older version began has no owner row, whichever version goes on
// with it; and the owner row may come after a long first row.
func TestAttackTranscriptsOfTheLiveLogin(t *testing.T) {
	const owner = `{"type":"session-owner","accountUuid":"a","organizationUuid":"o"}` + "\n"
	failed := `{"type":"assistant","isApiErrorMessage":true,"error":"billing_error","version":"2.1.332"}` + "\n"
	for name, transcript := range map[string]string{
		"begun by an older version, updated since": `{"type":"user","version":"2.1.112","timestamp":"2026-11-27T08:00:00Z"}` + "\n" + failed,
		"begun before owners were written":         `{"type":"user","version":"2.1.330","timestamp":"2026-11-27T08:00:00Z"}` + "\n" + `{"type":"user","version":"2.1.332","timestamp":"2026-11-27T09:00:00Z"}` + "\n" + failed,
		"a long row before the owner's":            `{"type":"summary","summary":"` + strings.Repeat("x", 80<<10) + `"}` + "\n" + owner + failed,
		"begins with a byte order mark":            "\ufeff" + owner + failed,
	} {
		t.Run(name, func(t *testing.T) {
			b, home := withSession(t, nil, nil)
			if !attackTold(t, b, home, transcript) {
				t.Error("not noted, though the session is on the live login")
			}
		})
	}
}

// attackBackend opens a demo home with these variables, started in a directory.
func attackBackend(t *testing.T, set func(home demo.Home, env map[string]string) (dir string)) (*local.Backend, demo.Home) {
	t.Helper()
	p := providertest.NewProvider(providertest.Options{})
	if _, err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	home, err := demo.NewHome(filepath.Join(t.TempDir(), "home"), p, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	env := home.Setenv()
	dir := set(home, env)
	b, err := local.New(local.Config{
		Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Home:   func() (string, error) { return home.Dir, nil },
		GOOS:   "linux", ManagedDir: filepath.Join(home.Dir, "etc"), WorkDir: dir,
		Environ: func(int) (claude.Lookup, bool) { return func(string) (string, bool) { return "", false }, true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, home
}

func attackWrite(t *testing.T, path, doc string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
}

// attackTrust has the person trust a project.
func attackTrust(t *testing.T, home demo.Home, project string) {
	t.Helper()
	path := filepath.Join(home.Dir, ".claude.json")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(doc, &all); err != nil {
		t.Fatal(err)
	}
	all["projects"] = map[string]any{project: map[string]any{"hasTrustDialogAccepted": true}}
	if doc, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	attackWrite(t, path, string(doc))
}

// The shell shows a linked folder by the link; Claude Code notes its real path.
func TestAttackAProjectBehindALink(t *testing.T) {
	b, _ := attackBackend(t, func(home demo.Home, _ map[string]string) string {
		dir, err := filepath.EvalSymlinks(home.Dir)
		if err != nil {
			t.Fatal(err)
		}
		real, link := filepath.Join(dir, "data", "project"), filepath.Join(dir, "project")
		attackWrite(t, filepath.Join(real, ".claude", "settings.json"), `{"apiKeyHelper":"/bin/key"}`)
		attackTrust(t, home, real)
		if err := os.Symlink(real, link); err != nil {
			t.Fatal(err)
		}
		return link
	})
	if o := b.Snapshot().Overrides; len(o) != 1 {
		t.Errorf("overrides %+v", o)
	}
}

// A command that Claude Code runs may stand in a folder below the project, where
// the session went meanwhile; CLAUDE_PROJECT_DIR names the project.
func TestAttackAHookBelowTheProject(t *testing.T) {
	b, home := attackBackend(t, func(home demo.Home, env map[string]string) string {
		project := filepath.Join(home.Dir, "project")
		attackWrite(t, filepath.Join(project, ".claude", "settings.json"), `{"apiKeyHelper":"/bin/key"}`)
		attackTrust(t, home, project)
		env["CLAUDE_PROJECT_DIR"], env["CLAUDE_PID"] = project, "4711"
		return filepath.Join(project, "sub")
	})
	if attackTold(t, b, home, "") {
		t.Error("noted, though the session runs on the project's key")
	}
}

// Of a company's variables the managed settings are the place, and what settings
// set beats the environment.
func TestAttackCertificatesAndProxiesOfSettings(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(w *watched, pem []byte)
	}{
		{"the managed settings", func(w *watched, pem []byte) {
			attackWrite(w.T, filepath.Join(w.home.Dir, "etc", "managed-settings.json"), fmt.Sprintf(`{"env":{"NODE_EXTRA_CA_CERTS":%q}}`, w.file("ca.pem", pem)))
		}},
		{"a managed drop-in", func(w *watched, pem []byte) {
			attackWrite(w.T, filepath.Join(w.home.Dir, "etc", "managed-settings.d", "10.json"), fmt.Sprintf(`{"env":{"NODE_EXTRA_CA_CERTS":%q}}`, w.file("ca.pem", pem)))
		}},
		{"settings before the environment", func(w *watched, pem []byte) {
			w.set["NODE_EXTRA_CA_CERTS"] = "/nowhere.pem"
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHome(t)
			c.set(w, w.inspected())
			b, err := local.New(local.Config{
				Lookup: func(name string) (string, bool) { v, ok := w.set[name]; return v, ok },
				Home:   func() (string, error) { return w.home.Dir, nil },
				GOOS:   "linux", ManagedDir: filepath.Join(w.home.Dir, "etc"),
			})
			if err != nil {
				t.Fatal(err)
			}
			res, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionRefresh, Key: "ada@corp.example"})
			if err != nil {
				t.Errorf("%v; %+v", err, res)
			}
		})
	}
}

// What the person's settings take away from the environment does not keep the
// session from the live login, nor its reports from its account.
func TestAttackAVariableThatSettingsTakeAway(t *testing.T) {
	for name, c := range map[string]struct{ variable, value, settings string }{
		"a key":            {"ANTHROPIC_API_KEY", "sk-ant-api-TEST", `{"env":{"ANTHROPIC_API_KEY":""}}`},
		"a token":          {"CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-TEST", `{"env":{"CLAUDE_CODE_OAUTH_TOKEN":""}}`},
		"a cloud provider": {"CLAUDE_CODE_USE_BEDROCK", "1", `{"env":{"CLAUDE_CODE_USE_BEDROCK":"0"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			b, home := withSession(t, nil, map[string]string{c.variable: c.value})
			attackWrite(t, filepath.Join(home.Dir, ".claude", "settings.json"), c.settings)
			if o := b.Snapshot().Overrides; len(o) != 0 {
				t.Errorf("overrides %+v", o)
			}
			if !attackTold(t, b, home, "") {
				t.Error("not noted, though the session is on the live login")
			}
		})
	}
}

// Settings that an organization hands out through its server lie in
// remote-settings.json and count as managed ones.
func TestAttackAForcedOrganizationOfTheServersSettings(t *testing.T) {
	b, home := withSession(t, nil, nil)
	attackWrite(t, filepath.Join(home.Dir, ".claude", "remote-settings.json"), `{"forceLoginOrgUUID":"00000000-0000-4000-8000-000000000001","disableAllHooks":true}`)
	if f := b.Snapshot().Forced; len(f.Organizations) == 0 {
		t.Errorf("forced %+v", f)
	}
}
