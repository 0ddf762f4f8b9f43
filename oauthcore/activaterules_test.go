package oauthcore

import (
	"errors"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// A live login that the swap would end is set aside if the vault has not got it.
func TestTheLiveLoginIsKeptBeforeASwap(t *testing.T) {
	t.Parallel()
	alone := func(name string, ends int) accounts.Credential {
		return loginNamed(t, name, accessAlone, accessEnds(ends))
	}
	for _, tt := range []struct {
		name  string
		live  accounts.Credential
		edit  func(o *Opened)
		aside string
	}{
		{name: "of an account", live: loginNamed(t, "live")},
		{name: "of a removed account", live: loginNamed(t, "live"), edit: func(o *Opened) { o.Vault.Remove(o.Owner) }, aside: "live"},
		{name: "of a removed account, none left", edit: func(o *Opened) { o.Vault.Remove(o.Owner) }},
		{name: "of no known account", live: loginNamed(t, "live"), edit: func(o *Opened) { o.Owner = nil }},
		{name: "access token alone", live: alone("live", 1), aside: "live"},
		{name: "access token alone, lapsed", live: alone("live", -1)},
		{name: "access token alone, the vault has it", live: alone("ada", 1)},
		{name: "access token alone, of no known account", live: alone("live", 1), edit: func(o *Opened) { o.Owner = nil }},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t), Live: claude.Live{Credential: tt.live}}
		o.Owner = o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		if tt.edit != nil {
			tt.edit(o)
		}
		if err := b.keepLive(t.Context(), o); err != nil || b.asideNames() != tt.aside {
			t.Errorf("%s: %q is set aside, want %q; %v", tt.name, b.asideNames(), tt.aside, err)
		}
	}
}

// A swap is done if both of Claude Code's files say so, as far as the account's
// name is known.
func TestASwapIsReadBack(t *testing.T) {
	t.Parallel()
	ada, grace := string(accountOf(adaOwn)), string(accountOf(graceOwn))
	for _, tt := range []struct {
		name             string
		live, named, own string // the login in the file, oauthAccount in the file and in the vault
		want             view.Code
	}{
		{"both", "ada", ada, ada, ""},
		{"another login", "grace", ada, ada, view.CodeBusy},
		{"another login, the name is not known", "grace", ada, "", view.CodeBusy},
		{"another name", "ada", grace, ada, view.CodeBusy},
		{"another name, the own one is not known", "ada", grace, "", ""},
		{"another name, the own one is not whole", "ada", grace, `{"accountUuid":"ada"}`, ""},
	} {
		b := newBench(t)
		b.write(b.Paths.Credentials(), `{"claudeAiOauth":`+string(loginNamed(t, tt.live).JSON())+`}`)
		b.write(b.Paths.ClaudeJSON, `{"oauthAccount":`+tt.named+`}`)
		a := &accounts.Account{Key: "ada", Credential: loginNamed(t, "ada")}
		if tt.own != "" {
			a.OAuthAccount = []byte(tt.own)
		}
		if err := b.confirm(t.Context(), a); err != nil && view.CodeOf(err) != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Which account may be made live.
func TestWhichAccountASwapAdmits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		edit func(o *Opened, a *accounts.Account)
		want view.Code
	}{
		{name: "a good one"},
		{name: "removed", edit: func(o *Opened, a *accounts.Account) { o.Vault.Remove(a) }, want: view.CodeBusy},
		{name: "paused", edit: func(_ *Opened, a *accounts.Account) { a.Paused = true }, want: view.CodePaused},
		{name: "ended", edit: func(_ *Opened, a *accounts.Account) { a.NeedsLogin = true }, want: view.CodeNeedsLogin},
		{name: "a lapsed access token alone", edit: func(o *Opened, a *accounts.Account) {
			o.Vault.Save(a, loginNamed(t, "ada", accessAlone, accessEnds(-1)))
		}, want: view.CodeNeedsLogin},
		{name: "a good access token alone", edit: func(o *Opened, a *accounts.Account) {
			o.Vault.Save(a, loginNamed(t, "ada", accessAlone, accessEnds(1)))
		}},
		{name: "the live login is of no known account", edit: func(o *Opened, _ *accounts.Account) {
			o.Live.Credential = loginNamed(t, "live")
		}, want: view.CodeUnknownLive},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		if tt.edit != nil {
			tt.edit(o, a)
		}
		w := &swapping{SwapRequest: SwapRequest{To: "ada"}, c: b.Core, begun: true, passed: map[string]error{}}
		got, err := w.admit(t.Context(), o, "ada")
		if (got == a) != (tt.want == "") || err != nil && view.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}

// oauthAccount is left as it is where nothing better is known: without the rules
// the locks, which are not held here, would be used.
func TestNamesThatStay(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(o *Opened, a *accounts.Account){
		"the account's own":             func(o *Opened, _ *accounts.Account) { o.Config.Account = accountOf(adaOwn) },
		"the owner is not identified":   func(_ *Opened, a *accounts.Account) { a.OrganizationUUID = "" },
		"the owner's name is not known": func(_ *Opened, a *accounts.Account) { a.OAuthAccount = nil },
		"it cannot be read":             func(o *Opened, _ *accounts.Account) { o.configErr = errors.New("damaged") },
		"the owner was removed":         func(_ *Opened, a *accounts.Account) { a.Removed = true },
		"no login is live":              func(o *Opened, _ *accounts.Account) { o.Live = claude.Live{} },
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t), Live: claude.Live{Credential: loginNamed(t, "ada")}, Config: claude.Config{Account: accountOf(graceOwn)}}
		o.Owner = o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		o.Owner.OAuthAccount = accountOf(adaOwn)
		edit(o, o.Owner)
		if err := b.repair(t.Context(), o); err != nil || len(o.acts) > 0 {
			t.Errorf("%s: %v, %+v", name, err, o.acts)
		}
	}
}
