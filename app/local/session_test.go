//go:build !js

package local_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/oauthcore/claude"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/providertest"
)

// A session that runs on a token, a key, a cloud provider or a gateway reports of
// none of the accounts here: neither its status line nor its failures are noted.
func TestReportsOfSessionsOnAnotherLogin(t *testing.T) {
	const owner = `{"type":"session-owner","accountUuid":"a","organizationUuid":"o"}`
	const newest = `{"type":"user","version":"2.1.332"}`
	const projectKey = `{"apiKeyHelper":"/bin/key"}`
	for name, tt := range map[string]struct {
		own        map[string]string // the command's environment
		session    map[string]string // the session's own, nil where it cannot be read
		transcript string
		settings   string
		project    string
		trusted    bool
		noted      bool
	}{
		"the live login":                          {session: map[string]string{"HOME": "/x"}, transcript: newest, noted: true},
		"the live login, by the transcript":       {transcript: owner + "\n" + newest, noted: true},
		"nothing can be told":                     {noted: true},
		"an older version":                        {transcript: `{"type":"user","version":"2.1.112"}`, noted: true},
		"an older version, updated since":         {transcript: `{"type":"user","version":"2.1.330"}` + "\n" + newest, noted: true},
		"a long row before the owner's":           {transcript: `{"type":"summary","summary":"` + strings.Repeat("x", 80<<10) + `"}` + "\n" + owner + "\n" + newest, noted: true},
		"a byte order mark before the owner's":    {transcript: "\ufeff" + owner + "\n" + newest, noted: true},
		"a token, taken out of our environment":   {session: map[string]string{"CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-TEST"}},
		"the same, and its environment is hidden": {transcript: newest},
		"a key":                               {own: map[string]string{"ANTHROPIC_API_KEY": "sk-ant-api-TEST"}, session: map[string]string{}},
		"a key in the session alone":          {session: map[string]string{"ANTHROPIC_API_KEY": "sk-ant-api-TEST"}},
		"a key that is empty":                 {own: map[string]string{"ANTHROPIC_API_KEY": ""}, session: map[string]string{"ANTHROPIC_API_KEY": " "}, noted: true},
		"a gateway":                           {session: map[string]string{"ANTHROPIC_AUTH_TOKEN": "x", "ANTHROPIC_BASE_URL": "https://gateway.example"}},
		"a cloud provider":                    {session: map[string]string{"CLAUDE_CODE_USE_BEDROCK": "1"}, transcript: owner},
		"a cloud provider that is off":        {session: map[string]string{"CLAUDE_CODE_USE_VERTEX": "0"}, noted: true},
		"a helper in the person's settings":   {settings: `{"apiKeyHelper":"/bin/key"}`, session: map[string]string{}},
		"a token in the person's settings":    {settings: `{"env":{"CLAUDE_CODE_OAUTH_TOKEN":"sk-ant-oat01-TEST"}}`, session: map[string]string{}},
		"a key that settings take away":       {session: map[string]string{"ANTHROPIC_API_KEY": "sk-ant-api-TEST"}, settings: `{"env":{"ANTHROPIC_API_KEY":""}}`, noted: true},
		"a token that settings take away":     {session: map[string]string{"CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-TEST"}, settings: `{"env":{"CLAUDE_CODE_OAUTH_TOKEN":""}}`, noted: true},
		"a provider that settings switch off": {session: map[string]string{"CLAUDE_CODE_USE_BEDROCK": "1"}, settings: `{"env":{"CLAUDE_CODE_USE_BEDROCK":"0"}}`, noted: true},
		"a gateway that settings complete":    {session: map[string]string{"CLAUDE_CODE_USE_GATEWAY": "1", "ANTHROPIC_BASE_URL": "https://gateway.example"}, settings: `{"env":{"ANTHROPIC_AUTH_TOKEN":"x"}}`},
		"a project's key":                     {project: projectKey, trusted: true, session: map[string]string{}},
		"a project's key, from below":         {own: map[string]string{"CLAUDE_PROJECT_DIR": "DIR/project", "WORK": "project/sub"}, project: projectKey, trusted: true, session: map[string]string{}},
		"a key of another project":            {own: map[string]string{"CLAUDE_PROJECT_DIR": "DIR/other"}, project: projectKey, trusted: true, session: map[string]string{}, noted: true},
		"a project's, where it is not heeded": {project: `{"env":{"ANTHROPIC_API_KEY":"sk-ant-api-TEST"}}`, session: map[string]string{}, transcript: owner + "\n" + newest, noted: true},
	} {
		for _, kind := range []backend.ActionKind{backend.ActionReport, backend.ActionFailure} {
			t.Run(name+", "+string(kind), func(t *testing.T) {
				b, home := withSession(t, tt.own, tt.session)
				write := func(path, doc string) string {
					path = filepath.Join(home.Dir, filepath.FromSlash(path))
					if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
						t.Fatal(err)
					}
					return path
				}
				if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionImport}); err != nil {
					t.Fatal(err)
				}
				if tt.settings != "" {
					write(".claude/settings.json", tt.settings)
				}
				if tt.project != "" {
					write("project/.claude/settings.json", tt.project)
				}
				if tt.trusted {
					trust(t, home, filepath.Join(home.Dir, "project"))
				}
				active := b.Snapshot().Active
				was, _ := b.Snapshot().Find(active)
				told := map[string]any{"session_id": "s", "transcript_path": write("t.jsonl", tt.transcript)}
				if kind == backend.ActionReport {
					told["rate_limits"] = map[string]any{"five_hour": map[string]any{"used_percentage": 97.5, "resets_at": time.Now().Add(3 * time.Hour).Unix()}}
				} else {
					told["hook_event_name"], told["error"] = "StopFailure", "billing_error"
				}
				doc, err := json.Marshal(told)
				if err != nil {
					t.Fatal(err)
				}
				done, err := b.Do(t.Context(), backend.Action{Kind: kind, Told: string(doc)})
				if err != nil {
					t.Fatal(err)
				}
				is, _ := b.Snapshot().Find(active)
				kept, err := os.ReadFile(filepath.Join(home.Dir, ".claude", "baton", "usage.json"))
				if err != nil {
					t.Fatal(err)
				}
				noted := fmt.Sprintf("%+v", was.Usage) != fmt.Sprintf("%+v", is.Usage) || strings.Contains(string(kept), `"refused"`)
				if noted != tt.noted || (done.Active != nil || done.News) != tt.noted {
					t.Errorf("noted: %v; %+v", noted, done)
				}
			})
		}
	}
}

