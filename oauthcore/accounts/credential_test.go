package accounts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"
)

func TestSampleCredential(t *testing.T) {
	cr, err := accounts.ParseCredential([]byte(sample))
	if err != nil || cr.AccessToken.Reveal() != "sk-ant-oat01-TEST-a" || cr.RefreshToken.Reveal() != "sk-ant-ort01-TEST-r" ||
		cr.ExpiresAt.UnixMilli() != 1774466144677 || cr.Plan != "max" || cr.Tier != "default_claude_max_20x" || len(cr.Scopes) != 2 ||
		!cr.Usable() || cr.Tombstone() || !cr.HasScope(accounts.ScopeInference) || cr.HasScope("user:other") {
		t.Fatalf("%+v, %v", cr, err)
	}
	if string(cr.JSON()) != sample {
		t.Errorf("round trip: %s", cr.JSON())
	}
}

// Claude Code takes all of these spellings, so does Baton; none is rewritten.
func TestCredentialSpellings(t *testing.T) {
	for _, doc := range []string{
		`{"accessToken":"sk-ant-oat01-TEST-a"}`,
		`{"accessToken":"sk-ant-oat01-TEST-a","refreshToken":null,"expiresAt":null,"scopes":null,"subscriptionType":null}`,
		`{"accessToken":"old","accessToken":"sk-ant-oat01-TEST-a"}`,
	} {
		cr, err := accounts.ParseCredential([]byte(doc))
		if err != nil || cr.AccessToken.Reveal() != "sk-ant-oat01-TEST-a" || !cr.RefreshToken.Empty() || !cr.ExpiresAt.IsZero() || string(cr.JSON()) != doc {
			t.Errorf("%s: %+v, %v", doc, cr, err)
		}
	}
	for _, at := range []string{`1774466144677`, `"1774466144677"`, `"2026-03-25T19:15:44.677Z"`} {
		doc := `{"accessToken":"a","expiresAt":` + at + `,"refreshTokenExpiresAt":` + at + `,"scopes":"user:inference user:profile","rateLimitTier":20}`
		cr, err := accounts.ParseCredential([]byte(doc))
		if err != nil || cr.ExpiresAt.UnixMilli() != 1774466144677 || cr.RefreshExpiresAt.UnixMilli() != 1774466144677 || len(cr.Scopes) != 2 || cr.Tier != "20" {
			t.Errorf("%s: %v, %v, %v", doc, cr.ExpiresAt, cr.Scopes, err)
		}
		same, err := cr.Edit(func(*accounts.Credential) {})
		if err != nil || !strings.Contains(string(same.JSON()), `"expiresAt":`+at) || !strings.Contains(string(same.JSON()), `"scopes":"user:inference user:profile"`) {
			t.Errorf("rewritten: %s, %v", same.JSON(), err)
		}
	}
	for _, doc := range []string{`{"accessToken":7}`, `{"refreshToken":{}}`, `{"expiresAt":"x"}`, `{"scopes":[1]}`, `[]`, `{"a":`, `7`} {
		if _, err := accounts.ParseCredential([]byte(doc)); !accounts.Misshapen(err) {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if accounts.Misshapen(nil) || accounts.Misshapen(errors.New("no space left")) {
		t.Error("an error of the disk is one of the document")
	}
}

func TestEditKeepsWhatItDoesNotChange(t *testing.T) {
	const doc = `{ "later": 1.50, "accessToken": "a" ,"refreshToken":"r","expiresAt":1e3, "scopes" : [ "x" ],"subscriptionType":"max","rateLimitTier":null }`
	cr, err := accounts.ParseCredential([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	next, err := cr.Edit(func(c *accounts.Credential) { c.AccessToken = secret.New("b") })
	if want := strings.Replace(doc, `"a" `, `"b" `, 1); err != nil || string(next.JSON()) != want {
		t.Errorf("got  %s, %v\nwant %s", next.JSON(), err, want)
	}
	if string(cr.JSON()) != doc || cr.AccessToken.Reveal() != "a" {
		t.Error("the original was changed")
	}
}

// A new login has the members Claude Code requires, with the types it requires.
func TestNewCredentialShape(t *testing.T) {
	cr, err := accounts.NewCredential(func(*accounts.Credential) {})
	const want = `{"accessToken":"","refreshToken":"","expiresAt":null,"scopes":[],"subscriptionType":null,"rateLimitTier":null}`
	if err != nil || string(cr.JSON()) != want {
		t.Errorf("%s, %v", cr.JSON(), err)
	}
}

func TestUsableAndTombstone(t *testing.T) {
	for doc, want := range map[string][2]bool{
		sample:                                 {true, false},
		`{"refreshToken":"r"}`:                 {true, false},
		`{"accessToken":"a"}`:                  {true, false},
		`{"accessToken":"","refreshToken":""}`: {false, true},
		`{}`:                                   {false, true},
	} {
		cr, err := accounts.ParseCredential([]byte(doc))
		if err != nil || cr.Usable() != want[0] || cr.Tombstone() != want[1] {
			t.Errorf("%s: usable %v, tombstone %v, %v", doc, cr.Usable(), cr.Tombstone(), err)
		}
	}
	if none := (accounts.Credential{}); none.Usable() || none.Tombstone() || none.Fingerprint() != "" {
		t.Error("no login at all is not nothing")
	}
}

func TestFreshAt(t *testing.T) {
	cr := credential(t, "a", func(c *accounts.Credential) { c.ExpiresAt = noon.Add(10 * time.Minute) })
	if !cr.FreshAt(noon.Add(-time.Millisecond), 10*time.Minute) || cr.FreshAt(noon, 10*time.Minute) || !cr.FreshAt(noon, 0) {
		t.Error("the margin does not count as it should")
	}
	cr.ExpiresAt = time.Time{}
	if !cr.FreshAt(noon, time.Hour) {
		t.Error("a token without a known end counts as lapsed")
	}
	cr.AccessToken = secret.Secret{}
	if cr.FreshAt(noon, 0) {
		t.Error("no access token at all counts as fresh")
	}
}

func TestCompare(t *testing.T) {
	with := func(name string, ends, deadline time.Duration) accounts.Credential {
		return credential(t, name, func(c *accounts.Credential) {
			c.ExpiresAt = noon.Add(ends)
			if deadline != 0 {
				c.RefreshExpiresAt = noon.Add(deadline)
			}
		})
	}
	const month = 30 * 24 * time.Hour
	bare := credential(t, "bare", func(c *accounts.Credential) { c.RefreshToken = secret.Secret{}; c.ExpiresAt = noon.Add(month) })
	unknown := credential(t, "unknown", func(c *accounts.Credential) { c.ExpiresAt = time.Time{} })
	for _, tt := range []struct {
		name string
		a, b accounts.Credential
		want int
	}{
		{"itself", with("a", 1, 0), with("a", 2, month), 0},
		{"a later deadline beats a later access token", with("a", time.Hour, month+2*time.Minute), with("b", 2*time.Hour, month), 1},
		{"deadlines within the slack are equal", with("a", time.Hour, month+time.Minute), with("b", 2*time.Hour, month), -1},
		{"just above the slack they are not", with("a", time.Hour, month+time.Minute+time.Millisecond), with("b", 2*time.Hour, month), 1},
		{"one deadline alone says nothing", with("a", time.Hour, month), with("b", 2*time.Hour, 0), -1},
		{"a refresh moves the access token's end", with("a", 2*time.Hour, month), with("b", time.Hour, month), 1},
		{"the same end", with("a", time.Hour, 0), with("b", time.Hour, 0), 0},
		{"without a refresh token it is earlier", bare, with("a", time.Hour, 0), -1},
		{"an unknown end is earlier", unknown, with("a", time.Hour, 0), -1},
		{"the same refresh token, another access token", with("a", time.Hour, 0), func() accounts.Credential {
			c := with("a", 2*time.Hour, 0)
			c.AccessToken = secret.New("sk-ant-oat01-TEST-other")
			return c
		}(), -1},
	} {
		if got, back := tt.a.Compare(tt.b), tt.b.Compare(tt.a); got != tt.want || back != -tt.want {
			t.Errorf("%s: %d and %d, want %d", tt.name, got, back, tt.want)
		}
	}
	if a := with("a", 1, month); a.Outlasts(a) || !with("a", 1, month+time.Hour).Outlasts(a) || a.Outlasts(with("a", 1, month+time.Hour)) {
		t.Error("Outlasts")
	}
	other := with("a", 1, 0)
	other.AccessToken = secret.New("sk-ant-oat01-TEST-other")
	if !with("a", 1, 0).Same(with("a", 2, month)) || with("a", 1, 0).Same(other) || with("a", 1, 0).Same(with("b", 1, 0)) {
		t.Error("Same")
	}
}

// No verb, logger or marshaller shows a token.
func TestTokensAreNeverPrinted(t *testing.T) {
	cr := credential(t, "HIDDEN")
	v := parseVault(t, "")
	a := v.Add("ada@example.com", ada)
	v.Save(a, cr)
	p, err := accounts.ParsePool([]byte(`{"accounts":{"a":{"accessToken":"sk-ant-oat01-TEST-HIDDEN","refreshToken":"sk-ant-ort01-TEST-HIDDEN"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+verb, cr, &cr, *a, a)
		fmt.Fprintf(&out, verb+verb, []accounts.Credential{cr}, map[string]*accounts.Account{"a": a})
		fmt.Fprintf(&out, verb+verb, p.Entries[0].AccessToken, p.Entries[0].RefreshToken)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "login", cr, "account", a)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "account", a.String())
	raw, _ := json.Marshal(cr)
	out.Write(raw)
	if text := out.String(); strings.Contains(text, "HIDDEN") || strings.Contains(text, fmt.Sprintf("%x", "HIDDEN")) {
		t.Errorf("a token is shown:\n%s", text)
	}
	if got := fmt.Sprint(a); got != "account ada@example.com" {
		t.Errorf("an account prints as %q", got)
	}
}

// A token keeps its spelling, and none its null.
func TestTokenFieldKeepsItsSpelling(t *testing.T) {
	for raw, name := range map[string]string{`"\u0061"`: "a", `null`: "", `""`: ""} {
		token := secret.New(name)
		doc := `{"t":` + raw + `}`
		if got, err := jsonedit.Write([]byte(doc), []jsonedit.Field{accounts.TokenField("t", &token)}); err != nil || string(got) != doc {
			t.Errorf("%s becomes %s, %v", doc, got, err)
		}
	}
}

// A member of a wrong type never has the token's value.
func TestTokenFieldReplacesWrongTypes(t *testing.T) {
	for _, name := range []string{"", "sk-ant-oat01-TEST-a"} {
		for _, raw := range []string{`7`, `true`, `{}`, `[]`} {
			token := secret.New(name)
			got, err := jsonedit.Write([]byte(`{"t":`+raw+`}`), []jsonedit.Field{accounts.TokenField("t", &token)})
			if want := map[bool]string{true: `{}`, false: `{"t":"` + name + `"}`}[name == ""]; err != nil || string(got) != want {
				t.Errorf("%s becomes %s, %v", raw, got, err)
			}
		}
	}
}

func TestBlank(t *testing.T) {
	for doc, want := range map[string]bool{"": true, " \n": true, "null": true, " null\n": true, "{}": false, "nul": false, strings.Repeat(" ", 65): false} {
		if accounts.Blank([]byte(doc)) != want {
			t.Errorf("%q", doc)
		}
	}
	if !accounts.Blank(nil) || !accounts.Blank([]byte(strings.Repeat(" ", 64))) {
		t.Error("no bytes")
	}
	if accounts.ErrShape != jsonedit.ErrType {
		t.Error("two errors for one thing")
	}
}
