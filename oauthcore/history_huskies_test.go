//go:build unix

package oauthcore_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// entryOf is a login as huskies writes it.
func entryOf(email string, cr providertest.Credentials) doublePoolEntry {
	return doublePoolEntry{
		Email: email, AccessToken: cr.AccessToken.Reveal(), RefreshToken: cr.RefreshToken.Reveal(),
		ExpiresAt: cr.ExpiresAt.UnixMilli(), Scopes: cr.Scopes,
	}
}

// bareToken notes that a login lies somewhere without its own deadline.
func (h *history) bareToken(token string) {
	if l, ok := h.provider.LoginOf(secret.New(token).Fingerprint()); ok {
		h.bare[l.Number] = true
	}
}

func (h *history) readPool() {
	doc, err := os.ReadFile(h.paths.Pool())
	if err != nil {
		return
	}
	h.pool = doublePool{}
	if json.Unmarshal(doc, &h.pool) != nil || h.pool.Accounts == nil {
		h.pool.Accounts = map[string]doublePoolEntry{}
	}
}

func (h *history) writePool() {
	doc, err := json.MarshalIndent(h.pool, "", "  ")
	h.must(err)
	h.must(os.WriteFile(h.paths.Pool(), doc, 0o600))
	for _, e := range h.pool.Accounts {
		h.bareToken(e.RefreshToken)
	}
}

// entry picks one of the pool's entries.
func (h *history) entry(p pick) (key string, e doublePoolEntry, ok bool) {
	h.readPool()
	keys := slices.Sorted(maps.Keys(h.pool.Accounts))
	keys = slices.DeleteFunc(keys, func(k string) bool { return strings.HasPrefix(k, "login-") }) // random names
	if len(keys) == 0 {
		return "", e, false
	}
	key = keys[p(len(keys))]
	return key, h.pool.Accounts[key], true
}

func (h *history) huskiesRefreshes(p pick) {
	key, e, ok := h.entry(p)
	if !ok || e.RefreshToken == "" {
		return
	}
	d := &doubleClient{base: "http://127.0.0.1:1", name: "huskies", http: http.Client{Transport: &caller{&h.wire, "huskies"}}}
	login := doubleLogin{RefreshToken: e.RefreshToken, Scopes: e.Scopes}
	refused, err := d.presentAt(context.Background(), &login, h.clock.Now())
	if err != nil || refused {
		return
	}
	e.AccessToken, e.RefreshToken, e.ExpiresAt = login.AccessToken, login.RefreshToken, login.ExpiresAt
	h.pool.Accounts[key] = e
	h.writePool()
}

func (h *history) huskiesLogsIn(who providertest.Person, ownKey bool) {
	h.readPool()
	key := who.Email
	if !ownKey {
		key = "huskies-" + who.OrganizationUUID
	}
	h.pool.Accounts[key] = entryOf(who.Email, h.issue(who, 8*time.Hour))
	h.writePool()
}

func (h *history) huskiesCopies(p pick) {
	key, e, ok := h.entry(p)
	if !ok {
		return
	}
	h.pool.Accounts[strings.ToUpper(key)] = e
	h.writePool()
}

// revoke ends a login at the provider.
func (h *history) revoke(token string) {
	body, err := json.Marshal(map[string]string{"token": token, "client_id": providertest.ClientID})
	h.must(err)
	req, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:1"+providertest.PathRevoke, strings.NewReader(string(body)))
	h.must(err)
	req.Header.Set("Content-Type", "application/json")
	if resp, err := (&caller{&h.wire, "client"}).RoundTrip(req); err == nil {
		_ = resp.Body.Close()
	}
}
