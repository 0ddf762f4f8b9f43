//go:build !js

package local_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/app/backend"
	"baton/app/local"
	"baton/oauthcore/claude"
)

// Claude Code on a Mac puts the login it made into a Keychain item that is named by
// the hash of the folder. Where the login cannot be taken over then, the folder is
// the only thing that leads to it: it has to stay.
func TestAMacsLoginThatCouldNotBeSaved(t *testing.T) {
	for _, why := range []string{"the disk is full", "the Keychain is locked"} {
		t.Run(why, func(t *testing.T) {
			m := newMac(t)
			m.intoKeychain()
			who := m.person("ada@corp.example")
			who.AccountUUID, who.Email = "77777777-2222-4333-8444-555555555555", "new@example.com"
			m.provider.AddAccount(who)
			service, locked := "", false
			security := func(ctx context.Context, stdin []byte, args ...string) ([]byte, int, error) {
				if locked && len(args) > 2 && args[2] == service {
					return nil, 36, nil
				}
				return m.security(ctx, stdin, args...)
			}
			answers := filepath.Join(m.home.Dir, ".claude", "baton", "answers")
			b := m.open(local.Config{Security: security, RunClaude: func(_ context.Context, env []string, _ ...string) error {
				dir := strings.TrimPrefix(env[0], "CLAUDE_CONFIG_DIR=")
				service = claude.Item(func(string) (string, bool) { return dir, true }, "ada", nil).Service
				cr, err := m.provider.Issue(who.AccountUUID, who.OrganizationUUID)
				if err != nil {
					return err
				}
				doc, err := json.Marshal(map[string]any{"claudeAiOauth": map[string]any{
					"accessToken": cr.AccessToken.Reveal(), "refreshToken": cr.RefreshToken.Reveal(),
					"expiresAt": cr.ExpiresAt.UnixMilli(), "scopes": cr.Scopes,
				}})
				m.items[service] = string(doc)
				if why == "the disk is full" { // no room for the answer: a file is in its place
					_ = os.RemoveAll(answers)
					return os.WriteFile(answers, nil, 0o600)
				}
				locked = true
				return err
			}})
			flow, err := b.Login(t.Context(), backend.LoginMode{ViaClaude: true})
			if err != nil {
				t.Fatal(err)
			}
			_, err = flow.Wait(t.Context())
			t.Logf("login: %v", err)
			if err == nil {
				t.Fatal("it was saved")
			}
			_ = b.Close()
			left, _ := filepath.Glob(filepath.Join(m.home.Dir, ".claude", "baton", "login-*"))
			if len(left) != 1 || m.items[service] == "" {
				t.Errorf("the login is in the Keychain alone, in an item nothing names any more; directories left: %d", len(left))
			}
		})
	}
}
