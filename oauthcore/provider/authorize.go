package provider

import (
	"net/url"
	"strings"
)

// AuthorizeRequest is what the authorization endpoint is asked (RFC 6749
// §4.1.1, RFC 7636 §4.3).
type AuthorizeRequest struct {
	RedirectURI string   // byte for byte what the exchange will repeat
	Challenge   string   // S256 of the PKCE verifier
	State       string   // comes back with the code
	LoginHint   string   // an email address to suggest, "" for none
	OrgUUID     string   // the organization to log in to, "" for any
	Scopes      []string // nil: LoginScopes
}

// AuthorizeURL gives the address to open in a browser. Its parameters stand in
// the order current clients send them. It holds no secret that outlives the
// login.
func (c *Client) AuthorizeURL(r AuthorizeRequest) string {
	scopes := r.Scopes
	if scopes == nil {
		scopes = LoginScopes()
	}
	var b strings.Builder
	b.WriteString(c.endpoints.Authorize)
	separator := byte('?')
	add := func(name, value string) {
		b.WriteByte(separator)
		b.WriteString(name + "=" + url.QueryEscape(value))
		separator = '&'
	}
	add("code", "true")
	add("client_id", ClientID)
	add("response_type", "code")
	add("redirect_uri", r.RedirectURI)
	add("scope", strings.Join(scopes, " "))
	add("code_challenge", r.Challenge)
	add("code_challenge_method", "S256")
	add("state", r.State)
	if r.LoginHint != "" {
		add("login_hint", r.LoginHint)
	}
	if r.OrgUUID != "" {
		add("orgUUID", r.OrgUUID)
	}
	return b.String()
}
