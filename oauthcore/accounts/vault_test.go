package accounts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

func TestEmptyVaults(t *testing.T) {
	for _, doc := range []string{"", " \n", "null"} {
		v := parseVault(t, doc)
		if v.Present || v.Seq != 0 || len(v.All()) != 0 || v.Changed() {
			t.Errorf("%q: %+v", doc, v)
		}
		const want = "{\n  \"schemaVersion\": 1,\n  \"seq\": 1,\n  \"spent\": [],\n  \"accounts\": {}\n}\n"
		if got := encode(t, v); got != want {
			t.Errorf("written as\n%s", got)
		}
	}
	if v := parseVault(t, `{}`); !v.Present {
		t.Error("an empty object is not there")
	}
	if v := parseVault(t, `{"seq":null,"spent":null,"accounts":{}}`); v.Changed() || v.Seq != 0 {
		t.Error("null members")
	}
}

func TestVaultsThatAreRefused(t *testing.T) {
	for _, doc := range []string{
		`{"seq":"7"}`, `{"seq":[]}`, `{"spent":7}`, `{"spent":[1]}`, `{"accounts":[]}`, `{"accounts":7}`, `{"accounts":null}`,
		`{"accounts":{"a":[]}}`, `{"accounts":{"a":{"email":1}}}`, `{"accounts":{"a":{"order":"1"}}}`, `{"accounts":{"a":{"paused":"yes"}}}`,
		`{"accounts":{"a":{"claudeAiOauth":7}}}`, `{"accounts":{"a":{"claudeAiOauth":{"accessToken":1}}}}`, `{"accounts":{"a":{"spent":"x"}}}`,
		`{"accounts":{"a":{"siblings":[]}}}`, `{"accounts":{"a":{"oauthAccount":"x"}}}`,
		`{"accounts":{"a":{},"a":{}}}`, `{"seq":1,"seq":2}`, `[]`, `{`, `{"accounts":{}}x`,
	} {
		if _, err := accounts.ParseVault([]byte(doc)); !accounts.Misshapen(err) {
			t.Errorf("%s: %v", doc, err)
		}
	}
	_, err := accounts.ParseVault([]byte(`{"accounts":{"a":{"email":1}}}`))
	if err == nil || !strings.Contains(err.Error(), "accounts: an account's email") {
		t.Errorf("the member is not named: %v", err)
	}
}

const twoAccounts = `{
  "future": 1.50,
  "seq": 41,
  "accounts": {
    "ada@example.com":   {"email":"ada@example.com","order":1,  "new":[1e2,null],"claudeAiOauth":` + sample + `},
    "grace@example.com": {"order": 0,"label":"Lab","claudeAiOauth":{"accessToken":"x", "odd" : -0}}
  }
}
`

// Only what changed is written anew: members of unknown names, spelling and
// layout stay.
func TestUnchangedAccountsKeepTheirBytes(t *testing.T) {
	v := parseVault(t, twoAccounts)
	if v.Changed() || v.Seq != 41 || !v.Present {
		t.Fatalf("%+v", v)
	}
	if got := accounts.Keys(v.Accounts()); strings.Join(got, " ") != "grace@example.com ada@example.com" {
		t.Errorf("order %q", got)
	}
	if a := v.Get("grace@example.com"); a.Email != "grace@example.com" || a.Label != "Lab" || a.Name() != "Lab" {
		t.Errorf("%+v", a)
	}
	v.Get("grace@example.com").Label = "Night"
	if !v.Changed() {
		t.Error("a new label is no change")
	}
	out := encode(t, v)
	for _, kept := range []string{
		`"future": 1.50`, `"seq": 42`,
		`"ada@example.com":   {"email":"ada@example.com","order":1,  "new":[1e2,null],"claudeAiOauth":` + sample + `}`,
	} {
		if !strings.Contains(out, kept) {
			t.Errorf("%s is gone:\n%s", kept, out)
		}
	}
	if got := gjson.Get(out, `accounts.grace@example\.com.claudeAiOauth.odd`).Raw; got != "-0" {
		t.Errorf("odd is %q", got)
	}
	if a := parseVault(t, out).Get("grace@example.com"); a.Label != "Night" || a.Credential.AccessToken.Reveal() != "x" {
		t.Errorf("%+v", a)
	}
}

