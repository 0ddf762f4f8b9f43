//go:build !js

package providertest

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages.html
var pagesSource string

// choice is one account on the consent page.
type choice struct {
	Number       int // from 1, in the order the accounts were added
	Name         string
	Email        string
	Organization string
	Plan         string
	Initial      string
	Checked      bool
}

// consentPage renders the page that asks. The caller holds mu.
func (p *Provider) consentPage(id string, req *authRequest, selected int) answer {
	data := struct {
		Request  string
		Accounts []choice
		May      string
	}{Request: id}
	for i, who := range p.people {
		name := who.DisplayName
		if name == "" {
			name = who.Email
		}
		data.Accounts = append(data.Accounts, choice{
			Number: i + 1, Name: name, Email: who.Email, Organization: sharedOrganization(*who),
			Plan: planName(*who), Initial: initial(name), Checked: i == selected,
		})
	}
	var may []string
	for _, s := range grantable(req.scopes) {
		may = append(may, scopeSentence(s))
	}
	data.May = strings.Join(may, ", ")
	a := page(http.StatusOK, "consent", data)
	// Browsers hold a form's whole chain of redirects to form-action, so the
	// place the answer goes to has to be named.
	a.header.Set("Content-Security-Policy", policy("'self' "+origin(req.redirectURI)))
	return a
}

// handleManual is where the manual redirect ends: it shows CODE#STATE for the
// person to carry over by hand.
func (p *Provider) handleManual(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.respond(w, call{endpoint: EndpointAuthorize}, func(Fault) answer {
		if q.Get("error") != "" {
			return page(http.StatusOK, "denied", nil)
		}
		code, state := q.Get("code"), q.Get("state")
		if code == "" || state == "" || strings.Contains(code, "#") {
			return refusal("there is no code in this address")
		}
		return page(http.StatusOK, "code", code+"#"+state)
	})
}

// refusal is the page for a request that cannot be answered.
func refusal(why string) answer { return page(http.StatusBadRequest, "refusal", why) }

func page(status int, name string, data any) answer {
	var b bytes.Buffer
	t, err := template.New("pages").Parse(pagesSource)
	if err == nil {
		err = t.ExecuteTemplate(&b, name, data)
	}
	if err != nil {
		return apiError(http.StatusInternalServerError, "api_error", "Internal server error")
	}
	return answer{
		status: status,
		header: http.Header{
			"Content-Type":            {"text/html; charset=utf-8"},
			"Content-Security-Policy": {policy("'none'")},
		},
		body: b.Bytes(),
	}
}

func policy(formAction string) string {
	return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action " + formAction
}

// sharedOrganization leaves out a person's own organisation, whose name only
// says the address again.
func sharedOrganization(who Person) string {
	if who.OrganizationName == who.Email+"'s Organization" {
		return ""
	}
	return who.OrganizationName
}

func planName(who Person) string {
	switch who.Plan() {
	case "max":
		if _, times, ok := strings.Cut(who.RateLimitTier, "max_"); ok {
			return "Max " + strings.TrimSuffix(times, "x") + "×"
		}
		return "Max"
	case "pro":
		return "Pro"
	case "team":
		return "Team"
	case "enterprise":
		return "Enterprise"
	}
	return ""
}

func initial(name string) string {
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return ""
}

func scopeSentence(scope string) string {
	switch scope {
	case "user:profile":
		return "see the name, address and plan"
	case "user:inference":
		return "use the plan"
	case "user:sessions:claude_code":
		return "work with Claude Code sessions"
	case "user:mcp_servers":
		return "use connected MCP servers"
	case "user:file_upload":
		return "upload files"
	case "user:plugins":
		return "use plugins"
	case "user:privacy_consents:write":
		return "record privacy choices"
	}
	return scope
}
