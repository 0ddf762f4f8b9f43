package oauthcore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// What Claude Code reads without complaint Baton reads too. Without the rule a
// login that works is told as damaged, and no swap is made.
func TestWhatClaudeCodeReadsWeRead(t *testing.T) {
	t.Parallel()
	member := func(name string, raw func(gjson.Result) string) func(string) string {
		return func(doc string) string {
			out, err := jsonedit.Set([]byte(doc), []byte(raw(gjson.Get(doc, "claudeAiOauth."+name))), "claudeAiOauth", name)
			if err != nil {
				panic(err)
			}
			return string(out)
		}
	}
	fixed := func(name, raw string) func(string) string {
		return member(name, func(gjson.Result) string { return raw })
	}
	for name, change := range map[string]func(string) string{
		"expiresAt as text":  member("expiresAt", func(v gjson.Result) string { return `"` + v.Raw + `"` }),
		"expiresAt as ISO":   member("expiresAt", func(v gjson.Result) string { return `"` + time.UnixMilli(v.Int()).UTC().Format(time.RFC3339) + `"` }),
		"expiresAt with .0":  member("expiresAt", func(v gjson.Result) string { return v.Raw + ".0" }),
		"expiresAt null":     fixed("expiresAt", "null"),
		"deadline as text":   member("refreshTokenExpiresAt", func(v gjson.Result) string { return `"` + v.Raw + `"` }),
		"deadline null":      fixed("refreshTokenExpiresAt", "null"),
		"scopes as a string": fixed("scopes", `"user:inference user:profile"`),
		"scopes null":        fixed("scopes", "null"),
		"a number as tier":   fixed("rateLimitTier", "20"),
		"a number as plan":   fixed("subscriptionType", "5"),
		"plan null":          fixed("subscriptionType", "null"),
		"tier null":          fixed("rateLimitTier", "null"),
		"an unknown member":  fixed("later", `{"x":[1.0]}`),
		"CRLF":               func(doc string) string { return strings.ReplaceAll(doc, ",", ",\r\n") + "\r\n" },
		"blanks around":      func(doc string) string { return "\n\t " + doc + " \n\n" },
		"a duplicate login":  func(doc string) string { return `{"claudeAiOauth":{"accessToken":"old"},` + doc[1:] },
		"a duplicate token": func(doc string) string {
			return strings.Replace(doc, `{"accessToken"`, `{"accessToken":"old","accessToken"`, 1)
		},
		"a duplicate sibling": func(doc string) string { return `{"mcpOAuth":{"x":1},` + doc[1:] },
		"escapes in a name":   func(doc string) string { return strings.Replace(doc, `"accessToken"`, `"access\u0054oken"`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			doc := change(string(w.read(w.paths.Credentials())))
			w.write(w.paths.Credentials(), doc)
			if v := w.core.Snapshot(t.Context()); len(v.Problems) > 0 {
				t.Errorf("shown with problems: %v", v.Problems)
			}
			w.settled()
			for _, to := range []string{work, personal} {
				w.swap(oauthcore.SwapRequest{To: to})
				live, err := claude.ParseLive(w.read(w.paths.Credentials())) // as Claude Code: the last one counts
				if owner := w.ownerOf(live.Credential.Fingerprint()); err != nil || owner != w.liveName() || !w.account(to).Credential.Same(live.Credential) {
					t.Errorf("after a swap to %s the login of %s is live, %v", to, owner, err)
				}
			}
			w.truthful()
			w.refreshAll()
			w.nothingLost()
		})
	}
}

// A token with a newline in it, as a paste leaves it, is kept as it is: Claude
// Code uses it so. Without the rule it is cut, and is another token then.
func TestANewlineInATokenIsKept(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`tok\nen`, `token\n`, `token\r\n`, `\ntoken`} {
		cr, err := accounts.ParseCredential([]byte(`{"accessToken":"sk-ant-oat01-TEST","refreshToken":"` + text + `","expiresAt":1}`))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if want := gjson.Parse(`"` + text + `"`).String(); cr.RefreshToken.Reveal() != want {
			t.Errorf("%s was changed", text)
		}
		next, err := cr.Edit(func(c *accounts.Credential) { c.Plan = "max" })
		if err != nil || !strings.Contains(string(next.JSON()), text) {
			t.Errorf("%s was changed by an edit: %v", text, err)
		}
	}
}

// A byte order mark: Claude Code reads .claude.json with one, and counts as
// logged out with one in .credentials.json. Without the rule the mark is lost, or
// a login is shown that Claude Code does not have.
func TestByteOrderMarks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	w.write(w.paths.ClaudeJSON, "\ufeff"+string(w.read(w.paths.ClaudeJSON)))
	for _, to := range []string{work, personal, lab} {
		w.swap(oauthcore.SwapRequest{To: to})
		doc := string(w.read(w.paths.ClaudeJSON))
		body, marked := strings.CutPrefix(doc, "\ufeff")
		if !marked || strings.Contains(body, "\ufeff") {
			t.Errorf("after a swap to %s the byte order mark is gone or there twice", to)
		}
		if got := gjson.Get(body, "oauthAccount.emailAddress").String(); got != to {
			t.Errorf("names %s, want %s", got, to)
		}
	}
	marked := "\ufeff" + string(w.read(w.paths.Credentials()))
	w.write(w.paths.Credentials(), marked)
	_, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	if p := wantCode(t, err, view.CodeDamaged); !strings.Contains(p.Message, "byte order mark") {
		t.Errorf("%q", p.Message)
	}
	if string(w.read(w.paths.Credentials())) != marked {
		t.Error("a file that cannot be read was overwritten")
	}
}