// Each member alone is noticed as a change, is written, and is read again.
func TestEveryMemberIsAChange(t *testing.T) {
	for name, edit := range map[string]func(*accounts.Account){
		"email":            func(a *accounts.Account) { a.Email = "x" },
		"accountUuid":      func(a *accounts.Account) { a.AccountUUID = "x" },
		"organizationUuid": func(a *accounts.Account) { a.OrganizationUUID = "x" },
		"organizationName": func(a *accounts.Account) { a.OrganizationName = "x" },
		"displayName":      func(a *accounts.Account) { a.DisplayName = "x" },
		"label":            func(a *accounts.Account) { a.Label = "x" },
		"refused":          func(a *accounts.Account) { a.Refused = "x" },
		"doubt":            func(a *accounts.Account) { a.Doubt = accounts.DoubtGone },
		"rival":            func(a *accounts.Account) { a.Rival = "x" },
		"order":            func(a *accounts.Account) { a.Order = 9 },
		"generation":       func(a *accounts.Account) { a.Generation = 9 },
		"paused":           func(a *accounts.Account) { a.Paused = true },
		"needsLogin":       func(a *accounts.Account) { a.NeedsLogin = true },
		"removed":          func(a *accounts.Account) { a.Removed = true },
		"siblings":         func(a *accounts.Account) { a.Siblings = []byte(`{"organizationUuid":"x"}`) },
		"oauthAccount":     func(a *accounts.Account) { a.OAuthAccount = []byte(`{"emailAddress":"x"}`) },
		"claudeAiOauth":    func(a *accounts.Account) { a.Credential = credential(t, "x") },
	} {
		v := parseVault(t, twoAccounts)
		edit(v.Get("ada@example.com"))
		if !v.Changed() {
			t.Errorf("%s: no change", name)
			continue
		}
		out := encode(t, v)
		if !gjson.Get(out, `accounts.ada@example\.com.`+name).Exists() {
			t.Errorf("%s is not written:\n%s", name, out)
		}
		next := parseVault(t, out)
		if edit(next.Get("ada@example.com")); next.Changed() {
			t.Errorf("%s is not read as it was written", name)
		}
	}
}

// A login that was taken away, and members that are back at their default, go
// from the file.
func TestMembersThatAreTakenAway(t *testing.T) {
	v := parseVault(t, `{"accounts":{"a":{"label":"x","paused":true,"siblings":{"a":1},"claudeAiOauth":`+sample+`}}}`)
	a := v.Get("a")
	a.Label, a.Paused = "", false
	v.Displace(a)
	if got := gjson.Get(encode(t, v), "accounts.a").Raw; strings.Join(strings.Fields(got), "") != `{"email":"a","order":0}` {
		t.Errorf("left: %s", got)
	}
}

