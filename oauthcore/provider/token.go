package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"baton/oauthcore/secret"
)

// ExchangeRequest is what a finished browser login is exchanged with.
type ExchangeRequest struct {
	Code        secret.Secret // authorization code
	Verifier    secret.Secret // PKCE verifier (RFC 7636 §4.1)
	RedirectURI string        // byte for byte as in the authorization request
	State       string        // this provider wants it here too
}

// exchangeBody's members stand in the order clients send them.
type exchangeBody struct {
	GrantType    string `json:"grant_type"`
	Code         string `json:"code"`
	RedirectURI  string `json:"redirect_uri"`
	ClientID     string `json:"client_id"`
	CodeVerifier string `json:"code_verifier"`
	State        string `json:"state"`
}

type refreshBody struct {
	GrantType    string `json:"grant_type"`
	RefreshToken string `json:"refresh_token"`
	ClientID     string `json:"client_id"`
	Scope        string `json:"scope,omitempty"`
}

type revokeBody struct {
	Token         string `json:"token"`
	TokenTypeHint string `json:"token_type_hint"`
	ClientID      string `json:"client_id"`
}

// Exchange trades an authorization code for tokens (RFC 6749 §4.1.3). Once
// started it ignores the context's cancellation; a context already done gives
// its error and nothing is sent. Other errors are *Error. If the
// answer has no access token the error is ErrLost, and the grant beside it
// holds the rest of the answer: a refresh token in it must be kept.
func (c *Client) Exchange(ctx context.Context, r ExchangeRequest) (Grant, error) {
	return c.grant(ctx, opExchange, exchangeBody{
		GrantType:    "authorization_code",
		Code:         r.Code.Reveal(),
		RedirectURI:  r.RedirectURI,
		ClientID:     ClientID,
		CodeVerifier: r.Verifier.Reveal(),
		State:        r.State,
	}, r.Code, r.Verifier)
}

// Refresh presents a refresh token (RFC 6749 §6). It is single use: a new one
// in the grant replaces it, and with none in the grant it stays good. Scopes
// are those stored with the login, in their order. Cancellation and errors are
// as with Exchange.
func (c *Client) Refresh(ctx context.Context, refresh secret.Secret, scopes []string) (Grant, error) {
	return c.grant(ctx, opRefresh, refreshBody{
		GrantType:    "refresh_token",
		RefreshToken: refresh.Reveal(),
		ClientID:     ClientID,
		Scope:        refreshScope(scopes),
	}, refresh)
}

// Revoke ends the login a refresh token belongs to (RFC 7009). Any 2xx is
// success, whatever its body: the standard asks for none. Cancellation and
// errors are as with Exchange.
func (c *Client) Revoke(ctx context.Context, refresh secret.Secret) error {
	r, err := post(opRevoke, c.endpoints.Revoke, revokeBody{
		Token:         refresh.Reveal(),
		TokenTypeHint: "refresh_token",
		ClientID:      ClientID,
	}, refresh)
	if err != nil {
		return err
	}
	r.bodyless = true
	_, err = c.once(ctx, r)
	return err
}

func (c *Client) grant(ctx context.Context, op string, body any, presented ...secret.Secret) (Grant, error) {
	r, err := post(op, c.endpoints.Token, body, presented...)
	if err != nil {
		return Grant{}, err
	}
	// Reckoned from before the request: a token thought to lapse a little
	// early does no harm.
	asked := c.now()
	answer, err := c.once(ctx, r)
	if err != nil {
		return Grant{}, err
	}
	g := parseGrant(answer, asked)
	if g.AccessToken.Empty() {
		return g, &Error{Op: op, Kind: ErrLost, Status: 200, err: cause{text: "the answer holds no access token"}}
	}
	return g, nil
}

// post makes the call for a JSON body. Secrets that are absent or not UTF-8
// (JSON would alter them) cannot be sent.
func post(op, endpoint string, body any, presented ...secret.Secret) (call, error) {
	for _, p := range presented {
		if p.Empty() || !utf8.ValidString(p.Reveal()) {
			return call{}, &Error{Op: op, Kind: ErrUnsendable}
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return call{}, &Error{Op: op, Kind: ErrUnsendable}
	}
	payload := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return call{op: op, endpoint: endpoint, payload: payload, presented: presented}, nil
}

// refreshScope is the scope member of a refresh, "" to leave it out. Only
// scopes beyond the two every login has are worth asking for again, and the
// org ones are never granted to a refresh.
func refreshScope(stored []string) string {
	scopes := slices.DeleteFunc(slices.Clone(stored), func(s string) bool {
		return strings.HasPrefix(s, "org:")
	})
	more := slices.ContainsFunc(scopes, func(s string) bool {
		return s != "user:inference" && s != "user:profile"
	})
	if !more {
		return ""
	}
	return strings.Join(scopes, " ")
}
