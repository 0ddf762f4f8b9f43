//go:build !js

package demo

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

func read(t *testing.T, h Home, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(h.Dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHomeModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no mode bits there")
	}
	_, h := newTestHome(t)
	var files []string
	err := filepath.WalkDir(h.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			rel, _ := filepath.Rel(h.Dir, path)
			files = append(files, rel)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".claude.json", ".claude/.credentials.json", ".claude/oauth_pool.json", ".claude/settings.json"}
	if slices.Sort(files); !slices.Equal(files, want) {
		t.Errorf("files %q", files)
	}
}

func TestHomeCredentials(t *testing.T) {
	s, h := newTestHome(t)
	live := h.Residents[0]
	now := s.now
	text := read(t, h, ".claude/.credentials.json")
	wantStart := `{"claudeAiOauth":{"accessToken":"` + live.Credentials.AccessToken.Reveal() +
		`","refreshToken":"` + live.Credentials.RefreshToken.Reveal() +
		`","expiresAt":` + fmt.Sprint(now.Add(6*time.Hour).UnixMilli()) +
		`,"refreshTokenExpiresAt":` + fmt.Sprint(now.Add(20*day).UnixMilli()) +
		`,"scopes":["user:profile","user:inference",`
	wantEnd := `"subscriptionType":"max","subscriptionTypeSource":"profile","rateLimitTier":"default_claude_max_20x",` +
		`"accountUuid":"` + adaUUID + `","organizationUuid":"` + personalOrg + `"},"mcpOAuth":{"tracker|4f1c9a7be2d05836":`
	if !strings.HasPrefix(text, wantStart) || !strings.Contains(text, wantEnd) || strings.ContainsAny(text, "\n ") {
		t.Errorf("the credentials are not in shape: starts right %t, goes on right %t",
			strings.HasPrefix(text, wantStart), strings.Contains(text, wantEnd))
	}
	var global struct {
		OauthAccount struct{ AccountUUID, OrganizationUUID, EmailAddress string }
		Projects     map[string]any
		MCPServers   map[string]any
	}
	config := read(t, h, ".claude.json")
	if err := json.Unmarshal([]byte(config), &global); err != nil {
		t.Fatal(err)
	}
	if a := global.OauthAccount; a.AccountUUID != adaUUID || a.OrganizationUUID != personalOrg || a.EmailAddress != "ada@example.com" {
		t.Errorf("oauthAccount %+v", a)
	}
	if len(global.Projects) != 2 || len(global.MCPServers) != 2 || !strings.Contains(config, `"lastCost": -0.0`) {
		t.Error("the rest of .claude.json is not there")
	}
	if !json.Valid([]byte(read(t, h, ".claude/settings.json"))) {
		t.Error("settings.json does not parse")
	}
}

func TestHomePool(t *testing.T) {
	s, h := newTestHome(t)
	now := s.now
	text := read(t, h, ".claude/oauth_pool.json")
	if !strings.HasPrefix(text, "{\n  \"accounts\": {\n    \"ada@example.com\": {\n      \"email\": \"ada@example.com\",\n") {
		t.Errorf("not pretty:\n%.80s", text)
	}
	var pool struct {
		Accounts map[string]struct {
			Email, AccessToken, RefreshToken, SubscriptionType, RateLimitTier string

			ExpiresAt        int64
			Scopes           []string
			RateLimited      *bool
			RateLimitResetAt *int64
		}
	}
	if err := json.Unmarshal([]byte(text), &pool); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key, label, plan, tier string
		access                 time.Duration // until the access token's end
		limited                time.Duration // 0: not
	}{
		{"ada@example.com", "Personal", "max", "default_claude_max_20x", 6 * time.Hour, 0},
		{"ada@corp.example", "Work", "team", "default_raven", 3 * time.Hour, 0},
		{"ada.side@example.com", "Side project", "pro", "default_claude_ai", 2 * time.Hour, 52 * time.Minute},
		{"lab@uni.example", "Lab", "max", "default_claude_max_5x", -40 * time.Minute, 0},
		{"night@example.com", "Night runs", "max", "default_claude_max_5x", 5 * time.Hour, 219 * time.Minute},
	} {
		e, ok := pool.Accounts[c.key]
		if !ok || e.Email != c.key || e.SubscriptionType != c.plan || e.RateLimitTier != c.tier || len(e.Scopes) == 0 {
			t.Errorf("%s: plan %q, tier %q", c.key, e.SubscriptionType, e.RateLimitTier)
			continue
		}
		if e.ExpiresAt != now.Add(c.access).UnixMilli() {
			t.Errorf("%s: access token ends in %v", c.key, time.UnixMilli(e.ExpiresAt).Sub(now))
		}
		limited := c.limited != 0
		if e.RateLimited == nil || *e.RateLimited != limited || (e.RateLimitResetAt != nil) != limited {
			t.Errorf("%s: mark is not %t", c.key, limited)
		} else if got := h.find(c.key).LimitedUntil; limited &&
			(time.UnixMilli(*e.RateLimitResetAt).Sub(now).Truncate(time.Minute) != c.limited || got.UnixMilli() != *e.RateLimitResetAt) {
			t.Errorf("%s: limited for %v", c.key, time.UnixMilli(*e.RateLimitResetAt).Sub(now))
		}
		r := h.find(c.key)
		if r.Label != c.label || !r.Credentials.RefreshToken.Equal(secret.New(e.RefreshToken)) || r.Live != (c.label == "Personal") {
			t.Errorf("%s: resident %q, live %t", c.key, r.Label, r.Live)
		}
	}
	if len(pool.Accounts) != 5 || len(h.Residents) != 5 {
		t.Errorf("%d in the pool, %d residents", len(pool.Accounts), len(h.Residents))
	}
}

func (h Home) find(key string) Resident {
	for _, r := range h.Residents {
		if r.Key == key {
			return r
		}
	}
	return Resident{}
}
