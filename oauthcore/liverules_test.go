package oauthcore

import (
	"strings"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
)

// A live login is saved if it may be the newest one of its account. What it
// replaces without proof of being later is set aside.
func TestALiveLoginAgainstTheVault(t *testing.T) {
	t.Parallel()
	type edits = []func(*accounts.Credential)
	for _, tt := range []struct {
		name  string
		have  edits // the account's login "have"
		live  edits // the live login "live"
		edit  func(o *Opened, a *accounts.Account)
		keeps string
		aside string
		older bool
		doubt accounts.Doubt
	}{
		{name: "later", have: edits{deadline(1), accessEnds(1)}, live: edits{deadline(2)}, keeps: "live"},
		{name: "later, no end of an access token is known", have: edits{deadline(1)}, live: edits{deadline(2)}, keeps: "live"},
		{name: "later by the access token", have: edits{accessEnds(1)}, live: edits{accessEnds(2)}, keeps: "live", aside: "have"},
		{
			name: "later by the access token, and it was live", have: edits{accessEnds(1)}, live: edits{accessEnds(2)},
			edit: func(o *Opened, a *accounts.Account) { o.Usage.LastActive = a.Key }, keeps: "live",
		},
		{
			name: "later by the access token, it was live, and is in doubt", have: edits{accessEnds(1)}, live: edits{accessEnds(2)},
			edit: func(o *Opened, a *accounts.Account) { o.Usage.LastActive, a.Doubt = a.Key, accounts.DoubtRestored }, keeps: "live", aside: "have",
		},
		{name: "later by the access token, of one deadline", have: edits{deadline(1), accessEnds(1)}, live: edits{deadline(1), accessEnds(2)}, keeps: "live"},
		{name: "later by the access token, one deadline", have: edits{deadline(1), accessEnds(1)}, live: edits{accessEnds(2)}, keeps: "live", aside: "have"},
		{name: "perhaps later", live: edits{accessEnds(2)}, keeps: "live", aside: "have"},
		{name: "of one time", have: edits{accessEnds(1)}, live: edits{accessEnds(1)}, keeps: "live", aside: "have"},
		{name: "earlier", have: edits{deadline(2)}, live: edits{deadline(1)}, keeps: "have", aside: "live", older: true},
		{
			name: "earlier, the account needs a login", have: edits{deadline(2)}, live: edits{deadline(1)},
			edit: func(_ *Opened, a *accounts.Account) { a.NeedsLogin = true }, keeps: "live",
		},
		{
			name: "earlier, the account's login disappeared", have: edits{deadline(2)}, live: edits{deadline(1)},
			edit: func(_ *Opened, a *accounts.Account) { a.Doubt = accounts.DoubtGone }, keeps: "live", aside: "have",
		},
		{
			name: "earlier, the account's login was refused", have: edits{deadline(2)}, live: edits{deadline(1)},
			edit: func(_ *Opened, a *accounts.Account) { a.Doubt = accounts.DoubtClient }, keeps: "live", aside: "have",
		},
		{
			name: "earlier, the account's answer was lost", have: edits{deadline(2)}, live: edits{deadline(1)},
			edit: func(_ *Opened, a *accounts.Account) { a.Doubt = accounts.DoubtSent }, keeps: "have", aside: "live", older: true, doubt: accounts.DoubtSent,
		},
		{
			name: "spent", live: edits{deadline(9)},
			edit: func(o *Opened, a *accounts.Account) { o.Vault.Spend(loginNamed(t, "live").RefreshToken, a) }, keeps: "have", older: true,
		},
		{
			name: "set aside before", live: edits{deadline(9)},
			edit: func(o *Opened, _ *accounts.Account) { o.aside[loginNamed(t, "live").Fingerprint()] = true }, keeps: "have", older: true,
		},
		{
			name: "set aside before, the account is in doubt", live: edits{deadline(9)}, have: edits{deadline(1)},
			edit: func(o *Opened, a *accounts.Account) {
				o.aside[loginNamed(t, "live").Fingerprint()], a.Doubt = true, accounts.DoubtSent
			}, keeps: "live",
		},
		{
			name: "set aside before, the account needs a login", live: edits{deadline(9)},
			edit: func(o *Opened, a *accounts.Account) {
				o.aside[loginNamed(t, "live").Fingerprint()], a.NeedsLogin = true, true
			}, keeps: "live",
		},
		{name: "access token alone", live: edits{accessAlone, accessEnds(9)}, keeps: "have"},
		{
			name: "access token alone, the account needs a login", live: edits{accessAlone, accessEnds(9)},
			edit: func(_ *Opened, a *accounts.Account) { a.NeedsLogin = true }, keeps: "live",
		},
		{name: "access tokens alone, later", have: edits{accessAlone, accessEnds(1)}, live: edits{accessAlone, accessEnds(2)}, keeps: "live"},
		{name: "access tokens alone, of one time", have: edits{accessAlone, accessEnds(1)}, live: edits{accessAlone, accessEnds(1)}, keeps: "live"},
		{name: "access tokens alone, earlier", have: edits{accessAlone, accessEnds(2)}, live: edits{accessAlone, accessEnds(1)}, keeps: "have"},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "have", tt.have...))
		if tt.edit != nil {
			tt.edit(o, a)
		}
		if err := b.compareLive(o, a, loginNamed(t, "live", tt.live...)); err != nil {
			t.Fatal(err)
		}
		if got, away := tokenName(a.Credential), b.asideNames(); got != tt.keeps || away != tt.aside || o.older != tt.older || a.Doubt != tt.doubt {
			t.Errorf("%s: it has %q, set aside is %q, older %v, doubt %q; want %q, %q, %v, %q",
				tt.name, got, away, o.older, a.Doubt, tt.keeps, tt.aside, tt.older, tt.doubt)
		}
	}
}

