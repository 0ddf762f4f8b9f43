package claude

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// What Claude Code uses instead of the live login, as observed of version
// 2.1.332 with `claude auth status`; see docs/claude-code.md.

const (
	gatewayMember      = "enterpriseGateway"
	gatewayTrustMember = "gatewayTrust"
	helperMember       = "apiKeyHelper"
)

// overriding is one variable, or one member of a settings file, that Claude Code
// prefers to the live login.
type overriding struct {
	name   string
	member bool // a member of the settings itself, not of its env
	// counts reports whether a value has an effect. get gives the value of
	// another variable.
	counts func(value string, get func(name string) string) bool
}

// overridingOrder lists everything that may override the live login. The first
// one in effect is what Claude Code uses. A gateway that the client itself
// signed in to comes before all of them; see savedGateway.
var overridingOrder = []overriding{
	// A gateway's token handed over in the environment; the switch alone has no
	// effect.
	{name: "CLAUDE_CODE_USE_GATEWAY", counts: func(v string, get func(string) string) bool {
		return switchedOn(v, get) && notBlank(get("ANTHROPIC_BASE_URL"), nil) && notBlank(get("ANTHROPIC_AUTH_TOKEN"), nil)
	}},
	{name: "CLAUDE_CODE_USE_BEDROCK", counts: switchedOn},
	{name: "CLAUDE_CODE_USE_FOUNDRY", counts: switchedOn},
	{name: "CLAUDE_CODE_USE_ANTHROPIC_AWS", counts: switchedOn},
	{name: "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", counts: switchedOn},
	{name: "CLAUDE_CODE_USE_MANTLE", counts: switchedOn},
	{name: "CLAUDE_CODE_USE_VERTEX", counts: switchedOn},
	{name: "ANTHROPIC_AUTH_TOKEN", counts: notBlank},
	{name: "ANTHROPIC_API_KEY", counts: notBlank},
	{name: helperMember, member: true, counts: notBlank},
	{name: "CLAUDE_CODE_OAUTH_TOKEN", counts: notBlank},
	{name: "ANTHROPIC_PROFILE", counts: notBlank},
	// Workload identity federation takes both variables.
	{name: "ANTHROPIC_FEDERATION_RULE_ID", counts: func(v string, get func(string) string) bool {
		return notBlank(v, nil) && notBlank(get("ANTHROPIC_ORGANIZATION_ID"), nil)
	}},
}

// switchedOn reports whether a value switches a provider on. Claude Code takes
// these four words only: "0", "false", "2" and "enabled" have no effect.
func switchedOn(value string, _ func(string) string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "1", "true", "yes", "on":
		return true
	}
	return false
}

// notBlank reports whether a token, key or name is set. Claude Code ignores a
// value of blanks.
func notBlank(value string, _ func(string) string) bool { return strings.TrimSpace(value) != "" }

// EnvironmentOverride names the variable by which a process with this
// environment does not run on the live login, "" if none of them does. Of
// several it is the one that Claude Code uses. Settings files are not read.
func EnvironmentOverride(lookup Lookup) (name string) {
	if found := environmentOnly(lookup).overrides(); len(found) > 0 {
		return found[0].Name
	}
	return ""
}

// Overrides lists what Claude Code uses instead of the live login, the one in
// effect first: in this environment, in the settings of the user, the managed
// settings, the settings of the project in the working directory, and beside
// the live login itself. What applies to `claude -p` only has PrintOnly set.
// Files that cannot be read or parsed are ignored, as Claude Code does.
func (s *Store) Overrides(lookup Lookup) []view.Override {
	var out []view.Override
	if place := s.savedGateway(); place != "" {
		out = append(out, view.Override{Source: place, Name: gatewayMember})
	}
	all := s.settingsLayers(lookup)
	out = append(out, all.withoutProjectEnv().overrides()...)
	for _, o := range all.overrides() {
		if !slices.Contains(out, o) {
			o.PrintOnly = true
			out = append(out, o)
		}
	}
	return inOrder(out)
}

// inOrder sorts stably by overridingOrder.
func inOrder(found []view.Override) (out []view.Override) {
	names := []string{gatewayMember}
	for _, r := range overridingOrder {
		names = append(names, r.name)
	}
	for _, name := range names {
		for _, o := range found {
			if strings.TrimPrefix(o.Name, envPrefix) == name {
				out = append(out, o)
			}
		}
	}
	return out
}

// savedGateway gives the place of a company gateway's sign-in that Claude Code
// uses for every prompt, "" for none: one whose host it trusts and whose token
// has not ended, or can be renewed.
func (s *Store) savedGateway() string {
	doc, place := s.liveDocument()
	members, err := jsonedit.Last(doc)
	if err != nil {
		return ""
	}
	var gateway, trust gjson.Result
	for _, m := range members {
		switch m.Key {
		case gatewayMember:
			gateway = gjson.ParseBytes(m.Raw)
		case gatewayTrustMember:
			trust = gjson.ParseBytes(m.Raw)
		}
	}
	at, err := url.Parse(gateway.Get("url").String())
	if err != nil || at.Hostname() == "" {
		return ""
	}
	if pin := trust.Get(gjson.Escape(at.Hostname())); !pin.Exists() || pin.Type == gjson.Null || pin.String() == "" {
		return ""
	}
	ends := gateway.Get("expiresAt")
	if ends.Exists() && !s.Now().Before(time.UnixMilli(ends.Int())) && gateway.Get("refreshToken").String() == "" {
		return ""
	}
	return place
}

// liveDocument gives the document with the live login and what to call its
// place, nil if it cannot be read.
func (s *Store) liveDocument() (doc []byte, place string) {
	if s.Keychain == nil {
		doc, _ := ReadOr(s.FS, s.Paths.Credentials()) // what cannot be read says nothing
		return doc, s.Paths.Credentials()
	}
	live, err := s.ReadLive(context.Background())
	if err != nil {
		return nil, ""
	}
	return live.Document(), live.Place()
}
