package mirror

import (
	"errors"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
)

func testCopy() loginCopy {
	return loginCopy{
		key: "ada@example.com#92ad7e15", token: secret.New("sk-ant-ort01-TEST-copy"), generation: 1795440368123, live: true,
		identity: accounts.Identity{AccountUUID: "a", OrganizationUUID: "o", Email: "ada@example.com", OrganizationName: "Ada \"&\" Söhne", DisplayName: "Ada"},
		label:    "Zwölf\n", endsAt: time.UnixMilli(1797000000000).UTC(), scopes: []string{"user:inference"}, plan: "max", tier: "t",
	}
}

func TestCopyRoundTrip(t *testing.T) {
	l := testCopy()
	value, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseCopy(value)
	if err != nil || len(got.scopes) != 1 || got.scopes[0] != l.scopes[0] || got.identity != l.identity || got.label != l.label || !got.live {
		t.Fatalf("%+v, %v", got, err)
	}
	if !got.is(value) {
		t.Errorf("it became %+v", got)
	}
	if n := len(value.Reveal()); n > 1000 {
		t.Errorf("an ordinary copy has %d bytes", n)
	}
	cr, err := l.credential(accounts.Credential{})
	if err != nil || !cr.Usable() || cr.FreshAt(time.Now(), 0) || !cr.RefreshToken.Equal(l.token) || cr.Plan != "max" || cr.Tier != "t" || !cr.RefreshExpiresAt.Equal(l.endsAt) {
		t.Errorf("%v as a login: %v", cr, err)
	}
}

// Copies of earlier versions have exactly these bytes.
func TestCopyBytesAreStable(t *testing.T) {
	value, err := testCopy().encode()
	const want = `{"schemaVersion":1,"key":"ada@example.com#92ad7e15","refreshToken":"sk-ant-ort01-TEST-copy","generation":1795440368123,"live":true,` +
		`"accountUuid":"a","organizationUuid":"o","email":"ada@example.com","organizationName":"Ada \"\u0026\" Söhne","displayName":"Ada",` +
		`"label":"Zwölf\n","refreshTokenExpiresAt":1797000000000,"scopes":["user:inference"],"subscriptionType":"max","rateLimitTier":"t"}`
	if err != nil || strings.Join(strings.Fields(value.Reveal()), "") != strings.Join(strings.Fields(want), "") {
		t.Errorf("%s, %v", value.Reveal(), err)
	}
}

func TestMalformedCopies(t *testing.T) {
	for _, doc := range []string{
		"", "null", "x", "[]", "{}", `{"schemaVersion":2,"key":"a","refreshToken":"sk-ant-ort01-TEST","generation":1}`,
		`{"schemaVersion":1,"key":"a"}`, `{"schemaVersion":1,"refreshToken":"sk-ant-ort01-TEST"}`,
		`{"schemaVersion":1,"key":"a","refreshToken":7}`,
		`{"schemaVersion":1,"key":"a","refreshToken":"sk-ant-ort01-TEST","generation":-1}`,
		`{"schemaVersion":1,"key":"a","refreshToken":"sk-ant-ort01-TEST","live":"yes"}`,
	} {
		_, err := parseCopy(secret.New(doc))
		if !errors.Is(err, errShape) || strings.Contains(err.Error(), "sk-ant") {
			t.Errorf("%s: %v", doc, err)
		}
	}
	for _, doc := range []string{"", "[]", `{"schemaVersion":1,"keys":[1]}`, `{"keys":[]}`, `{"schemaVersion":1,"parts":-1}`, `{"schemaVersion":1,"parts":1000000}`} {
		if _, err := parseIndex(secret.New(doc)); !errors.Is(err, errShape) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func FuzzParseCopy(f *testing.F) {
	f.Add(`{"schemaVersion":1,"key":"a","refreshToken":"sk-ant-ort01-TEST","generation":1,"live":true,"scopes":["s"],"refreshTokenExpiresAt":1797000000000}`)
	f.Fuzz(func(t *testing.T, doc string) {
		l, err := parseCopy(secret.New(doc))
		if err != nil {
			if !errors.Is(err, errShape) {
				t.Fatal(err)
			}
			return
		}
		value, err := l.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseCopy(value)
		if err != nil {
			t.Fatalf("%v in %s", err, value.Reveal())
		}
		if !again.is(value) {
			t.Fatalf("%s became %+v", value.Reveal(), again)
		}
		if _, err := l.credential(accounts.Credential{}); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseIndex(f *testing.F) {
	f.Add(`{"schemaVersion":1,"keys":["a","b"],"parts":2,"set":"b"}`)
	f.Fuzz(func(t *testing.T, doc string) {
		x, err := parseIndex(secret.New(doc))
		if err != nil {
			if !errors.Is(err, errShape) {
				t.Fatal(err)
			}
			return
		}
		value, err := x.encode()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := parseIndex(value); err != nil || len(same.keys) != len(x.keys) || same.parts != x.parts {
			t.Fatalf("%+v became %+v, %v", x, same, err)
		}
	})
}
