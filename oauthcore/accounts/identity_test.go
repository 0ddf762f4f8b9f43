package accounts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

func TestIdentity(t *testing.T) {
	half := accounts.Identity{AccountUUID: ada.AccountUUID, Email: ada.Email}
	if !ada.Complete() || half.Complete() || (accounts.Identity{OrganizationUUID: "o"}).Complete() {
		t.Error("Complete")
	}
	if !ada.Same(accounts.Identity{AccountUUID: ada.AccountUUID, OrganizationUUID: ada.OrganizationUUID, Email: "elsewhere"}) ||
		ada.Same(adaTeam) || half.Same(half) || ada.Same(grace) {
		t.Error("Same")
	}
	v := parseVault(t, "")
	a := v.Add("ada@example.com", half)
	if a.Identified() || a.Is(ada) || a.Is(half) || v.Find(half) != nil || v.Find(ada) != nil {
		t.Error("half an identity identifies")
	}
	a.Identify(accounts.Identity{OrganizationUUID: ada.OrganizationUUID, OrganizationName: "Example", DisplayName: "Ada", Email: "new@example.com"})
	if !a.Is(ada) || a.Email != ada.Email || a.OrganizationName != "Example" || a.DisplayName != "Ada" || v.Find(ada) != a {
		t.Errorf("%+v", a.Identity())
	}
	a.Identify(accounts.Identity{})
	if !a.Is(ada) || a.DisplayName != "Ada" {
		t.Error("what was known is lost")
	}
	b := v.Add("x", accounts.Identity{})
	b.Identify(accounts.Identity{Email: "b@example.com"})
	if b.Email != "b@example.com" || b.Order != 1 || a.Order != 0 {
		t.Errorf("%+v", b)
	}
}

func TestEnsure(t *testing.T) {
	usable := func(v *accounts.Vault, a *accounts.Account) { v.Save(a, credential(t, a.Key)) }
	for _, tt := range []struct {
		name  string
		have  func(*accounts.Vault)
		key   string
		added bool
		keeps bool // the login that was there
	}{
		{"a new account", func(*accounts.Vault) {}, "ada@example.com", true, false},
		{"the account itself", func(v *accounts.Vault) { usable(v, v.Add("other", ada)) }, "other", false, true},
		{"removed before", func(v *accounts.Vault) { v.Remove(v.Add("ada@example.com", ada)) }, "ada@example.com", true, false},
		{
			"another organisation of the address",
			func(v *accounts.Vault) { usable(v, v.Add("ada@example.com", adaTeam)) }, "ada@example.com#org-pers", true, false,
		},
		{
			"an unidentified account that needs a login",
			func(v *accounts.Vault) { v.Add("ada@example.com", accounts.Identity{Email: ada.Email}) }, "ada@example.com", false, false,
		},
		{
			"an unidentified account with a dead login",
			func(v *accounts.Vault) {
				a := v.Add("ada@example.com", accounts.Identity{Email: ada.Email})
				usable(v, a)
				a.NeedsLogin = true
			}, "ada@example.com", false, false,
		},
		{
			"an unidentified account that was removed",
			func(v *accounts.Vault) { v.Remove(v.Add("ada@example.com", accounts.Identity{Email: ada.Email})) }, "ada@example.com", true, false,
		},
		{
			"an unidentified account with a login is left alone: it may be another organisation's",
			func(v *accounts.Vault) { usable(v, v.Add("ada@example.com", accounts.Identity{Email: ada.Email})) },
			"ada@example.com#org-pers", true, false,
		},
		{
			"another organisation that needs a login is not taken either",
			func(v *accounts.Vault) { v.Add("ada@example.com", adaTeam) }, "ada@example.com#org-pers", true, false,
		},
	} {
		v := parseVault(t, "")
		tt.have(v)
		before := v.Fingerprints()
		a, added := v.Ensure(ada)
		if a.Key != tt.key || added != tt.added || a.Removed || !a.Is(ada) || v.Find(ada) != a || v.Get(tt.key) != a || a.Credential.Usable() != tt.keeps {
			t.Errorf("%s: %+v, added %v", tt.name, a, added)
		}
		if tt.key != ada.Email && tt.key != "other" {
			if o := v.Get(ada.Email); o.Credential.Usable() && v.Holder(o.Credential.RefreshToken) != o || len(v.Fingerprints()) != len(before) {
				t.Errorf("%s: the other account lost its login", tt.name)
			}
		}
	}
}

