//go:build !js

package providertest

import (
	"testing"

	"baton/oauthcore/secret"
)

// A token tells its login for ever: also when it is spent, and when the login
// has ended.
func TestLoginOf(t *testing.T) {
	s := newStand(t)
	s.issue(lab)
	c := s.issue(ada)
	r, err := s.tryPost(PathToken, refreshBody(c.RefreshToken.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	next := secret.New(tokensOf(t, r).RefreshToken).Fingerprint()
	for range 2 {
		for _, fp := range []string{c.RefreshToken.Fingerprint(), next} {
			l, ok := s.LoginOf(fp)
			if !ok || l.Number != 2 || l.AccountUUID != adaUUID || l.RefreshFingerprint != next {
				t.Errorf("%+v, %v", l, ok)
			}
		}
		if err := s.Kill(adaUUID, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := s.LoginOf("unknown"); ok {
		t.Error("a token that was never made has a login")
	}
}