// A login that is the same but for its layout is no change.
func TestLayoutIsNoChange(t *testing.T) {
	v := parseVault(t, twoAccounts)
	a := v.Get("ada@example.com")
	var wide bytes.Buffer
	if err := json.Indent(&wide, []byte(sample), "", "\t"); err != nil {
		t.Fatal(err)
	}
	cr, err := accounts.ParseCredential(wide.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if v.Update(a, cr); v.Changed() {
		t.Error("white space is a change")
	}
	v.Save(a, cr)
	if v.Changed() || v.Spent(cr.RefreshToken) {
		t.Error("the same login again is a change")
	}
}

func TestAddedAccounts(t *testing.T) {
	for _, doc := range []string{"", `{"accounts":{}}`, `{"accounts":{ }}`, `{"seq":1}`} {
		v := parseVault(t, doc)
		v.Save(v.Add("ada@example.com", ada), credential(t, "a"))
		v.Add("x\"\n@example.com", grace)
		if !v.Changed() {
			t.Error("no change")
		}
		out := encode(t, v)
		next := parseVault(t, out)
		a := next.Get("ada@example.com")
		if a == nil || !a.Is(ada) || !a.Credential.Same(credential(t, "a")) || next.Get("x\"\n@example.com") == nil || len(next.All()) != 2 || next.Changed() {
			t.Errorf("%q becomes\n%s", doc, out)
		}
		if !strings.Contains(out, "\n    \"ada@example.com\": {\n      \"email\"") {
			t.Errorf("not laid out in lines:\n%s", out)
		}
	}
}

func TestSeqRisesWithEachWrite(t *testing.T) {
	v := parseVault(t, twoAccounts)
	for want := int64(42); want < 45; want++ {
		if v = reread(t, v); v.Seq != want {
			t.Errorf("seq %d, want %d", v.Seq, want)
		}
	}
	v.Rewind(100)
	if !v.Changed() || reread(t, v).Seq != 101 {
		t.Error("Rewind is not written")
	}
}

// A vault of an earlier version: a list of spent tokens with each account, and
// three flags for doubts.
func TestEarlierVaultsAreTakenOver(t *testing.T) {
	own, other := refreshToken("own"), refreshToken("other")
	login := func(name string) string { return string(credential(t, name).JSON()) }
	doc := fmt.Sprintf(`{"seq":3,"accounts":{
		"own@example.com":{"spent":["f1",%q,%q],"claudeAiOauth":%s},
		"other@example.com":{"spent":["f2"],"restoredFromBackup":true,"setAsideUnsure":true,"claudeAiOauth":%s},
		"aside@example.com":{"setAsideUnsure":true,"clientDoubts":true},
		"client@example.com":{"clientDoubts":true},
		"sure@example.com":{"spent":[%q]}}}`,
		own.Fingerprint(), other.Fingerprint(), login("own"), login("other"), other.Fingerprint())
	v := parseVault(t, doc)
	for key, want := range map[string]accounts.Doubt{
		"own@example.com": accounts.DoubtSent, "other@example.com": accounts.DoubtRestored,
		"aside@example.com": accounts.DoubtSetAside, "client@example.com": accounts.DoubtClient, "sure@example.com": "",
	} {
		if got := v.Get(key).Doubt; got != want {
			t.Errorf("%s: doubt %q, want %q", key, got, want)
		}
	}
	for fp, by := range map[string]string{"f1": "own@example.com", "f2": "other@example.com"} {
		if !v.SpentPrint(fp) || v.SpentBy(fp) != v.Get(by) {
			t.Errorf("%s is not %s's", fp, by)
		}
	}
	// A token that is an account's login now is never spent.
	if v.Spent(own) || v.Spent(other) || v.Holder(own) == nil || v.Holder(other) == nil {
		t.Error("a login in use is called spent")
	}
	if !v.Changed() {
		t.Error("nothing to write")
	}
	out := encode(t, v)
	for _, gone := range []string{"restoredFromBackup", "setAsideUnsure", "clientDoubts"} {
		if strings.Contains(out, gone) {
			t.Errorf("%s is still there:\n%s", gone, out)
		}
	}
	if gjson.Get(out, `accounts.own@example\.com.spent`).Exists() || len(gjson.Get(out, "spent").Array()) != 2 {
		t.Errorf("lists of spent tokens:\n%s", out)
	}
	next := parseVault(t, out)
	if next.Changed() || next.Get("aside@example.com").Doubt != accounts.DoubtSetAside || !next.SpentPrint("f2") {
		t.Error("not the same after a write")
	}
}

// Whatever is not known survives a change at every level.
func TestPropertyVaultKeepsWhatItDoesNotKnow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		extra := rapid.SampledFrom([]string{`1.50`, `{"deep":[1e2,null]}`, `"text"`, `-0`}).Draw(t, "extra")
		doc := `{"future":` + extra + `,"seq":7,"accounts":{"a@b":{"new":` + extra + `,"email":"a@b","order":3,"claudeAiOauth":` +
			strings.TrimSuffix(sample, "}") + `,"unknown":` + extra + `}}}}`
		v, err := accounts.ParseVault([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		v.Get("a@b").Label = rapid.String().Draw(t, "label")
		out, err := v.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, out); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{"future": extra, "accounts.a@b.new": extra, "accounts.a@b.claudeAiOauth.unknown": extra, "seq": "8"} {
			if got := gjson.GetBytes(compact.Bytes(), path).Raw; got != want {
				t.Fatalf("%s is %s, want %s", path, got, want)
			}
		}
	})
}

