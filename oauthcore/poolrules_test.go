package oauthcore

import (
	"strings"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
)

// A login of the pool whose owner is proved is saved unless the account's own is
// the later one for certain; what nothing proves to be later is set aside.
func TestWhereAProvedEntryGoes(t *testing.T) {
	t.Parallel()
	type edits = []func(*accounts.Credential)
	for _, tt := range []struct {
		name  string
		entry edits
		edit  func(o *Opened, a *accounts.Account)
		keeps string
		aside string
		spent bool
	}{
		{name: "later", entry: edits{deadline(3)}, keeps: "next"},
		{name: "of one time", entry: edits{deadline(2), accessEnds(2)}, keeps: "next", aside: "ada"},
		{name: "earlier for certain", entry: edits{deadline(1)}, keeps: "ada", spent: true},
		{name: "earlier by the access token", entry: edits{deadline(2), accessEnds(1)}, keeps: "ada", aside: "next"},
		{name: "access token alone", entry: edits{accessAlone, accessEnds(3)}, keeps: "ada", spent: true},
		{
			name: "earlier, the account needs a login", entry: edits{deadline(1)},
			edit: func(_ *Opened, a *accounts.Account) { a.NeedsLogin = true }, keeps: "next",
		},
		{
			name: "of a removed account", entry: edits{deadline(3)},
			edit: func(o *Opened, a *accounts.Account) { o.Vault.Remove(a) }, aside: "next",
		},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "ada", deadline(2), accessEnds(2)))
		a.Siblings = []byte(`{"is":"old"}`)
		if tt.edit != nil {
			tt.edit(o, a)
		}
		cr := loginNamed(t, "next", tt.entry...)
		if err := b.takeProvedEntry(o, &accounts.PoolEntry{Key: "ada"}, cr, owner{account: a, identity: adaOwn}); err != nil {
			t.Fatal(err)
		}
		token := cr.RefreshToken
		if token.Empty() {
			token = cr.AccessToken
		}
		if got, away := tokenName(a.Credential), b.asideNames(); got != tt.keeps || away != tt.aside || o.Vault.Spent(token) != tt.spent {
			t.Errorf("%s: it has %q, set aside is %q, spent %v; want %q, %q, %v", tt.name, got, away, o.Vault.Spent(token), tt.keeps, tt.aside, tt.spent)
		}
		if adopted := len(o.acts) == 1 && o.acts[0].Kind == "adopted" && o.acts[0].Key == "ada"; adopted != (tt.keeps == "next") {
			t.Errorf("%s: activity %+v", tt.name, o.acts)
		}
		if !a.Removed && string(a.Siblings) != `{"is":"old"}` {
			t.Errorf("%s: siblings %s", tt.name, a.Siblings)
		}
	}
}

// A login of the pool that is of a new account makes that account, under a key
// that is free.
func TestAProvedEntryOfANewAccount(t *testing.T) {
	t.Parallel()
	for _, taken := range []bool{false, true} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		if taken {
			o.withAccount("pool", adaOwn, loginNamed(t, "ada"))
		}
		if err := b.takeProvedEntry(o, &accounts.PoolEntry{Key: "pool"}, loginNamed(t, "next"), owner{identity: newcomer}); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{false: "pool", true: newcomer.Email}[taken]
		if a := o.Vault.Get(want); a == nil || !a.Is(newcomer) || tokenName(a.Credential) != "next" {
			t.Errorf("taken %v: %v", taken, a)
		}
		if a := o.Vault.Get("pool"); taken && tokenName(a.Credential) != "ada" {
			t.Errorf("the other account has %q", tokenName(a.Credential))
		}
	}
}

