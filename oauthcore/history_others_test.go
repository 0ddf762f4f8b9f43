//go:build unix

package oauthcore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/providertest"
)

// pick gives a number below n; the numbers are drawn before the action starts.
type pick func(n int) int

// otherActions are what other programs do, by name.
func otherActions() map[string]func(*history, pick) {
	return map[string]func(*history, pick){
		"the client refreshes":                    func(h *history, p pick) { h.clientRefreshes(false) },
		"the old client refreshes":                func(h *history, p pick) { h.clientRefreshes(true) },
		"a person logs in inside the client":      func(h *history, p pick) { h.clientLogsIn(h.people[p(len(h.people))], p(3) > 0) },
		"a person logs out inside the client":     func(h *history, p pick) { h.clientLogsOut() },
		"the client writes a tombstone":           func(h *history, p pick) { h.tombstone() },
		"the client writes its siblings":          func(h *history, p pick) { h.clientWritesSiblings(p(100)) },
		"huskies reads the pool":                  func(h *history, p pick) { h.readPool() },
		"huskies refreshes an entry":              func(h *history, p pick) { h.huskiesRefreshes(p) },
		"huskies writes back what it read":        func(h *history, p pick) { h.writePool() },
		"huskies logs in":                         func(h *history, p pick) { h.huskiesLogsIn(h.people[p(len(h.people))], p(2) == 0) },
		"huskies copies an entry":                 func(h *history, p pick) { h.huskiesCopies(p) },
		"the second switcher keeps the login":     func(h *history, p pick) { h.switcherKeeps() },
		"the second switcher puts its login back": func(h *history, p pick) { h.switcherRestores() },
	}
}

// free says whether a lock directory can be had: one that is stale by the
// client's own rule is removed.
func (h *history) free(path string, stale time.Duration) bool {
	info, err := os.Stat(path)
	if err != nil {
		return true
	}
	if h.clock.Now().Sub(info.ModTime()) <= stale {
		return false
	}
	_ = os.Remove(path)
	return true
}

func (h *history) refreshFree(old bool) bool {
	if old {
		return h.free(h.paths.Secure+".lock", 10*time.Second)
	}
	return h.free(filepath.Join(h.paths.Secure, ".oauth_refresh.lock"), time.Minute) && h.free(h.paths.Secure+".lock", time.Minute)
}

func (h *history) writeFree() bool {
	return h.free(filepath.Join(h.paths.Secure, ".storage-write.lock"), 15*time.Second)
}

func (h *history) configFree() bool { return h.free(h.paths.ClaudeJSON+".lock", 10*time.Second) }

// breakLocks removes the locks that a Baton which was killed left, as time does.
func (h *history) breakLocks() { h.clock.Add(2 * time.Minute) }

// client is a session of Claude Code that does one thing.
func (h *history) client(old bool) *doubleClient {
	return &doubleClient{
		old: old, name: "client", paths: h.paths, base: "http://127.0.0.1:1",
		http: http.Client{Transport: &caller{&h.wire, "client"}},
	}
}

func (h *history) clientRefreshes(old bool) {
	if !h.refreshFree(old) {
		return
	}
	d := h.client(old)
	file, login, err := d.read()
	if err != nil || login.RefreshToken == "" || !login.due(h.clock.Now()) {
		return
	}
	refused, err := d.presentAt(context.Background(), &login, h.clock.Now())
	if err != nil || !old && !h.writeFree() {
		return // what came is thrown away
	}
	if refused {
		login.AccessToken, login.RefreshToken, login.ExpiresAt = "", "", 0
	}
	file["claudeAiOauth"], err = json.Marshal(login)
	h.must(err)
	h.writeCredentials(file)
}

func (h *history) writeCredentials(file map[string]json.RawMessage) {
	doc, err := json.Marshal(file)
	h.must(err)
	h.must(os.WriteFile(h.paths.Credentials(), doc, 0o600))
}

func (h *history) clientLogsIn(who providertest.Person, identifiers bool) {
	if h.writeFree() && h.configFree() {
		h.goLive(who, h.issue(who, 8*time.Hour), identifiers)
	}
}

