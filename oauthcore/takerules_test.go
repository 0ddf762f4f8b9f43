package oauthcore

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
)

// accessEnds sets the end of the access token, in hours after noon.
func accessEnds(hours int) func(*accounts.Credential) {
	return func(c *accounts.Credential) { c.ExpiresAt = proveNoon.Add(time.Duration(hours) * time.Hour) }
}

// accessAlone takes the refresh token away.
func accessAlone(c *accounts.Credential) { c.RefreshToken = secret.Secret{} }

// withAccount adds an account that has a login.
func (s *State) withAccount(key string, i accounts.Identity, cr accounts.Credential) *accounts.Account {
	a := s.Vault.Add(key, i)
	s.Vault.Save(a, cr)
	return a
}

// asideNames are the logins that were set aside, by the names of their tokens.
func (b *bench) asideNames() string {
	b.Helper()
	logins, unread, err := b.asideLogins()
	if err != nil || len(unread) > 0 {
		b.Fatal(unread, err)
	}
	var names []string
	for _, l := range logins {
		names = append(names, tokenName(l.credential))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// tokenName is the name a login of loginNamed was given.
func tokenName(cr accounts.Credential) string {
	if cr.RefreshToken.Empty() {
		return strings.TrimPrefix(cr.AccessToken.Reveal(), "sk-ant-oat01-TEST-")
	}
	return strings.TrimPrefix(cr.RefreshToken.Reveal(), "sk-ant-ort01-TEST-")
}

// A login under an account's name may be the account's successor if it is the
// later one, and is in doubt if it is the earlier one; anything else that is
// known of either decides before that.
func TestWhichAccountIsARival(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		login []func(*accounts.Credential)
		edit  func(u, a *accounts.Account)
		rival string
		doubt accounts.Doubt
	}{
		{name: "earlier", doubt: accounts.DoubtRival},
		{name: "later", login: []func(*accounts.Credential){deadline(3)}, rival: "ada"},
		{name: "of one time", login: []func(*accounts.Credential){deadline(2)}, doubt: accounts.DoubtRival},
		{name: "earlier, in doubt already", edit: func(u, _ *accounts.Account) { u.Doubt = accounts.DoubtSent }, doubt: accounts.DoubtSent},
		{name: "removed", edit: func(u, _ *accounts.Account) { u.Removed = true }},
		{name: "identified", edit: func(u, _ *accounts.Account) { u.Identify(graceOwn) }},
		{name: "of another name", edit: func(u, _ *accounts.Account) { u.Rival = "grace" }, rival: "grace", doubt: accounts.DoubtRival},
		{name: "ended", edit: func(u, _ *accounts.Account) { u.NeedsLogin = true }},
		{name: "of an account that needs a login", edit: func(_, a *accounts.Account) { a.NeedsLogin = true }},
	} {
		s := emptyState(t)
		a := s.withAccount("ada", adaOwn, loginNamed(t, "ada", deadline(2)))
		u := s.withAccount("u", accounts.Identity{}, loginNamed(t, "u", append([]func(*accounts.Credential){deadline(1)}, tt.login...)...))
		if tt.edit != nil {
			tt.edit(u, a)
		}
		s.rival(u, a)
		if u.Rival != tt.rival || u.Doubt != tt.doubt {
			t.Errorf("%s: rival %q, doubt %q; want %q, %q", tt.name, u.Rival, u.Doubt, tt.rival, tt.doubt)
		}
	}
	s := proveState(t)
	a := s.Vault.Get("one")
	s.rival(nil, a)
	if s.rival(a, a); a.Rival != "" || a.Doubt != "" {
		t.Errorf("an account is its own rival: %q, %q", a.Rival, a.Doubt)
	}
}

// Accounts that were found under a name before are in doubt as well, once a later
// login of that name is known.
func TestRivalsFoundBefore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edit  func(s *State, o, u, a *accounts.Account)
		doubt accounts.Doubt
	}{
		{"earlier", nil, accounts.DoubtRival},
		{"later", func(s *State, o, _, _ *accounts.Account) { s.Vault.Save(o, loginNamed(t, "later", deadline(3))) }, ""},
		{"of one time", func(s *State, o, _, _ *accounts.Account) { s.Vault.Save(o, loginNamed(t, "same", deadline(2))) }, accounts.DoubtRival},
		{"of another name", func(_ *State, o, _, _ *accounts.Account) { o.Rival = "grace" }, ""},
		{"identified", func(_ *State, o, _, _ *accounts.Account) { o.Identify(graceOwn) }, ""},
		{"in doubt already", func(_ *State, o, _, _ *accounts.Account) { o.Doubt = accounts.DoubtSent }, accounts.DoubtSent},
		{"without a login", func(s *State, o, _, _ *accounts.Account) { s.Vault.Displace(o) }, ""},
	} {
		s := emptyState(t)
		a := s.withAccount("ada", adaOwn, loginNamed(t, "ada", deadline(2)))
		u := s.withAccount("u", accounts.Identity{}, loginNamed(t, "u", deadline(4)))
		o := s.withAccount("o", accounts.Identity{}, loginNamed(t, "o", deadline(1)))
		o.Rival = "u"
		if tt.edit != nil {
			tt.edit(s, o, u, a)
		}
		s.rivals(u, a)
		if o.Doubt != tt.doubt || u.Rival != "ada" {
			t.Errorf("%s: doubt %q, want %q; the other is a rival of %q", tt.name, o.Doubt, tt.doubt, u.Rival)
		}
	}
	// The account that is compared with is none of them.
	s := emptyState(t)
	u := s.withAccount("u", accounts.Identity{}, loginNamed(t, "u", deadline(2)))
	a := s.withAccount("a", accounts.Identity{}, loginNamed(t, "a", deadline(3)))
	o := s.withAccount("o", accounts.Identity{}, loginNamed(t, "o", deadline(1)))
	a.Rival, o.Rival = "u", "u"
	if s.rivals(nil, a); o.Doubt != "" {
		t.Errorf("no account: %q", o.Doubt)
	}
	if s.rivals(u, u); o.Doubt != accounts.DoubtRival || u.Rival != "" || u.Doubt != "" {
		t.Errorf("its own entry has the next login: %q, %q, %q", o.Doubt, u.Rival, u.Doubt)
	}
	o.Doubt = ""
	if s.rivals(u, a); a.Doubt != "" || a.Rival != "u" || o.Doubt != accounts.DoubtRival {
		t.Errorf("among themselves: %q, %q, %q", a.Doubt, a.Rival, o.Doubt)
	}
}

