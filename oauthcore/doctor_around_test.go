package oauthcore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/doctor"
	"baton/oauthcore/files"

	"github.com/tidwall/gjson"
)

func TestDoctorPool(t *testing.T) {
	entry := func(email, token string) string {
		return `{"email":"` + email + `","accessToken":"sk-ant-oat01-TEST-` + token + `","refreshToken":"sk-ant-ort01-TEST-` + token + `","expiresAt":1,"scopes":[]}`
	}
	for _, tt := range []struct {
		name      string
		spoil     func(*patient)
		look, fix []string
	}{
		{
			"gone", func(p *patient) {
				if err := os.Remove(p.paths.Pool()); err != nil {
					p.Fatal(err)
				}
			},
			[]string{"warning pool_missing oauth_pool.json"},
			[]string{"fixed pool_missing oauth_pool.json"},
		},
		{
			"entries gone", func(p *patient) { p.del(p.paths.Pool(), "accounts", lab); p.del(p.paths.Pool(), "accounts", side) },
			[]string{"warning pool_missing oauth_pool.json", "warning pool_missing oauth_pool.json"},
			[]string{"fixed pool_missing oauth_pool.json", "fixed pool_missing oauth_pool.json"},
		},
		{
			"a new entry", func(p *patient) {
				p.set(p.paths.Pool(), entry("new@example.com", "new"), "accounts", "new@example.com")
			},
			[]string{"info pool_new oauth_pool.json"},
			[]string{"fixed pool_new oauth_pool.json"},
		},
		{
			"a removed account's", func(p *patient) {
				was := gjson.GetBytes(p.read(p.paths.Pool()), "accounts."+strings.ReplaceAll(lab, ".", `\.`)).Raw
				if _, err := p.core.Remove(p.Context(), oauthcore.RemoveRequest{Name: lab}); err != nil {
					p.Fatal(err)
				}
				p.set(p.paths.Pool(), was, "accounts", lab)
			},
			[]string{"info pool_removed oauth_pool.json"},
			[]string{"fixed pool_removed oauth_pool.json"},
		},
		{
			"a used-up login", func(p *patient) {
				was := p.account(night).Credential.RefreshToken.Reveal()
				if _, err := p.core.Refresh(p.Context(), night); err != nil {
					p.Fatal(err)
				}
				p.set(p.paths.Pool(), `"`+was+`"`, "accounts", night, "refreshToken")
			},
			[]string{"warning pool_older oauth_pool.json"},
			[]string{"fixed pool_older oauth_pool.json"},
		},
		{
			"a newer login", func(p *patient) {
				cr := gjson.Parse(p.issued(night))
				for _, m := range []string{"accessToken", "refreshToken", "expiresAt"} {
					p.set(p.paths.Pool(), cr.Get(m).Raw, "accounts", night, m)
				}
			},
			[]string{"warning pool_newer oauth_pool.json"},
			[]string{"fixed pool_newer oauth_pool.json"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPatient(t)
			tt.spoil(p)
			p.check(tt.look, tt.fix)
			p.kept(personal, work, night)
		})
	}
}

func TestDoctorInbox(t *testing.T) {
	t.Run("the provider names its owner", func(t *testing.T) {
		p := newPatient(t)
		p.write(p.paths.OldInbox(), `{"schemaVersion":1,"claudeAiOauth":`+p.issued(night)+`}`)
		p.check([]string{"info inbox inbox.json"}, []string{"fixed inbox inbox.json"})
		p.kept(night)
	})
	t.Run("lapsed", func(t *testing.T) {
		p := newPatient(t)
		p.write(p.paths.OldInbox(), `{"schemaVersion":1,"claudeAiOauth":`+p.issued(night)+`}`)
		p.clock.Add(9 * time.Hour) // its first refresh will say whose it is
		n := len(p.vault().Accounts())
		p.check([]string{"info inbox inbox.json"}, []string{"fixed inbox inbox.json"})
		if got := len(p.vault().Accounts()); got != n+1 {
			t.Errorf("%d accounts, before %d", got, n)
		}
	})
}

func TestDoctorOverrides(t *testing.T) {
	p := newPatient(t)
	p.env["ANTHROPIC_API_KEY"] = "sk-ant-api-TEST"
	p.write(p.paths.ClaudeSettings(), `{"apiKeyHelper":"/bin/key","env":{"ANTHROPIC_AUTH_TOKEN":"sk-ant-oat01-TEST-x"}}`)
	want := []string{"warning override settings.json", "warning override", "warning override settings.json"}
	p.check(want, want)
}

