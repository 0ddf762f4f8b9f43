package oauthcore_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/doctor"
)

// Variables that lead Claude Code to another directory than people may think.
func TestDoctorVariables(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want []string
	}{
		{nil, []string{}},
		{map[string]string{"CLAUDE_CONFIG_DIR": ""}, []string{"warning empty_config_dir"}},
		{map[string]string{"CLAUDE_CONFIG_DIR": "~/x"}, []string{"warning literal_tilde"}},
		{map[string]string{"CLAUDE_SECURESTORAGE_CONFIG_DIR": "~/x"}, []string{"warning literal_tilde"}},
	} {
		t.Chdir(t.TempDir())
		home := t.TempDir()
		paths, err := claude.PathsFrom(lookupIn(tt.env), func() (string, error) { return home, nil })
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		env := w.env
		env.Paths = paths
		w.core = oauthcore.New(env)
		var got []string
		for _, f := range w.doctor(doctor.Request{Lookup: lookupIn(tt.env), Home: home}) {
			got = append(got, string(f.Severity)+" "+f.ID)
			if f.Path == "" || f.Fix == "" {
				t.Errorf("%+v", f)
			}
		}
		if !slices.Equal(append([]string{}, got...), tt.want) {
			t.Errorf("%v: %q, want %q", tt.env, got, tt.want)
		}
	}
}

// Which global configuration Claude Code reads.
func TestDoctorOldConfig(t *testing.T) {
	p := newPatient(t)
	p.write(p.paths.OldConfig(), string(p.read(p.paths.ClaudeJSON)))
	p.write(p.paths.ClaudeJSON, "{") // Claude Code does not read it
	want := []string{"info old_config .config.json"}
	p.check(want, want)
	if f := p.findingOf("old_config", p.paths.OldConfig()); !strings.Contains(f.Message, p.paths.ClaudeJSON) {
		t.Errorf("%+v", f)
	}
	p.set(p.paths.OldConfig(), `"11111111-2222-4333-8444-555555555555"`, "oauthAccount", "accountUuid")
	p.check([]string{want[0], "error account_mismatch .config.json"}, []string{"fixed account_mismatch .config.json", want[0]})
}

// A byte order mark, which Claude Code takes in some files and not in others.
func TestDoctorByteOrderMark(t *testing.T) {
	for _, tt := range []struct {
		path func(*patient) string
		want []string
	}{
		{func(p *patient) string { return p.paths.Credentials() }, []string{"error damaged .credentials.json"}},
		{func(p *patient) string { return p.paths.Pool() }, []string{"error damaged oauth_pool.json"}},
		{func(p *patient) string { return p.paths.Vault() }, []string{"error damaged accounts.json"}},
		{func(p *patient) string { return p.paths.ClaudeJSON }, []string{}},
		{func(p *patient) string { return p.paths.ClaudeSettings() }, []string{}},
	} {
		p := newPatient(t)
		path := tt.path(p)
		doc, err := os.ReadFile(path)
		if err != nil {
			doc = []byte("{}")
		}
		p.write(path, "\xef\xbb\xbf"+string(doc))
		p.check(tt.want, tt.want)
		if len(tt.want) > 0 {
			if f := p.findingOf("damaged", path); !strings.Contains(f.Message, "byte order mark") || !strings.Contains(f.Fix, "byte order mark") {
				t.Errorf("%+v", f)
			}
		}
	}
}

