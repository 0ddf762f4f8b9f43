package claude_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/claude"
)

// rig is a home with every place that can override the login. None of them is
// outside its temp directory.
type rig struct {
	*place
	project string
	env     map[string]string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	p := newPlace(t)
	r := &rig{place: p, project: filepath.Join(p.dir, "project"), env: map[string]string{}}
	p.Paths.Managed, p.Paths.Project = filepath.Join(p.dir, "etc"), r.project
	r.trust(true)
	return r
}

func (r *rig) trust(yes bool) {
	r.Helper()
	r.write(r.Paths.ClaudeJSON, fmt.Sprintf(`{"projects":{%q:{"hasTrustDialogAccepted":%t}}}`, r.project, yes))
}

// at gives the path of a place by its short name.
func (r *rig) at(name string) string {
	switch name {
	case "user":
		return r.Paths.ClaudeSettings()
	case "shared", "local":
		return r.Paths.ProjectSettings()[slices.Index([]string{"shared", "local"}, name)]
	case "managed":
		return r.Paths.ManagedSettings()
	case "credentials":
		return r.Paths.Credentials()
	}
	return filepath.Join(r.Paths.ManagedDropIns(), name)
}

// put sets a variable or member at a place.
func (r *rig) put(where, name, value string, member bool) {
	r.Helper()
	switch {
	case where == "environment":
		r.env[name] = value
	case member:
		r.write(r.at(where), fmt.Sprintf(`{%q:%q}`, name, value))
	default:
		r.write(r.at(where), fmt.Sprintf(`{"env":{%q:%q}}`, name, value))
	}
}

// found lists the overrides, as "place:name", with "(-p)" for those of
// `claude -p` only.
func (r *rig) found() string {
	var out []string
	for _, o := range r.Overrides(lookupIn(r.env)) {
		source := o.Source
		for _, name := range []string{"user", "shared", "local", "managed", "credentials"} {
			if source == r.at(name) {
				source = name
			}
		}
		line := strings.TrimPrefix(source, r.Paths.ManagedDropIns()+string(filepath.Separator)) + ":" + o.Name
		if o.PrintOnly {
			line += "(-p)"
		}
		out = append(out, line)
	}
	return strings.Join(out, " ")
}

// What `claude auth status` 2.1.332 said with each of these set on top of a good
// login: authMethod and apiProvider.
const (
	saysLogin = "claude.ai firstParty"
	saysToken = "oauth_token firstParty"
)

var overridingCases = []struct {
	name, value string
	also        map[string]string // other variables that are needed
	member      bool
	status      string
}{
	{"CLAUDE_CODE_USE_GATEWAY", "1", map[string]string{"ANTHROPIC_BASE_URL": "https://gw.example.com", "ANTHROPIC_AUTH_TOKEN": "x"}, false, "third_party gateway"},
	{"CLAUDE_CODE_USE_BEDROCK", "1", nil, false, "third_party bedrock"},
	{"CLAUDE_CODE_USE_FOUNDRY", "1", nil, false, "third_party foundry"},
	{"CLAUDE_CODE_USE_ANTHROPIC_AWS", "1", nil, false, "third_party anthropicAws"},
	{"CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", "1", nil, false, "third_party anthropicGoogleCloud"},
	{"CLAUDE_CODE_USE_MANTLE", "1", nil, false, "third_party mantle"},
	{"CLAUDE_CODE_USE_VERTEX", "1", nil, false, "third_party vertex"},
	{"ANTHROPIC_AUTH_TOKEN", "x", nil, false, saysToken},
	{"ANTHROPIC_API_KEY", "x", nil, false, "api_key firstParty"},
	{"apiKeyHelper", "/bin/key", nil, true, "api_key_helper firstParty"},
	{"CLAUDE_CODE_OAUTH_TOKEN", "x", nil, false, saysToken},
	{"ANTHROPIC_PROFILE", "work", nil, false, saysToken}, // with a profile of that name
	{"ANTHROPIC_FEDERATION_RULE_ID", "r", map[string]string{"ANTHROPIC_ORGANIZATION_ID": "o"}, false, saysToken},
	// These override nothing.
	{"CLAUDE_CODE_USE_BEDROCK", "true", nil, false, "third_party bedrock"},
	{"CLAUDE_CODE_USE_BEDROCK", "YES", nil, false, "third_party bedrock"},
	{"CLAUDE_CODE_USE_BEDROCK", " on ", nil, false, "third_party bedrock"},
	{"CLAUDE_CODE_USE_BEDROCK", "", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_BEDROCK", "0", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_BEDROCK", "false", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_VERTEX", "no", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_FOUNDRY", "off", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_BEDROCK", "2", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_BEDROCK", "enabled", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_GATEWAY", "1", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_CCR_V2", "1", nil, false, saysLogin},
	{"CLAUDE_CODE_USE_POWERSHELL_TOOL", "1", nil, false, saysLogin},
	{"ANTHROPIC_AUTH_TOKEN", "", nil, false, saysLogin},
	{"ANTHROPIC_AUTH_TOKEN", " ", nil, false, saysLogin},
	{"ANTHROPIC_API_KEY", "", nil, false, saysLogin},
	{"ANTHROPIC_API_KEY", " ", nil, false, saysLogin},
	{"CLAUDE_CODE_OAUTH_TOKEN", "", nil, false, saysLogin},
	{"CLAUDE_CODE_OAUTH_TOKEN", " ", nil, false, saysLogin},
	{"ANTHROPIC_PROFILE", "", nil, false, saysLogin},
	{"ANTHROPIC_FEDERATION_RULE_ID", "r", nil, false, saysLogin},
	{"ANTHROPIC_FEDERATION_RULE_ID", "r", map[string]string{"ANTHROPIC_ORGANIZATION_ID": " "}, false, saysLogin},
	{"ANTHROPIC_BASE_URL", "https://gw.example.com", nil, false, saysLogin},
	{"anthropic_api_key", "x", nil, false, saysLogin},
	{"apiKeyHelper", "", nil, true, saysLogin},
	{"primaryApiKey", "x", nil, true, saysLogin},
}