func TestFreeKey(t *testing.T) {
	v := parseVault(t, "")
	add := func(i accounts.Identity) string {
		key := v.FreeKey(i)
		v.Add(key, i)
		return key
	}
	for _, tt := range []struct {
		i    accounts.Identity
		want string
	}{
		{ada, "ada@example.com"},
		{adaTeam, "ada@example.com#0rgteam0"},
		{adaTeam, "ada@example.com#0rgteam0-2"},
		{adaTeam, "ada@example.com#0rgteam0-3"},
		{accounts.Identity{Email: ada.Email, OrganizationUUID: "short"}, "ada@example.com#short"},
		{accounts.Identity{Email: ada.Email}, "ada@example.com#2"},
		{accounts.Identity{Email: ada.Email}, "ada@example.com#2-2"},
		{accounts.Identity{OrganizationUUID: "org-none"}, "#org-none"},
	} {
		if got := add(tt.i); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if accounts.AddressOf("ada@example.com#0rgteam0-2") != "ada@example.com" || accounts.AddressOf("x") != "x" {
		t.Error("AddressOf")
	}
}

func TestOnlyAndSpelled(t *testing.T) {
	v := parseVault(t, "")
	a, b := v.Add(" Ada@Example.com", ada), v.Add("grace@example.com", grace)
	if v.Spelled("ada@example.com ") != a || v.Spelled("GRACE@example.com") != b || v.Spelled("nobody@example.com") != nil {
		t.Error("Spelled")
	}
	c := v.Add("Grace@example.com", adaTeam)
	if v.Spelled("grace@example.com") != b || v.Spelled("Grace@example.com") != c || v.Spelled("GRACE@example.com") != nil {
		t.Error("one of two spellings was taken")
	}
	if v.Only(func(o *accounts.Account) bool { return o == b }) != b || v.Only(func(*accounts.Account) bool { return true }) != nil ||
		v.Only(func(*accounts.Account) bool { return false }) != nil {
		t.Error("Only")
	}
}

func TestRivalOf(t *testing.T) {
	with := func(ends time.Duration) accounts.Credential {
		return credential(t, "rival", func(c *accounts.Credential) { c.ExpiresAt = noon.Add(ends) })
	}
	for name, tt := range map[string]struct {
		edit func(*accounts.Vault, *accounts.Account)
		want bool
	}{
		"a later login":           {func(*accounts.Vault, *accounts.Account) {}, true},
		"one of unknown age":      {func(v *accounts.Vault, r *accounts.Account) { v.Save(r, with(8*time.Hour)) }, true},
		"an earlier login":        {func(v *accounts.Vault, r *accounts.Account) { v.Save(r, with(7*time.Hour)) }, false},
		"of another account":      {func(_ *accounts.Vault, r *accounts.Account) { r.Rival = grace.Email }, false},
		"of none":                 {func(_ *accounts.Vault, r *accounts.Account) { r.Rival = "" }, false},
		"removed":                 {func(_ *accounts.Vault, r *accounts.Account) { r.Removed = true }, false},
		"identified":              {func(_ *accounts.Vault, r *accounts.Account) { r.Identify(adaTeam) }, false},
		"one that needs a login":  {func(_ *accounts.Vault, r *accounts.Account) { r.NeedsLogin = true }, false},
		"one that lost its login": {func(v *accounts.Vault, r *accounts.Account) { v.Displace(r) }, false},
	} {
		v, a, _ := vaultOf(t)
		r := v.Add("ada@example.com#2", accounts.Identity{Email: ada.Email})
		v.Save(r, with(9*time.Hour))
		r.Rival = a.Key
		tt.edit(v, r)
		if got := v.RivalOf(a); (got != nil) != tt.want || got != nil && got != r {
			t.Errorf("%s: %v", name, got)
		}
	}
	v, a, _ := vaultOf(t)
	a.AccountUUID, a.Rival = "", a.Key
	if v.RivalOf(a) != nil {
		t.Error("its own rival")
	}
}

// The generation rises with each new login, and is never behind a copy made
// before Baton's files were lost.
func TestRecount(t *testing.T) {
	v, a, g := vaultOf(t)
	v.Recount(noon)
	if a.Generation != 0 || g.Generation != 0 {
		t.Error("counted without a new login")
	}
	v.Save(a, credential(t, "a2"))
	v.Recount(noon)
	v.Recount(noon.Add(time.Hour))
	if a.Generation != noon.UnixMilli() || g.Generation != 0 {
		t.Errorf("%d, %d", a.Generation, g.Generation)
	}
	// A clock that was set back: one more than before.
	v = reread(t, v)
	v.Recount(noon.Add(time.Hour))
	a = v.Get(a.Key)
	v.Save(a, credential(t, "a3"))
	v.Recount(noon.Add(-time.Hour))
	if a.Generation != noon.UnixMilli()+1 {
		t.Errorf("%d", a.Generation)
	}
	// One that was raised by other means stays.
	v = reread(t, v)
	a = v.Get(a.Key)
	v.Save(a, credential(t, "a4"))
	a.Generation += 5
	if v.Recount(noon.Add(time.Hour)); a.Generation != noon.UnixMilli()+6 {
		t.Errorf("%d", a.Generation)
	}
	n := v.Add("new@example.com", adaTeam)
	v.Recount(noon)
	if n.Generation != 0 {
		t.Error("an account without a login is counted")
	}
	v.Save(n, credential(t, "n"))
	if v.Recount(noon); n.Generation != noon.UnixMilli() {
		t.Errorf("%d", n.Generation)
	}
}

func TestMove(t *testing.T) {
	for place, want := range map[int]string{-5: "c a b d", 0: "c a b d", 1: "a c b d", 2: "a b c d", 3: "a b d c", 99: "a b d c"} {
		v := parseVault(t, "")
		for _, key := range []string{"a", "b", "gone", "c", "d"} {
			v.Add(key, accounts.Identity{Email: key})
		}
		v.Remove(v.Get("gone"))
		v.Move(v.Get("c"), place)
		if got := strings.Join(accounts.Keys(v.Accounts()), " "); got != want {
			t.Errorf("to %d: %s, want %s", place, got, want)
		}
		if got := strings.Join(accounts.Keys(reread(t, v).Accounts()), " "); got != want {
			t.Errorf("to %d, after a write: %s, want %s", place, got, want)
		}
	}
	v := parseVault(t, "")
	v.Add("a", ada).Order = 5
	if b := v.Add("b", grace); b.Order != 6 {
		t.Errorf("added at %d", b.Order)
	}
}

func TestAccountWords(t *testing.T) {
	a := &accounts.Account{Key: "k", Email: "ada@example.com", OrganizationUUID: "org"}
	if a.Name() != "ada@example.com" {
		t.Error(a.Name())
	}
	if a.Label = "Lab"; a.Name() != "Lab" {
		t.Error(a.Name())
	}
	for plan, want := range map[string]string{"max": "", "Pro": "", "free": "", "team": "org", "enterprise": "org", "": "org"} {
		if a.Credential.Plan = plan; a.AnswersTo() != want {
			t.Errorf("%s answers to %q", plan, a.AnswersTo())
		}
	}
	if a.Credential.Plan, a.OrganizationUUID = "team", ""; a.AnswersTo() != "unknown k" {
		t.Error(a.AnswersTo())
	}
	if a.Credential.Plan = "max"; a.AnswersTo() != "" {
		t.Error(a.AnswersTo())
	}
}

func TestHasWayAndLoginEnds(t *testing.T) {
	a := &accounts.Account{Key: "k"}
	if a.HasWay(noon) || !a.NeedsNewLogin() || a.LoginEnds(noon) {
		t.Error("an account without a login")
	}
	a.Credential = credential(t, "a", func(c *accounts.Credential) { c.ExpiresAt = noon.Add(-time.Hour) })
	if !a.HasWay(noon) || a.NeedsNewLogin() {
		t.Error("a refresh token is a way")
	}
	a.Credential.RefreshToken, a.Credential.ExpiresAt = secret.Secret{}, noon.Add(accounts.FreshMargin+1)
	if !a.HasWay(noon) || a.NeedsNewLogin() {
		t.Error("an access token at hand is a way")
	}
	if a.Credential.ExpiresAt = noon.Add(accounts.FreshMargin); a.HasWay(noon) {
		t.Error("an access token about to end is none")
	}
	if a.NeedsLogin = true; !a.NeedsNewLogin() {
		t.Error("NeedsLogin")
	}
	const week = 7 * 24 * time.Hour
	if a.Credential.RefreshExpiresAt = noon.Add(week); a.LoginEnds(noon) || !a.LoginEnds(noon.Add(time.Millisecond)) {
		t.Error("LoginEnds")
	}
}

func TestResolve(t *testing.T) {
	all := []accounts.Named{
		{"ada@example.com", "ada@example.com", "Personal"},
		{"ada@example.com#team", "ada@example.com", "Team"},
		{"grace@example.com", "grace@example.com", "lab"},
		{"lin@example.com", "lin@example.com", "grace@example.com"},
		{"x", "x@example.com", "LAB"},
		{"y", "y@example.com", ""},
	}
	for name, want := range map[string]int{
		"ada@example.com": 0, "ada@example.com#team": 1, "personal": 0, "TEAM": 1, "grace@example.com": 2, "GRACE@example.com": 2, "x": 4, "Y@EXAMPLE.COM": 5,
	} {
		if i, p := accounts.Resolve(all, name); p != nil || i != want {
			t.Errorf("%s: %d, %v", name, i, p)
		}
	}
	_, p := accounts.Resolve(all, "Lab")
	if wantCode(t, p, view.CodeAmbiguous); p.Hint != "name one of: grace@example.com, x" {
		t.Errorf("%q", p.Hint)
	}
	if _, p := accounts.Resolve(all, "ADA@example.com"); p == nil || p.Code != view.CodeAmbiguous {
		t.Errorf("an address of two accounts: %v", p)
	}
	for _, name := range []string{"", "nobody", "ada"} {
		if _, p := accounts.Resolve(all, name); p == nil || p.Code != view.CodeNotFound {
			t.Errorf("%q: %v", name, p)
		}
	}
	v, a, _ := vaultOf(t)
	if got, err := v.Resolve("ADA@example.com"); got != a || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	_, err := v.Resolve("nobody")
	if p := wantCode(t, err, view.CodeNotFound); p.Hint != "accounts: ada@example.com, grace@example.com" {
		t.Errorf("%q", p.Hint)
	}
	v.Remove(a)
	if _, err := v.Resolve(ada.Email); view.CodeOf(err) != view.CodeNotFound {
		t.Errorf("a removed account: %v", err)
	}
	_, err = parseVault(t, "").Resolve("nobody")
	if p := wantCode(t, err, view.CodeNotFound); p.Hint != "add one with: baton login" {
		t.Errorf("%q", p.Hint)
	}
}

func TestLabelOwner(t *testing.T) {
	v, a, g := vaultOf(t)
	g.Label = "Lab"
	for label, want := range map[string]*accounts.Account{"LAB": g, "Grace@example.com": g, "other": nil, "ada@example.com": nil} {
		if got := v.LabelOwner(a, label); got != want {
			t.Errorf("%s: %v", label, got)
		}
	}
	g.Key = "key"
	if v.LabelOwner(a, "KEY") != g {
		t.Error("a key")
	}
	g.Removed = true
	if v.LabelOwner(a, "Lab") != nil || !slices.Contains(v.All(), g) {
		t.Error("a removed account has a label")
	}
}
