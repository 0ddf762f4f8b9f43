package oauthcore_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// An address can have several organisations, and programs key logins by the
// address. Without the rule the login of one takes the place of the other's:
// one is lost, and the other is used under its name. Both are there in the end,
// each under its own name, in whatever order and place Baton meets them, and
// also where the provider cannot say whose they are until later.
func TestTwoOrganizationsOfOneAddressNeverTakeEachOthersPlace(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"personal", "guild"} {
		for _, firstAt := range []string{"pool", "pool lapsed", "live", "live without identifiers"} {
			for _, secondAt := range []string{"pool", "pool lapsed", "other key", "other key lapsed", "live", "live without identifiers", "login"} {
				for _, offline := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s by %s then %s/offline %v", first, firstAt, secondAt, offline), func(t *testing.T) {
						t.Parallel()
						twoOrganizations(t, first, firstAt, secondAt, offline)
					})
				}
			}
		}
	}
}

func twoOrganizations(t *testing.T, first, firstAt, secondAt string, offline bool) {
	w := newWorld(t)
	personalOrg := w.resident(personal).Person.OrganizationUUID
	orgs := []string{personalOrg, guildOrg}
	if first == "guild" {
		orgs = []string{guildOrg, personalOrg}
	}
	// Nothing of Ada's is there yet; the live login is another's.
	if err := w.provider.Kill(adaAccount, personalOrg); err != nil {
		t.Fatal(err)
	}
	w.goLive(work, w.resident(work).Credentials, true)
	w.pool(personal, providertest.Credentials{})
	if !offline {
		w.settled()
	}
	place := func(at, org string) {
		fresh := 4 * time.Hour
		if strings.HasSuffix(at, "lapsed") {
			fresh = -time.Minute
		}
		if at == "login" {
			who := personal
			if org == guildOrg {
				who += " · Analytical Guild"
			}
			w.login(who)
			return
		}
		cr := w.issue(adaAccount, org, fresh, 26*24*time.Hour)
		switch at {
		case "pool", "pool lapsed":
			w.pool(personal, cr)
		case "other key", "other key lapsed":
			w.pool("ADA@example.com", cr)
		case "live", "live without identifiers":
			w.goLive(personal, cr, at == "live")
		}
	}
	if offline {
		w.offline()
	}
	place(firstAt, orgs[0])
	settle := func() {
		if err := w.core.Settle(context.Background()); err != nil && !offline {
			t.Fatal(err)
		}
	}
	settle()
	if strings.HasPrefix(firstAt, "live") && strings.HasPrefix(secondAt, "live") && offline {
		return // Claude Code itself overwrites a login that Baton could not name
	}
	w.clock.Add(time.Minute)
	place(secondAt, orgs[1])
	settle()
	w.truthful()
	w.nothingLost()
	if strings.Contains(firstAt+secondAt, "without") {
		// Once it has lapsed only Claude Code itself could refresh it.
		w.online()
		settle()
	}
	w.clock.Add(9 * time.Hour) // every access token lapses
	w.online()
	w.core.Settle(context.Background()) //nolint:errcheck // what is lapsed may stay unknown until a refresh
	w.nothingLost()
	w.refreshAll()
	w.settled()
	w.refreshAll()
	w.nothingLost()
	for _, org := range orgs {
		found := 0
		for _, a := range w.vault().Accounts() {
			if a.AccountUUID == adaAccount && a.OrganizationUUID == org && !a.NeedsNewLogin() {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d accounts of %s have a login, want 1", found, org)
		}
	}
}

// huskies writes the second organisation's login over the first's entry, eight
// hours pass, and a swap to the first one follows. Without the rule it runs on
// the other organisation's login, with the first one's name in .claude.json.
func TestASwapNeverRunsOnTheOtherOrganizationsLogin(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not run: it makes many homes")
	}
	for _, wait := range []time.Duration{0, 3 * time.Hour, 9 * time.Hour} {
		for _, fresh := range []time.Duration{time.Minute, 8 * time.Hour, 12 * time.Hour} {
			for _, live := range []string{work, personal} {
				for _, offline := range []bool{false, true} {
					t.Run(fmt.Sprintf("wait %v/fresh %v/live %s/offline %v", wait, fresh, live, offline), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t)
						w.settled()
						w.swap(oauthcore.SwapRequest{To: live})
						w.pool(personal, w.issue(adaAccount, guildOrg, fresh, 20*24*time.Hour))
						w.clock.Add(wait)
						if offline {
							w.offline()
						}
						for _, to := range []string{side, personal} {
							_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: to})
							owner := w.ownerOf(w.credential().Fingerprint())
							if owner != w.liveName() {
								t.Errorf("swap to %s: %v; live is %s, named %s", to, err, owner, w.liveName())
							}
							if want := w.resident(to).Person; err == nil && owner != want.AccountUUID+" "+want.OrganizationUUID {
								t.Errorf("a swap to %s made %s live", to, owner)
							}
						}
						w.truthful()
						w.nothingLost()
						w.online()
						w.settled()
						w.refreshAll()
						w.nothingLost()
					})
				}
			}
		}
	}
}

// The answer to a refresh names another organisation than the one it was asked
// for. Without the rule the answer stays where it was asked for.
func TestARefreshAnswerGoesToTheAccountItNames(t *testing.T) {
	t.Parallel()
	for _, guildKnown := range []bool{false, true} {
		for _, live := range []bool{false, true} {
			t.Run(fmt.Sprintf("known %v/live %v", guildKnown, live), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				if guildKnown {
					w.login(personal + " · Analytical Guild")
				}
				if live {
					w.swap(oauthcore.SwapRequest{To: personal})
				} else {
					w.swap(oauthcore.SwapRequest{To: work})
				}
				// The vault holds a login of the other organisation under personal's
				// name, as an earlier version could leave it.
				w.clock.Add(time.Hour)
				wrong := w.issue(adaAccount, guildOrg, 8*time.Hour, 28*24*time.Hour)
				mine := w.account(personal).Credential
				for _, path := range []string{w.paths.Vault(), w.paths.Pool(), w.paths.Credentials()} {
					w.replaceIn(path, mine.AccessToken, wrong.AccessToken)
					w.replaceIn(path, mine.RefreshToken, wrong.RefreshToken)
				}
				if _, err := w.core.Refresh(context.Background(), personal); err == nil {
					t.Error("the account is said to be refreshed")
				}
				w.truthful()
				if a := w.account(personal); !a.NeedsNewLogin() {
					t.Error("the account still has a login, which is another's")
				}
				w.onDiskOf(guildOrg)
			})
		}
	}
}

// replaceIn replaces a token in a file.
func (w *world) replaceIn(path string, old, next secret.Secret) {
	w.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		w.Fatal(err)
	}
	w.write(path, strings.ReplaceAll(string(doc), old.Reveal(), next.Reveal()))
}

// onDiskOf checks that every living login of an organisation is on disk.
func (w *world) onDiskOf(org string) {
	w.Helper()
	found := w.onDisk()
	for _, l := range w.provider.State().Logins {
		if l.OrganizationUUID == org && found[l.RefreshFingerprint] == nil {
			w.Errorf("a living login of %s is on disk nowhere", org)
		}
	}
}