// Every variable and member at every place, alone.
func TestOverrides(t *testing.T) {
	for _, tt := range overridingCases {
		for _, where := range []string{"environment", "user", "shared", "local", "managed", "20-team.json"} {
			if tt.member && where == "environment" {
				continue
			}
			t.Run(fmt.Sprintf("%s=%s in %s", tt.name, tt.value, where), func(t *testing.T) {
				r := newRig(t)
				r.env = map[string]string{}
				for name, value := range tt.also {
					r.env[name] = value
				}
				others := r.found() // what the needed variables override by themselves
				r.put(where, tt.name, tt.value, tt.member)
				want := ""
				if tt.status != saysLogin {
					want = where + ":" + tt.name
					if where != "environment" && !tt.member {
						want = where + ":env." + tt.name
					}
					if !tt.member && (where == "shared" || where == "local") {
						want += "(-p)"
					}
				}
				if want = strings.TrimSpace(want + " " + others); r.found() != want {
					t.Errorf("%q, want %q; claude auth status: %s", r.found(), want, tt.status)
				}
				if where == "environment" && tt.status != saysLogin {
					if got := claude.EnvironmentOverride(lookupIn(r.env)); got != tt.name {
						t.Errorf("EnvironmentOverride %q", got)
					}
				}
				if where == "shared" || where == "local" {
					r.trust(false)
					if r.found() != others {
						t.Errorf("project not trusted: %q", r.found())
					}
				}
			})
		}
	}
}

// All of them at once come in the order in which Claude Code prefers them.
func TestOverridesOrder(t *testing.T) {
	r := newRig(t)
	var want []string
	for _, tt := range overridingCases[:13] {
		if tt.member {
			r.put("user", tt.name, tt.value, true)
			want = append(want, "user:"+tt.name)
			continue
		}
		r.env[tt.name] = tt.value
		for name, value := range tt.also {
			r.env[name] = value
		}
		want = append(want, "environment:"+tt.name)
	}
	if got := strings.Fields(r.found()); !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	for len(want) > 0 { // what is left is what is in effect
		delete(r.env, strings.TrimPrefix(want[0], "environment:"))
		want = want[1:]
		next := ""
		for _, w := range want {
			if n, ok := strings.CutPrefix(w, "environment:"); ok {
				next = n
				break
			}
		}
		if got := claude.EnvironmentOverride(lookupIn(r.env)); got != next {
			t.Errorf("EnvironmentOverride %q, want %q", got, next)
		}
	}
}

