//go:build unix

package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"

	"github.com/tidwall/gjson"
)

// Nothing waits on the disk for the Keychain, so after a login that was killed
// right before or after its replacement only the item's content tells which it
// was, whatever Claude Code made of it meanwhile.
func TestALoginKilledAtTheKeychain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		deadlines bool
		meanwhile func(*stepWorld)
		undecided bool
	}{
		{"nothing happened", true, func(*stepWorld) {}, false},
		{"nothing happened, no deadlines", false, func(*stepWorld) {}, false},
		{"an MCP login came", true, (*stepWorld).mcpLogin, false},
		{"an MCP login came, no deadlines", false, (*stepWorld).mcpLogin, false},
		{"refreshed", true, func(w *stepWorld) { w.clientRefreshes() }, false},
		{"refreshed, no deadlines", false, func(w *stepWorld) { w.clientRefreshes() }, true},
		{"a third login", true, (*stepWorld).thirdLogin, true},
		{"logged out", true, func(w *stepWorld) {
			if err := os.Remove(w.paths.Credentials()); err != nil {
				w.Fatal(err)
			}
		}, false},
	} {
		for _, at := range []string{"keychain.write", "keychain.written"} {
			t.Run(tt.name+" "+at, func(t *testing.T) {
				w := killedLogin(t, at, tt.deadlines)
				tt.meanwhile(w)
				before := w.item()
				if err := w.core.Settle(context.Background()); err != nil {
					t.Fatal(err)
				}
				w.sound()
				if tt.undecided {
					w.bothKept(before)
				} else {
					w.newestWins(before)
				}
				if _, err := os.Stat(w.paths.OldInbox()); err == nil {
					t.Error("the inbox is still there")
				}
			})
		}
	}
}

// killedLogin is a world in which a login of the live account was killed right
// before a step.
func killedLogin(t *testing.T, step string, deadlines bool) *stepWorld {
	t.Helper()
	const name = "login of the live account"
	op := stepOps()[name]
	if !deadlines {
		seed := op.seed
		op.seed = func(w *stepWorld) {
			seed(w)
			w.order.Grant.LoginEnds = time.Time{}
			doc := string(w.read(w.paths.Credentials()))
			bare := regexp.MustCompile(`"refreshTokenExpiresAt":\d+,`).ReplaceAllString(doc, "")
			if bare == doc {
				w.Fatal("no deadline to take away")
			}
			w.write(w.paths.Credentials(), bare)
		}
	}
	whole := newStepWorldOf(t, "darwin", name, op).order.killed(t)
	at := slices.Index(whole.steps, step)
	if !whole.done || at < 0 {
		t.Fatalf("left alone: %+v", whole)
	}
	w := newStepWorldOf(t, "darwin", name, op)
	w.order.At = at + 1
	if run := w.order.killed(t); run.last() != step {
		t.Fatalf("killed before %q", run.last())
	}
	if note := gjson.GetBytes(w.read(w.paths.OldInbox()), "waiting"); len(note.Get("was").String()) != 64 || note.Get("ends").Exists() != deadlines {
		t.Fatalf("noted %s", note)
	}
	w.core = w.newCore(quickFS())
	return w
}

// item is what the Keychain holds, nothing where there is no item.
func (w *stepWorld) item() string {
	doc, err := os.ReadFile(w.paths.Credentials())
	if err != nil {
		return ""
	}
	return string(doc)
}

func (w *stepWorld) mcpLogin() {
	w.write(w.paths.Credentials(), strings.Replace(w.item(), `"mcpOAuth":{`, `"mcpOAuth":{"new|1":{},`, 1))
}

// thirdLogin has the person log in to the same account through Claude Code, too.
func (w *stepWorld) thirdLogin() {
	w.clock.Add(time.Hour)
	who := w.resident(personal).Person
	c, err := w.provider.Issue(who.AccountUUID, who.OrganizationUUID)
	if err != nil {
		w.Fatal(err)
	}
	w.write(w.paths.Credentials(), `{"claudeAiOauth":{"accessToken":"`+c.AccessToken.Reveal()+`","refreshToken":"`+c.RefreshToken.Reveal()+
		`","expiresAt":`+millis(c.ExpiresAt)+`,"refreshTokenExpiresAt":`+millis(c.LoginExpiresAt)+
		`,"scopes":["user:inference"],"accountUuid":"`+who.AccountUUID+`","organizationUuid":"`+who.OrganizationUUID+`"}}`)
}

// newestWins checks that the new login, or what became of it, is kept and live.
func (w *stepWorld) newestWins(before string) {
	w.Helper()
	logins := w.provider.State().Logins
	newest := logins[len(logins)-1].RefreshFingerprint
	if w.account(personal).Credential.Fingerprint() != newest || w.account(personal).Unsure() {
		w.Error("the new login is not the one kept")
	}
	if before == "" {
		if w.item() != "" {
			w.Error("nobody was logged in, and now somebody is")
		}
		return
	}
	if w.credential().Fingerprint() != newest {
		w.Error("the new login is not the one Claude Code uses")
	}
	if gjson.Get(before, "mcpOAuth").Raw != gjson.Get(w.item(), "mcpOAuth").Raw {
		w.Error("the MCP logins changed")
	}
	if aside, _ := filepath.Glob(filepath.Join(w.paths.SetAside(), "*.json")); len(aside) != 0 {
		w.Errorf("set aside: %q", aside)
	}
}

// bothKept checks that what Claude Code uses stays, and that the inbox's login
// is kept beside it and said to be unsure of.
func (w *stepWorld) bothKept(before string) {
	w.Helper()
	a := w.account(personal)
	if !a.Credential.RefreshToken.Equal(w.credential().RefreshToken) || !a.Unsure() || !w.view(personal).Unsure {
		w.Error("what Claude Code uses is not the one kept, or taken for sure")
	}
	if gjson.Get(before, "claudeAiOauth.refreshToken").String() != w.credential().RefreshToken.Reveal() {
		w.Error("Claude Code's login was replaced")
	}
	aside, err := filepath.Glob(filepath.Join(w.paths.SetAside(), "*.json"))
	if err != nil || len(aside) != 1 {
		w.Fatalf("set aside: %q, %v", aside, err)
	}
	if got := gjson.GetBytes(w.read(aside[0]), "claudeAiOauth.refreshToken").String(); got != w.order.Grant.Refresh {
		w.Error("the login set aside is not the inbox's")
	}
	said, err := w.core.Activities()
	if err != nil || !slices.ContainsFunc(said, func(x view.Activity) bool { return x.Kind == "unsure" && x.Key == personal }) {
		w.Errorf("said %+v, %v", said, err)
	}
	// A refresh tells.
	if _, err := w.core.Refresh(context.Background(), personal); err != nil {
		w.Fatal(err)
	}
	if w.account(personal).Unsure() {
		w.Error("still unsure")
	}
	w.world.live(personal)
}
