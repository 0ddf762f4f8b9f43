package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// vaultOf is a vault with the logins a of Ada and g of Grace, as read from disk.
func vaultOf(t *testing.T) (v *accounts.Vault, a, g *accounts.Account) {
	t.Helper()
	v = parseVault(t, "")
	v.Save(v.Add(ada.Email, ada), credential(t, "a"))
	v.Save(v.Add(grace.Email, grace), credential(t, "g"))
	v = reread(t, v)
	return v, v.Get(ada.Email), v.Get(grace.Email)
}

func TestSaveSpendsTheLoginBefore(t *testing.T) {
	v, a, g := vaultOf(t)
	a.NeedsLogin, a.Refused, a.Doubt = true, "no", accounts.DoubtGone
	v.Save(a, credential(t, "a2"))
	if a.NeedsLogin || a.Refused != "" || a.Doubt != "" {
		t.Errorf("a saved login leaves a doubt: %+v", a)
	}
	for range 2 { // as it is, and as the next process reads it
		old, now := refreshToken("a"), refreshToken("a2")
		if !v.Spent(old) || v.Holder(old) != nil || !v.Knows(old) || v.SpentBy(old.Fingerprint()).Key != ada.Email {
			t.Error("the token before is not spent")
		}
		if v.Spent(now) || v.Holder(now).Key != ada.Email || !v.Knows(now) || v.HolderOf(now.Fingerprint()).Key != ada.Email {
			t.Error("the new token is not the account's")
		}
		if v.Spent(refreshToken("g")) || v.Holder(refreshToken("g")) == nil || v.Knows(refreshToken("elsewhere")) {
			t.Error("other tokens are touched")
		}
		if !v.HasAccess(secret.New("sk-ant-oat01-TEST-a2")) || v.HasAccess(secret.New("sk-ant-oat01-TEST-a")) {
			t.Error("access tokens")
		}
		prints := v.Fingerprints()
		if len(prints) != 3 || prints[old.Fingerprint()] != ada.Email || prints[now.Fingerprint()] != ada.Email {
			t.Errorf("%v", prints)
		}
		v = reread(t, v)
	}
	_ = g
}

func TestUpdateKeepsDoubts(t *testing.T) {
	v, a, _ := vaultOf(t)
	a.NeedsLogin, a.Refused, a.Doubt = true, "no", accounts.DoubtGone
	next := credential(t, "a", func(c *accounts.Credential) { c.Plan = "max" })
	v.Update(a, next)
	if !a.NeedsLogin || a.Refused == "" || a.Doubt == "" || a.Credential.Plan != "max" || v.Spent(next.RefreshToken) || v.Holder(next.RefreshToken) != a {
		t.Errorf("%+v", a)
	}
}

// A login without a refresh token has no fingerprint: no account is found by it,
// and none spent.
func TestLoginsWithoutARefreshToken(t *testing.T) {
	v, a, g := vaultOf(t)
	bare := credential(t, "bare", func(c *accounts.Credential) { c.RefreshToken = secret.Secret{} })
	v.Save(a, bare)
	v.Save(g, bare)
	v.Save(a, credential(t, "a3"))
	if v.Holder(secret.Secret{}) != nil || v.Spent(secret.Secret{}) || v.Knows(secret.Secret{}) || v.HolderOf("") != nil {
		t.Error("no token at all is known")
	}
	if len(v.Fingerprints()) != 3 {
		t.Errorf("%v", v.Fingerprints())
	}
	v.SpendLogin(bare, g)
	if !v.Spent(bare.AccessToken) || v.SpentBy(bare.AccessToken.Fingerprint()) != g {
		t.Error("a bare login is not known by its access token")
	}
	whole := credential(t, "whole")
	v.SpendLogin(whole, nil)
	if v.Spent(whole.AccessToken) || !v.Spent(whole.RefreshToken) || v.SpentBy(whole.Fingerprint()) != nil {
		t.Error("a whole login is known by its refresh token alone")
	}
}

