package claude_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// unset stands for a variable that is not set: an empty one is another case.
const unset = "-"

// Both variables unset, empty, set and relative, in all combinations, as Claude
// Code obeys them.
func TestPathsFrom(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(wd, "home")
	std := filepath.Join(home, ".claude")
	abs := func(name string) string { return filepath.Join(wd, name) }
	c, s := abs("c"), abs("s")
	homeJSON := filepath.Join(home, ".claude.json")
	for _, tt := range []struct{ config, secure, wantConfig, wantSecure, wantJSON string }{
		{unset, unset, std, std, homeJSON},
		{unset, "", std, std, homeJSON},
		{unset, s, std, s, homeJSON},
		{unset, "rel", std, abs("rel"), homeJSON},
		{"", unset, wd, wd, homeJSON},
		{"", "", wd, std, homeJSON},
		{"", s, wd, s, homeJSON},
		{"", "rel", wd, abs("rel"), homeJSON},
		{c, unset, c, c, filepath.Join(c, ".claude.json")},
		{c, "", c, std, filepath.Join(c, ".claude.json")},
		{c, s, c, s, filepath.Join(c, ".claude.json")},
		{"rel", unset, abs("rel"), abs("rel"), abs("rel/.claude.json")},
		{"rel", "", abs("rel"), std, abs("rel/.claude.json")},
		{"rel", "rel2", abs("rel"), abs("rel2"), abs("rel/.claude.json")},
		{"~/x", unset, abs("~/x"), abs("~/x"), abs("~/x/.claude.json")},
		{c, "~", c, abs("~"), filepath.Join(c, ".claude.json")},
	} {
		env := map[string]string{}
		if tt.config != unset {
			env["CLAUDE_CONFIG_DIR"] = tt.config
		}
		if tt.secure != unset {
			env["CLAUDE_SECURESTORAGE_CONFIG_DIR"] = tt.secure
		}
		want := claude.Paths{Config: tt.wantConfig, Secure: tt.wantSecure, ClaudeJSON: tt.wantJSON}
		for _, v := range []string{tt.config, tt.secure} {
			if strings.HasPrefix(v, "~") {
				want.Literal = v
			}
		}
		for _, state := range []string{unset, "", "relative", abs("x")} {
			want.State = filepath.Join(home, ".local", "state", "baton")
			if delete(env, "XDG_STATE_HOME"); state != unset {
				env["XDG_STATE_HOME"] = state
			}
			if state == abs("x") {
				want.State = filepath.Join(abs("x"), "baton")
			}
			if p, err := claude.PathsFrom(lookupIn(env), func() (string, error) { return home, nil }); err != nil || p != want {
				t.Errorf("%q %q:\n%+v, %v\n%+v", tt.config, tt.secure, p, err, want)
			}
		}
		// Without a home directory: only where nothing lies in it.
		needed := tt.config == unset || tt.config == "" || tt.secure == ""
		for _, none := range []func() (string, error){
			func() (string, error) { return "", errors.New("no home") },
			func() (string, error) { return "", nil },
		} {
			delete(env, "XDG_STATE_HOME")
			p, err := claude.PathsFrom(lookupIn(env), none)
			if needed {
				wantCode(t, err, view.CodeFailed)
				continue
			}
			want.State = filepath.Join(tt.wantSecure, "baton", "state")
			if err != nil || p != want {
				t.Errorf("%q %q without a home:\n%+v, %v\n%+v", tt.config, tt.secure, p, err, want)
			}
		}
	}
}

func TestFilesInTheDirectories(t *testing.T) {
	p := claude.Paths{Config: "/c", Secure: "/s", ClaudeJSON: "/h/.claude.json", State: "/st"}
	seen := map[string]string{}
	for want, got := range map[string]string{
		"/s/.credentials.json": p.Credentials(), "/c/oauth_pool.json": p.Pool(), "/c/.config.json": p.OldConfig(), "/c/settings.json": p.ClaudeSettings(),
		"/c/sessions": p.Sessions(), "/s/baton": p.Own(), "/s/baton/accounts.json": p.Vault(), "/s/baton/answers": p.Answers(), "/s/baton/inbox.json": p.OldInbox(),
		"/s/baton/usage.json": p.Usage(), "/s/baton/settings.json": p.Settings(), "/s/baton/activity.jsonl": p.Activity(), "/s/baton/setup-facd442e.json": p.Setup(),
		"/s/baton/asked.json": p.Polled(), "/s/baton/set-aside": p.SetAside(), "/s/baton/in-place/x.json": p.InPlace("/elsewhere/x.json"),
		"/s/baton/.gitignore": p.GitIgnore(), "/s/baton/lock": p.StoreLock(), "/s/baton/client.lock": p.ClientLock(), "/s/baton/locks.json": p.LockRegistry(),
		"/s/baton/locks/poll.lock": p.PollLock(), "/s/baton/locks/keyring.lock": p.MirrorLock(),
	} {
		if filepath.ToSlash(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
		if before := seen[got]; before != "" {
			t.Errorf("%s and %s are one file", before, want)
		}
		seen[got] = want
	}
	a, b := p.AccountLock("ada@example.com"), p.AccountLock("ada@example.com#2")
	if a == b || strings.Contains(a, "ada") || filepath.Dir(a) != filepath.Join("/s", "baton", "locks") || !regexp.MustCompile(`[/\\][0-9a-f]{16}\.lock$`).MatchString(a) {
		t.Errorf("account locks %s, %s", a, b)
	}
}

// Names in the keyring and the high-water mark belong to the real directory:
// two ways to it are one, two directories are two.
func TestNamesOfADirectory(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"link": "real", "dangling": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Skip("not run: no symbolic links here:", err)
		}
	}
	at := func(name string) claude.Paths {
		return claude.Paths{Secure: filepath.Join(dir, name), State: filepath.Join(dir, "state")}
	}
	real := at("real")
	for _, same := range []string{"link", "real/../real"} {
		if at(same).HighWater() != real.HighWater() || at(same).CopyName("k") != real.CopyName("k") {
			t.Errorf("%s is another directory", same)
		}
	}
	if at("real/new/deep").CopyName("") != at("link/new/deep").CopyName("") || at("real/new/deep").CopyName("") == at("real/deep").CopyName("") {
		t.Error("a directory that is not there yet")
	}
	for _, other := range []string{"other", "dangling", "real/deeper"} {
		if at(other).HighWater() == real.HighWater() || at(other).CopyName("k") == real.CopyName("k") {
			t.Errorf("%s is the same directory", other)
		}
	}
	if at("link").OldCopyName("k") == real.OldCopyName("k") || real.OldCopyName("k") != real.CopyName("k") || at("real/../real").OldCopyName("k") != real.OldCopyName("k") {
		t.Error("names of earlier versions")
	}
	name := real.CopyName("")
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(name) || real.CopyName("k") != name+":k" {
		t.Errorf("%q, %q", name, real.CopyName("k"))
	}
	if h := real.HighWater(); filepath.Dir(h) != filepath.Join(dir, "state") || len(filepath.Base(h)) != 64 || filepath.Base(h)[:16] != name {
		t.Errorf("%q", h)
	}
}