// trust has the person of a home trust a project.
func trust(t *testing.T, home demo.Home, project string) {
	t.Helper()
	path := filepath.Join(home.Dir, ".claude.json")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	project, err = filepath.EvalSymlinks(project)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err = jsonedit.Apply(doc, []jsonedit.Edit{{Name: "projects", Raw: fmt.Appendf(nil, `{%q:{"hasTrustDialogAccepted":true}}`, project)}}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		t.Fatal(err)
	}
}

// withSession opens a demo home from within a session of Claude Code; session nil:
// that session's environment cannot be read. own is as for opened.
func withSession(t *testing.T, own, session map[string]string) (*local.Backend, demo.Home) {
	t.Helper()
	env := map[string]string{"CLAUDE_PID": "4711"}
	for name, value := range own {
		env[name] = value
	}
	return opened(t, env, func(pid int) (claude.Lookup, bool) {
		return func(name string) (string, bool) { value, ok := session[name]; return value, ok }, session != nil && pid == 4711
	})
}

// opened opens a demo home with managed and project settings of its own, and these
// variables, in which DIR stands for the home, and WORK is where the command was
// started in it. environ gives the environments of other processes, nil: the system's.
func opened(t *testing.T, env map[string]string, environ func(pid int) (claude.Lookup, bool)) (*local.Backend, demo.Home) {
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
	set := home.Setenv()
	work := "project"
	for name, value := range env {
		if name == "WORK" {
			work = value
			continue
		}
		set[name] = strings.Replace(value, "DIR", home.Dir, 1)
	}
	b, err := local.New(local.Config{
		Lookup: func(name string) (string, bool) { value, ok := set[name]; return value, ok },
		Home:   func() (string, error) { return home.Dir, nil },
		GOOS:   "linux", ManagedDir: filepath.Join(home.Dir, "etc"), WorkDir: filepath.Join(home.Dir, filepath.FromSlash(work)),
		Environ: environ,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, home
}

// The environment of another process is read where the system shows it.
func TestEnvironmentOfAProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("not run: only Linux shows the environment of another process")
	}
	cmd := exec.Command("cat")
	cmd.Env = []string{"CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-TEST=x", "EMPTY="}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The system shows an empty environment until the program runs, which it does
	// once it answers.
	if _, err := in.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	env, ok := local.Environ(cmd.Process.Pid)
	if !ok {
		t.Fatal("it cannot be read")
	}
	for name, want := range map[string]string{"CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-TEST=x", "EMPTY": "", "CLAUDE_CODE": "absent"} {
		got, set := env(name)
		if !set {
			got = "absent"
		}
		if got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if _, ok := local.Environ(cmd.Process.Pid); ok {
		t.Error("read of a process that ended")
	}
	if strings.Contains(fmt.Sprint(env), "TEST") {
		t.Error("the environment shows itself")
	}
}
