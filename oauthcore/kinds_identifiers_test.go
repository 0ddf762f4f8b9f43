package oauthcore_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// Another switcher writes the tokens of one account into the claudeAiOauth that
// stands there and keeps the members it does not know: the identifiers in it are
// still those of the account before. The token is known for the other account,
// so nothing is proved, and no login may be lost for it.
func TestTokensUnderAnotherAccountsIdentifiers(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	to := w.account(work).Credential
	w.setAll(w.paths.Credentials(), map[string]string{
		"accessToken":  strconv.Quote(to.AccessToken.Reveal()),
		"refreshToken": strconv.Quote(to.RefreshToken.Reveal()),
		"expiresAt":    strconv.FormatInt(w.clock.Now().Add(9*time.Hour).UnixMilli(), 10),
	}, "claudeAiOauth")
	_, err := w.core.Import(context.Background())
	t.Log("import:", err)
	w.nothingLost()
	w.truthful()
	for _, key := range []string{personal, work} {
		if w.account(key).NeedsNewLogin() {
			t.Errorf("%s has no login any more", key)
		}
	}
}

// huskies logs in to one more organization under the key of an account whose
// earlier login nobody could identify yet: both are alive, and which of them is
// whose is not known.
func TestASecondUnidentifiedLoginUnderOneKey(t *testing.T) {
	for name, fresh := range map[string]time.Duration{"later": 8 * time.Hour, "earlier": time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.settled()
			third := w.resident(personal).Person
			const thirdOrg = "5d2f3f0e-1c7b-4f4e-8a50-3b8f6a1d9c27"
			third.OrganizationUUID, third.OrganizationName = thirdOrg, "Third"
			w.provider.AddAccount(third)
			w.swap(oauthcore.SwapRequest{To: work})
			w.offline()
			w.pool(personal, w.issue(adaAccount, guildOrg, 7*time.Hour, 20*24*time.Hour))
			w.settled()
			w.pool(personal, w.issue(adaAccount, thirdOrg, fresh, 25*24*time.Hour))
			w.settled()
			w.online()
			w.settled()
			w.refreshAll()
			w.nothingLost()
		})
	}
}

// A login of an unidentified account is moved to set-aside, which puts the
// account in doubt. A person's login to the same address must not present the
// doubtful token: it ends the login in set-aside.
func TestALoginPresentsAnUnsureToken(t *testing.T) {
	w := newWorld(t)
	w.clock.Add(9 * time.Hour) // nothing tells whose the pool's logins are
	w.settled()
	if w.account(lab).Identified() {
		t.Fatal("identified")
	}
	w.fail(providertest.FaultLostBefore, 2)
	_, err := w.core.Refresh(context.Background(), lab)
	wantCode(t, err, view.CodeUnsure)
	before := w.provider.State().Calls[providertest.EndpointRefresh]
	w.login(lab)
	if got := w.provider.State().Calls[providertest.EndpointRefresh]; got != before {
		t.Errorf("a login presented %d refresh tokens; one was of an account in doubt", got-before)
	}
}

// The same by a swap to another account, whose key in the pool had the
// unidentified login.
func TestASwapPresentsAnotherAccountsUnsureToken(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: work})
	w.offline()
	w.pool(personal, w.issue(adaAccount, guildOrg, 10*time.Hour, 20*24*time.Hour))
	w.settled()
	w.online()
	w.fail(providertest.FaultLostAfter, 2)
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: personal})
	t.Log("first swap:", err)
	before := w.provider.State().Calls[providertest.EndpointRefresh]
	_, err = w.core.Swap(context.Background(), oauthcore.SwapRequest{To: personal})
	t.Log("second swap:", err)
	for _, again := range w.provider.PresentedAgain() {
		t.Logf("%+v", again)
	}
	if got := w.provider.State().Calls[providertest.EndpointRefresh]; got != before {
		t.Errorf("a swap to another account presented the token in doubt %d times more", got-before)
	}
}

// Polling presents no refresh token, least of all one that may be used up.
func TestPollingPresentsAnUnsureToken(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: work})
	w.fail(providertest.FaultLostAfter, 2)
	_, err := w.core.Refresh(context.Background(), personal)
	t.Log(err)
	if !w.unsure(personal) {
		t.Fatal("not unsure")
	}
	w.configure("usage.poll", "on")
	if err := w.provider.Fail(providertest.Fault{
		Endpoint: providertest.EndpointUsage, Kind: providertest.FaultStatus, Status: 401, Times: -1,
		Account: w.resident(personal).Person.AccountUUID,
	}); err != nil {
		t.Fatal(err)
	}
	before := w.provider.State().Calls[providertest.EndpointRefresh]
	if _, err := w.core.Poll(context.Background()); err != nil {
		t.Log(err)
	}
	if got := w.provider.State().Calls[providertest.EndpointRefresh]; got != before {
		t.Errorf("polling presented %d refresh tokens", got-before)
	}
}

// The login's own deadline is 27 to 30 days after it was made: a login made
// later may end earlier. Where the account's older login is in doubt because it
// disappeared from Claude Code's file, a new login of Claude Code's is not
// replaced by it.
func TestADeadLoginReplacesALaterOneOfAShorterDeadline(t *testing.T) {
	w := newWorld(t)
	w.goLive(personal, w.issueFor(personal, 8*time.Hour, 30*24*time.Hour), true)
	w.settled()
	// The provider refuses it; Claude Code leaves a tombstone, and Baton sees it.
	who := w.resident(personal).Person
	if err := w.provider.Kill(who.AccountUUID, who.OrganizationUUID); err != nil {
		t.Fatal(err)
	}
	w.setAll(w.paths.Credentials(), map[string]string{
		"accessToken": `""`, "refreshToken": `""`, "expiresAt": "0",
	}, "claudeAiOauth")
	w.settled()
	w.clock.Add(time.Hour)
	// claude auth login
	next := w.issueFor(personal, 8*time.Hour, 27*24*time.Hour)
	w.goLive(personal, next, true)
	w.settled()
	if got := w.credential(); !got.RefreshToken.Equal(next.RefreshToken) {
		t.Errorf("the new login was replaced in Claude Code's file by one that is dead (alive: %v)", w.alive(got.Fingerprint()))
	}
	w.kept(personal)
}

// An account whose live login has an access token alone is live: a swap onto
// itself does not claim that another program interfered, for ever.
func TestASwapOntoALoginWithoutRefreshToken(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	cr := w.issueFor(personal, 8*time.Hour, 20*24*time.Hour)
	w.setAll(w.paths.Credentials(), map[string]string{
		"accessToken": strconv.Quote(cr.AccessToken.Reveal()), "refreshToken": "null",
	}, "claudeAiOauth")
	for range 3 {
		_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: personal})
		if err != nil {
			t.Errorf("%v (%s)", err, view.CodeOf(err))
		}
		w.clock.Add(time.Minute)
	}
}