// goLive makes a login the live one as Claude Code's own login does; without
// identifiers as older versions do.
func (h *history) goLive(who providertest.Person, cr providertest.Credentials, identifiers bool) {
	l := doubleLogin{
		AccessToken: cr.AccessToken.Reveal(), RefreshToken: cr.RefreshToken.Reveal(),
		ExpiresAt: cr.ExpiresAt.UnixMilli(), Scopes: cr.Scopes,
	}
	file, _, err := h.client(false).read()
	if err != nil {
		file = map[string]json.RawMessage{"mcpOAuth": json.RawMessage(`{"x":{"serverName":"x"}}`)}
	}
	if identifiers {
		ends := cr.LoginExpiresAt.UnixMilli()
		l.AccountUUID, l.OrganizationUUID, l.RefreshTokenExpiresAt = cr.AccountUUID, cr.OrganizationUUID, &ends
	} else {
		h.bareToken(l.RefreshToken)
	}
	file["claudeAiOauth"], err = json.Marshal(l)
	h.must(err)
	file["organizationUuid"] = fmt.Appendf(nil, "%q", who.OrganizationUUID)
	file["trustedDeviceToken"] = fmt.Appendf(nil, "%q", "device of "+who.OrganizationUUID)
	h.writeCredentials(file)
	named, err := json.Marshal(map[string]any{"accountUuid": who.AccountUUID, "organizationUuid": who.OrganizationUUID, "emailAddress": who.Email})
	h.must(err)
	h.name(named)
}

// name makes .claude.json name an account, or none.
func (h *history) name(account []byte) {
	doc, err := os.ReadFile(h.paths.ClaudeJSON)
	h.must(err)
	doc, err = jsonedit.Apply(doc, []jsonedit.Edit{{Name: "oauthAccount", Raw: account}})
	h.must(err)
	h.must(os.WriteFile(h.paths.ClaudeJSON, doc, 0o600))
}

// clientLogsOut ends the live login at the provider and takes it out of the
// files.
func (h *history) clientLogsOut() {
	file, login, err := h.client(false).read()
	if err != nil || login.RefreshToken == "" || !h.writeFree() || !h.configFree() {
		return
	}
	h.revoke(login.RefreshToken)
	for _, name := range []string{"claudeAiOauth", "organizationUuid", "trustedDeviceToken"} {
		delete(file, name)
	}
	h.writeCredentials(file)
	h.name(nil)
}

// tombstone is what the client writes after a refresh the provider refused.
func (h *history) tombstone() {
	file, login, err := h.client(false).read()
	if err != nil || login.RefreshToken == "" || !h.refreshFree(false) || !h.writeFree() {
		return
	}
	h.revoke(login.RefreshToken)
	login.AccessToken, login.RefreshToken, login.ExpiresAt = "", "", 0
	file["claudeAiOauth"], err = json.Marshal(login)
	h.must(err)
	h.writeCredentials(file)
}

func (h *history) clientWritesSiblings(n int) {
	file, _, err := h.client(false).read()
	if err != nil || !h.writeFree() {
		return
	}
	file["mcpOAuth"] = fmt.Appendf(nil, `{"x":{"serverName":"x","n":%d}}`, n)
	if org, ok := file["organizationUuid"]; ok {
		file["trustedDeviceToken"] = fmt.Appendf(nil, "%q", fmt.Sprintf("device %d of %s", n, org))
	}
	h.writeCredentials(file)
}

// switcherKeeps and switcherRestores are a program that swaps claudeAiOauth
// alone, under no lock.
func (h *history) switcherKeeps() {
	if file, login, err := h.client(false).read(); err == nil && login.RefreshToken != "" {
		h.captured = slices.Clone(file["claudeAiOauth"])
	}
}

func (h *history) switcherRestores() {
	file, _, err := h.client(false).read()
	if err != nil || h.captured == nil {
		return
	}
	was := slices.Clone(file["claudeAiOauth"])
	file["claudeAiOauth"] = h.captured
	h.captured = was
	h.writeCredentials(file)
}
