package oauthcore

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// A login without proof may be an account's unless its identifiers or its
// deadline say otherwise.
func TestWhoseALoginMayBe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		login []func(*accounts.Credential)
		who   accounts.Identity // of the account, whose deadline is day 2
		want  bool
	}{
		{"same deadline", []func(*accounts.Credential){deadline(2)}, adaOwn, true},
		{"no deadline", nil, adaOwn, true},
		{"later deadline", []func(*accounts.Credential){deadline(3)}, adaOwn, false},
		{"earlier deadline", []func(*accounts.Credential){deadline(1)}, adaOwn, false},
		{"its identifiers", []func(*accounts.Credential){deadline(2), naming(adaOwn)}, adaOwn, true},
		{"its identifiers, later deadline", []func(*accounts.Credential){deadline(3), naming(adaOwn)}, adaOwn, false},
		{"another one's identifiers", []func(*accounts.Credential){deadline(2), naming(graceOwn)}, adaOwn, false},
		{"another one's identifiers, without an organisation", []func(*accounts.Credential){deadline(2), naming(accounts.Identity{AccountUUID: "grace"})}, adaOwn, true},
		{"identifiers, the account is not identified", []func(*accounts.Credential){deadline(2), naming(graceOwn)}, accounts.Identity{}, true},
	} {
		a := &accounts.Account{Key: "a", Credential: loginNamed(t, "a", deadline(2))}
		a.Identify(tt.who)
		if got := mayBeOf(loginNamed(t, "x", tt.login...), a); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// What an answer does not have stays as it was, and a refresh does not move the
// login's own deadline.
func TestWhatARefreshChanges(t *testing.T) {
	t.Parallel()
	was := loginNamed(t, "was", naming(adaOwn), accessEnds(1), deadline(2), func(c *accounts.Credential) { c.Scopes = []string{"a"} })
	nameless := loginNamed(t, "was", accessEnds(1), func(c *accounts.Credential) { c.AccountUUID = "ada" })
	token := secret.New("sk-ant-ort01-TEST-next")
	for _, tt := range []struct {
		name  string
		was   accounts.Credential
		grant provider.Grant
		want  func(*accounts.Credential)
	}{
		{"nothing", was, provider.Grant{}, func(*accounts.Credential) {}},
		{"an access token", was, provider.Grant{AccessToken: token, ExpiresAt: proveNoon}, func(c *accounts.Credential) { c.AccessToken, c.ExpiresAt = token, proveNoon }},
		{"an end without an access token", was, provider.Grant{ExpiresAt: proveNoon}, func(*accounts.Credential) {}},
		{"a refresh token", was, provider.Grant{RefreshToken: token}, func(c *accounts.Credential) { c.RefreshToken = token }},
		{"a deadline", was, provider.Grant{RefreshTokenExpiresAt: proveNoon}, func(*accounts.Credential) {}},
		{"a first deadline", nameless, provider.Grant{RefreshTokenExpiresAt: proveNoon}, func(c *accounts.Credential) { c.RefreshExpiresAt = proveNoon }},
		{"scopes", was, provider.Grant{Scopes: []string{"b"}}, func(c *accounts.Credential) { c.Scopes = []string{"b"} }},
		{"an account", was, provider.Grant{AccountUUID: "grace", OrganizationUUID: "team"}, func(c *accounts.Credential) { c.AccountUUID, c.OrganizationUUID = "grace", "team" }},
		{"another organisation", was, provider.Grant{AccountUUID: "ada", OrganizationUUID: "team"}, func(c *accounts.Credential) { c.OrganizationUUID = "team" }},
		{"the account without an organisation", was, provider.Grant{AccountUUID: "ada"}, func(*accounts.Credential) {}},
		{"another account without an organisation", was, provider.Grant{AccountUUID: "grace"}, func(c *accounts.Credential) { c.AccountUUID, c.OrganizationUUID = "grace", "" }},
		{"an organisation without an account", was, provider.Grant{OrganizationUUID: "team"}, func(*accounts.Credential) {}},
	} {
		got, err := renewed(tt.was, tt.grant)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tt.was.Edit(tt.want)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Same(want) || !slices.Equal(got.Scopes, want.Scopes) || !got.RefreshExpiresAt.Equal(want.RefreshExpiresAt) || !got.ExpiresAt.Equal(want.ExpiresAt) ||
			got.AccountUUID != want.AccountUUID || got.OrganizationUUID != want.OrganizationUUID {
			t.Errorf("%s: %s, want %s", tt.name, got.JSON(), want.JSON())
		}
	}
}

// The account whose login disappeared from Claude Code's file is in doubt: the
// one that the rest of the login names, else the one that was live.
func TestALoginDisappeared(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		live  []func(*accounts.Credential)
		last  string
		edit  func(o *Opened, a *accounts.Account)
		doubt accounts.Doubt
	}{
		{name: "the one that was live", last: "ada", doubt: accounts.DoubtGone},
		{name: "the one the rest names", live: []func(*accounts.Credential){naming(adaOwn)}, last: "grace", doubt: accounts.DoubtGone},
		{name: "no account was live"},
		{name: "removed", last: "ada", edit: func(o *Opened, a *accounts.Account) { o.Vault.Remove(a) }},
		{name: "ended", last: "ada", edit: func(_ *Opened, a *accounts.Account) { a.NeedsLogin = true }},
		{name: "without a login", last: "ada", edit: func(o *Opened, a *accounts.Account) { o.Vault.Displace(a) }},
		{name: "in doubt already", last: "ada", edit: func(_ *Opened, a *accounts.Account) { a.Doubt = accounts.DoubtSent }, doubt: accounts.DoubtSent},
	} {
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		grace := o.withAccount("grace", graceOwn, loginNamed(t, "grace"))
		o.Usage.LastActive = tt.last
		if tt.live != nil {
			o.Live = claude.Live{Credential: loginNamed(t, "live", tt.live...)}
		}
		if tt.edit != nil {
			tt.edit(o, a)
		}
		o.noticeGone()
		if noted := len(o.acts) == 1 && o.acts[0].Key == "ada"; a.Doubt != tt.doubt || grace.Doubt != "" || o.Usage.LastActive != "" || noted != (tt.doubt == accounts.DoubtGone) {
			t.Errorf("%s: doubt %q, the other's %q, last %q, activity %+v", tt.name, a.Doubt, grace.Doubt, o.Usage.LastActive, o.acts)
		}
	}
}

