package oauthcore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"baton/oauthcore"
)

// Another switcher changes only the login and leaves the siblings of the account
// before. Without the rule the new account's prompts go to the old one's gateway,
// and the siblings are kept as the new one's for ever.
func TestSiblingsAnotherSwitcherLeftBehindAreRepaired(t *testing.T) {
	t.Parallel()
	for _, only := range append([]string{"all of them"}, goesWithAccount...) {
		for _, config := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/config too %v", only, config), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				mine := siblingsOf("personal", w.resident(personal).Person.OrganizationUUID)
				for name := range mine {
					if only != "all of them" && name != only {
						delete(mine, name)
					}
				}
				w.setAll(w.paths.Credentials(), mine)
				w.swap(oauthcore.SwapRequest{To: work}) // personal's went to the vault
				w.swap(oauthcore.SwapRequest{To: personal})
				if config {
					w.set(w.paths.ClaudeJSON, string(w.account(work).OAuthAccount), "oauthAccount")
				}
				w.set(w.paths.Credentials(), string(w.account(work).Credential.JSON()), "claudeAiOauth")
				w.settled()
				got := w.members(w.paths.Credentials())
				for name := range mine {
					if got[name] != "" {
						t.Errorf("%s of the account before is still beside the login", name)
					}
				}
				w.live(work)
				w.swap(oauthcore.SwapRequest{To: personal})
				got = w.members(w.paths.Credentials())
				for name, raw := range mine {
					if got[name] != raw {
						t.Errorf("%s did not come back: %s", name, got[name])
					}
				}
			})
		}
	}
}

// Another switcher puts the login of an account that is not identified yet beside
// the siblings of the one before, while the provider cannot be reached. Without
// the rule they stay that account's once it is known whose login it is.
func TestSiblingsOfAnotherAccountAreNotKeptOnceTheOwnerIsKnown(t *testing.T) {
	t.Parallel()
	for _, swapped := range []bool{false, true} {
		w := newWorld(t)
		w.clock.Add(9 * time.Hour) // nothing tells whose the pool's logins are
		w.settled()
		if w.account(work).Identified() {
			t.Fatal("identified")
		}
		w.setAll(w.paths.Credentials(), map[string]string{
			"claudeAiOauth": string(w.account(work).Credential.JSON()), "organizationUuid": `"another"`, "trustedDeviceToken": `"of another"`,
		})
		w.offline()
		w.core.Settle(context.Background()) //nolint:errcheck // what it cannot find out now
		w.online()
		if _, err := w.core.Refresh(context.Background(), work); err != nil { // the answer tells
			t.Fatal(err)
		}
		if swapped {
			w.swap(oauthcore.SwapRequest{To: personal})
			w.swap(oauthcore.SwapRequest{To: work})
		}
		w.settled()
		if got := w.members(w.paths.Credentials()); got["trustedDeviceToken"] != "" || got["organizationUuid"] == `"another"` {
			t.Errorf("swapped %v: the other account's siblings are beside the login: %s, %s", swapped, got["organizationUuid"], got["trustedDeviceToken"])
		}
	}
}
