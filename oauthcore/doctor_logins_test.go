package oauthcore_test

import (
	"encoding/json"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/providertest"

	"github.com/tidwall/gjson"
)

// issued is a new login of an account as a program writes it that knows
// nothing of the provider's identifiers.
func (p *patient) issued(key string) string {
	p.Helper()
	who := p.resident(key).Person
	c, err := p.provider.Issue(who.AccountUUID, who.OrganizationUUID)
	if err != nil {
		p.Fatal(err)
	}
	doc, err := json.Marshal(map[string]any{
		"accessToken": c.AccessToken.Reveal(), "refreshToken": c.RefreshToken.Reveal(),
		"expiresAt": c.ExpiresAt.UnixMilli(), "scopes": c.Scopes,
	})
	if err != nil {
		p.Fatal(err)
	}
	return string(doc)
}

func TestDoctorWrongName(t *testing.T) {
	p := newPatient(t)
	before := p.read(p.paths.ClaudeJSON)
	other, err := json.Marshal(map[string]string{
		"accountUuid":      p.resident(lab).Person.AccountUUID,
		"organizationUuid": p.resident(lab).Person.OrganizationUUID,
		"emailAddress":     lab,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.set(p.paths.ClaudeJSON, string(other), "oauthAccount")
	p.check([]string{"error account_mismatch .claude.json"}, []string{"fixed account_mismatch .claude.json"})
	p.live(work)
	onlyMember(t, before, p.read(p.paths.ClaudeJSON), "oauthAccount")
}

// The right name may be one Baton never saw: then the provider is asked.
func TestDoctorWrongNameOfAnAccountNeverDescribed(t *testing.T) {
	p := newPatient(t)
	p.del(p.paths.Vault(), "accounts", work, "oauthAccount")
	p.set(p.paths.ClaudeJSON, `"11111111-2222-4333-8444-555555555555"`, "oauthAccount", "accountUuid")
	p.check([]string{"error account_mismatch .claude.json"}, []string{"fixed account_mismatch .claude.json"})
	p.live(work)
}

func TestDoctorUnknownLogin(t *testing.T) {
	t.Run("the provider knows it", func(t *testing.T) {
		p := newPatient(t)
		p.set(p.paths.Credentials(), p.issued(night), "claudeAiOauth")
		// Which of its two logins was made later nothing tells: the other is set aside.
		p.check([]string{"warning unknown_login .credentials.json"}, []string{"fixed unknown_login .credentials.json", "info set_aside login-20261123T131300Z-1.json"})
		if got := p.core.Snapshot(t.Context()).Active; got != night {
			t.Errorf("active is %q", got)
		}
		if got := gjson.GetBytes(p.read(p.paths.ClaudeJSON), "oauthAccount.emailAddress").String(); got != night {
			t.Errorf(".claude.json names %q", got)
		}
		p.kept(night, work)
	})
	t.Run("the provider is away", func(t *testing.T) {
		p := newPatient(t)
		p.set(p.paths.Credentials(), p.issued(night), "claudeAiOauth")
		if err := p.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError, Times: 9}); err != nil {
			t.Fatal(err)
		}
		want := []string{"warning unknown_login .credentials.json"}
		live := string(p.read(p.paths.Credentials()))
		p.check(want, want)
		if string(p.read(p.paths.Credentials())) != live {
			t.Error("it was written over")
		}
		f := p.doctor(true)[0]
		if !strings.Contains(f.Message, "the repair failed: ") || !strings.Contains(f.Fix, "--set-aside") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("its owner cannot be found", func(t *testing.T) {
		p := newPatient(t)
		p.set(p.paths.Credentials(), `{"accessToken":"sk-ant-oat01-TEST-s","refreshToken":"sk-ant-ort01-TEST-s","expiresAt":1}`, "claudeAiOauth")
		want := []string{"error unknown_login .credentials.json"}
		p.check(want, want)
	})
	t.Run("it was removed", func(t *testing.T) {
		p := newPatient(t)
		if _, err := p.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: work, Yes: true}); err != nil {
			t.Fatal(err)
		}
		want := []string{"info login_removed .credentials.json"}
		p.check(want, want)
		if !p.account(work).Removed {
			t.Error("the doctor brought back what the person removed")
		}
	})
}

func TestDoctorNewLogin(t *testing.T) {
	p := newPatient(t)
	p.del(p.paths.Vault(), "accounts", work)
	p.del(p.paths.Pool(), "accounts", work)
	p.check([]string{"info login_new .credentials.json"}, []string{"fixed login_new .credentials.json"})
	p.live(work)
	p.kept(work)
}

func TestDoctorRefusedLogin(t *testing.T) {
	p := newPatient(t)
	p.set(p.paths.Credentials(), `{"accessToken":"","refreshToken":"","expiresAt":0}`, "claudeAiOauth")
	const refused = "warning login_refused .credentials.json"
	p.check([]string{refused, "warning unsure"}, []string{"fixed unsure", refused})
	p.kept(work)
}

func TestDoctorOlderLogin(t *testing.T) {
	p := newPatient(t)
	old := gjson.GetBytes(p.read(p.paths.Credentials()), "claudeAiOauth").Raw
	if _, err := p.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	p.set(p.paths.Credentials(), old, "claudeAiOauth")
	p.check([]string{"error login_older .credentials.json"}, []string{"fixed login_older .credentials.json"})
	p.live(work)
	p.kept(work)
}

func TestDoctorUnsure(t *testing.T) {
	spend := func(p *patient, key string) {
		fp, err := json.Marshal([]string{p.account(key).Credential.Fingerprint()})
		if err != nil {
			t.Fatal(err)
		}
		p.set(p.paths.Vault(), string(fp), "accounts", key, "spent")
	}
	t.Run("it works", func(t *testing.T) {
		p := newPatient(t)
		spend(p, night)
		p.check([]string{"warning unsure"}, []string{"fixed unsure"})
		p.kept(night)
	})
	t.Run("it was used up", func(t *testing.T) {
		p := newPatient(t)
		spend(p, night)
		if err := p.home.Kill(night); err != nil {
			t.Fatal(err)
		}
		p.check([]string{"warning unsure"}, []string{"fixed unsure", "info needs_login"})
		if f := p.doctor(false)[0]; !strings.Contains(f.Fix, "baton login --email "+night) {
			t.Errorf("%+v", f)
		}
	})
	t.Run("the provider is away", func(t *testing.T) {
		p := newPatient(t)
		spend(p, night)
		if err := p.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointRefresh, Kind: providertest.FaultServerError, Times: 9}); err != nil {
			t.Fatal(err)
		}
		want := []string{"warning unsure"}
		p.check(want, want)
	})
}

func TestDoctorRestoredVault(t *testing.T) {
	p := newPatient(t)
	backup := string(p.read(p.paths.Vault()))
	for _, key := range []string{lab, night} {
		if _, err := p.core.Pause(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	p.write(p.paths.Vault(), backup)
	look := []string{"warning vault_restored accounts.json"}
	fix := []string{"fixed vault_restored accounts.json"}
	for range p.vault().Accounts() {
		look, fix = append(look, "warning unsure"), append(fix, "fixed unsure")
	}
	p.check(look, fix)
	p.kept(personal, work, side, lab, night)
	p.live(work)
}
