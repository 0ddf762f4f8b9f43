package oauthcore_test

import (
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// A login without proof stands under an account's key in the pool, and is later
// than the account's. One that the provider ended, or names as another
// account's, is no successor of it; while that cannot be found out, the
// account's own token is not presented.
func TestALaterLoginUnderAnAccountsKeyIsTriedFirst(t *testing.T) {
	t.Parallel()
	const refresh, swap = "refresh", "swap"
	for _, operation := range []string{refresh, swap} {
		for what, want := range map[string]view.Code{"ended": "", "another organization's": "", "offline": view.CodeOffline, "lost": view.CodeUnsure} {
			w := newWorld(t)
			w.settled()
			w.swap(oauthcore.SwapRequest{To: work})
			w.offline()
			w.clock.Add(9 * time.Hour) // the access tokens have lapsed
			w.pool(personal, w.issue(adaAccount, guildOrg, -time.Hour, 2000*time.Hour))
			w.settled()
			w.online()
			s, err := w.core.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			rival := s.Vault.RivalOf(s.Vault.Get(personal))
			if rival == nil {
				t.Fatal("no login under the key of " + personal)
			}
			switch what {
			case "ended":
				if err := w.provider.Kill(adaAccount, guildOrg); err != nil {
					t.Fatal(err)
				}
			case "offline":
				w.fail(providertest.FaultUnavailable, 1)
			case "lost":
				w.fail(providertest.FaultHTML, 2)
			}
			before := w.account(personal).Credential
			if operation == swap {
				_, err = w.core.Swap(t.Context(), oauthcore.SwapRequest{To: personal})
			} else {
				_, err = w.core.Refresh(t.Context(), personal)
			}
			w.provider.ClearFaults()
			if err != nil && view.CodeOf(err) != want || (err == nil) != (want == "") {
				t.Errorf("%s, %s: %v, want code %q", operation, what, err, want)
			}
			presented := !w.alive(before.Fingerprint())
			if presented != (want == "") {
				t.Errorf("%s, %s: the account's own token was presented: %v", operation, what, presented)
			}
			if ended := w.account(rival.Key).NeedsNewLogin(); ended != (what == "ended") {
				t.Errorf("%s, %s: the other login needs a new one: %v", operation, what, ended)
			}
		}
	}
}
