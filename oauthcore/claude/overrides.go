package claude

import (
	"bytes"
	"slices"

	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// overriding are the variables Claude Code takes before the credentials file.
func overriding() []string {
	return []string{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}
}

// Overrides lists what beats the credentials file here: in this environment
// and in Claude Code's user settings. A settings file that does not parse says
// nothing.
func (s *Store) Overrides(lookup Lookup) []view.Override {
	var out []view.Override
	for _, name := range overriding() {
		if value, _ := lookup(name); value != "" {
			out = append(out, view.Override{Source: "environment", Name: name})
		}
	}
	path := s.Paths.ClaudeSettings()
	doc, err := ReadOr(s.FS, path)
	doc = bytes.TrimPrefix(doc, bom)
	if err != nil || !gjson.ValidBytes(doc) {
		return out
	}
	settings := gjson.ParseBytes(doc)
	settings.Get("env").ForEach(func(key, value gjson.Result) bool {
		if slices.Contains(overriding(), key.String()) && value.String() != "" {
			out = append(out, view.Override{Source: path, Name: "env." + key.String()})
		}
		return true
	})
	if settings.Get("apiKeyHelper").String() != "" {
		out = append(out, view.Override{Source: path, Name: "apiKeyHelper"})
	}
	return out
}
