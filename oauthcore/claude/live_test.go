package claude_test

import (
	"encoding/json"
	"strings"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// What goes with the account, and some of what stays with the machine.
var (
	goesWithAccount = []string{
		"organizationUuid", "trustedDeviceToken", "trustedDeviceEnrolledAfterRefusalAtMs", "enterpriseGateway", "designOauth", "chatHistoryOauth",
		"cloudSessionsOauth", "cloudSessionsSignInEnded", "hybridOauth", "hybridGatewayAuth", "hybridGatewayIdp",
	}
	staysWithMachine = []string{"mcpOAuth", "mcpOAuthClientConfig", "pluginSecrets", "gatewayTrust", "unknown", ""}
)

func parseLive(t testing.TB, doc string) claude.Live {
	t.Helper()
	l, err := claude.ParseLive([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParseLive(t *testing.T) {
	for _, doc := range []string{"", "null", " \n", "{}", `{"claudeAiOauth":null}`, `{"mcpOAuth":{}}`} {
		if l := parseLive(t, doc); l.Usable() || l.Siblings != nil || l.Credential.Tombstone() || string(l.Document()) != doc {
			t.Errorf("%q: %+v", doc, l)
		}
	}
	l := parseLive(t, `{"claudeAiOauth":{"refreshToken":"old"},"designOauth":1,"mcpOAuth":2,"claudeAiOauth":{"refreshToken":"new"},"designOauth":3}`)
	if l.Credential.RefreshToken.Reveal() != "new" || string(l.Siblings) != `{"designOauth":3}` {
		t.Errorf("a member named twice: %s", l.Siblings)
	}
	if l := parseLive(t, `{"claudeAiOauth":{"accessToken":"","refreshToken":""}}`); !l.Credential.Tombstone() || l.Usable() {
		t.Error("a tombstone")
	}
	for _, doc := range []string{`[]`, `{`, `{"claudeAiOauth":7}`, `{"claudeAiOauth":{"accessToken":{}}}`, "\xef\xbb\xbf{}", "\xef\xbb\xbf"} {
		if _, err := claude.ParseLive([]byte(doc)); !claude.IsDamage(err) {
			t.Errorf("%q: %v", doc, err)
		}
	}
	_, err := claude.ParseLive([]byte("\xef\xbb\xbf{}"))
	if got := claude.Damage(err); !strings.Contains(got, "byte order mark") {
		t.Errorf("%q", got)
	}
}

// all is a credentials document with every member that goes with an account or
// stays, in that order.
func all(who string) string {
	var doc strings.Builder
	doc.WriteString(`{ "first" : 1.50`)
	for _, name := range append(append([]string{}, staysWithMachine...), goesWithAccount...) {
		doc.WriteString(`,"` + name + `":{"of":"` + who + `"}`)
	}
	return doc.String() + `,"claudeAiOauth":{"refreshToken":"` + who + `"} }`
}

func TestWithSwapsLoginAndSiblings(t *testing.T) {
	a, b := parseLive(t, all("a")), parseLive(t, all("b"))
	for _, name := range goesWithAccount {
		if gjson.GetBytes(a.Siblings, name+".of").String() != "a" {
			t.Errorf("%s stays with the machine", name)
		}
	}
	for _, name := range staysWithMachine {
		if name != "" && gjson.GetBytes(a.Siblings, name).Exists() {
			t.Errorf("%s goes with the account", name)
		}
	}
	doc, err := a.With(b.Credential, b.Siblings)
	if want := strings.NewReplacer(`"refreshToken":"a"`, `"refreshToken":"b"`).Replace(all("a")); err == nil {
		for _, name := range goesWithAccount {
			want = strings.Replace(want, `"`+name+`":{"of":"a"}`, `"`+name+`":{"of":"b"}`, 1)
		}
		if string(doc) != want {
			t.Errorf("got  %s\nwant %s", doc, want)
		}
	} else {
		t.Fatal(err)
	}
	// An account without siblings takes none of the other's along.
	for _, siblings := range []string{"", "{}"} {
		var raw []byte
		if siblings != "" {
			raw = []byte(siblings)
		}
		doc, err = a.With(b.Credential, raw)
		if l := parseLive(t, string(doc)); err != nil || l.Siblings != nil || !l.Credential.RefreshToken.Equal(b.Credential.RefreshToken) {
			t.Errorf("%s, %v", doc, err)
		}
	}
	if got := gjson.GetBytes(doc, "first").Raw + gjson.GetBytes(doc, "pluginSecrets.of").String(); got != "1.50a" {
		t.Errorf("the machine's members: %s", doc)
	}
	if _, err := a.With(b.Credential, []byte(`[]`)); err == nil {
		t.Error("siblings that are no object are taken")
	}
}

func TestRenewedAndWithout(t *testing.T) {
	a := parseLive(t, all("a"))
	doc, err := a.Renewed(credential(t, "new"))
	if want := strings.Replace(all("a"), `{"refreshToken":"a"}`, string(credential(t, "new").JSON()), 1); err != nil || string(doc) != want {
		t.Errorf("got  %s, %v\nwant %s", doc, err, want)
	}
	doc, err = a.Without()
	if l := parseLive(t, string(doc)); err != nil || l.Siblings != nil || l.Credential.Tombstone() || gjson.GetBytes(doc, "claudeAiOauth").Exists() ||
		gjson.GetBytes(doc, "mcpOAuth.of").String() != "a" || gjson.GetBytes(doc, "unknown").Raw != `{"of":"a"}` {
		t.Errorf("%s, %v", doc, err)
	}
	// Into nothing, and in one line whatever layout the vault has.
	wide, err := accounts.ParseCredential([]byte("{\n  \"refreshToken\": \"r\",\n  \"n\": 1.0\n}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range []string{"", "null", "{}"} {
		out, err := parseLive(t, doc).With(wide, []byte("{\n \"designOauth\": {\n \"x\": 1 } }"))
		if want := `{"claudeAiOauth":{"refreshToken":"r","n":1.0},"designOauth":{"x":1}}`; err != nil || string(out) != want {
			t.Errorf("%q becomes %s, %v", doc, out, err)
		}
	}
	if _, err := a.Renewed(accounts.Credential{}); err == nil {
		t.Error("no login is written as one")
	}
}

// Whatever the document, a swap to another account and back leaves it as it was
// but for layout.
func TestPropertyThereAndBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		members := map[string]any{"claudeAiOauth": map[string]any{"refreshToken": "a", "later": rapid.Float64Range(-1e3, 1e3).Draw(rt, "n")}}
		for _, name := range append(append([]string{}, staysWithMachine...), goesWithAccount...) {
			if rapid.Bool().Draw(rt, name) {
				members[name] = rapid.MapOf(rapid.String(), rapid.String()).Draw(rt, "value")
			}
		}
		doc, err := json.Marshal(members)
		if err != nil {
			rt.Fatal(err)
		}
		l := parseLive(t, string(doc))
		there, err := l.With(credential(t, "b"), []byte(`{"designOauth":1}`))
		if err != nil {
			rt.Fatal(err)
		}
		back, err := parseLive(t, string(there)).With(l.Credential, l.Siblings)
		if err != nil {
			rt.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(back, &got); err != nil {
			rt.Fatal(err)
		}
		was, _ := json.Marshal(members)
		is, _ := json.Marshal(got)
		if string(was) != string(is) {
			rt.Fatalf("was %s\nis  %s", was, is)
		}
	})
}

func TestReadLive(t *testing.T) {
	p := newPlace(t)
	if l := p.live(); l.Usable() || l.Document() != nil || l.Path() != p.Paths.Credentials() || l.Place() != l.Path() {
		t.Errorf("%+v", l)
	}
	p.write(p.Paths.Credentials(), `{"claudeAiOauth":{"refreshToken":"r"}}`)
	if l := p.live(); !l.Usable() || len(l.Document()) == 0 {
		t.Errorf("%+v", l)
	}
	p.write(p.Paths.Credentials(), `{"claudeAiOauth":`)
	_, err := p.ReadLive(background)
	if e := wantCode(t, err, view.CodeDamaged); e.Message != p.Paths.Credentials()+" is not valid JSON; nothing was changed" {
		t.Errorf("%q", e.Message)
	}
}

func FuzzParseLive(f *testing.F) {
	f.Add([]byte(all("a")))
	f.Add([]byte(`{"claudeAiOauth":{},"claudeAiOauth":null}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		l, err := claude.ParseLive(doc)
		if err != nil {
			return
		}
		out, err := l.With(credential(t, "b"), l.Siblings)
		if err != nil {
			t.Fatalf("%q parses and cannot be written: %v", doc, err)
		}
		next, err := claude.ParseLive(out)
		if err != nil || next.Credential.RefreshToken.Reveal() != "sk-ant-ort01-TEST-b" {
			t.Fatalf("%q becomes %q: %v", doc, out, err)
		}
	})
}
