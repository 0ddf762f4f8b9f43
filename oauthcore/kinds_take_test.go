package oauthcore_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// journalEntry writes an entry of the journal and gives its path. presented is
// the fingerprint of the refresh token that was sent, "" for an authorization
// code.
func (w *world) journalEntry(presented string, age time.Duration, members map[string]any) string {
	w.Helper()
	name := presented
	if name == "" {
		name = "login-00112233445566778899aabbccddeeff"
	}
	all := map[string]any{"schemaVersion": 1, "madeAt": w.clock.Now().Add(-age).UnixMilli()}
	if presented != "" {
		all["presented"] = presented
	}
	maps.Copy(all, members)
	path := filepath.Join(w.paths.Answers(), name+".json")
	doc, err := json.Marshal(all)
	if err != nil {
		w.Fatal(err)
	}
	w.write(path, string(doc))
	return path
}

// answerOf is a login of the provider's as the journal and a login in set-aside
// hold it.
func answerOf(cr providertest.Credentials, identifiers bool) map[string]any {
	login := map[string]any{
		"accessToken": cr.AccessToken.Reveal(), "refreshToken": cr.RefreshToken.Reveal(), "expiresAt": cr.ExpiresAt.UnixMilli(),
		"refreshTokenExpiresAt": cr.LoginExpiresAt.UnixMilli(), "scopes": cr.Scopes,
	}
	if identifiers {
		login["accountUuid"], login["organizationUuid"] = cr.AccountUUID, cr.OrganizationUUID
	}
	return map[string]any{"claudeAiOauth": login}
}

// inSetAside says that a refresh token lies in set-aside.
func (w *world) inSetAside(token secret.Secret) bool {
	w.Helper()
	return slices.ContainsFunc(w.onDisk()[token.Fingerprint()], func(path string) bool {
		return strings.HasPrefix(filepath.Join(w.home.Dir, path), w.paths.SetAside()+string(filepath.Separator))
	})
}

// An entry without an answer stays as long as an answer may have been lost that
// matters: without the rules the account is in doubt no longer, or for ever.
func TestHowLongAnEntryWithoutAnAnswerStays(t *testing.T) {
	t.Parallel()
	const (
		day     = 24 * time.Hour
		minute  = time.Minute
		quarter = 15 * minute
	)
	for _, tt := range []struct {
		token  string // whose token was sent
		age    time.Duration
		unread bool
		stays  bool
	}{
		{token: "an account's", age: 0, stays: true},
		{token: "an account's", age: 91 * day, stays: true},
		{token: "spent", age: 0, stays: false},
		{token: "spent", age: 0, unread: true, stays: true},
		{token: "unknown", age: 0, stays: true},
		{token: "unknown", age: quarter + minute, stays: true},
		{token: "unknown", age: 90 * day, stays: true},
		{token: "unknown", age: 90*day + minute, stays: false},
		{token: "unknown", age: 91 * day, unread: true, stays: true},
		{token: "a login", age: 0, stays: true},
		{token: "a login", age: quarter, stays: true},
		{token: "a login", age: quarter + minute, stays: false},
		{token: "a login", age: -quarter, stays: true},           // the clock was put back
		{token: "a login", age: -quarter - minute, stays: false}, // by more than a login takes
		{token: "a login", age: quarter + minute, unread: true, stays: true},
	} {
		w := newWorld(t)
		w.settled()
		spent := w.account(lab).Credential.Fingerprint()
		if _, err := w.core.Refresh(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
		presented := map[string]string{
			"an account's": w.account(night).Credential.Fingerprint(), "spent": spent,
			"unknown": secret.New("sk-ant-ort01-TEST-unknown").Fingerprint(), "a login": "",
		}[tt.token]
		path := w.journalEntry(presented, tt.age, nil)
		if tt.unread {
			w.write(path, "{")
		}
		w.settled()
		if _, err := os.Stat(path); (err == nil) != tt.stays {
			t.Errorf("the token of %s, %v old, unreadable %v: %v", tt.token, tt.age, tt.unread, err)
		}
	}
}

// The answer to a refresh whose token is an account's becomes that account's
// login, also where the answer does not name it. The token that was sent is
// spent.
func TestAnAnswerOfAnAccountsTokenIsItsLogin(t *testing.T) {
	t.Parallel()
	for _, identifiers := range []bool{true, false} {
		w := newWorld(t)
		w.settled()
		was, next := w.account(lab).Credential, w.issueFor(lab, time.Hour, 700*time.Hour)
		count := len(w.vault().Accounts())
		w.offline()
		path := w.journalEntry(was.Fingerprint(), 0, answerOf(next, identifiers))
		w.settled()
		if got := w.account(lab).Credential.Fingerprint(); got != next.RefreshToken.Fingerprint() {
			t.Errorf("identifiers %v: %s has another login", identifiers, lab)
		}
		if !w.vault().Spent(was.RefreshToken) || len(w.vault().Accounts()) != count {
			t.Errorf("identifiers %v: spent %v, %d accounts", identifiers, w.vault().Spent(was.RefreshToken), len(w.vault().Accounts()))
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("the entry stays")
		}
	}
}

// The answer to a refresh with a token of no account is a login by itself, and
// the token is known as spent: it may come back from a backup.
func TestAnAnswerOfALostTokenIsALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	token, next := secret.New("sk-ant-ort01-TEST-lost"), w.issue(adaAccount, guildOrg, time.Hour, 700*time.Hour)
	w.journalEntry(token.Fingerprint(), 0, answerOf(next, false))
	w.settled()
	if a := w.vault().Holder(next.RefreshToken); a == nil || !a.Identified() {
		t.Errorf("the login is of %v", a)
	}
	if !w.vault().Spent(token) {
		t.Error("the token that was sent is not spent")
	}
}