// An account whose owner is known is a possible successor no longer; the account
// whose name it had may be an earlier login of it.
func TestTheOwnerOfARivalIsKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edit  func(u, a *accounts.Account)
		doubt accounts.Doubt
	}{
		{"not identified", nil, accounts.DoubtRival},
		{"in doubt already", func(u, _ *accounts.Account) { u.Doubt = accounts.DoubtSent }, accounts.DoubtSent},
		{"identified", func(u, _ *accounts.Account) { u.Identify(graceOwn) }, ""},
		{"removed", func(u, _ *accounts.Account) { u.Removed = true }, ""},
		{"ended", func(u, _ *accounts.Account) { u.NeedsLogin = true }, ""},
		{"of an account that needs a login", func(_, a *accounts.Account) { a.NeedsLogin = true }, ""},
	} {
		s := emptyState(t)
		a := s.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		u := s.withAccount("u", accounts.Identity{}, loginNamed(t, "u"))
		a.Rival = "u"
		if tt.edit != nil {
			tt.edit(u, a)
		}
		if s.noRival(a); u.Doubt != tt.doubt || a.Rival != "" {
			t.Errorf("%s: doubt %q, want %q; still a rival of %q", tt.name, u.Doubt, tt.doubt, a.Rival)
		}
	}
	s := proveState(t)
	one := s.Vault.Get("one")
	one.Rival = "one"
	if s.noRival(one); one.Doubt != "" || one.Rival != "" {
		t.Errorf("of itself: %q, %q", one.Doubt, one.Rival)
	}
}

// Only one unidentified account without an entry of its own is that of a second
// login under a name.
func TestTheAccountUnderAName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		edit func(s *State, u *accounts.Account)
		pool string
		want bool
	}{
		{name: "one", want: true},
		{name: "of another name", edit: func(_ *State, u *accounts.Account) { u.Rival = "grace" }},
		{name: "identified", edit: func(_ *State, u *accounts.Account) { u.Identify(graceOwn) }},
		{name: "removed", edit: func(_ *State, u *accounts.Account) { u.Removed = true }},
		{name: "with an entry of its own", pool: `{"accounts":{"u":{"email":"u","accessToken":"sk-ant-oat01-TEST-u"}}}`},
		{name: "two", edit: func(s *State, _ *accounts.Account) {
			s.withAccount("second", accounts.Identity{}, loginNamed(t, "second")).Rival = "ada"
		}},
	} {
		s := emptyState(t)
		if tt.pool != "" {
			pool, err := accounts.ParsePool([]byte(tt.pool))
			if err != nil {
				t.Fatal(err)
			}
			s.Pool = pool
		}
		a := s.withAccount("ada", adaOwn, loginNamed(t, "ada"))
		u := s.withAccount("u", accounts.Identity{}, loginNamed(t, "u"))
		u.Rival = "ada"
		if tt.edit != nil {
			tt.edit(s, u)
		}
		if got := s.rivalUnder(a); (got == u) != tt.want || (got == nil) == tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		if s.rivalUnder(nil) != nil {
			t.Error("of no account")
		}
	}
}

// Of two logins without proof under one name the earlier one is set aside, and
// without a sign of which is the earlier one the one that was there.
func TestASecondLoginUnderAName(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		login       []func(*accounts.Credential)
		ended       bool
		keeps, away string
	}{
		"earlier":              {[]func(*accounts.Credential){deadline(1)}, false, "u", "next"},
		"of one time":          {[]func(*accounts.Credential){deadline(2)}, false, "next", "u"},
		"later":                {[]func(*accounts.Credential){deadline(3)}, false, "next", "u"},
		"later than an ended":  {[]func(*accounts.Credential){deadline(1)}, true, "next", ""},
		"earlier, access only": {[]func(*accounts.Credential){accessAlone}, false, "u", "next"},
	} {
		b, s := newBench(t), emptyState(t)
		u := s.withAccount("u", accounts.Identity{}, loginNamed(t, "u", deadline(2)))
		u.NeedsLogin = tt.ended
		if err := b.takeSecondEntry(s, u, loginNamed(t, "next", tt.login...)); err != nil {
			t.Fatal(err)
		}
		if got, away := tokenName(u.Credential), b.asideNames(); got != tt.keeps || away != tt.away || u.NeedsNewLogin() {
			t.Errorf("%s: it has %q and set aside is %q; want %q, %q", name, got, away, tt.keeps, tt.away)
		}
	}
}
