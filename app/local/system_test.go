//go:build !js

package local_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/oauthcore/claude"
	"baton/oauthcore/providertest"
)

// mac is a demo's home on a Mac: what the file of the login holds is in the
// Keychain, of which security stands in for the program.
type mac struct {
	*testing.T
	provider *providertest.Provider
	home     demo.Home
	env      map[string]string
	items    map[string]string // by service
}

func newMac(t *testing.T) *mac {
	m := &mac{T: t, provider: providertest.NewProvider(providertest.Options{}), items: map[string]string{}}
	if _, err := m.provider.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.provider.Close(); err != nil {
			t.Error(err)
		}
	})
	var err error
	if m.home, err = demo.NewHome(t.TempDir(), m.provider, time.Now()); err != nil {
		t.Fatal(err)
	}
	m.env = m.home.Setenv()
	m.env["USER"] = "ada"
	return m
}

func (m *mac) file() string { return filepath.Join(m.home.Dir, ".claude", ".credentials.json") }

// intoKeychain moves the login to where a Mac has it.
func (m *mac) intoKeychain() {
	m.Helper()
	doc, err := os.ReadFile(m.file())
	if err == nil {
		err = os.Remove(m.file())
	}
	if err != nil {
		m.Fatal(err)
	}
	m.items["Claude Code-credentials"] = string(doc)
}

var addCommand = regexp.MustCompile(`^add-generic-password -U -s "([^"]+)" -a "ada" -X ([0-9a-f]+)\n$`)

func (m *mac) security(_ context.Context, stdin []byte, args ...string) ([]byte, int, error) {
	if strings.Contains(strings.Join(args, " "), "sk-ant") {
		m.Error("a token among the arguments")
	}
	if slices.Equal(args, []string{"-i"}) {
		c := addCommand.FindSubmatch(stdin)
		if c == nil {
			m.Errorf("not a command: %d bytes", len(stdin))
			return nil, 2, nil
		}
		doc, err := hex.DecodeString(string(c[2]))
		if err != nil {
			return nil, 2, nil
		}
		m.items[string(c[1])] = string(doc)
		return nil, 0, nil
	}
	if len(args) < 5 || args[1] != "-s" || args[3] != "-a" || args[4] != "ada" {
		m.Errorf("security %q", args)
		return nil, 2, nil
	}
	doc, ok := m.items[args[2]]
	switch {
	case !ok:
		return nil, 44, nil
	case args[0] == "delete-generic-password":
		delete(m.items, args[2])
	}
	return []byte(doc + "\n"), 0, nil
}

func (m *mac) open(cfg local.Config) *local.Backend {
	m.Helper()
	cfg.GOOS = "darwin"
	cfg.Getenv = func(name string) string { return m.env[name] }
	cfg.Home = func() (string, error) { return m.home.Dir, nil }
	b, err := local.New(cfg)
	if err != nil {
		m.Fatal(err)
	}
	return b
}

func TestASwapOnAMac(t *testing.T) {
	m := newMac(t)
	m.intoKeychain()
	b := m.open(local.Config{Security: m.security})
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionSwap, Key: "ada@corp.example"}); err != nil {
		t.Fatal(err)
	}
	if got := b.Snapshot().Active; got != "ada@corp.example" {
		t.Errorf("active is %q", got)
	}
	if _, err := os.Stat(m.file()); err == nil {
		t.Error("the login is in a file, too")
	}
}

// The demo and the tests never come near a person's Keychain.
func TestAnotherProvidersLoginsStayOutOfTheKeychain(t *testing.T) {
	m := newMac(t)
	b := m.open(local.Config{})
	if _, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionSwap, Key: "ada@corp.example"}); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(m.file())
	if err != nil || !strings.Contains(string(doc), m.person("ada@corp.example").AccountUUID) {
		t.Errorf("the file does not hold the login: %v", err)
	}
}

func (m *mac) person(key string) providertest.Person {
	m.Helper()
	for _, r := range m.home.Residents {
		if r.Key == key {
			return r.Person
		}
	}
	m.Fatalf("nobody has the address %s", key)
	return providertest.Person{}
}

// A login Claude Code makes in a folder of its own is taken out of the Keychain
// once it is saved; the person's own item is not touched.
func TestALoginThroughClaudeCodeOnAMac(t *testing.T) {
	m := newMac(t)
	m.intoKeychain()
	before := m.items["Claude Code-credentials"]
	who := m.person("lab@uni.example")
	b := m.open(local.Config{Security: m.security, RunClaude: func(_ context.Context, env []string, _ ...string) error {
		c, err := m.provider.Issue(who.AccountUUID, who.OrganizationUUID)
		if err != nil {
			return err
		}
		oauth, err := json.Marshal(map[string]any{
			"accessToken": c.AccessToken.Reveal(), "refreshToken": c.RefreshToken.Reveal(), "expiresAt": c.ExpiresAt.UnixMilli(),
			"scopes": c.Scopes, "accountUuid": who.AccountUUID, "organizationUuid": who.OrganizationUUID,
		})
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(env[0], "CLAUDE_CONFIG_DIR=")
		item := claude.Item(func(string) (string, bool) { return dir, true }, "ada", m.security)
		return item.Write(t.Context(), fmt.Appendf(nil, `{"claudeAiOauth":%s}`, oauth))
	}})
	flow, err := b.Login(t.Context(), backend.LoginMode{ViaClaude: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := flow.Wait(t.Context())
	if err != nil || got.Key != "lab@uni.example" || !got.Known {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(m.items) != 1 || m.items["Claude Code-credentials"] != before {
		t.Errorf("%d items are left", len(m.items))
	}
}

// Which sessions run is asked of the process table that was given.
func TestSessionsGoByTheProcessTable(t *testing.T) {
	m := newMac(t)
	dir := filepath.Join(m.home.Dir, ".claude", "sessions")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []string{"41", "42"} {
		if err := os.WriteFile(filepath.Join(dir, pid+".json"), []byte(`{"pid":`+pid+`,"cwd":"/src/`+pid+`"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := m.open(local.Config{Processes: func(pid int) (claude.Process, bool) { return claude.Process{}, pid == 42 }})
	if got := b.Snapshot().Sessions; len(got) != 1 || got[0] != (backend.Session{PID: 42, Cwd: "/src/42"}) {
		t.Errorf("sessions %+v", got)
	}
}
