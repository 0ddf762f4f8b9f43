package oauthcore_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/login"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// login logs in through the consent page as a person would, by pasting.
func (w *world) login(who string) oauthcore.Saved {
	w.Helper()
	saved, err := save(context.Background(), w.core, w.grant(who))
	if err != nil {
		w.Fatal(err)
	}
	return saved
}

func (w *world) grant(who string) provider.Grant {
	w.Helper()
	ctx := context.Background()
	endpoints, err := provider.FromBase(w.provider.URL())
	if err != nil {
		w.Fatal(err)
	}
	client := provider.New(endpoints, provider.Options{Now: w.clock.Now})
	flow, err := login.Start(ctx, client, login.Options{Paste: true, Now: w.clock.Now})
	if err != nil {
		w.Fatal(err)
	}
	defer flow.Cancel()
	code, err := providertest.Visit(ctx, flow.URL(), who)
	if err != nil {
		w.Fatal(err)
	}
	if err := flow.Paste(code); err != nil {
		w.Fatal(err)
	}
	got, err := flow.Wait(ctx)
	if err != nil {
		w.Fatal(err)
	}
	g, err := client.Exchange(ctx, provider.ExchangeRequest(got))
	if err != nil {
		w.Fatal(err)
	}
	return g
}

func TestANewLoginIsAddedBesideTheLiveOne(t *testing.T) {
	w := newWorld(t)
	before := string(w.read(w.paths.Credentials()))
	if saved := w.login("new@example.com"); saved.Key != "new@example.com" || saved.Known || saved.Live {
		t.Errorf("saved %+v", saved)
	}
	if string(w.read(w.paths.Credentials())) != before {
		t.Error("the live login changed")
	}
	a := w.account("new@example.com")
	if !a.Identified() || a.Credential.Plan == "" || gjson.GetBytes(a.OAuthAccount, "emailAddress").String() != "new@example.com" {
		t.Errorf("kept %+v", a)
	}
	if _, err := os.Stat(w.paths.OldInbox()); err == nil {
		t.Error("the inbox is still there")
	}
	w.kept("new@example.com", personal)
	w.private()
}

func TestTheSameAccountAgainKeepsItsNameAndPlace(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	if _, err := w.core.Rename(ctx, lab, "The lab"); err != nil {
		t.Fatal(err)
	}
	order := w.account(lab).Order
	if err := w.home.Kill(lab); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Refresh(ctx, lab)
	wantCode(t, err, view.CodeNeedsLogin)
	if saved := w.login(lab); saved.Key != lab || !saved.Known {
		t.Errorf("saved %+v", saved)
	}
	if a := w.account(lab); a.Label != "The lab" || a.Order != order || a.NeedsLogin {
		t.Errorf("kept %+v", a)
	}
	w.kept(lab)
}

func TestALoginOfTheLiveAccountReachesClaudeCode(t *testing.T) {
	w := newWorld(t)
	before := w.read(w.paths.Credentials())
	if saved := w.login(personal); saved.Key != personal || !saved.Known || !saved.Live {
		t.Errorf("saved %+v", saved)
	}
	w.live(personal)
	w.kept(personal)
	onlyMember(t, before, w.read(w.paths.Credentials()), "claudeAiOauth")
}

func TestALoginBecomesLiveWhereNobodyIsLoggedIn(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	if err := os.Remove(w.paths.Credentials()); err != nil {
		t.Fatal(err)
	}
	if saved := w.login(work); !saved.Live {
		t.Errorf("saved %+v", saved)
	}
	w.live(work)
}

func TestTwoOrganisationsUnderOneAddress(t *testing.T) {
	w := newWorld(t)
	saved := w.login("ada@example.com · Analytical Guild")
	want := "ada@example.com#92ad7e15"
	if saved.Key != want || saved.Known {
		t.Fatalf("saved %+v, want %s", saved, want)
	}
	entry := gjson.GetBytes(w.read(w.paths.Pool()), `accounts.ada@example\.com\#92ad7e15`)
	if entry.Get("email").String() != want {
		t.Errorf("the pool entry's email is %q, want its key", entry.Get("email"))
	}
	// The exact key goes first, then the one address, then labels.
	w.swap(oauthcore.SwapRequest{To: want})
	if gjson.GetBytes(w.read(w.paths.ClaudeJSON), "oauthAccount.organizationUuid").String() != "92ad7e15-4f0c-4836-b1e9-d05c8f3a6b17" {
		t.Error("the other organisation is not the one named")
	}
	w.swap(oauthcore.SwapRequest{To: "ada@example.com"})
	w.live(personal)
	_, err := w.core.Rename(context.Background(), work, "ADA@example.com")
	wantCode(t, err, view.CodeUsage)
	// The address in another case is both of them.
	_, err = w.core.Swap(context.Background(), oauthcore.SwapRequest{To: "ADA@example.com"})
	if e := wantCode(t, err, view.CodeAmbiguous); !strings.Contains(e.Hint, want) {
		t.Errorf("hint %q", e.Hint)
	}
}

func TestALoginIsKeptWhenTheProfileFails(t *testing.T) {
	w := newWorld(t)
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError, Times: -1}); err != nil {
		t.Fatal(err)
	}
	if saved := w.login("new@example.com"); saved.Key != "new@example.com" {
		t.Fatalf("saved %+v", saved)
	}
	w.kept("new@example.com")
	w.provider.ClearFaults()
	w.swap(oauthcore.SwapRequest{To: "new@example.com"})
	if gjson.GetBytes(w.read(w.paths.ClaudeJSON), "oauthAccount.emailAddress").String() != "new@example.com" {
		t.Error("the account was not completed later")
	}
}