func TestDoctorCopiedLogin(t *testing.T) {
	p := newPatient(t)
	live := string(p.read(p.paths.Credentials()))
	at := func(parts ...string) string {
		return filepath.Join(append(append([]string{p.home.Dir}, parts...), ".credentials.json")...)
	}
	p.write(at(".claude-work"), live)
	p.write(at(".config", "claude-b"), `{"claudeAiOauth":{"refreshToken":"`+p.account(lab).Credential.RefreshToken.Reveal()+`"}}`)
	p.write(at(".claude-own"), `{"claudeAiOauth":`+p.issued(night)+`}`) // a login of its own
	p.write(at(".claude-torn"), live[:len(live)/2])
	p.write(at(".config", "other"), live) // not a directory of Claude Code
	// The same file by another name is no copy.
	if err := os.Symlink(p.paths.Secure, filepath.Join(p.home.Dir, ".claude-link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(p.home.Dir, ".claude-linked"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(p.paths.Credentials(), at(".claude-linked")); err != nil {
		t.Fatal(err)
	}
	want := []string{"warning copied_login .credentials.json", "warning copied_login .credentials.json"}
	p.check(want, want)
	found := p.doctor(false)
	if found[0].Path != at(".claude-work") || found[1].Path != at(".config", "claude-b") {
		t.Errorf("%+v", found)
	}
	for _, f := range found {
		if !strings.Contains(f.Message, "one login copied into two config dirs") || !strings.Contains(f.Fix, "log in once in each") {
			t.Errorf("%+v", f)
		}
	}
}

// A Mac's Claude Code has the login of each directory in an item of its own.
func TestDoctorCopiedLoginInTheKeychain(t *testing.T) {
	w := newMac(t)
	p := patientOf(w)
	for _, name := range []string{".claude-work", ".claude-own", ".claude-none"} {
		if err := os.Mkdir(filepath.Join(p.home.Dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	item := func(name string) string {
		return claude.Item(lookupIn(map[string]string{"CLAUDE_CONFIG_DIR": filepath.Join(p.home.Dir, name)}), macUser, w.security.run).Service
	}
	w.security.others = map[string]string{
		item(".claude-work"): string(p.read(p.paths.Credentials())),
		item(".claude-own"):  `{"claudeAiOauth":` + p.issued(night) + `}`,
	}
	want := []string{"warning copied_login .credentials.json"}
	p.check(want, want)
	if found := p.doctor(false); !strings.Contains(found[0].Fix, filepath.Join(p.home.Dir, ".claude-work")) {
		t.Errorf("%+v", found)
	}
	// A Keychain that refuses is not asked for each directory.
	w.security.exit = func(string) int { return 51 }
	w.security.others = nil
	p.check([]string{"error keychain"}, []string{"error keychain"})
}

// On a Mac with an item, Claude Code does not read the file.
func TestDoctorADamagedFileBesideTheKeychain(t *testing.T) {
	w := newWorld(t)
	s := newSecurity(filepath.Join(t.TempDir(), "value"), files.OS{}, t.Errorf)
	s.others = map[string]string{}
	env := w.env
	env.GOOS, env.Keychain = "darwin", s.item()
	w.core = oauthcore.New(env)
	w.swap(oauthcore.SwapRequest{To: work})
	w.write(s.path, string(w.read(w.paths.Credentials())))
	w.write(w.paths.Credentials(), `{"claudeAiOauth":{`)
	p := patientOf(w)
	p.set(w.paths.ClaudeJSON, `"22222222-0000-4000-8000-000000000000"`, "oauthAccount", "accountUuid")
	p.check(
		[]string{"warning damaged .credentials.json", "error account_mismatch .claude.json"},
		[]string{"fixed account_mismatch .claude.json", "warning damaged .credentials.json"},
	)
	if found := p.doctor(false); !strings.Contains(found[0].Fix, "Keychain") {
		t.Errorf("%+v", found)
	}
	// Without the item it is the login.
	if err := os.Remove(s.path); err != nil {
		t.Fatal(err)
	}
	if found := p.doctor(false); found[0].Severity != doctor.SeverityError {
		t.Errorf("%+v", found)
	}
}

func TestDoctorOnMacOS(t *testing.T) {
	p := newPatient(t)
	env := p.world.env
	env.GOOS = "darwin"
	p.core = oauthcore.New(env)
	want := []string{"info unsupported"}
	p.check(want, want)
}
