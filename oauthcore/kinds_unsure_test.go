package oauthcore_test

import (
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/provider"
)

// The pool's entry of an address is the login of its second organization, which
// nobody could identify yet. It was live, Claude Code refreshed it, and the
// successor was set aside. A login to the first organization then presents the
// earlier token, which ends the login in set-aside.
func TestALoginEndsTheLoginInSetAside(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	guild := w.issue(adaAccount, guildOrg, -time.Hour, 20*24*time.Hour)
	w.goLive(work, w.issueFor(work, 8*time.Hour, 20*24*time.Hour), true)
	w.pool(personal, guild)
	w.settled()
	if w.account(personal).Identified() {
		t.Fatal("identified")
	}
	// Another switcher makes it live, and Baton sees that.
	w.goLive(personal, guild, false)
	w.settled()
	// Claude Code refreshes it, an older one: without identifiers.
	endpoints, err := provider.FromBase(w.provider.URL())
	if err != nil {
		t.Fatal(err)
	}
	g, err := provider.New(endpoints, provider.Options{Now: w.clock.Now}).Refresh(ctx, guild.RefreshToken, guild.Scopes)
	if err != nil {
		t.Fatal(err)
	}
	w.setAll(w.paths.Credentials(), map[string]string{
		"accessToken":  strconv.Quote(g.AccessToken.Reveal()),
		"refreshToken": strconv.Quote(g.RefreshToken.Reveal()),
		"expiresAt":    strconv.FormatInt(g.ExpiresAt.UnixMilli(), 10),
	}, "claudeAiOauth")
	w.offline()
	w.swap(oauthcore.SwapRequest{To: work, SetAside: true})
	w.online()
	if a := w.account(personal); a.Doubt == "" {
		t.Fatal("no doubt")
	}
	w.login(personal)
	if !w.alive(g.RefreshToken.Fingerprint()) {
		t.Error("the login in set-aside was ended by presenting the token before it")
	}
}

// A file system that has no modes, as that of a USB stick, refuses chmod: the
// second write of each file must work like the first.
func TestAFileSystemWithoutModes(t *testing.T) {
	w := newWorld(t)
	w.settled()
	core := w.newCore(&filestest.FS{Before: filestest.On("match", func(string) error { return syscall.EPERM })})
	_, err := core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	if err != nil {
		t.Errorf("swap: %v", err)
	}
	if _, err := core.Refresh(t.Context(), work); err != nil {
		t.Errorf("refresh: %v", err)
	}
}

// What another account's login left beside the live one is not taken for its
// owner's, also where it changed since it was last seen.
func TestSiblingsThatChangedAreTakenForAnotherAccounts(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.set(w.paths.Credentials(), `{"url":"https://one.example"}`, "enterpriseGateway")
	w.swap(oauthcore.SwapRequest{To: work})
	w.swap(oauthcore.SwapRequest{To: personal})
	// Claude Code learns more; then another switcher changes claudeAiOauth alone.
	const newer = `{"url":"https://one.example","token":"2"}`
	w.set(w.paths.Credentials(), newer, "enterpriseGateway")
	w.set(w.paths.Credentials(), string(w.account(work).Credential.JSON()), "claudeAiOauth")
	w.settled()
	if got := w.members(w.paths.Credentials())["enterpriseGateway"]; got != "" {
		t.Errorf("every prompt of work goes to the gateway of the account before: %s", got)
	}
	if s := w.account(work).Siblings; s != nil {
		t.Errorf("and it is kept as work's: %s", s)
	}
}

// The state of a process killed between the two files: open repairs the name,
// and the policy files of the organization before are to go with it.
func TestPolicyFilesStayAfterAKill(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	name := w.read(w.paths.ClaudeJSON)
	w.swap(oauthcore.SwapRequest{To: work})
	w.write(w.paths.ClaudeJSON, string(name))
	w.write(w.paths.Config+"/remote-settings.json", `{"hooks":{}}`)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	if _, err := os.Stat(w.paths.Config + "/remote-settings.json"); err == nil {
		t.Error("the managed hooks of the other organization still run")
	}
}

// A login that is not the account's later one is kept, and the reason told is
// not that the provider did not say whose it is.
func TestTheReasonAfterALoginThatEndsEarlier(t *testing.T) {
	w := newWorld(t)
	w.goLive(personal, w.issueFor(personal, 8*time.Hour, 60*24*time.Hour), true)
	w.settled()
	saved := w.login(personal)
	t.Logf("%+v", saved)
	if saved.Key == "" {
		t.Errorf("the login just made is not the account's: %q", saved.Note)
	}
}
