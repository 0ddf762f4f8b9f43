//go:build !js

package app_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// identity is whose login a file says it is.
type identity struct {
	AccountUUID      string `json:"accountUuid"`
	OrganizationUUID string `json:"organizationUuid"`
}

// live says who is logged in by Claude Code's two files, and fails where they
// name two different accounts or lost what else stood in them.
func (w *world) live(t *testing.T) identity {
	t.Helper()
	var login struct {
		Who identity       `json:"claudeAiOauth"`
		MCP map[string]any `json:"mcpOAuth"`
	}
	var config struct {
		Who      identity       `json:"oauthAccount"`
		Projects map[string]any `json:"projects"`
	}
	for path, into := range map[string]any{w.file(".claude", ".credentials.json"): &login, w.file(".claude.json"): &config} {
		body, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(body, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if login.Who != config.Who || login.Who.AccountUUID == "" {
		t.Errorf("the login is %v's, the configuration says %v", login.Who, config.Who)
	}
	if len(login.MCP) != 1 || len(config.Projects) == 0 {
		t.Error("a swap lost what belongs to the machine")
	}
	return login.Who
}

// active is the key `baton list` puts the star before.
func (w *world) active(t *testing.T) string {
	t.Helper()
	var list struct {
		Active   string `json:"active"`
		Accounts []struct {
			Key    string `json:"key"`
			Active bool   `json:"active"`
		} `json:"accounts"`
	}
	if err := json.NewDecoder(strings.NewReader(w.done(t, "list", "--json"))).Decode(&list); err != nil {
		t.Fatal(err)
	}
	for _, a := range list.Accounts {
		if a.Active != (a.Key == list.Active) {
			t.Errorf("active is %s, and %s says %v of itself", list.Active, a.Key, a.Active)
		}
	}
	return list.Active
}
