package oauthcore

import (
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
)

// put makes a pool entry with this login.
func put(t testing.TB, s *State, key string, cr accounts.Credential) {
	t.Helper()
	if err := s.Pool.Put(&accounts.Account{Key: key, Credential: cr}, accounts.Mark{}); err != nil {
		t.Fatal(err)
	}
}

// poolTokens gives the keys of the pool's entries, each with the name of its
// refresh token.
func poolTokens(s *State) map[string]string {
	out := map[string]string{}
	for _, e := range s.Pool.Entries {
		out[e.Key] = ""
		if token := e.RefreshToken.Reveal(); token != "" {
			out[e.Key] = token[len("sk-ant-ort01-TEST-"):]
		}
	}
	return out
}

func bare(c *accounts.Credential) { c.RefreshToken = secret.Secret{} }

func TestAlignWritesEveryLogin(t *testing.T) {
	s := emptyState(t)
	a := s.Vault.Add("a", adaOwn)
	s.Vault.Save(a, loginNamed(t, "a1"))
	s.Vault.Add("no login", graceOwn)
	mark := accounts.Mark{Limited: true, ResetsAt: proveNoon}
	s.Usage.Record("a").Mark = mark
	if err := s.align(); err != nil {
		t.Fatal(err)
	}
	if got := poolTokens(s); len(got) != 1 || got["a"] != "a1" || !s.Pool.Get("a").RateLimited {
		t.Errorf("%v", got)
	}
	if r := s.Usage.Peek("a"); !r.PoolSeen || r.PoolMark != mark {
		t.Errorf("what was written is not remembered: %+v", r)
	}
	// A newer login and another mark replace it; what was noted of one account is
	// not made for another.
	s.Vault.Save(a, loginNamed(t, "a2"))
	s.Usage.Record("a").Mark = accounts.Mark{}
	if err := s.align(); err != nil || poolTokens(s)["a"] != "a2" || s.Usage.Peek("a").PoolMark.Limited || s.Pool.Get("a").RateLimited {
		t.Errorf("%v, %v", poolTokens(s), err)
	}
	if len(s.Usage.Records) != 1 {
		t.Errorf("%d records", len(s.Usage.Records))
	}
	s.Usage.Record("a").Offline = true
	s.Vault.Remove(a)
	if err := s.align(); err != nil || len(s.Usage.Records) != 0 || len(poolTokens(s)) != 0 {
		t.Errorf("a removed account: %v, %v", poolTokens(s), err)
	}
}

// An entry that is no account's is dropped only if its token is known: one that
// is not may be a login that no other file has.
func TestAlignOfEntriesWithoutAnAccount(t *testing.T) {
	for name, tt := range map[string]struct {
		login accounts.Credential
		key   string
		stays bool
	}{
		"a login of the vault":         {loginNamed(t, "a"), "x", false},
		"a token that was used up":     {loginNamed(t, "old"), "x", false},
		"a login in set-aside":         {loginNamed(t, "aside"), "x", false},
		"an unknown login":             {loginNamed(t, "new"), "x", true},
		"no login":                     {accounts.Credential{}, "x", true},
		"an unknown bare login":        {loginNamed(t, "new", bare), "x", true},
		"an access token of the vault": {loginNamed(t, "a", bare), "x", false},
		"a removed account's token":    {loginNamed(t, "gone"), "gone", false},
		"a removed account, unknown":   {loginNamed(t, "new"), "gone", true},
		"a removed account, bare":      {loginNamed(t, "new", bare), "gone", false},
	} {
		s := emptyState(t)
		a := s.Vault.Add("a", adaOwn)
		s.Vault.Save(a, loginNamed(t, "old"))
		s.Vault.Save(a, loginNamed(t, "a"))
		gone := s.Vault.Add("gone", graceOwn)
		s.Vault.Save(gone, loginNamed(t, "gone"))
		s.Vault.Remove(gone)
		s.aside[asidePrint(loginNamed(t, "aside"))] = true
		put(t, s, tt.key, tt.login)
		if err := s.align(); err != nil {
			t.Fatal(err)
		}
		if _, there := poolTokens(s)[tt.key]; there != tt.stays {
			t.Errorf("%s: still there: %v", name, there)
		}
	}
}

