package oauthcore

import (
	"slices"

	"github.com/tidwall/gjson"
)

// Override is a setting that beats the credentials file, so that a swap
// changes nothing where it is in force.
type Override struct {
	Source string // "environment", or the path of a settings file
	Name   string
}

// overriding are the variables Claude Code takes before the credentials file.
func overriding() []string {
	return []string{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}
}

// Overrides lists what beats the credentials file here: in this environment
// and in Claude Code's user settings. A settings file that does not parse says
// nothing.
func (c *Core) Overrides(getenv func(string) string) []Override {
	var out []Override
	for _, name := range overriding() {
		if getenv(name) != "" {
			out = append(out, Override{"environment", name})
		}
	}
	path := c.Paths.ClaudeSettings()
	doc, err := readOr(c.FS, path)
	if err != nil || !gjson.ValidBytes(doc) {
		return out
	}
	settings := gjson.ParseBytes(doc)
	settings.Get("env").ForEach(func(key, value gjson.Result) bool {
		if slices.Contains(overriding(), key.String()) && value.String() != "" {
			out = append(out, Override{path, "env." + key.String()})
		}
		return true
	})
	if settings.Get("apiKeyHelper").String() != "" {
		out = append(out, Override{path, "apiKeyHelper"})
	}
	return out
}