// The provider names nobody and the profile fails: the login waits in the
// journal and is finished by the next operation that gets through. A second one
// does not push it out.
func TestALoginOfUnknownOwnerWaitsInTheJournal(t *testing.T) {
	w := newWorld(t)
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError, Times: -1}); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	g, h := w.grant("new@example.com"), w.grant(lab)
	for i, grant := range []*provider.Grant{&g, &h} {
		grant.AccountUUID, grant.OrganizationUUID, grant.Email = "", "", ""
		saved, err := save(ctx, w.core, *grant)
		if err != nil || saved.Key != "" || saved.Note == "" {
			t.Fatalf("saved %+v, %v", saved, err)
		}
		waiting := w.waitingLogins()
		if len(waiting) != i+1 {
			t.Fatalf("%d logins wait after %d", len(waiting), i+1)
		}
		if info, err := os.Stat(waiting[i]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	w.provider.ClearFaults()
	if err := w.core.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if w.vault().Holder(h.RefreshToken) == nil || !w.account("new@example.com").Credential.RefreshToken.Equal(g.RefreshToken) {
		t.Error("the waiting logins were not finished")
	}
	if n := len(w.waitingLogins()); n != 0 {
		t.Errorf("%d logins still wait", n)
	}
}

func TestALoginMadeByClaudeCode(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	_, _, err := w.core.ReadLogin(context.Background(), dir)
	wantCode(t, err, view.CodeFailed)
	who := w.resident(lab)
	cr, err := w.provider.Issue(who.Person.AccountUUID, who.Person.OrganizationUUID)
	if err != nil {
		t.Fatal(err)
	}
	w.write(filepath.Join(dir, ".credentials.json"), `{"claudeAiOauth":{"accessToken":"`+cr.AccessToken.Reveal()+`","refreshToken":"`+cr.RefreshToken.Reveal()+`","expiresAt":`+millis(cr.ExpiresAt)+`,"scopes":["user:inference"]}}`)
	w.write(filepath.Join(dir, ".claude.json"), `{"oauthAccount":{"accountUuid":"`+who.Person.AccountUUID+`","organizationUuid":"`+who.Person.OrganizationUUID+`","emailAddress":"lab@uni.example"}}`)
	got, _, err := w.core.ReadLogin(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := w.core.SaveCredential(context.Background(), got)
	if err != nil || saved.Key != lab || !saved.Known {
		t.Errorf("saved %+v, %v", saved, err)
	}
	w.kept(lab)
}

func TestRemove(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	_, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: personal})
	if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Hint, "--yes") {
		t.Errorf("hint %q", e.Hint)
	}
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointRevoke, Kind: providertest.FaultServerError}); err != nil {
		t.Fatal(err)
	}
	_, err = w.core.Remove(ctx, oauthcore.RemoveRequest{Name: work, Revoke: true})
	wantCode(t, err, view.CodeOffline)
	w.kept(work)
	refusal := providertest.Fault{
		Endpoint: providertest.EndpointRevoke, Kind: providertest.FaultStatus, Times: 1, Status: http.StatusForbidden,
		Body: `{"error":{"type":"permission_error","message":"this account is on hold"}}`,
	}
	if err := w.provider.Fail(refusal); err != nil {
		t.Fatal(err)
	}
	_, err = w.core.Remove(ctx, oauthcore.RemoveRequest{Name: work, Revoke: true})
	if e := wantCode(t, err, view.CodeRefused); !strings.Contains(e.Message, "on hold") {
		t.Errorf("the provider's reason is missing: %q", e.Message)
	}
	w.kept(work)
	logins := len(w.provider.State().Logins)
	if got, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: work, Revoke: true}); err != nil || got.Key != work || got.Live {
		t.Fatalf("removed %+v, %v", got, err)
	}
	if len(w.provider.State().Logins) != logins-1 {
		t.Error("the login was not ended at the provider")
	}
	if gjson.GetBytes(w.read(w.paths.Pool()), `accounts.ada@corp\.example`).Exists() {
		t.Error("the pool still has it")
	}
	if strings.Contains(string(w.read(w.paths.Vault())), w.resident(work).Credentials.RefreshToken.Reveal()) {
		t.Error("the vault still has its token")
	}
	// Another program's old copy in the pool does not bring it back.
	pool := strings.Replace(string(w.read(w.paths.Pool())), `"accounts": {`, `"accounts": {"ada@corp.example":{"email":"ada@corp.example","accessToken":"x","refreshToken":"`+
		w.resident(work).Credentials.RefreshToken.Reveal()+`","expiresAt":1,"scopes":[],"rateLimited":false},`, 1)
	w.write(w.paths.Pool(), pool)
	if err := w.core.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if v := w.core.Snapshot(ctx); len(v.Accounts) != 4 {
		t.Errorf("%d accounts", len(v.Accounts))
	}
	// Its person logging in again does.
	if saved := w.login(work); saved.Key != work || saved.Known {
		t.Errorf("saved %+v", saved)
	}
	w.kept(work)
	// The live one, with yes: Claude Code stays logged in, import brings it back.
	if got, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: personal, Yes: true}); err != nil || !got.Live {
		t.Fatalf("removed %+v, %v", got, err)
	}
	if v := w.core.Snapshot(ctx); v.Active != "" || v.Live.Reason != "unknown" {
		t.Errorf("live %+v", v.Live)
	}
	if got, err := w.core.Import(ctx); err != nil || got.Key != personal || !got.Added {
		t.Errorf("import = %+v, %v", got, err)
	}
	w.live(personal)
	w.kept(personal)
}