// The answer to a refresh whose token the account replaced meanwhile: it becomes
// its login only if the account's own is not good any more.
func TestALateAnswer(t *testing.T) {
	t.Parallel()
	const (
		becomes = "the account's login"
		aside   = "set aside"
		spent   = "spent"
	)
	for _, tt := range []struct {
		name        string
		account     string
		identifiers bool
		deadline    time.Duration
		want        string
	}{
		{"made earlier for certain", "", true, -48 * time.Hour, spent},
		{"made earlier for certain, without identifiers", "", false, -48 * time.Hour, spent},
		{"perhaps made later", "", true, 0, aside},
		{"made later", "", false, 300 * time.Hour, aside},
		{"of an account that needs a login", "ended", true, -48 * time.Hour, becomes},
		{"of an account that needs a login, without identifiers", "ended", false, -48 * time.Hour, becomes},
		{"of a removed account", "removed", true, -48 * time.Hour, aside},
	} {
		w := newWorld(t)
		w.settled()
		presented := w.account(lab).Credential.Fingerprint()
		if _, err := w.core.Refresh(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
		now := w.account(lab).Credential
		deadline := now.RefreshExpiresAt.Sub(w.clock.Now())
		if deadline < 50*time.Hour {
			t.Fatalf("the login of %s ends in %v", lab, deadline)
		}
		switch tt.account {
		case "ended":
			if err := w.provider.Kill(now.AccountUUID, now.OrganizationUUID); err != nil {
				t.Fatal(err)
			}
			if _, err := w.core.Refresh(t.Context(), lab); err == nil {
				t.Fatal("a revoked login was refreshed")
			}
		case "removed":
			if _, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: lab}); err != nil {
				t.Fatal(err)
			}
		}
		late := w.issueFor(lab, 8*time.Hour, deadline+tt.deadline)
		w.offline()
		w.journalEntry(presented, 0, answerOf(late, tt.identifiers))
		w.settled()
		got := ""
		switch v := w.vault(); {
		case v.Holder(late.RefreshToken) != nil && v.Holder(late.RefreshToken) == v.Get(lab) && !v.Get(lab).NeedsNewLogin():
			got = becomes
		case w.inSetAside(late.RefreshToken):
			got = aside
		case v.Spent(late.RefreshToken):
			got = spent
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
