package accounts_test

import (
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

func parsePool(t *testing.T, doc string) *accounts.Pool {
	t.Helper()
	p, err := accounts.ParsePool([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func encodePool(t *testing.T, p *accounts.Pool) string {
	t.Helper()
	doc, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// account is an account with a login, under a key.
func account(key string, c accounts.Credential) *accounts.Account {
	return &accounts.Account{Key: key, Email: "elsewhere@example.com", Credential: c}
}

const poolOfTwo = `{
  "version": 2,
  "accounts": {
    "ada@example.com": {"email":"ada@example.com","accessToken":"sk-ant-oat01-TEST-a","refreshToken":"sk-ant-ort01-TEST-a","expiresAt":1795468380000,"scopes":["user:inference"],"subscriptionType":"max","rateLimited":true,"rateLimitResetAt":1795440000000, "later":1.0},
    "grace@example.com": {"accessToken":"sk-ant-oat01-TEST-g","refreshToken":null,"expiresAt":0,"scopes":[],"rateLimited":false,"refreshTokenExpiresAt":1795468380001}
  }
}
`

func TestParsePool(t *testing.T) {
	p := parsePool(t, poolOfTwo)
	a, g := p.Get("ada@example.com"), p.Get("grace@example.com")
	if len(p.Entries) != 2 || p.Entries[0] != a || p.Get("nobody") != nil || p.Changed() {
		t.Fatalf("%+v", p.Entries)
	}
	if a.RefreshToken.Reveal() != "sk-ant-ort01-TEST-a" || a.ExpiresAt.UnixMilli() != 1795468380000 || a.Plan != "max" || !a.RateLimited ||
		a.LimitResetsAt.UnixMilli() != 1795440000000 || !a.HasLogin() {
		t.Errorf("%+v", a)
	}
	if g.Email != "grace@example.com" || !g.ExpiresAt.IsZero() || g.LoginEndsAt.UnixMilli() != 1795468380001 || !g.HasLogin() {
		t.Errorf("%+v", g)
	}
	cr, err := a.Credential()
	if err != nil || cr.RefreshToken != a.RefreshToken || cr.AccessToken != a.AccessToken || !cr.ExpiresAt.Equal(a.ExpiresAt) || cr.Plan != "max" || len(cr.Scopes) != 1 {
		t.Errorf("%v", err)
	}
	if cr, err = g.Credential(); err != nil || !cr.RefreshExpiresAt.Equal(g.LoginEndsAt) {
		t.Errorf("%v", err)
	}
	if encodePool(t, p) != poolOfTwo {
		t.Error("a pool that did not change is not as it was")
	}
	only := parsePool(t, `{"accounts":{"a":{"refreshToken":"r"},"b":{"accessToken":"x"},"c":{"email":"c"}}}`)
	if !only.Get("a").HasLogin() || !only.Get("b").HasLogin() || only.Get("c").HasLogin() {
		t.Error("HasLogin")
	}
}

func TestPoolsThatAreRefused(t *testing.T) {
	for _, doc := range []string{
		`{}`, `[]`, `{"accounts":null}`, `{"accounts":[]}`, `{"accounts":{"a":7}}`, `{"accounts":{"a":{"email":1}}}`, `{"accounts":{"a":{"scopes":{}}}}`,
		`{"accounts":{"a":{"rateLimited":"no"}}}`, `{"accounts":{"a":{"accessToken":7}}}`, `{"accounts":{"a":{},"a":{}}}`, `{"accounts":{}`,
		`{"accounts":{"a":{"refreshToken":"r1","refreshToken":"r2"}}}`, `{"accounts":{},"accounts":{}}`,
	} {
		if _, err := accounts.ParsePool([]byte(doc)); !accounts.Misshapen(err) {
			t.Errorf("%s: %v", doc, err)
		}
	}
	for _, doc := range []string{"", " ", "null"} {
		if p := parsePool(t, doc); len(p.Entries) != 0 || p.Changed() || encodePool(t, p) != "{\n  \"accounts\": {}\n}\n" {
			t.Errorf("%q", doc)
		}
	}
}

// huskies reads members of exactly these types, and writes results back by the
// email member, which therefore equals the key.
func TestPutWritesHuskiesTypes(t *testing.T) {
	p := parsePool(t, "")
	limit := accounts.Mark{Limited: true, ResetsAt: noon.Add(time.Hour)}
	if err := p.Put(account("ada@example.com#org", credential(t, "a", func(c *accounts.Credential) {
		c.Plan, c.Tier, c.Scopes, c.RefreshExpiresAt = "max", "20x", []string{"user:inference"}, noon.Add(time.Hour)
	})), limit); err != nil {
		t.Fatal(err)
	}
	bare, err := accounts.NewCredential(func(c *accounts.Credential) { c.AccessToken = secret.New("sk-ant-oat01-TEST-b") })
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Put(account("bare@example.com", bare), accounts.Mark{}); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "accounts": {
    "ada@example.com#org": {
      "email": "ada@example.com#org",
      "accessToken": "sk-ant-oat01-TEST-a",
      "refreshToken": "sk-ant-ort01-TEST-a",
      "expiresAt": 1795468380000,
      "scopes": [
        "user:inference"
      ],
      "subscriptionType": "max",
      "rateLimitTier": "20x",
      "rateLimited": true,
      "rateLimitResetAt": 1795443180000
    },
    "bare@example.com": {
      "email": "bare@example.com",
      "accessToken": "sk-ant-oat01-TEST-b",
      "refreshToken": "",
      "expiresAt": 0,
      "scopes": [],
      "rateLimited": false
    }
  }
}
`
	if got := encodePool(t, p); got != want {
		t.Errorf("got\n%s", got)
	}
	if len(p.Entries) != 2 || p.Get("bare@example.com") != p.Entries[1] || !p.Changed() {
		t.Error("entries")
	}
}

func TestPutChangesOnlyWhatDiffers(t *testing.T) {
	p := parsePool(t, poolOfTwo)
	same := credential(t, "a", func(c *accounts.Credential) { c.Scopes, c.Plan = []string{"user:inference"}, "max" })
	mark := accounts.Mark{Limited: true, ResetsAt: time.UnixMilli(1795440000000), MarkedAt: noon}
	if err := p.Put(account("ada@example.com", same), mark); err != nil || p.Changed() {
		t.Errorf("an entry in line was changed, %v", err)
	}
	next := credential(t, "a2", func(c *accounts.Credential) {
		c.Scopes, c.Plan, c.RefreshExpiresAt = []string{"user:inference"}, "max", noon.Add(time.Hour)
	})
	if err := p.Put(account("ada@example.com", next), mark); err != nil || !p.Changed() {
		t.Fatal(err)
	}
	if e := p.Get("ada@example.com"); e.RefreshToken != next.RefreshToken || e != p.Entries[0] {
		t.Error("the entry is still the old one")
	}
	out := encodePool(t, p)
	for _, kept := range []string{`"version": 2`, `"later": 1.0`, poolOfTwo[strings.Index(poolOfTwo, `"grace@example.com"`):]} {
		if !strings.Contains(out, kept) {
			t.Errorf("%s is gone:\n%s", kept, out)
		}
	}
	// Only an entry that has the login's own deadline gets it: huskies writes none.
	if strings.Contains(gjson.Get(out, `accounts.ada@example\.com`).Raw, "refreshTokenExpiresAt") {
		t.Error("a deadline was added")
	}
	g := account("grace@example.com", next)
	if err := p.Put(g, accounts.Mark{}); err != nil || gjson.Get(encodePool(t, p), `accounts.grace@example\.com.refreshTokenExpiresAt`).Int() != noon.Add(time.Hour).UnixMilli() {
		t.Errorf("the deadline is not brought in line, %v", err)
	}
}

// Each difference alone is enough to bring an entry in line.
func TestEveryDifferenceOfAnEntry(t *testing.T) {
	base := func() (*accounts.Account, accounts.Mark) {
		return account("ada@example.com", credential(t, "a", func(c *accounts.Credential) {
			c.Scopes, c.Plan, c.Tier = []string{"x"}, "max", "20x"
			c.RefreshExpiresAt = noon.Add(time.Hour)
		})), accounts.Mark{Limited: true, ResetsAt: noon}
	}
	a, m := base()
	p := parsePool(t, `{"accounts":{"ada@example.com":{"refreshTokenExpiresAt":1}}}`)
	if err := p.Put(a, m); err != nil {
		t.Fatal(err)
	}
	written := encodePool(t, p)
	for name, edit := range map[string]func(*accounts.Account, *accounts.Mark){
		"accessToken":           func(a *accounts.Account, _ *accounts.Mark) { a.Credential.AccessToken = secret.New("x") },
		"refreshToken":          func(a *accounts.Account, _ *accounts.Mark) { a.Credential.RefreshToken = secret.New("x") },
		"expiresAt":             func(a *accounts.Account, _ *accounts.Mark) { a.Credential.ExpiresAt = noon },
		"refreshTokenExpiresAt": func(a *accounts.Account, _ *accounts.Mark) { a.Credential.RefreshExpiresAt = noon },
		"scopes":                func(a *accounts.Account, _ *accounts.Mark) { a.Credential.Scopes = []string{"y"} },
		"subscriptionType":      func(a *accounts.Account, _ *accounts.Mark) { a.Credential.Plan = "pro" },
		"rateLimitTier":         func(a *accounts.Account, _ *accounts.Mark) { a.Credential.Tier = "5x" },
		"rateLimited":           func(_ *accounts.Account, m *accounts.Mark) { m.Limited = false },
		"rateLimitResetAt":      func(_ *accounts.Account, m *accounts.Mark) { m.ResetsAt = noon.Add(time.Minute) },
	} {
		a, m := base()
		p := parsePool(t, written)
		if err := p.Put(a, m); err != nil || p.Changed() {
			t.Fatalf("not in line, %v", err)
		}
		edit(a, &m)
		if err := p.Put(a, m); err != nil || !p.Changed() {
			t.Errorf("%s: not changed, %v", name, err)
		}
	}
	p = parsePool(t, strings.Replace(written, `"email": "ada@example.com"`, `"email": "other@example.com"`, 1))
	if a, m := base(); p.Put(a, m) != nil || !p.Changed() || p.Get("ada@example.com").Email != "ada@example.com" {
		t.Error("email: not changed")
	}
}

func TestDrop(t *testing.T) {
	p := parsePool(t, poolOfTwo)
	if p.Drop("nobody"); p.Changed() {
		t.Error("dropping nothing is a change")
	}
	p.Drop("ada@example.com")
	if p.Get("ada@example.com") != nil || len(p.Entries) != 1 || p.Entries[0].Key != "grace@example.com" || !p.Changed() {
		t.Errorf("%+v", p.Entries)
	}
	out := encodePool(t, p)
	if next := parsePool(t, out); next.Get("ada@example.com") != nil || next.Get("grace@example.com") == nil || !strings.Contains(out, `"version": 2`) {
		t.Errorf("%s", out)
	}
	// Put again after that, and dropped again.
	if err := p.Put(account("ada@example.com", credential(t, "a3")), accounts.Mark{}); err != nil || parsePool(t, encodePool(t, p)).Get("ada@example.com") == nil {
		t.Errorf("not put back: %v", err)
	}
	p.Drop("ada@example.com")
	p.Drop("grace@example.com")
	if got := parsePool(t, encodePool(t, p)); len(got.Entries) != 0 {
		t.Errorf("%s", encodePool(t, p))
	}
	// A new entry that is dropped before it was written.
	p = parsePool(t, "")
	if err := p.Put(account("x", credential(t, "x")), accounts.Mark{}); err != nil {
		t.Fatal(err)
	}
	if p.Drop("x"); gjson.Get(encodePool(t, p), "accounts").Raw != "{}" {
		t.Errorf("%s", encodePool(t, p))
	}
}