// A login of the pool without proof is an account of its own and never replaces a
// login that is good: it may be another organisation's of the same address.
func TestWhereAnUnprovedEntryGoes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		under *accounts.Identity // of the account under the entry's key, nil for none
		ended bool
		entry func(*accounts.Credential)
		key   string
		keeps string // what the account under the key has afterwards
		rival string
		doubt accounts.Doubt
	}{
		{name: "no account", entry: deadline(2), key: "pool", keeps: "next"},
		{name: "an ended login that is not identified", under: &accounts.Identity{}, ended: true, entry: deadline(1), key: "pool", keeps: "next"},
		{name: "an ended login", under: &adaOwn, ended: true, entry: deadline(3), key: "own@example.com", keeps: "have"},
		{name: "a good login, this one is later", under: &adaOwn, entry: deadline(3), key: "own@example.com", keeps: "have", rival: "pool"},
		{name: "a good login of one time", under: &adaOwn, entry: deadline(2), key: "own@example.com", keeps: "have", rival: "pool"},
		{name: "a good login, this one is earlier", under: &adaOwn, entry: deadline(1), key: "own@example.com", keeps: "have", rival: "pool", doubt: accounts.DoubtRival},
		{name: "a good login that is not identified", under: &accounts.Identity{}, entry: deadline(1), key: "own@example.com", keeps: "have", rival: "pool", doubt: accounts.DoubtRival},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		var under *accounts.Account
		if tt.under != nil {
			under = o.withAccount("pool", *tt.under, loginNamed(t, "have", deadline(2)))
			under.NeedsLogin = tt.ended
		}
		e := &accounts.PoolEntry{Key: "pool", Email: "own@example.com"}
		if err := b.takeUnprovedEntry(o, e, loginNamed(t, "next", tt.entry), under); err != nil {
			t.Fatal(err)
		}
		a := o.Vault.Get(tt.key)
		if a == nil || tokenName(a.Credential) != "next" || a.NeedsNewLogin() || a.Rival != tt.rival || a.Doubt != tt.doubt || b.asideNames() != "" {
			t.Errorf("%s: %+v of %v", tt.name, o.Vault.Accounts(), a)
			continue
		}
		if got := tokenName(o.Vault.Get("pool").Credential); got != tt.keeps {
			t.Errorf("%s: the account under the key has %q", tt.name, got)
		}
		if len(o.acts) != 1 || o.acts[0].Kind != "adopted" || o.acts[0].Key != tt.key {
			t.Errorf("%s: activity %+v", tt.name, o.acts)
		}
	}
	// A second one under the key goes to the account of the first.
	b := newBench(t)
	o := &Opened{State: emptyState(t)}
	under := o.withAccount("pool", adaOwn, loginNamed(t, "have", deadline(2)))
	for _, name := range []string{"first", "second"} {
		if err := b.takeUnprovedEntry(o, &accounts.PoolEntry{Key: "pool", Email: "own@example.com"}, loginNamed(t, name, deadline(3)), under); err != nil {
			t.Fatal(err)
		}
	}
	if a := o.Vault.Get("own@example.com"); len(o.Vault.Accounts()) != 2 || tokenName(a.Credential) != "second" || b.asideNames() != "first" {
		t.Errorf("%v, set aside is %q", o.Vault.Accounts(), b.asideNames())
	}
}

// An entry of the pool that is the live login is taken over with that; here the
// account of a new owner gets its key and place.
func TestAnEntryThatIsTheLiveLogin(t *testing.T) {
	t.Parallel()
	live := loginNamed(t, "live", naming(newcomer))
	entry := func(key string, cr accounts.Credential) string {
		return `"` + key + `":{"email":"` + key + `","accessToken":"` + cr.AccessToken.Reveal() + `","refreshToken":"` + cr.RefreshToken.Reveal() + `"}`
	}
	for _, tt := range []struct {
		name   string
		live   accounts.Credential
		entry  string
		edit   func(o *Opened)
		added  bool
		logins string // of all accounts afterwards
	}{
		{name: "of a new owner", live: live, entry: entry("key", live), added: true, logins: "key="},
		{name: "of an owner that nothing proves", live: loginNamed(t, "live"), entry: entry("key", live)},
		{
			name: "of a known account", live: live, entry: entry("key", live),
			edit: func(o *Opened) { o.withAccount("known", newcomer, loginNamed(t, "known")) }, logins: "known=known",
		},
		{
			name: "under the key of another account", live: live, entry: entry("key", live),
			edit: func(o *Opened) { o.withAccount("key", adaOwn, loginNamed(t, "ada")) }, logins: "key=ada",
		},
		{
			name: "access tokens alone", live: loginNamed(t, "live", accessAlone, naming(newcomer)), logins: "key=other",
			entry: entry("key", loginNamed(t, "other", accessAlone)),
		},
	} {
		b := newBench(t)
		pool, err := accounts.ParsePool([]byte(`{"accounts":{` + tt.entry + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		o := &Opened{State: emptyState(t), Live: claude.Live{Credential: tt.live}, Config: claude.Config{Account: accountOf(newcomer)}}
		o.Pool = pool
		if tt.edit != nil {
			tt.edit(o)
		}
		if err := b.takePool(o, newProofs()); err != nil {
			t.Fatal(err)
		}
		var logins []string
		for _, a := range o.Vault.Accounts() {
			logins = append(logins, a.Key+"="+tokenName(a.Credential))
		}
		if got := strings.Join(logins, " "); got != tt.logins || o.Added != tt.added || b.asideNames() != "" {
			t.Errorf("%s: %q, added %v, set aside is %q", tt.name, got, o.Added, b.asideNames())
		}
	}
}

// The pool as it is beside a vault that is older than this machine remembers is
// older too, so that every login is in doubt, and a doubt of another kind stays.
func TestThePoolBesideAnOlderVault(t *testing.T) {
	t.Parallel()
	for _, behind := range []bool{true, false} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		o.Vault.Behind = behind
		o.withAccount("good", adaOwn, loginNamed(t, "good"))
		o.withAccount("sent", graceOwn, loginNamed(t, "sent")).Doubt = accounts.DoubtSent
		o.Vault.Add("none", newcomer)
		if err := b.takePool(o, newProofs()); err != nil {
			t.Fatal(err)
		}
		var doubts []string
		for _, a := range o.Vault.Accounts() {
			doubts = append(doubts, string(a.Doubt))
		}
		want := map[bool]string{true: "restored,sent,", false: ",sent,"}[behind]
		if got := strings.Join(doubts, ","); got != want {
			t.Errorf("behind %v: doubts %q, want %q", behind, got, want)
		}
	}
}
