package oauthcore_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// Ada's account, and the second organisation it has under the same address.
const (
	adaAccount = "6f1d0b52-8c1e-4e0b-9a57-2d6c1f0e4a01"
	guildOrg   = "92ad7e15-4f0c-4836-b1e9-d05c8f3a6b17"
)

// issue makes one more login of an account at the provider, whose access token
// is good for fresh more and whose own deadline is deadline away.
func (w *world) issue(account, organization string, fresh, deadline time.Duration) providertest.Credentials {
	w.Helper()
	now := w.clock.Now()
	cr, err := w.provider.IssueUntil(account, organization, now.Add(fresh), now.Add(deadline))
	if err != nil {
		w.Fatal(err)
	}
	return cr
}

// issueFor is issue for one of the accounts of the home.
func (w *world) issueFor(key string, fresh, deadline time.Duration) providertest.Credentials {
	w.Helper()
	who := w.resident(key).Person
	return w.issue(who.AccountUUID, who.OrganizationUUID, fresh, deadline)
}

// pool puts a login into the pool as huskies writes it.
func (w *world) pool(key string, cr providertest.Credentials) {
	w.Helper()
	raw, err := json.Marshal(map[string]any{
		"email": key, "accessToken": cr.AccessToken.Reveal(), "refreshToken": cr.RefreshToken.Reveal(),
		"expiresAt": cr.ExpiresAt.UnixMilli(), "scopes": cr.Scopes, "rateLimited": false,
	})
	if err != nil {
		w.Fatal(err)
	}
	doc := []byte(`{"accounts":{}}`)
	if was, err := os.ReadFile(w.paths.Pool()); err == nil {
		doc = was
	}
	if doc, err = jsonedit.Set(doc, raw, "accounts", key); err != nil {
		w.Fatal(err)
	}
	w.write(w.paths.Pool(), string(doc))
}

// goLive makes a login the live one as Claude Code's own login does: new
// versions write the identifiers, old ones do not.
func (w *world) goLive(email string, cr providertest.Credentials, identifiers bool) {
	w.Helper()
	login := map[string]any{
		"accessToken": cr.AccessToken.Reveal(), "refreshToken": cr.RefreshToken.Reveal(),
		"expiresAt": cr.ExpiresAt.UnixMilli(), "scopes": cr.Scopes,
	}
	if identifiers {
		login["accountUuid"], login["organizationUuid"] = cr.AccountUUID, cr.OrganizationUUID
		login["refreshTokenExpiresAt"] = cr.LoginExpiresAt.UnixMilli()
	}
	raw, err := json.Marshal(map[string]any{"claudeAiOauth": login})
	if err != nil {
		w.Fatal(err)
	}
	w.write(w.paths.Credentials(), string(raw))
	named, err := json.Marshal(map[string]any{"accountUuid": cr.AccountUUID, "organizationUuid": cr.OrganizationUUID, "emailAddress": email})
	if err != nil {
		w.Fatal(err)
	}
	w.set(w.paths.ClaudeJSON, string(named), "oauthAccount")
}

// alive says that the provider would still take the refresh token with this
// fingerprint.
func (w *world) alive(fingerprint string) bool { return w.ownerOf(fingerprint) != "" }

// ownerOf is the account and organisation a living login is of, "" for none.
func (w *world) ownerOf(fingerprint string) string {
	for _, l := range w.provider.State().Logins {
		if l.RefreshFingerprint == fingerprint {
			return l.AccountUUID + " " + l.OrganizationUUID
		}
	}
	return ""
}

var refreshTokens = regexp.MustCompile(`sk-ant-ort01-[A-Za-z0-9_-]+`)

// onDisk are the fingerprints of all refresh tokens in the files of the home,
// each with the files it is in.
func (w *world) onDisk() map[string][]string {
	w.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(w.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		doc, err := os.ReadFile(path)
		for _, t := range refreshTokens.FindAllString(string(doc), -1) {
			fp := secret.New(t).Fingerprint()
			found[fp] = append(found[fp], strings.TrimPrefix(path, w.home.Dir+string(filepath.Separator)))
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return found
}

// nothingLost checks that each of these logins, or whatever it was refreshed
// into, is still on disk: every chain the provider knows has its end somewhere.
func (w *world) nothingLost() {
	w.Helper()
	found := w.onDisk()
	for _, l := range w.provider.State().Logins {
		if found[l.RefreshFingerprint] == nil {
			w.Errorf("the living login of %s in %s is on disk nowhere", l.Email, l.OrganizationUUID)
		}
	}
}

// truthful checks that each account of the vault holds a login of its own: two
// accounts never share one, and an account that says whose it is says the truth.
func (w *world) truthful() {
	w.Helper()
	seen := map[string]string{}
	for _, a := range w.vault().Accounts() {
		fp := a.Credential.Fingerprint()
		if fp == "" {
			continue
		}
		if seen[fp] != "" {
			w.Errorf("%s and %s hold one login", seen[fp], a.Key)
		}
		seen[fp] = a.Key
		if owner := w.ownerOf(fp); owner != "" && a.Identified() && owner != a.AccountUUID+" "+a.OrganizationUUID {
			w.Errorf("%s is said to be %s %s, and holds the login of %s", a.Key, a.AccountUUID, a.OrganizationUUID, owner)
		}
	}
}

// refreshAll refreshes every account twice, which uses up whatever is used
// twice: the world's end then finds a violation. Accounts are still truthful
// afterwards, and each has a living login.
func (w *world) refreshAll() {
	w.Helper()
	ctx := context.Background()
	for range 2 {
		for _, a := range w.vault().Accounts() {
			if w.vault().Get(a.Key) == nil || a.NeedsNewLogin() {
				continue
			}
			_, err := w.core.Refresh(ctx, a.Key)
			if err != nil {
				w.Logf("refresh %s: %v", a.Key, err)
			}
		}
	}
	w.truthful()
	for _, a := range w.vault().Accounts() {
		if !a.NeedsNewLogin() && !a.Credential.RefreshToken.Empty() && !w.alive(a.Credential.Fingerprint()) {
			w.Errorf("the login of %s is dead", a.Key)
		}
	}
}

// offline has the profile endpoint fail until online.
func (w *world) offline() {
	w.Helper()
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultUnavailable, Times: -1}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) online() { w.provider.ClearFaults() }

// liveName is the account and organisation .claude.json names.
func (w *world) liveName() string {
	w.Helper()
	named := gjson.GetBytes(w.read(w.paths.ClaudeJSON), "oauthAccount")
	return named.Get("accountUuid").String() + " " + named.Get("organizationUuid").String()
}
