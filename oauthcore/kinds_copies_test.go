package oauthcore_test

import (
	"encoding/json"
	"strings"
	"testing"

	"baton/oauthcore"
)

// All files are lost, and the person first logs in to another organisation of the
// same address, which gets the address as its key. The copy under that key is the
// only place where the first organisation's login still is.
func TestPushKeepsAnotherAccountsCopy(t *testing.T) {
	w := mirrored(t)
	w.push()
	kept := w.copied(lab)["refreshToken"]
	who := w.resident(lab).Person
	other := who
	other.OrganizationUUID = "99999999-2222-4333-8444-555555555555"
	other.OrganizationName = "Second"
	w.provider.AddAccount(other)
	w.lose()
	c, err := w.provider.Issue(other.AccountUUID, other.OrganizationUUID)
	if err != nil {
		t.Fatal(err)
	}
	live := map[string]any{"claudeAiOauth": map[string]any{
		"accessToken": c.AccessToken.Reveal(), "refreshToken": c.RefreshToken.Reveal(), "expiresAt": c.ExpiresAt.UnixMilli(),
		"scopes": c.Scopes, "accountUuid": other.AccountUUID, "organizationUuid": other.OrganizationUUID,
	}}
	doc, err := json.Marshal(live)
	if err != nil {
		t.Fatal(err)
	}
	w.write(w.paths.Credentials(), string(doc))
	got, err := w.core.Import(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Key != lab {
		t.Fatalf("the key is %s", got.Key)
	}
	w.push()
	for _, item := range w.mirror.items {
		if strings.Contains(item, kept.(string)) {
			return
		}
	}
	t.Errorf("the login of %s is in no file and no item of the keyring any more", who.OrganizationUUID)
}

// The same, and the second organisation's account is removed: the copy under its
// key is not its own.
func TestRemovalKeepsAnotherAccountsCopy(t *testing.T) {
	w := mirrored(t)
	w.push()
	// The copy under the key is another account's.
	w.alter(lab, "organizationUuid", "99999999-2222-4333-8444-555555555555")
	w.alter(lab, "refreshToken", "sk-ant-ort01-TEST-other")
	if _, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: lab}); err != nil {
		t.Fatal(err)
	}
	w.push()
	if w.copied(lab) == nil {
		t.Error("the copy of another account's login was deleted")
	}
}
