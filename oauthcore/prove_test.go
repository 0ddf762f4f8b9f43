package oauthcore

import (
	"context"
	"errors"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
)

var (
	proveNoon = time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)
	adaOwn    = accounts.Identity{AccountUUID: "ada", OrganizationUUID: "own", Email: "ada@example.com"}
	graceOwn  = accounts.Identity{AccountUUID: "grace", OrganizationUUID: "own", Email: "grace@example.com"}
	newcomer  = accounts.Identity{AccountUUID: "new", OrganizationUUID: "own", Email: "new@example.com"}
)

// loginNamed is a login whose tokens carry a name.
func loginNamed(t testing.TB, name string, edits ...func(*accounts.Credential)) accounts.Credential {
	t.Helper()
	cr, err := accounts.NewCredential(func(c *accounts.Credential) {
		c.AccessToken, c.RefreshToken = secret.New("sk-ant-oat01-TEST-"+name), secret.New("sk-ant-ort01-TEST-"+name)
		for _, edit := range edits {
			edit(c)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return cr
}

func deadline(days int) func(*accounts.Credential) {
	return func(c *accounts.Credential) { c.RefreshExpiresAt = proveNoon.Add(time.Duration(days) * 24 * time.Hour) }
}

func naming(i accounts.Identity) func(*accounts.Credential) {
	return func(c *accounts.Credential) { c.AccountUUID, c.OrganizationUUID = i.AccountUUID, i.OrganizationUUID }
}

func access(name string) func(*accounts.Credential) {
	return func(c *accounts.Credential) { c.AccessToken = secret.New("sk-ant-oat01-TEST-" + name) }
}

// emptyState is the state of a directory in which there is nothing yet.
func emptyState(t testing.TB) *State {
	t.Helper()
	v, err := accounts.ParseVault(nil)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := accounts.ParsePool(nil)
	u, _ := accounts.ParseUsage(nil)
	return &State{Vault: v, Pool: p, Usage: u, aside: map[string]bool{}}
}

// proveState has ada and grace, who are identified, and three accounts that are
// not; two of those have one deadline and one access token.
func proveState(t testing.TB) *State {
	t.Helper()
	s := emptyState(t)
	save := func(key string, i accounts.Identity, cr accounts.Credential) *accounts.Account {
		a := s.Vault.Add(key, i)
		s.Vault.Save(a, cr)
		return a
	}
	ada := save("ada", adaOwn, loginNamed(t, "before"))
	s.Vault.Save(ada, loginNamed(t, "ada", deadline(1)))
	save("grace", graceOwn, loginNamed(t, "grace", deadline(2)))
	save("pool", accounts.Identity{}, loginNamed(t, "pool", deadline(3)))
	save("one", accounts.Identity{}, loginNamed(t, "one", deadline(4), access("same")))
	save("two", accounts.Identity{}, loginNamed(t, "two", deadline(4), access("same")))
	return s
}

func profileOf(i accounts.Identity) provider.Profile {
	return provider.Profile{
		Account:      provider.ProfileAccount{UUID: i.AccountUUID, Email: i.Email},
		Organization: provider.ProfileOrganization{UUID: i.OrganizationUUID},
	}
}

func TestProveInOrder(t *testing.T) {
	configOf := func(i accounts.Identity) claude.Config { return claude.Config{Account: accountOf(i)} }
	for name, tt := range map[string]struct {
		login   accounts.Credential
		profile accounts.Identity // what the provider said, zero for nothing
		config  accounts.Identity
		account string
		want    accounts.Identity // of an owner that the vault has not got
		asked   bool              // the provider's profile is the proof
	}{
		"identifiers inside":                       {login: loginNamed(t, "x", naming(adaOwn)), account: "ada"},
		"the token contradicts them":               {login: loginNamed(t, "grace", naming(adaOwn))},
		"the profile settles that":                 {login: loginNamed(t, "grace", naming(adaOwn)), profile: graceOwn, account: "grace", asked: true},
		"the refresh token":                        {login: loginNamed(t, "grace"), account: "grace"},
		"it beats the deadline":                    {login: loginNamed(t, "grace", deadline(1)), account: "grace"},
		"it beats the profile":                     {login: loginNamed(t, "grace"), profile: adaOwn, account: "grace"},
		"a token that was replaced":                {login: loginNamed(t, "before"), account: "ada"},
		"the access token alone":                   {login: loginNamed(t, "x", access("ada")), account: "ada"},
		"an access token of two accounts":          {login: loginNamed(t, "x", access("same"))},
		"no access token":                          {login: loginNamed(t, "x", func(c *accounts.Credential) { c.AccessToken = secret.Secret{} })},
		"other identifiers, an identified account": {login: loginNamed(t, "grace", naming(newcomer))},
		"other identifiers, an account without":    {login: loginNamed(t, "pool", naming(newcomer)), account: "pool", want: newcomer},
		"the deadline":                             {login: loginNamed(t, "x", deadline(2)), account: "grace"},
		"it beats the profile, too":                {login: loginNamed(t, "x", deadline(2)), profile: adaOwn, account: "grace"},
		"a deadline of two accounts":               {login: loginNamed(t, "x", deadline(4))},
		"a deadline beside other identifiers":      {login: loginNamed(t, "x", deadline(2), naming(newcomer))},
		"the profile of an account":                {login: loginNamed(t, "x"), profile: graceOwn, account: "grace", asked: true},
		"the profile of another":                   {login: loginNamed(t, "x"), profile: newcomer, want: newcomer, asked: true},
		"it beats the configuration":               {login: loginNamed(t, "x", naming(newcomer)), profile: graceOwn, config: newcomer, account: "grace", asked: true},
		"the configuration lends an address":       {login: loginNamed(t, "x", naming(newcomer)), config: newcomer, want: newcomer},
		"the configuration alone is no proof":      {login: loginNamed(t, "x"), config: adaOwn},
		"the configuration names another":          {login: loginNamed(t, "x", naming(newcomer)), config: graceOwn},
		"nothing":                                  {login: loginNamed(t, "x")},
	} {
		s, p := proveState(t), newProofs()
		if tt.profile != (accounts.Identity{}) {
			p.said[tt.login.AccessToken.Fingerprint()] = profileOf(tt.profile)
		}
		o := s.prove(tt.login, configOf(tt.config), p)
		key := ""
		if o.account != nil {
			key = o.account.Key
		}
		if key != tt.account || (o.profile != nil) != tt.asked || o.proved() != (tt.account != "" || tt.want != accounts.Identity{}) {
			t.Errorf("%s: account %q, %+v", name, key, o)
		}
		if tt.want.Complete() && !o.identity.Same(tt.want) || key == "" && o.identity.Email != tt.want.Email {
			t.Errorf("%s: %+v, want %+v", name, o.identity, tt.want)
		}
	}
}

// Two accounts without a deadline do not have the same one.
func TestNoDeadlineProvesNothing(t *testing.T) {
	s := emptyState(t)
	s.Vault.Save(s.Vault.Add("a", accounts.Identity{}), loginNamed(t, "a"))
	if o := s.prove(loginNamed(t, "x"), claude.Config{}, newProofs()); o.proved() {
		t.Errorf("%+v", o)
	}
}

func TestProved(t *testing.T) {
	for name, tt := range map[string]struct {
		owner owner
		want  bool
	}{
		"nothing":            {owner{}, false},
		"an account":         {owner{account: &accounts.Account{}}, true},
		"an identity":        {owner{identity: newcomer}, true},
		"without an address": {owner{identity: accounts.Identity{AccountUUID: "a", OrganizationUUID: "o"}}, false},
		"an address alone":   {owner{identity: accounts.Identity{Email: "a@example.com"}}, false},
	} {
		if tt.owner.proved() != tt.want {
			t.Error(name)
		}
	}
}

// profiles is a provider that answers for access tokens it knows.
type profiles struct {
	Provider
	of    map[string]provider.Profile
	err   map[string]error
	asked []string
	limit time.Duration
}

func (p *profiles) Profile(ctx context.Context, access secret.Secret) (provider.Profile, error) {
	name := access.Reveal()[len("sk-ant-oat01-TEST-"):]
	p.asked = append(p.asked, name)
	if at, ok := ctx.Deadline(); ok {
		p.limit = time.Until(at)
	}
	return p.of[name], p.err[name]
}

// A login that is refused ends nothing; any other trouble ends the asking, and
// is what is known of the rest.
func TestAskTheProvider(t *testing.T) {
	offline := errors.New("offline")
	p := &profiles{
		of: map[string]provider.Profile{
			"ada": profileOf(adaOwn), "grace": profileOf(graceOwn),
			"half": {Account: provider.ProfileAccount{UUID: "ada"}}, "other half": {Organization: provider.ProfileOrganization{UUID: "own"}},
		},
		err: map[string]error{"refused": provider.ErrUnauthorized, "trouble": offline},
	}
	c := &Core{Provider: p}
	var logins []accounts.Credential
	for _, name := range []string{"ada", "refused", "half", "other half", "grace", "trouble", "rest", "more"} {
		logins = append(logins, loginNamed(t, name))
	}
	proofs := newProofs()
	c.ask(t.Context(), logins, proofs)
	if len(p.asked) != 6 || p.limit.Round(time.Second) != 15*time.Second {
		t.Errorf("asked for %q, with %v to answer", p.asked, p.limit)
	}
	for i, want := range []bool{true, false, false, false, true, false, false, false} {
		profile, known, askable := proofs.of(logins[i])
		if known != want || askable || known && profile.Account.UUID == "" {
			t.Errorf("%d: known %v, askable %v", i, known, askable)
		}
	}
	if err := proofs.failed[logins[7].AccessToken.Fingerprint()]; err != offline {
		t.Errorf("the last one: %v", err)
	}
	if _, known, askable := proofs.of(loginNamed(t, "never asked")); known || !askable {
		t.Error("one that was not asked for")
	}
	if _, known, askable := proofs.of(accounts.Credential{}); known || askable {
		t.Error("no access token")
	}
}
