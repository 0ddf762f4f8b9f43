package oauthcore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/claude"
)

// Whatever is printed or logged, by whatever verb, shows no token: not its text,
// and not the bytes of the document it stands in.
func TestNothingPrintsAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	ctx := context.Background()
	live, err := w.core.ReadLive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.core.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o, err := w.core.Open(ctx, oauthcore.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Release()
	a := s.Vault.Get(personal)
	token := a.Credential.AccessToken.Reveal()
	shapes := []string{
		token, a.Credential.RefreshToken.Reveal(),
		fmt.Sprintf("%x", token[:12]), fmt.Sprintf("%X", token[:12]), strings.Trim(fmt.Sprint([]byte(token[:12])), "[]"),
		strings.Trim(fmt.Sprintf("%#v", []byte(token[:12])), "[]byte{}"),
	}
	for _, v := range []any{
		live, &live, s.Vault, s.Pool, s.Pool.Get(personal), a, *a, a.Credential, s, *s, o,
		claude.Login{Credential: a.Credential, Siblings: live.Document()},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			got := fmt.Sprintf(verb, v)
			for _, shape := range shapes {
				if strings.Contains(got, shape) {
					t.Errorf("%s of a %T shows a token", verb, v)
				}
			}
		}
	}
}
