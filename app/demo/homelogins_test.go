//go:build !js

package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

func TestHomeLoginsWorkAtTheProvider(t *testing.T) {
	p, h := newTestHome(t)
	figures := map[string][2]float64{
		"ada@example.com": {61, 34}, "ada@corp.example": {8, 47}, "ada.side@example.com": {100, 71},
		"lab@uni.example": {0, 12}, "night@example.com": {22, 100},
	}
	for _, r := range h.Residents {
		token := r.Credentials.AccessToken
		if r.Key == "lab@uni.example" {
			if status, _ := p.get(providertest.PathProfile, token, nil); status != http.StatusUnauthorized {
				t.Errorf("Lab's access token should have lapsed: %d", status)
			}
			out := p.refresh(r.Credentials.RefreshToken)
			if out.RefreshTokenExpiresIn != 3*24*3600 {
				t.Errorf("Lab's login ends in %d s", out.RefreshTokenExpiresIn)
			}
			token = secret.New(out.AccessToken)
		}
		var who struct {
			Account      struct{ UUID, Email string }
			Organization struct{ UUID string }
		}
		p.get(providertest.PathProfile, token, &who)
		if who.Account.Email != r.Key || who.Account.UUID != r.Credentials.AccountUUID || who.Organization.UUID != r.Credentials.OrganizationUUID {
			t.Errorf("%s: profile says %+v", r.Key, who)
		}
		var u struct {
			FiveHour struct{ Utilization float64 } `json:"five_hour"`
			SevenDay struct{ Utilization float64 } `json:"seven_day"`
		}
		p.get(providertest.PathUsage, token, &u)
		if got := [2]float64{u.FiveHour.Utilization, u.SevenDay.Utilization}; got != figures[r.Key] {
			t.Errorf("%s: usage %v", r.Key, got)
		}
	}
	if err := h.Kill("night@example.com"); err != nil {
		t.Fatal(err)
	}
	if got := p.refresh(h.find("night@example.com").Credentials.RefreshToken).Error; got != "invalid_grant" {
		t.Errorf("a killed login's refresh answered %s", got)
	}
	if err := h.Kill("who@example.com"); !errors.Is(err, providertest.ErrUnknownAccount) {
		t.Errorf("kill of an unknown account: %v", err)
	}
}

func TestSparesCanLogIn(t *testing.T) {
	const verifier = "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ._~0123456789"
	p, _ := newTestHome(t)
	redirect := p.URL() + providertest.PathManual
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"code": {"true"}, "client_id": {providertest.ClientID}, "response_type": {"code"}, "redirect_uri": {redirect},
		"scope": {"user:profile user:inference"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
		"code_challenge_method": {"S256"}, "state": {"the-state"},
	}.Encode()
	for _, c := range []struct{ who, email, org string }{
		{"new@example.com", "new@example.com", newOrg},
		{"ada@example.com · Analytical Guild", "ada@example.com", guildOrg},
	} {
		pasted, err := providertest.Visit(t.Context(), p.URL()+providertest.PathAuthorize+"?"+query, c.who)
		if err != nil {
			t.Fatal(err)
		}
		code, state, _ := strings.Cut(pasted, "#")
		out := p.token(map[string]string{
			"grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
			"code_verifier": verifier, "state": state,
		})
		if out.Organization.UUID != c.org || out.Account.EmailAddress != c.email {
			t.Errorf("%s: %+v %+v", c.who, out.Account, out.Organization)
		}
	}
	_, page := p.get(providertest.PathAuthorize+"?"+query, secret.Secret{}, nil)
	for _, plan := range []string{"Max 20×", "Max 5×", "Team", "Pro"} {
		if !strings.Contains(page, `<span class="plan">`+plan+`</span>`) {
			t.Errorf("%s is not on the consent page", plan)
		}
	}
	if !strings.Contains(page, "ada@corp.example · Corp<") || strings.Contains(page, "Organization") {
		t.Error("the page should name organisations, and not those that only say the address again")
	}
}