// The account's own refresh token is live: a newer access token beside it is
// taken over, and what its being there proves.
func TestTheAccountsOwnTokenIsLive(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		live            func(*accounts.Credential)
		doubt           accounts.Doubt
		present, behind bool
		access          string
		after           accounts.Doubt
	}{
		{live: accessEnds(3), access: "next"},
		{live: accessEnds(2), access: "have"},
		{live: accessEnds(1), access: "have"},
		{live: access("have"), access: "have"},
		{live: accessEnds(1), doubt: accounts.DoubtGone, present: true, access: "have"},
		{live: accessEnds(1), doubt: accounts.DoubtSent, behind: true, access: "have", after: accounts.DoubtSent},
		{live: accessEnds(1), doubt: accounts.DoubtRestored, behind: true, access: "have"},
		{live: accessEnds(1), doubt: accounts.DoubtRestored, behind: true, present: true, access: "have", after: accounts.DoubtRestored},
		{live: accessEnds(1), doubt: accounts.DoubtRestored, access: "have", after: accounts.DoubtRestored},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "have", accessEnds(2)))
		a.Doubt, o.Vault.Present, o.Vault.Behind = tt.doubt, tt.present, tt.behind
		cr := loginNamed(t, "have", access("next"), tt.live, func(c *accounts.Credential) { c.Plan = "max" })
		if err := b.compareLive(o, a, cr); err != nil {
			t.Fatal(err)
		}
		got := strings.TrimPrefix(a.Credential.AccessToken.Reveal(), "sk-ant-oat01-TEST-")
		updated := tt.access == "next" || cr.AccessToken.Equal(loginNamed(t, "have").AccessToken)
		if got != tt.access || a.Doubt != tt.after || (a.Credential.Plan == "max") != updated {
			t.Errorf("%+v: access token %q, doubt %q, plan %q", tt, got, a.Doubt, a.Credential.Plan)
		}
	}
}

