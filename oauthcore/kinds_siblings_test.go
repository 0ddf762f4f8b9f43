package oauthcore_test

import (
	"fmt"
	"testing"

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
				w.setIn(w.paths.Credentials(), mine)
				w.swap(oauthcore.SwapRequest{To: work}) // personal's went to the vault
				w.swap(oauthcore.SwapRequest{To: personal})
				if config {
					w.setIn(w.paths.ClaudeJSON, map[string]string{"oauthAccount": string(w.account(work).OAuthAccount)})
				}
				w.setIn(w.paths.Credentials(), map[string]string{"claudeAiOauth": string(w.account(work).Credential.JSON())})
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
