package oauthcore_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"baton/oauthcore"
)

// Another program rewrites the live file in place and is slow: for a moment
// there is nothing in it. The same login is there again, and no account is in
// doubt for it.
func TestALoginThatIsThereAgainStaysInDoubt(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	doc := string(w.read(w.paths.Credentials()))
	w.write(w.paths.Credentials(), "")
	w.settled()
	w.write(w.paths.Credentials(), doc)
	w.settled()
	w.settled()
	if w.unsure(personal) {
		t.Error("unsure, though its login is where it was")
	}
}

// A login that names account and organization of nobody in the vault is set
// aside: it is none of theirs, and none of them is in doubt.
func TestAForeignLoginPutsEveryAccountInDoubt(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.offline()
	cr := w.issue(adaAccount, guildOrg, 8*time.Hour, 20*24*time.Hour)
	w.goLive(personal, cr, true)
	w.set(w.paths.ClaudeJSON, "null", "oauthAccount") // it lends no address
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work, SetAside: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{personal, side, night} { // lab's owner is not known, so it may be lab's
		if w.unsure(key) {
			t.Errorf("%s is unsure", key)
		}
	}
}

// The key of an account that turned out to be another one is given to the next
// one. A token of the former must not be taken for a token of the latter.
func TestASpentTokenUnderAKeyThatWasGivenAgain(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: work})
	w.offline()
	first := w.issueFor(personal, 7*time.Hour, 25*24*time.Hour)
	w.pool(personal, first)
	w.settled()
	w.pool(personal, w.issueFor(personal, 8*time.Hour, 25*24*time.Hour))
	w.settled()
	w.online()
	w.settled() // the second account turns out to be the first
	if w.vault().Get(personal+"#2") != nil {
		t.Fatal("still there")
	}
	w.offline()
	guild := w.issue(adaAccount, guildOrg, 9*time.Hour, 20*24*time.Hour)
	w.pool(personal, guild)
	w.settled()
	if w.vault().Get(personal+"#2") == nil {
		t.Fatal("another key")
	}
	// Another switcher puts the used-up token back.
	w.set(w.paths.Credentials(), `{"accessToken":`+strconv.Quote(first.AccessToken.Reveal())+`,"refreshToken":`+strconv.Quote(first.RefreshToken.Reveal())+
		`,"expiresAt":`+strconv.FormatInt(first.ExpiresAt.UnixMilli(), 10)+`,"scopes":["user:inference"]}`, "claudeAiOauth")
	w.settled()
	if w.credential().RefreshToken.Equal(guild.RefreshToken) {
		t.Error("the login of the other organization was made live, which nobody asked for")
	}
}