func TestSpendNeverTakesALoginInUse(t *testing.T) {
	v, a, g := vaultOf(t)
	v.Spend(refreshToken("a"), g)
	v.Spend(refreshToken("a"), nil)
	v.Spend(secret.Secret{}, a)
	if v.Spent(refreshToken("a")) || v.Changed() {
		t.Error("a login in use was spent")
	}
	v.Spend(refreshToken("old"), a)
	v.Spend(refreshToken("old"), g) // the first owner stays
	if v.SpentBy(refreshToken("old").Fingerprint()) != a || !v.Changed() {
		t.Error("not spent, or of another account")
	}
	if n := len(gjson.Get(encode(t, v), "spent").Array()); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestDisplacedIsNotSpent(t *testing.T) {
	v, a, _ := vaultOf(t)
	a.Siblings = []byte(`{"organizationUuid":"x"}`)
	v.Displace(a)
	if v.Knows(refreshToken("a")) || a.Credential.Usable() || a.Siblings != nil || !a.NeedsNewLogin() || !a.Is(ada) {
		t.Errorf("%+v", a)
	}
	v.Displace(a) // again, without a login
	if v.Holder(refreshToken("g")) == nil {
		t.Error("another account's login is gone")
	}
}

// Two accounts with one token (a file edited by hand): whoever parts from it
// does not take it from the other.
func TestOneTokenInTwoAccounts(t *testing.T) {
	login := string(credential(t, "one").JSON())
	v := parseVault(t, `{"accounts":{"a":{"claudeAiOauth":`+login+`},"b":{"claudeAiOauth":`+login+`}}}`)
	v.Displace(v.Get("a"))
	if v.Holder(refreshToken("one")) != v.Get("b") {
		t.Error("Displace took it from the other")
	}
	v = parseVault(t, `{"accounts":{"a":{"claudeAiOauth":`+login+`},"b":{"claudeAiOauth":`+login+`}}}`)
	v.Save(v.Get("a"), credential(t, "two"))
	if v.Holder(refreshToken("one")) != v.Get("b") || v.Spent(refreshToken("one")) {
		t.Error("Save spent the other's login")
	}
}

func TestForget(t *testing.T) {
	v, a, b := vaultOf(t)
	v.Spend(refreshToken("earlier"), a)
	v.Forget(a, b)
	if v.SpentBy(refreshToken("earlier").Fingerprint()) != b {
		t.Error("its spent token is not the other account's")
	}
	if v.Get(ada.Email) != nil || len(v.All()) != 1 || v.Knows(refreshToken("a")) || !v.Changed() {
		t.Error("it is still there")
	}
	out := encode(t, v)
	if gjson.Get(out, `accounts.ada@example\.com`).Exists() || !gjson.Get(out, `accounts.grace@example\.com`).Exists() {
		t.Errorf("%s", out)
	}
	// One that was never written leaves nothing to write.
	v = parseVault(t, out)
	v.Forget(v.Add("new@example.com", adaTeam), v.All()[0])
	if v.Changed() || v.Get("new@example.com") != nil {
		t.Error("a forgotten new account is a change")
	}
}

func TestRemoveKeepsWhatStopsItsReturn(t *testing.T) {
	v, a, _ := vaultOf(t)
	a.Label, a.Paused, a.Generation, a.OAuthAccount = "Personal", true, 7, []byte(`{"emailAddress":"x"}`)
	v = reread(t, v)
	a = v.Get(ada.Email)
	v.Remove(a)
	for range 2 {
		a := v.Get(ada.Email)
		if !a.Removed || !a.Is(ada) || a.Generation != 7 || a.Label != "" || a.Paused || a.OAuthAccount != nil || a.Credential.Usable() {
			t.Errorf("%+v", a)
		}
		if !v.Spent(refreshToken("a")) || v.SpentBy(refreshToken("a").Fingerprint()) != a || v.Find(ada) != a {
			t.Error("its token or identity is forgotten")
		}
		if len(v.Accounts()) != 1 || len(v.All()) != 2 {
			t.Error("it is still listed")
		}
		v = reread(t, v)
	}
	if out := encode(t, v); strings.Contains(out, "TEST-a\"") || strings.Contains(out, "Personal") {
		t.Errorf("its login is still written:\n%s", out)
	}
}

// The list of spent tokens is one for all accounts; the oldest go first.
func TestSpentCap(t *testing.T) {
	v, a, g := vaultOf(t)
	at := func(i int) secret.Secret { return refreshToken(fmt.Sprint("old", i)) }
	for i := range accounts.SpentCap {
		owner := a
		if i%2 == 1 {
			owner = g
		}
		v.Spend(at(i), owner)
	}
	if !v.Spent(at(0)) || accounts.SpentCap != 1024 {
		t.Error("dropped before the list was full")
	}
	v.Spend(at(accounts.SpentCap), nil)
	v.Spend(at(accounts.SpentCap+1), nil)
	for range 2 {
		if v.Spent(at(0)) || v.Spent(at(1)) || !v.Spent(at(2)) || !v.Spent(at(accounts.SpentCap+1)) {
			t.Error("not the oldest were dropped")
		}
		if v.SpentBy(at(2).Fingerprint()).Key != ada.Email || v.SpentBy(at(3).Fingerprint()).Key != grace.Email || v.SpentBy(at(accounts.SpentCap).Fingerprint()) != nil {
			t.Error("owners")
		}
		if n := len(gjson.Get(encode(t, v), "spent").Array()); n != accounts.SpentCap {
			t.Errorf("%d entries", n)
		}
		v = reread(t, v)
	}
	// One that was dropped can be spent again.
	if v.Spend(at(0), a); !v.Spent(at(0)) || v.Spent(at(2)) {
		t.Error("not taken again")
	}
}