// The older configuration file beats the newer one where it is there. Without the
// rule the swap names the account in a file Claude Code does not read.
func TestTheOlderConfigurationFileIsTheOneUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	newer := string(w.read(w.paths.ClaudeJSON))
	w.write(w.paths.OldConfig(), newer)
	w.swap(oauthcore.SwapRequest{To: work})
	if got := gjson.GetBytes(w.read(w.paths.OldConfig()), "oauthAccount.emailAddress").String(); got != work {
		t.Errorf(".config.json names %s", got)
	}
	if string(w.read(w.paths.ClaudeJSON)) != newer {
		t.Error(".claude.json was written too")
	}
	if err := os.Remove(w.paths.OldConfig()); err != nil {
		t.Fatal(err)
	}
	w.settled() // .claude.json still names personal: repaired
	w.live(work)
	// A folder of that name is not it.
	if err := os.Mkdir(w.paths.OldConfig(), 0o700); err != nil {
		t.Fatal(err)
	}
	w.swap(oauthcore.SwapRequest{To: lab})
	w.live(lab)
}

// Where the files are: each of the two variables unset, empty or set, relative
// and with ~. Without the rule Baton swaps a login in a folder Claude Code does
// not read.
func TestWhereClaudeCodesFilesAre(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	home := filepath.Join(dir, "home")
	in := func(path string) string { return filepath.Join(dir, filepath.FromSlash(path)) }
	const unset = "\x00"
	for _, tt := range []struct{ config, secure, wantConfig, wantSecure, wantJSON string }{
		{unset, unset, "home/.claude", "home/.claude", "home/.claude.json"},
		{unset, "", "home/.claude", "home/.claude", "home/.claude.json"},
		{unset, in("s"), "home/.claude", "s", "home/.claude.json"},
		{"", unset, ".", ".", "home/.claude.json"},
		{"", "", ".", "home/.claude", "home/.claude.json"},
		{"", in("s"), ".", "s", "home/.claude.json"},
		{in("c"), unset, "c", "c", "c/.claude.json"},
		{in("c"), "", "c", "home/.claude", "c/.claude.json"},
		{in("c"), in("s"), "c", "s", "c/.claude.json"},
		{"c", unset, "c", "c", "c/.claude.json"},
		{"./c/../d", "s/", "d", "s", "d/.claude.json"},
		{"~/c", unset, "~/c", "~/c", "~/c/.claude.json"},
		{unset, "~/s", "home/.claude", "~/s", "home/.claude.json"},
		{"~", "~", "~", "~", "~/.claude.json"},
	} {
		t.Run(fmt.Sprintf("%q %q", tt.config, tt.secure), func(t *testing.T) {
			env := map[string]string{}
			for name, v := range map[string]string{"CLAUDE_CONFIG_DIR": tt.config, "CLAUDE_SECURESTORAGE_CONFIG_DIR": tt.secure} {
				if v != unset {
					env[name] = v
				}
			}
			p, err := claude.PathsFrom(lookupIn(env), func() (string, error) { return home, nil })
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ name, got, want string }{
				{"config", p.Config, in(tt.wantConfig)},
				{"secure", p.Secure, in(tt.wantSecure)},
				{".claude.json", p.ClaudeJSON, in(tt.wantJSON)},
				{"credentials", p.Credentials(), filepath.Join(in(tt.wantSecure), ".credentials.json")},
				{"pool", p.Pool(), filepath.Join(in(tt.wantConfig), "oauth_pool.json")},
				{"old config", p.OldConfig(), filepath.Join(in(tt.wantConfig), ".config.json")},
			} {
				if c.got != c.want {
					t.Errorf("%s is %s, want %s", c.name, c.got, c.want)
				}
			}
		})
	}
}

// Two relative directories of one name are two directories. Without the rule they
// share one sequence number and one name in the keyring, and each one's logins
// look like they were restored from a backup.
func TestRelativeDirectoriesAreToldApart(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	at := func(dir, value string) claude.Paths {
		t.Chdir(dir)
		p, err := claude.PathsFrom(lookupIn(map[string]string{"CLAUDE_CONFIG_DIR": value, "XDG_STATE_HOME": "/state"}), func() (string, error) { return "/home/ada", nil })
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, value := range []string{"", "claude", "./claude", "../claude"} {
		x, y := at(a, value), at(b, value)
		if filepath.Dir(a) == filepath.Dir(b) && value == "../claude" {
			continue
		}
		if x.HighWater() == y.HighWater() || x.CopyName("k") == y.CopyName("k") {
			t.Errorf("%q in two directories is one", value)
		}
	}
	// One directory under two names is one.
	if err := os.Mkdir(filepath.Join(a, "claude"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("claude", filepath.Join(a, "link")); err != nil {
		t.Skip("not run: no symbolic links here:", err)
	}
	for _, value := range []string{"./claude", "link", filepath.Join(a, "claude"), "claude/"} {
		x, y := at(a, "claude"), at(a, value)
		if x.HighWater() != y.HighWater() || x.CopyName("k") != y.CopyName("k") {
			t.Errorf("%q is another directory than the same one", value)
		}
	}
}