// An account's own entry is not written over while it may hold the newest login.
func TestAlignLeavesEntries(t *testing.T) {
	for name, tt := range map[string]struct {
		edit  func(s *State, a *accounts.Account)
		entry string // the token in the pool, "" for no entry
		want  string // afterwards, "" for no entry
	}{
		"in line":                  {func(*State, *accounts.Account) {}, "a", "a"},
		"an older login":           {func(*State, *accounts.Account) {}, "old", "a"},
		"an unknown login":         {func(*State, *accounts.Account) {}, "new", "new"},
		"another account's login":  {func(*State, *accounts.Account) {}, "b", "a"},
		"no login in the vault":    {func(s *State, a *accounts.Account) { s.Vault.Displace(a) }, "b", "b"},
		"a rival of another":       {func(_ *State, a *accounts.Account) { a.Rival = "b" }, "old", "old"},
		"a rival of another, none": {func(_ *State, a *accounts.Account) { a.Rival = "b" }, "", ""},
		"with a rival": {func(s *State, _ *accounts.Account) {
			r := s.Vault.Add("r", accounts.Identity{})
			s.Vault.Save(r, loginNamed(t, "r"))
			r.Rival = "a"
		}, "old", "old"},
		"in doubt for a rival": {func(_ *State, a *accounts.Account) { a.Doubt = accounts.DoubtRival }, "b", ""},
		"in doubt, its own":    {func(_ *State, a *accounts.Account) { a.Doubt = accounts.DoubtRival }, "a", "a"},
		"in doubt, no entry":   {func(_ *State, a *accounts.Account) { a.Doubt = accounts.DoubtRival }, "", ""},
		"another doubt":        {func(_ *State, a *accounts.Account) { a.Doubt = accounts.DoubtSent }, "b", "a"},
	} {
		s := emptyState(t)
		a, b := s.Vault.Add("a", accounts.Identity{}), s.Vault.Add("b", graceOwn)
		s.Vault.Save(a, loginNamed(t, "old"))
		s.Vault.Save(a, loginNamed(t, "a"))
		s.Vault.Save(b, loginNamed(t, "b"))
		tt.edit(s, a)
		if tt.entry != "" {
			put(t, s, "a", loginNamed(t, tt.entry))
		}
		if err := s.align(); err != nil {
			t.Fatal(err)
		}
		if got := poolTokens(s)["a"]; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if r := s.Usage.Peek("a"); r.PoolSeen != (tt.want == "a") {
			t.Errorf("%s: noted as written: %v", name, r.PoolSeen)
		}
	}
}

