package oauthcore

import (
	"slices"
	"strings"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
)

// Whose a login is the provider is asked only if nothing else tells, if its
// access token is good, and if the operation is about it.
func TestWhichOwnersTheProviderIsAskedFor(t *testing.T) {
	t.Parallel()
	fresh := accessEnds(1)
	for _, tt := range []struct {
		name  string
		open  Opening
		edit  func(o *Opened, p *proofs)
		asked string
	}{
		{name: "nothing", open: Opening{All: true}},
		{name: "the live login", edit: func(o *Opened, _ *proofs) { o.Live.Credential = loginNamed(t, "live", fresh) }, asked: "live"},
		{name: "a live login that lapsed", edit: func(o *Opened, _ *proofs) { o.Live.Credential = loginNamed(t, "live", accessEnds(-1)) }},
		{name: "a live login that is known", edit: func(o *Opened, _ *proofs) { o.Live.Credential = loginNamed(t, "ada", fresh) }},
		{name: "a live login asked for before", edit: func(o *Opened, p *proofs) {
			o.Live.Credential = loginNamed(t, "live", fresh)
			p.said[o.Live.Credential.AccessToken.Fingerprint()] = provider.Profile{}
		}},
		{name: "the answer to an authorization code", edit: func(o *Opened, _ *proofs) {
			o.journal = []*answer{{credential: loginNamed(t, "code", fresh)}}
		}, asked: "code"},
		{name: "the answer to a refresh of an account", edit: func(o *Opened, _ *proofs) {
			o.journal = []*answer{{presented: loginNamed(t, "ada").Fingerprint(), credential: loginNamed(t, "next", fresh)}}
		}},
		{name: "no answer", edit: func(o *Opened, _ *proofs) { o.journal = []*answer{{}} }},
		{name: "an answer the vault has", edit: func(o *Opened, _ *proofs) { o.journal = []*answer{{credential: loginNamed(t, "ada", fresh)}} }},
		{name: "an account that is not identified", edit: func(o *Opened, _ *proofs) {
			o.withAccount("u", accounts.Identity{}, loginNamed(t, "u", fresh))
		}},
		{name: "all accounts", open: Opening{All: true}, edit: func(o *Opened, _ *proofs) {
			o.withAccount("u", accounts.Identity{}, loginNamed(t, "u", fresh))
			o.withAccount("ended", accounts.Identity{}, loginNamed(t, "ended", fresh)).NeedsLogin = true
		}, asked: "u"},
		{name: "the account in focus", open: Opening{Focus: []string{"u"}}, edit: func(o *Opened, _ *proofs) {
			o.withAccount("u", accounts.Identity{}, loginNamed(t, "u", fresh))
		}},
		{name: "the account in focus, perhaps an earlier copy", open: Opening{Focus: []string{"u", "ada"}}, edit: func(o *Opened, _ *proofs) {
			o.withAccount("u", accounts.Identity{}, loginNamed(t, "u", fresh)).Doubt = accounts.DoubtRival
			o.Vault.Get("ada").Doubt = accounts.DoubtRival
			o.withAccount("other", accounts.Identity{}, loginNamed(t, "other", fresh)).Doubt = accounts.DoubtRival
		}, asked: "u"},
		{name: "no more than askMost", open: Opening{All: true}, edit: func(o *Opened, _ *proofs) {
			for _, name := range strings.Split("123456789abc", "") {
				o.withAccount(name, accounts.Identity{}, loginNamed(t, name, fresh))
			}
		}, asked: "1 2 3 4 5 6 7 8"},
	} {
		p := newProofs()
		o := &Opened{State: emptyState(t)}
		o.withAccount("ada", adaOwn, loginNamed(t, "ada", fresh))
		if tt.edit != nil {
			tt.edit(o, p)
		}
		var names []string
		for _, cr := range o.unproved(tt.open, p, proveNoon) {
			names = append(names, tokenName(cr))
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != tt.asked {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.asked)
		}
	}
}

// A change of the live account that Baton did not make is noted.
func TestAChangeOfTheLiveAccountIsNoted(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"", "ada", "grace"} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		o.withAccount("grace", graceOwn, loginNamed(t, "grace"))
		o.Live, o.Usage.LastActive = claude.Live{Credential: loginNamed(t, "ada")}, last
		if err := b.reconcile(o, newProofs(), Opening{}); err != nil {
			t.Fatal(err)
		}
		noted := len(o.acts) == 1 && o.acts[0].Kind == "active" && o.acts[0].Key == "ada" && o.acts[0].From == "grace"
		if noted != (last == "grace") || !noted && len(o.acts) > 0 || o.Usage.LastActive != "ada" {
			t.Errorf("%q was live: %+v, now %q", last, o.acts, o.Usage.LastActive)
		}
	}
}
