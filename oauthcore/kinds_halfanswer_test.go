package oauthcore_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// An answer that lacks something still holds a refresh token that exists nowhere
// else. Without the rule it is dropped because no access token came with it, or
// the account's refresh token is dropped because none came.
func TestHalfAnAnswerIsKept(t *testing.T) {
	t.Parallel()
	for _, omit := range []string{"access_token", "expires_in", "refresh_token_expires_in", "account", "organization", "scope", "refresh_token"} {
		for _, key := range []string{personal, lab} {
			t.Run("refresh/"+omit+"/"+key, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				fault := providertest.Fault{Endpoint: providertest.EndpointRefresh, Kind: providertest.FaultIncomplete, Omit: []string{omit}}
				if omit == "refresh_token" {
					fault.Kind, fault.Omit = providertest.FaultNoRefresh, nil
				}
				if err := w.provider.Fail(fault); err != nil {
					t.Fatal(err)
				}
				_, err := w.core.Refresh(context.Background(), key)
				t.Logf("refresh: %v", err)
				w.nothingLost()
				w.settled()
				w.refreshAll()
			})
		}
	}
}

// The room made for an answer is gone when the answer comes: another program
// cleaned up. Without the rule the answer is on no disk while the locks around
// the other files are waited for.
func TestAnAnswerWhoseRoomIsGoneIsWrittenAnew(t *testing.T) {
	t.Parallel()
	for _, key := range []string{personal, lab} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			waiting := 0
			w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
				if to == w.paths.Vault() || to == w.paths.Credentials() {
					waiting = max(waiting, len(w.waitingLogins()))
				}
				return nil
			})})
			answer := w.midRefresh(t.Context(), key)
			if err := os.RemoveAll(w.paths.Answers()); err != nil {
				t.Fatal(err)
			}
			if err := answer(); err != nil {
				t.Fatal(err)
			}
			if waiting != 1 {
				t.Error("the answer was not on disk before the files were written")
			}
			w.kept(key)
		})
	}
}

// The same of the answer to an authorization code: whatever came is kept, and a
// refresh finds out the rest. Without the rule a refresh token that exists
// nowhere else is dropped, or a login without one takes the place of a good one.
func TestHalfALoginIsKept(t *testing.T) {
	t.Parallel()
	for name, without := range map[string]func(*provider.Grant){
		"access token":  func(g *provider.Grant) { g.AccessToken, g.ExpiresAt = secret.Secret{}, time.Time{} },
		"expiry":        func(g *provider.Grant) { g.ExpiresAt, g.RefreshTokenExpiresAt = time.Time{}, time.Time{} },
		"identity":      func(g *provider.Grant) { g.AccountUUID, g.OrganizationUUID, g.Email = "", "", "" },
		"organization":  func(g *provider.Grant) { g.OrganizationUUID = "" },
		"email":         func(g *provider.Grant) { g.Email = "" },
		"scopes":        func(g *provider.Grant) { g.Scopes = nil },
		"all but one":   func(g *provider.Grant) { *g = provider.Grant{RefreshToken: g.RefreshToken} },
		"refresh token": func(g *provider.Grant) { g.RefreshToken = secret.Secret{} },
	} {
		for _, who := range []string{"new@example.com", work, personal} {
			for _, offline := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/offline %v", name, who, offline), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.settled()
					g := w.grant(who)
					without(&g)
					if offline {
						w.offline()
					}
					if _, err := save(context.Background(), w.core, g); err != nil {
						t.Fatal(err)
					}
					w.online()
					w.settled()
					if !g.RefreshToken.Empty() && w.onDisk()[g.RefreshToken.Fingerprint()] == nil {
						t.Error("the new login is nowhere")
					}
					w.refreshAll()
					w.settled()
					w.truthful()
					var a *accounts.Account
					for _, have := range w.vault().Accounts() {
						if have.Email == who { // its key is only a name
							a = have
						}
					}
					if a == nil || a.NeedsNewLogin() {
						t.Fatalf("%s has no login", who)
					}
					if g.RefreshToken.Empty() && who != "new@example.com" && a.Credential.RefreshToken.Empty() {
						t.Error("a login without a refresh token took a good one's place")
					}
				})
			}
		}
	}
}
