//go:build unix

package oauthcore_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// check is what holds after every action, whatever befell it.
func (h *history) check() {
	v := h.vaultNow()
	if v == nil {
		h.Errorf("the vault does not parse")
		return
	}
	if doc, err := os.ReadFile(h.paths.Pool()); err == nil {
		if _, err := accounts.ParsePool(doc); err != nil {
			h.Errorf("the pool does not parse: %v", err)
		}
	}
	if os.Getenv("BATON_HISTORY_DEBUG") != "" {
		h.show(v)
	}
	holder, named := map[string]string{}, map[string]string{}
	for _, a := range v.All() {
		if fp := a.Credential.Fingerprint(); fp != "" {
			if holder[fp] != "" {
				h.Errorf("%s and %s hold one token", holder[fp], a.Key)
			}
			holder[fp] = a.Key
			l, known := h.provider.LoginOf(fp)
			if known && a.Identified() && (l.AccountUUID != a.AccountUUID || l.OrganizationUUID != a.OrganizationUUID) {
				h.Errorf("%s holds the login of %s %s", a.Key, l.AccountUUID, l.OrganizationUUID)
			}
		}
		if a.Identified() {
			who := a.AccountUUID + " " + a.OrganizationUUID
			if named[who] != "" {
				h.Errorf("%s and %s are the same account", named[who], a.Key)
			}
			named[who] = a.Key
		}
	}
	for _, path := range []string{h.paths.Activity(), h.paths.Usage(), h.paths.Polled(), h.paths.Settings(), h.paths.ClaudeJSON} {
		if doc, err := os.ReadFile(path); err == nil && strings.Contains(string(doc), "sk-ant-") {
			h.Errorf("a token in %s", path)
		}
	}
	for _, text := range h.leaked {
		h.Errorf("a token in an error: %s", strings.ReplaceAll(text, "sk-ant-", "…"))
	}
	h.leaked = nil
}

// heard looks at the text of an error.
func (h *history) heard(err error) {
	if err != nil && strings.Contains(err.Error(), "sk-ant-") {
		h.leaked = append(h.leaked, err.Error())
	}
}

// agreed checks, after an open that succeeded, that login, name and siblings in
// Claude Code's files are one account's.
func (h *history) agreed() {
	doc, err := os.ReadFile(h.paths.Credentials())
	if err != nil {
		return
	}
	live, err := claude.ParseLive(doc)
	if err != nil {
		h.Errorf("the live file does not parse: %v", err)
		return
	}
	a := h.vaultNow().Holder(live.Credential.RefreshToken)
	if a == nil || a.Removed || !a.Identified() {
		return
	}
	if a.OAuthAccount != nil {
		cfg, err := os.ReadFile(h.paths.ClaudeJSON)
		h.must(err)
		named := gjson.GetBytes(cfg, "oauthAccount")
		if named.Get("accountUuid").String() != a.AccountUUID || named.Get("organizationUuid").String() != a.OrganizationUUID {
			h.Errorf("the live login is %s's, .claude.json names %s %s", a.Key, named.Get("accountUuid"), named.Get("organizationUuid"))
		}
	}
	if org := gjson.GetBytes(doc, "organizationUuid"); org.Exists() && org.String() != a.OrganizationUUID {
		h.Errorf("the live login is %s's, the siblings are of %s", a.Key, org)
	}
}