// The live login is also another account's in the vault: it is one login under
// two names, and an account that is not identified was only a second name.
func TestALiveLoginUnderTwoNames(t *testing.T) {
	t.Parallel()
	for _, who := range []accounts.Identity{{}, graceOwn} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "have", deadline(1), accessEnds(1)))
		other := o.withAccount("other", who, loginNamed(t, "live", deadline(2)))
		o.Usage.Record("other").Offline = true
		if err := b.compareLive(o, a, loginNamed(t, "live", deadline(2))); err != nil {
			t.Fatal(err)
		}
		if tokenName(a.Credential) != "live" || o.Vault.Holder(a.Credential.RefreshToken) != a || other.Credential.Usable() {
			t.Errorf("%v: %q, the other has %q", who, tokenName(a.Credential), tokenName(other.Credential))
		}
		if stays := o.Vault.Get("other") != nil; stays != who.Complete() || o.Usage.Peek("other").Offline != stays {
			t.Errorf("%v: the other stays: %v", who, stays)
		}
	}
}

// The unidentified account that was live before may have been refreshed into the
// login that is live now.
func TestTheAccountThatWasLiveIsInDoubt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edit  func(o *Opened, was *accounts.Account)
		doubt accounts.Doubt
	}{
		{"not identified", nil, accounts.DoubtClient},
		{"identified", func(_ *Opened, was *accounts.Account) { was.Identify(graceOwn) }, ""},
		{"removed", func(_ *Opened, was *accounts.Account) { was.Removed = true }, ""},
		{"without a login", func(o *Opened, was *accounts.Account) { o.Vault.Displace(was) }, ""},
		{"in doubt already", func(_ *Opened, was *accounts.Account) { was.Doubt = accounts.DoubtSent }, accounts.DoubtSent},
		{"not live before", func(o *Opened, _ *accounts.Account) { o.Usage.LastActive = "" }, ""},
		{"the live login is known", func(o *Opened, _ *accounts.Account) {
			o.withAccount("third", accounts.Identity{}, loginNamed(t, "live"))
		}, ""},
	} {
		o := &Opened{State: emptyState(t), Live: claude.Live{Credential: loginNamed(t, "live")}}
		now := o.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		was := o.withAccount("was", accounts.Identity{}, loginNamed(t, "was"))
		o.Usage.LastActive = "was"
		if tt.edit != nil {
			tt.edit(o, was)
		}
		if o.doubtUnidentified(now); was.Doubt != tt.doubt {
			t.Errorf("%s: doubt %q, want %q", tt.name, was.Doubt, tt.doubt)
		}
	}
	o := &Opened{State: emptyState(t)}
	one := o.withAccount("one", accounts.Identity{}, loginNamed(t, "one"))
	o.Usage.LastActive = "one"
	if o.doubtUnidentified(one); one.Doubt != "" {
		t.Errorf("the account that is still live is in doubt: %q", one.Doubt)
	}
}

// Plan and tier of an account stay if a login of it has none.
func TestPlanAndTierAreCompleted(t *testing.T) {
	t.Parallel()
	of := func(plan, tier string) accounts.Credential {
		return loginNamed(t, "x", func(c *accounts.Credential) { c.Plan, c.Tier = plan, tier })
	}
	for _, tt := range [][6]string{ // of the login, of the account, afterwards
		{"", "", "max", "20x", "max", "20x"},
		{"pro", "", "max", "20x", "pro", "20x"},
		{"", "5x", "max", "20x", "max", "5x"},
		{"pro", "5x", "max", "20x", "pro", "5x"},
		{"pro", "5x", "", "", "pro", "5x"},
		{"", "", "max", "", "max", ""},
		{"", "", "", "20x", "", "20x"},
		{"", "", "", "", "", ""},
	} {
		cr := of(tt[0], tt[1])
		got, err := completed(cr, of(tt[2], tt[3]))
		if err != nil || got.Plan != tt[4] || got.Tier != tt[5] || !got.Same(cr) && tt[0] == tt[4] && tt[1] == tt[5] {
			t.Errorf("%q: %q %q, %v", tt, got.Plan, got.Tier, err)
		}
	}
}