// Whatever order things happen in, no token is both an account's login and
// spent, every login can be found by its token, and a write loses nothing.
func TestPropertyTokensAreHeldOrSpent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := parseVault(t, "")
		ever := map[string]bool{}
		n := 0
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			all := v.All()
			if len(all) == 0 || rapid.IntRange(0, 4).Draw(rt, "add") == 0 {
				n++
				v.Ensure(accounts.Identity{AccountUUID: fmt.Sprint("a", n%4), OrganizationUUID: fmt.Sprint("o", n%3), Email: fmt.Sprint(n%2, "@example.com")})
				continue
			}
			a := all[rapid.IntRange(0, len(all)-1).Draw(rt, "account")]
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				v.Remove(a)
			case 1:
				v = reread(t, v)
			case 2: // a login without a refresh token
				v.Save(a, credential(t, fmt.Sprint("bare", n), func(c *accounts.Credential) { c.RefreshToken = secret.Secret{} }))
			default:
				n++
				cr := credential(t, fmt.Sprint(n))
				ever[cr.Fingerprint()] = true
				v.Save(a, cr)
			}
		}
		for _, v := range []*accounts.Vault{v, reread(t, v)} {
			known := v.Fingerprints()
			for fp := range ever {
				if _, ok := known[fp]; !ok {
					rt.Fatalf("%s is forgotten", fp)
				}
				if held := v.HolderOf(fp); (held != nil) == v.SpentPrint(fp) {
					rt.Fatalf("%s: held by %v, spent %v", fp, held, v.SpentPrint(fp))
				}
			}
			for _, a := range v.All() {
				if fp := a.Credential.Fingerprint(); fp != "" && v.HolderOf(fp) != a {
					rt.Fatalf("the login of %s is not found by its token", a.Key)
				}
			}
		}
	})
}

func FuzzParsers(f *testing.F) {
	f.Add([]byte(`{"accounts":{"a":{"email":"a","accessToken":"x","expiresAt":1,"scopes":[]}}}`))
	f.Add([]byte(`{"seq":1,"accounts":{"a":{"spent":["x"],"claudeAiOauth":{}}}}`))
	f.Add([]byte(sample))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		if v, err := accounts.ParseVault(doc); err == nil {
			if _, err := v.Encode(); err != nil {
				t.Errorf("vault %q parses and cannot be written: %v", doc, err)
			}
		}
		if p, err := accounts.ParsePool(doc); err == nil {
			if _, err := p.Encode(); err != nil {
				t.Errorf("pool %q parses and cannot be written: %v", doc, err)
			}
		}
		if b, err := accounts.ParseUsage(doc); err == nil {
			if _, _, err := b.Encode(); err != nil {
				t.Errorf("usage store %q parses and cannot be written: %v", doc, err)
			}
		}
		_, _ = accounts.ParseCredential(doc)
	})
}

// A login keeps its bytes, and so does the null that stands for none, where
// another member of its account changes.
func TestUnchangedLoginKeepsItsBytes(t *testing.T) {
	for _, login := range []string{`null`, `{ "accessToken" : "sk-ant-oat01-TEST-\u0061", "later":1.0 }`} {
		v := parseVault(t, `{"accounts":{"a":{"claudeAiOauth":`+login+`,"label":"x"}}}`)
		v.Get("a").Label = "y"
		out := gjson.Get(encode(t, v), "accounts.a")
		if got := out.Get("claudeAiOauth").Raw; !jsonedit.Equal([]byte(got), []byte(login)) || out.Get("label").String() != "y" {
			t.Errorf("%s becomes %s", login, out.Raw)
		}
	}
}