// finish ends a history: with no trouble left, each account whose login is good
// can be refreshed.
func (h *history) finish() {
	h.step++
	h.Logf("%3d the end", h.step)
	h.offline, h.mounted = false, false
	h.provider.ClearFaults()
	h.breakLocks()
	p := h.newProcess("end")
	h.wire.asked = askedRefresh
	ctx := context.Background()
	err := p.core.Settle(ctx)
	if err != nil {
		h.heard(err)
		h.Logf("        settle: %v", err)
		if view.CodeOf(err) == view.CodeBusy {
			h.Errorf("busy with nobody at work: %v", err)
		}
	} else {
		h.agreed()
	}
	h.settleLedger(p, false)
	h.check()
	for _, a := range h.vaultNow().Accounts() {
		h.step++
		l, _ := h.provider.LoginOf(a.Credential.Fingerprint())
		good := h.alive(l.Number) && l.RefreshFingerprint == a.Credential.Fingerprint()
		now := h.vaultNow().Get(a.Key)
		if now == nil || !now.Credential.Same(a.Credential) {
			continue // an earlier one of these took it over
		}
		_, err := p.core.Refresh(ctx, a.Key)
		h.heard(err)
		h.Logf("%3d   refresh %s: %v", h.step, a.Key, err)
		key := a.Key
		for range 2 * len(h.vaultNow().Accounts()) { // the person was told, and goes on
			if key = nextStep(err, key, a.Key); key == "" || h.vaultNow().Get(a.Key) == nil {
				break // done, or it was the other one under a second name
			}
			h.settleLedger(p, false)
			h.step++
			_, err = p.core.Refresh(ctx, key)
			h.heard(err)
			h.Logf("%3d   then %s: %v", h.step, key, err)
		}
		// A login that turned out to be another account's is refreshed as that.
		kept := h.alive(l.Number) && h.holders()[h.current(l.Number)] != "" && view.CodeOf(err) == view.CodeNeedsLogin
		if err != nil && good && !kept && !h.superseded(l) && !h.risked(l.Number) && h.vaultNow().Get(a.Key) != nil && view.CodeOf(err) != view.CodeUnknownLive {
			h.Errorf("the good login of %s cannot be refreshed: %v", a.Key, err)
		}
		h.settleLedger(p, false)
		h.check()
	}
}

// risked says that the person had an unsure token of the login presented, at
// their own risk, as they were told.
func (h *history) risked(login int) bool {
	return slices.ContainsFunc(h.wire.seen, func(one presentation) bool {
		return one.login == login && one.unsure && one.asked >= askedRefresh
	})
}

// nextStep is the account a person refreshes after refreshing one gave an error:
// the unsure one that the error names, and after that the one it was about.
// "" where nothing is left to do.
func nextStep(err error, was, goal string) string {
	var p *view.Problem
	switch {
	case errors.As(err, &p) && p.Code == view.CodeUnsure:
		return p.Key
	case was != goal:
		return goal
	}
	return ""
}

// alive says that the login with this number is good at the provider.
func (h *history) alive(number int) bool { return h.current(number) != "" }

// current is the fingerprint of the token of a login that is good, "" for none.
func (h *history) current(number int) string {
	for _, l := range h.provider.State().Logins {
		if l.Number == number {
			return l.RefreshFingerprint
		}
	}
	return ""
}

// show tells what the files hold, by the logins' numbers.
func (h *history) show(v *accounts.Vault) {
	number := func(fp string) string {
		l, ok := h.provider.LoginOf(fp)
		if !ok {
			return "-"
		}
		out := strconv.Itoa(l.Number)
		if l.RefreshFingerprint != fp {
			out += " (used up)"
		}
		if !h.alive(l.Number) {
			out += " (dead)"
		}
		return out
	}
	for _, a := range v.All() {
		h.Logf("          vault %s: login %s %s removed %v needs %v doubt %q rival %q", a.Key, number(a.Credential.Fingerprint()), a.OrganizationUUID, a.Removed, a.NeedsLogin, a.Doubt, a.Rival)
	}
	if doc, err := os.ReadFile(h.paths.Pool()); err == nil {
		pool, _ := accounts.ParsePool(doc)
		for _, e := range pool.Entries {
			h.Logf("          pool %s: login %s", e.Key, number(e.RefreshToken.Fingerprint()))
		}
	}
	if doc, err := os.ReadFile(h.paths.Credentials()); err == nil {
		live, _ := claude.ParseLive(doc)
		h.Logf("          live login %s names %s", number(live.Credential.Fingerprint()), live.Credential.OrganizationUUID)
	}
	for fp, place := range h.holders() {
		if place == "journal" || place == "aside" {
			h.Logf("          %s: login %s", place, number(fp))
		}
	}
}