// An automatic swap is made while the account it leaves is live and no other
// swap was made within the cooldown.
func TestAnAutomaticSwapHasItsReason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		byHand  bool
		leaving string
		owner   string
		swapped time.Duration // before now
		want    view.Code
	}{
		{name: "it is live", leaving: "ada", owner: "ada", swapped: time.Hour},
		{name: "another one is live", leaving: "ada", owner: "grace", swapped: time.Hour, want: view.CodeBusy},
		{name: "none is live", leaving: "ada", swapped: time.Hour, want: view.CodeBusy},
		{name: "whichever is live", owner: "grace", swapped: time.Hour},
		{name: "just swapped", leaving: "ada", owner: "ada", want: view.CodeBusy},
		{name: "swapped within the cooldown", leaving: "ada", owner: "ada", swapped: cooldown - time.Millisecond, want: view.CodeBusy},
		{name: "after the cooldown", leaving: "ada", owner: "ada", swapped: cooldown},
		{name: "the clock was put back", leaving: "ada", owner: "ada", swapped: -time.Millisecond},
		{name: "by hand", byHand: true, leaving: "ada", owner: "grace"},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		o.withAccount("grace", graceOwn, loginNamed(t, "grace"))
		if tt.owner != "" {
			o.Owner = o.Vault.Get(tt.owner)
			o.Live = claude.Live{Credential: o.Owner.Credential}
		}
		o.Usage.SwappedAt = b.now.Add(-tt.swapped)
		w := &swapping{SwapRequest: SwapRequest{Automatic: !tt.byHand, Leaving: tt.leaving}, c: b.Core}
		if err := w.stillWanted(o); err != nil && view.CodeOf(err) != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// An account whose login disappeared is not live.
	b := newBench(t)
	o := &Opened{State: emptyState(t)}
	o.Owner = o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
	o.Usage.SwappedAt = b.now.Add(-time.Hour)
	w := &swapping{SwapRequest: SwapRequest{Automatic: true, Leaving: "ada"}, c: b.Core}
	if err := w.stillWanted(o); view.CodeOf(err) != view.CodeBusy {
		t.Errorf("without a live login: %v", err)
	}
}

// Once the provider cannot be reached, only accounts with a good access token are
// left, and the error of a swap without any is that of the first candidate.
func TestCandidatesWithoutANetwork(t *testing.T) {
	t.Parallel()
	network, other := fmt.Errorf("first: %w", provider.ErrNetwork), errors.New("second")
	for _, tt := range []struct {
		name   string
		passed []error // of the candidates b, c, ...
		want   string
	}{
		{"none was tried", nil, "b"},
		{"one is offline", []error{network}, "d"}, // c has no good access token
		{"one is offline, then something else", []error{network, other}, "d"},
		{"something else", []error{other}, "c"},
		{"something else, then one is offline", []error{other, network}, "d"},
		{"all were tried", []error{other, network, network}, ""},
	} {
		b := newBench(t)
		s := emptyState(t)
		for i, name := range []string{"a", "b", "c", "d"} {
			ends := 1
			if name == "c" {
				ends = -1
			}
			s.withAccount(name, accounts.Identity{AccountUUID: name, OrganizationUUID: "own"}, loginNamed(t, name, accessEnds(ends)))
			s.Usage.Record(name).ActiveAt = b.now.Add(time.Duration(i-10) * time.Hour) // the one used longest ago first
		}
		w := &swapping{c: b.Core, passed: map[string]error{}}
		for i, why := range tt.passed {
			w.pass([]string{"b", "c", "d"}[i], why)
		}
		key, err := w.choose(s, "a")
		if key != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v", tt.name, key, err)
		}
		if tt.want == "" && !errors.Is(err, tt.passed[0]) {
			t.Errorf("%s: %v is not the first error", tt.name, err)
		}
	}
}