// A stronger place replaces what a weaker one sets, also by an empty value.
func TestOverridesOfSeveralPlaces(t *testing.T) {
	const key, helper = "ANTHROPIC_API_KEY", "apiKeyHelper"
	for name, tt := range map[string]struct {
		env    string
		files  map[string]string
		want   string
		status string
	}{
		"user empties the environment":     {"x", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":""}}`}, "", saysLogin},
		"managed empties the user":         {"", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":"x"}}`, "managed": `{"env":{"ANTHROPIC_API_KEY":""}}`}, "", saysLogin},
		"managed empties the environment":  {"x", map[string]string{"managed": `{"env":{"ANTHROPIC_API_KEY":""}}`}, "", saysLogin},
		"a drop-in empties managed":        {"", map[string]string{"managed": `{"env":{"ANTHROPIC_API_KEY":"x"}}`, "20.json": `{"env":{"ANTHROPIC_API_KEY":""}}`}, "", saysLogin},
		"a later drop-in empties":          {"", map[string]string{"10.json": `{"env":{"ANTHROPIC_API_KEY":"x"}}`, "20.json": `{"env":{"ANTHROPIC_API_KEY":""}}`}, "", saysLogin},
		"a hidden drop-in":                 {"", map[string]string{".10.json": `{"env":{"ANTHROPIC_API_KEY":"x"}}`}, "", saysLogin},
		"a drop-in of another type":        {"", map[string]string{"10.txt": `{"env":{"ANTHROPIC_API_KEY":"x"}}`}, "", saysLogin},
		"every place of one":               {"x", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":"y"}}`, "managed": `{"env":{"ANTHROPIC_API_KEY":"z"}}`}, "managed:env." + key + " user:env." + key + " environment:" + key, "api_key firstParty"},
		"an empty one between":             {"x", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":""}}`, "managed": `{"env":{"ANTHROPIC_API_KEY":"z"}}`}, "managed:env." + key, "api_key firstParty"},
		"a project empties the user's":     {"", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":"x"}}`, "shared": `{"env":{"ANTHROPIC_API_KEY":""}}`}, "user:env." + key, "claude.ai firstParty for -p"},
		"local empties the shared helper":  {"", map[string]string{"shared": `{"apiKeyHelper":"k"}`, "local": `{"apiKeyHelper":""}`}, "", saysLogin},
		"a project empties the helper":     {"", map[string]string{"user": `{"apiKeyHelper":"k"}`, "shared": `{"apiKeyHelper":""}`}, "", saysLogin},
		"number":                           {"", map[string]string{"user": `{"env":{"CLAUDE_CODE_USE_BEDROCK":1}}`}, "user:env.CLAUDE_CODE_USE_BEDROCK", "third_party bedrock"},
		"true":                             {"", map[string]string{"user": `{"env":{"CLAUDE_CODE_USE_BEDROCK":true}}`}, "user:env.CLAUDE_CODE_USE_BEDROCK", "third_party bedrock"},
		"false":                            {"", map[string]string{"user": `{"env":{"CLAUDE_CODE_USE_BEDROCK":false}}`}, "", saysLogin},
		"null is text":                     {"", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":null}}`}, "user:env." + key, "api_key firstParty"},
		"helper of another type":           {"", map[string]string{"user": `{"apiKeyHelper":true}`}, "", saysLogin},
		"env of another type":              {"", map[string]string{"user": `{"env":["ANTHROPIC_API_KEY"]}`}, "", saysLogin},
		"twice: the last":                  {"", map[string]string{"user": `{"apiKeyHelper":"k","apiKeyHelper":""}`}, "", saysLogin},
		"twice in env: the last":           {"", map[string]string{"user": `{"env":{"ANTHROPIC_API_KEY":"","ANTHROPIC_API_KEY":"x"}}`}, "user:env." + key, "api_key firstParty"},
		"a byte order mark":                {"", map[string]string{"user": "\xef\xbb\xbf" + `{"apiKeyHelper":"k"}`}, "user:" + helper, "api_key_helper firstParty"},
		"a byte order mark in managed":     {"", map[string]string{"managed": "\xef\xbb\xbf" + `{"env":{"ANTHROPIC_API_KEY":"x"}}`}, "managed:env." + key, "api_key firstParty"},
		"damaged":                          {"x", map[string]string{"user": `{"apiKeyHelper":"k",}`}, "environment:" + key, "api_key firstParty"},
		"empty file":                       {"", map[string]string{"user": ``, "managed": `null`}, "", saysLogin},
		"federation out of two places":     {"", map[string]string{"user": `{"env":{"ANTHROPIC_FEDERATION_RULE_ID":"r"}}`, "managed": `{"env":{"ANTHROPIC_ORGANIZATION_ID":"o"}}`}, "user:env.ANTHROPIC_FEDERATION_RULE_ID", saysToken},
		"an organisation alone":            {"", map[string]string{"managed": `{"env":{"ANTHROPIC_ORGANIZATION_ID":"o"}}`}, "", saysLogin},
		"trusted .claude.json with a mark": {"", map[string]string{"local": `{"apiKeyHelper":"k"}`}, "local:" + helper, "api_key_helper firstParty"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.env[key] = tt.env
			if strings.Contains(name, ".claude.json with a mark") {
				r.write(r.Paths.ClaudeJSON, "\xef\xbb\xbf"+r.read(r.Paths.ClaudeJSON))
			}
			for where, doc := range tt.files {
				r.write(r.at(where), doc)
			}
			if r.found() != tt.want {
				t.Errorf("%q, want %q; claude auth status: %s", r.found(), tt.want, tt.status)
			}
		})
	}
}

func TestOverridesOfAProject(t *testing.T) {
	r := newRig(t)
	r.write(r.at("shared"), `{"apiKeyHelper":"k"}`)
	trustIn := func(dir string) {
		r.write(r.Paths.ClaudeJSON, fmt.Sprintf(`{"projects":{%q:{"hasTrustDialogAccepted":true}}}`, dir))
	}
	for _, tt := range []struct{ trusted, in, want string }{
		{r.project, r.project, "shared:apiKeyHelper"},
		{r.dir, r.project, "shared:apiKeyHelper"}, // a directory above
		{filepath.Join(r.project, "sub"), r.project, ""},
		{r.project, filepath.Join(r.project, "sub"), ""}, // only the working directory's own settings
		{r.project, "", ""},
	} {
		trustIn(tt.trusted)
		r.Paths.Project = tt.in
		if r.Paths.Project == "" {
			if got := r.Overrides(lookupIn(nil)); len(got) != 0 {
				t.Errorf("no working directory: %v", got)
			}
			continue
		}
		if got := r.found(); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	// By a link: Claude Code knows the real path.
	link := filepath.Join(r.dir, "links", "project")
	r.write(filepath.Join(r.dir, "links", "beside"), "")
	if err := os.Symlink(r.project, link); err != nil {
		t.Fatal(err)
	}
	r.Paths.Project = link
	for dir, want := range map[string]int{r.project: 1, filepath.Dir(link): 0} {
		trustIn(dir)
		if got := r.Overrides(lookupIn(nil)); len(got) != want {
			t.Errorf("by a link, %s trusted: %v", dir, got)
		}
	}
	// In the home directory the project's settings are the user's.
	trustIn(r.dir)
	home := filepath.Join(r.dir, "links", "home")
	if err := os.Symlink(r.dir, home); err != nil {
		t.Fatal(err)
	}
	r.write(r.Paths.ClaudeSettings(), `{"apiKeyHelper":"k","env":{"ANTHROPIC_API_KEY":"x"}}`)
	for _, r.Paths.Project = range []string{r.dir, home} {
		if got := r.Overrides(lookupIn(nil)); len(got) != 2 || got[0].PrintOnly {
			t.Errorf("in the home directory: %v", got)
		}
	}
}

func TestOverridesOfAGateway(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  string
		want bool
	}{
		"trusted":            {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g","expiresAt":FUTURE},"gatewayTrust":{"gw.example.com":"aa"}}`, true},
		"with a port":        {`{"enterpriseGateway":{"url":"https://gw.example.com:8443","jwt":"g","expiresAt":FUTURE},"gatewayTrust":{"gw.example.com":"aa"}}`, true},
		"without an end":     {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g"},"gatewayTrust":{"gw.example.com":"aa"}}`, true},
		"renewable":          {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g","expiresAt":5,"refreshToken":"r"},"gatewayTrust":{"gw.example.com":"aa"}}`, true},
		"ended":              {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g","expiresAt":5},"gatewayTrust":{"gw.example.com":"aa"}}`, false},
		"not trusted":        {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g","expiresAt":FUTURE}}`, false},
		"another is trusted": {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g","expiresAt":FUTURE},"gatewayTrust":{"other.example.com":"aa"}}`, false},
		"empty trust":        {`{"enterpriseGateway":{"url":"https://gw.example.com","jwt":"g","expiresAt":FUTURE},"gatewayTrust":{"gw.example.com":""}}`, false},
		"null":               {`{"enterpriseGateway":null,"gatewayTrust":{"gw.example.com":"aa"}}`, false},
		"no address":         {`{"enterpriseGateway":{"url":"","jwt":"g"},"gatewayTrust":{"":"aa"}}`, false},
		"damaged":            {`{"enterpriseGateway":`, false},
		"no file":            {``, false},
	} {
		r := newRig(t)
		r.env["CLAUDE_CODE_USE_BEDROCK"] = "1" // weaker
		if tt.doc != "" {
			r.write(r.Paths.Credentials(), strings.ReplaceAll(tt.doc, "FUTURE", fmt.Sprint(r.now.Add(time.Hour).UnixMilli())))
		}
		want := "environment:CLAUDE_CODE_USE_BEDROCK"
		if tt.want {
			want = "credentials:enterpriseGateway " + want
		}
		if got := r.found(); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Without a directory of managed settings none is looked for.
func TestManagedSettingsAreNotGuessed(t *testing.T) {
	r := newRig(t)
	r.Paths.Managed = ""
	r.fs.Forget()
	r.Overrides(lookupIn(nil))
	r.ForcedOrganizations()
	for _, op := range r.fs.Ops() {
		if strings.Contains(op.Path, "managed") {
			t.Errorf("%+v", op)
		}
	}
	for goos, want := range map[string]string{"linux": "/etc/claude-code", "darwin": "/Library/Application Support/ClaudeCode", "windows": `C:\Program Files\ClaudeCode`} {
		if got := claude.ManagedDir(goos, func(string) bool { return false }); got != want {
			t.Errorf("%s: %q", goos, got)
		}
	}
	older := func(dir string) bool { return dir == `C:\ProgramData\ClaudeCode` }
	if got := claude.ManagedDir("windows", older); got != `C:\ProgramData\ClaudeCode` {
		t.Errorf("%q", got)
	}
	both := func(string) bool { return true }
	if got := claude.ManagedDir("windows", both); got != `C:\Program Files\ClaudeCode` {
		t.Errorf("%q", got)
	}
}

func TestForcedOrganizations(t *testing.T) {
	for name, tt := range map[string]struct {
		managed, dropIn string
		want, source    string
	}{
		"none":           {`{}`, ``, "", ""},
		"text":           {`{"forceLoginOrgUUID":"A"}`, ``, "A", "managed"},
		"list":           {`{"forceLoginOrgUUID":["B","A","B"]}`, ``, "A B", "managed"},
		"lists add up":   {`{"forceLoginOrgUUID":["A"]}`, `{"forceLoginOrgUUID":["B"]}`, "A B", "20.json"},
		"later text":     {`{"forceLoginOrgUUID":["A"]}`, `{"forceLoginOrgUUID":"B"}`, "B", "20.json"},
		"list over text": {`{"forceLoginOrgUUID":"A"}`, `{"forceLoginOrgUUID":["B"]}`, "B", "20.json"},
		"drop-in alone":  {``, "\xef\xbb\xbf" + `{"forceLoginOrgUUID":"B"}`, "B", "20.json"},
		"other types":    {`{"forceLoginOrgUUID":[5,""]}`, ``, "", "managed"},
	} {
		r := newRig(t)
		for where, doc := range map[string]string{"managed": tt.managed, "20.json": tt.dropIn} {
			if doc != "" {
				r.write(r.at(where), doc)
			}
		}
		f := r.ForcedOrganizations()
		if got := strings.Join(f.Organizations, " "); got != tt.want || tt.want != "" && f.Source != r.at(tt.source) {
			t.Errorf("%s: %+v", name, f)
		}
		for _, org := range []string{"A", "B", "C"} {
			if want := tt.want == "" || strings.Contains(tt.want, org); f.Allows(org) != want || f.Allows(strings.ToLower(org)) != want {
				t.Errorf("%s: %s allowed %t", name, org, !want)
			}
		}
		if !f.Allows("") {
			t.Errorf("%s: an unknown organisation is refused", name)
		}
	}
}