// Tokens in the work tree of a git repository, and every way to ignore them.
func TestDoctorGit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		top    string            // of the repository, in the home
		ignore map[string]string // files with patterns, in the home
		want   []string
	}{
		{"no repository", "", nil, []string{}},
		{"in S", ".claude", nil, []string{".credentials.json", "oauth_pool.json"}},
		{"home", ".", nil, []string{".credentials.json", "oauth_pool.json"}},
		{"one ignored", ".", map[string]string{".gitignore": "node_modules/\n.credentials.json\n"}, []string{"oauth_pool.json"}},
		{"by name", ".", map[string]string{".gitignore": ".credentials.json\r\noauth_pool.json  \r\n"}, []string{}},
		{"by path", ".", map[string]string{".gitignore": "/.claude/oauth_pool.json\n/.claude/.cred*\n"}, []string{}},
		{"by path of another directory", ".", map[string]string{".gitignore": "/oauth_pool.json\n/other/.cred*\n"}, []string{".credentials.json", "oauth_pool.json"}},
		{"the directory", ".", map[string]string{".gitignore": ".claude/\n"}, []string{}},
		{"everything but some", ".", map[string]string{".gitignore": "/*\n!/.bashrc\n"}, []string{}},
		{"taken in again", ".", map[string]string{".gitignore": "*.json\n!oauth_pool.json\n"}, []string{"oauth_pool.json"}},
		{"not taken in again from an ignored directory", ".", map[string]string{".gitignore": ".claude/\n!oauth_pool.json\n"}, []string{}},
		{"a list further in", ".", map[string]string{".claude/.gitignore": "*.json\n"}, []string{}},
		{"a list further in takes in again", ".", map[string]string{".gitignore": "*.json\n", ".claude/.gitignore": "!oauth_*\n"}, []string{"oauth_pool.json"}},
		{"the repository's own list", ".", map[string]string{".git/info/exclude": "**/*.json\n"}, []string{}},
		{"the person's own list", ".", map[string]string{".config/git/ignore": ".claude/**\n"}, []string{}},
		{"comments", ".", map[string]string{".gitignore": "#*.json\n\n"}, []string{".credentials.json", "oauth_pool.json"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPatient(t)
			if tt.top != "" {
				if err := os.MkdirAll(filepath.Join(p.home.Dir, tt.top, ".git", "info"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for name, doc := range tt.ignore {
				p.write(filepath.Join(p.home.Dir, filepath.FromSlash(name)), doc)
			}
			got := []string{}
			for _, f := range p.doctor(false) {
				got = append(got, filepath.Base(f.Path))
				if f.ID != "in_git" || f.Severity != doctor.SeverityWarning || !strings.Contains(f.Fix, filepath.Base(f.Path)) {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	t.Run("above the home", func(t *testing.T) {
		p := newPatient(t)
		if err := os.Mkdir(filepath.Join(filepath.Dir(p.home.Dir), ".git"), 0o700); err != nil {
			t.Fatal(err)
		}
		p.check([]string{}, []string{})
	})
	t.Run("the line it names is enough", func(t *testing.T) {
		p := newPatient(t)
		if err := os.Mkdir(filepath.Join(p.home.Dir, ".git"), 0o700); err != nil {
			t.Fatal(err)
		}
		lines := ""
		for _, f := range p.doctor(false) {
			line, _, _ := strings.Cut(strings.TrimPrefix(f.Fix, "add the line "), " ")
			lines += line + "\n"
		}
		p.write(filepath.Join(p.home.Dir, ".gitignore"), lines)
		if got := p.doctor(false); len(got) != 0 {
			t.Errorf("%q: %+v", lines, got)
		}
	})
}

func TestDoctorGitIgnoreOfItsOwn(t *testing.T) {
	p := newPatient(t)
	for _, severity := range []string{"info", "warning"} {
		if err := os.Remove(p.paths.GitIgnore()); err != nil {
			t.Fatal(err)
		}
		p.check([]string{severity + " no_gitignore .gitignore"}, []string{"fixed no_gitignore .gitignore"})
		if err := os.MkdirAll(filepath.Join(p.home.Dir, ".git"), 0o700); err != nil {
			t.Fatal(err)
		}
		p.write(filepath.Join(p.home.Dir, ".gitignore"), "oauth_pool.json\n.credentials.json\n")
	}
}

// A copied directory has every login of the vault twice, not only the live one.
func TestDoctorCopiedVault(t *testing.T) {
	p := newPatient(t)
	at := filepath.Join(p.home.Dir, ".claude-copy")
	p.write(filepath.Join(at, "baton", "accounts.json"), string(p.read(p.paths.Vault())))
	p.write(filepath.Join(at, ".credentials.json"), string(p.read(p.paths.Credentials())))
	p.write(filepath.Join(p.home.Dir, ".config", "claude-own", "baton", "accounts.json"), `{"accounts":{}}`)
	want := []string{"warning copied_login .credentials.json"}
	for range len(p.vault().Accounts()) - 1 { // the live one is reported once
		want = append(want, "warning copied_login accounts.json")
	}
	p.check(want, want)
	for _, f := range p.doctor(false) {
		if !strings.Contains(f.Fix, at) {
			t.Errorf("%+v", f)
		}
	}
}