func TestUnknownEntry(t *testing.T) {
	s := emptyState(t)
	a := s.Vault.Add("a", adaOwn)
	s.Vault.Save(a, loginNamed(t, "a"))
	whole := s.Vault.Add("bare", graceOwn)
	s.Vault.Save(whole, loginNamed(t, "b", bare))
	s.Vault.SpendLogin(loginNamed(t, "spent", bare), a)
	s.aside[asidePrint(loginNamed(t, "aside", bare))] = true
	for name, tt := range map[string]struct {
		key   string
		login accounts.Credential
		want  bool
	}{
		"bare, in set-aside":                           {"x", loginNamed(t, "aside", bare), false},
		"a known refresh token":                        {"x", loginNamed(t, "a"), false},
		"an unknown refresh token":                     {"a", loginNamed(t, "new"), true},
		"no token":                                     {"x", accounts.Credential{}, false},
		"bare, of no account":                          {"x", loginNamed(t, "new", bare), true},
		"bare, an access token of the vault":           {"x", loginNamed(t, "a", bare), false},
		"bare, used up":                                {"x", loginNamed(t, "spent", bare), false},
		"bare, of an account with a refresh token":     {"a", loginNamed(t, "new", bare), false},
		"bare, of an account without a refresh token":  {"bare", loginNamed(t, "new", bare), true},
		"an unknown refresh token and a known account": {"bare", loginNamed(t, "new"), true},
	} {
		s.Pool, _ = accounts.ParsePool(nil)
		put(t, s, tt.key, tt.login)
		if got := s.UnknownEntry(s.Pool.Get(tt.key)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	s.Vault.Remove(whole)
	put(t, s, "bare", loginNamed(t, "new", bare))
	if s.UnknownEntry(s.Pool.Get("bare")) {
		t.Error("a removed account's")
	}
}

func TestUnsureWhy(t *testing.T) {
	s := emptyState(t)
	a, none := s.Vault.Add("a", adaOwn), s.Vault.Add("none", graceOwn)
	s.Vault.Save(a, loginNamed(t, "a"))
	for name, tt := range map[string]struct {
		journal []*answer
		doubt   accounts.Doubt
		want    accounts.Doubt
	}{
		"sure":                    {nil, "", ""},
		"a request went out":      {[]*answer{{presented: a.Credential.Fingerprint()}}, "", accounts.DoubtSent},
		"a request was answered":  {[]*answer{{presented: a.Credential.Fingerprint(), credential: loginNamed(t, "a2")}}, "", ""},
		"another's went out":      {[]*answer{{presented: "other"}, {}}, "", ""},
		"the vault's own doubt":   {[]*answer{{presented: a.Credential.Fingerprint()}}, accounts.DoubtGone, accounts.DoubtGone},
		"one of several requests": {[]*answer{{presented: "other"}, {presented: a.Credential.Fingerprint()}}, "", accounts.DoubtSent},
		"an authorization code's": {[]*answer{{presented: ""}}, "", ""},
	} {
		s.journal, a.Doubt = tt.journal, tt.doubt
		if got := s.UnsureWhy(a); got != tt.want || s.Unsure(a) != (tt.want != "") {
			t.Errorf("%s: %q", name, got)
		}
		if s.Unsure(none) {
			t.Errorf("%s: an account without a login", name)
		}
	}
	s.journal, a.Doubt = []*answer{{presented: a.Credential.Fingerprint()}}, ""
	if c := s.Candidates(proveNoon); len(c) != 2 || !c[0].Unsure || c[1].Unsure {
		t.Errorf("%+v", c)
	}
	s.journal = nil
	r := s.Vault.Add("r", accounts.Identity{})
	s.Vault.Save(r, loginNamed(t, "r"))
	if c := s.Candidates(proveNoon); c[0].Unsure {
		t.Errorf("%+v", c)
	}
	if r.Rival = "a"; !s.Candidates(proveNoon)[0].Unsure {
		t.Error("an account with a rival counts as sure")
	}
}

func TestTakeMarks(t *testing.T) {
	s := emptyState(t)
	for _, key := range []string{"a", "gone"} {
		s.Vault.Save(s.Vault.Add(key, accounts.Identity{Email: key}), loginNamed(t, key))
	}
	s.Vault.Remove(s.Vault.Get("gone"))
	for _, key := range []string{"a", "gone", "nobody"} {
		if err := s.Pool.Put(&accounts.Account{Key: key, Credential: loginNamed(t, key)}, accounts.Mark{Limited: true, ResetsAt: proveNoon.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	s.Usage.Record("over").Mark = accounts.Mark{Limited: true, ResetsAt: proveNoon}
	s.takeMarks(proveNoon)
	if !s.Usage.Peek("a").Mark.Limited || s.Usage.Peek("gone").Mark.Limited || s.Usage.Peek("nobody").Mark.Limited || s.Usage.Peek("over").Mark.Limited {
		t.Errorf("%+v", s.Usage.Records)
	}
}
