package oauthcore

import (
	"errors"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

func TestCopiesComeBackAsTheyWere(t *testing.T) {
	l := loginCopy{
		key: "ada@example.com#92ad7e15", token: secret.New("sk-ant-ort01-TEST-copy"), generation: 1795440368123, live: true,
		identity: Identity{AccountUUID: "a", OrganizationUUID: "o", Email: "ada@example.com", OrganizationName: "Ada \"&\" Söhne", DisplayName: "Ada"},
		label:    "Zwölf\n", endsAt: time.UnixMilli(1797000000000).UTC(), scopes: []string{"user:inference"}, plan: "max", tier: "t",
	}
	value, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseCopy(value)
	if err != nil || got.scopes[0] != l.scopes[0] || len(got.scopes) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	again, err := got.encode()
	if err != nil || !again.Equal(value) {
		t.Errorf("it became %+v, %v", got, err)
	}
	// The smallest of the limits of systems is 2250 bytes.
	if n := len(value.Reveal()); n > 1000 {
		t.Errorf("an ordinary copy has %d bytes", n)
	}
	cr, err := l.credential()
	if err != nil || !cr.Usable() || cr.FreshAt(time.Now(), 0) || !cr.RefreshToken.Equal(l.token) || cr.Plan != "max" {
		t.Errorf("%v as a login: %v", cr, err)
	}
}

func TestWhatIsNoCopy(t *testing.T) {
	for _, doc := range []string{
		"", "null", "x", "[]", "{}", `{"schemaVersion":2,"key":"a","refreshToken":"sk-ant-ort01-TEST","generation":1}`,
		`{"schemaVersion":1,"key":"a"}`, `{"schemaVersion":1,"refreshToken":"sk-ant-ort01-TEST"}`,
		`{"schemaVersion":1,"key":"a","refreshToken":7}`,
		`{"schemaVersion":1,"key":"a","refreshToken":"sk-ant-ort01-TEST","generation":-1}`,
		`{"schemaVersion":1,"key":"a","refreshToken":"sk-ant-ort01-TEST","live":"yes"}`,
	} {
		_, err := parseCopy(secret.New(doc))
		if !errors.Is(err, errCopyShape) || strings.Contains(err.Error(), "sk-ant") {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if _, err := parseIndex(secret.New(`{"schemaVersion":1,"keys":[1]}`)); !errors.Is(err, errCopyShape) {
		t.Error(err)
	}
}

func FuzzParseCopy(f *testing.F) {
	f.Add(`{"schemaVersion":1,"key":"a","refreshToken":"sk-ant-ort01-TEST","generation":1,"live":true,"scopes":["s"],"refreshTokenExpiresAt":1797000000000}`)
	f.Fuzz(func(t *testing.T, doc string) {
		l, err := parseCopy(secret.New(doc))
		if err != nil {
			if !errors.Is(err, errCopyShape) {
				t.Fatal(err)
			}
			return
		}
		value, err := l.encode()
		if err != nil {
			t.Fatal(err)
		}
		same, err := parseCopy(value)
		if err != nil {
			t.Fatalf("%v in %s", err, value.Reveal())
		}
		if again, err := same.encode(); err != nil || !again.Equal(value) {
			t.Fatalf("%s became %s, %v", value.Reveal(), again.Reveal(), err)
		}
		if _, err := l.credential(); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseIndex(f *testing.F) {
	f.Add(`{"schemaVersion":1,"keys":["a","b"]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		x, err := parseIndex(secret.New(doc))
		if err != nil {
			if !errors.Is(err, errCopyShape) {
				t.Fatal(err)
			}
			return
		}
		value, err := x.encode()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := parseIndex(value); err != nil || len(same) != len(x) {
			t.Fatalf("%q became %q, %v", x, same, err)
		}
	})
}
