package oauthcore

import (
	"testing"
	"time"

	"baton/oauthcore/accounts"
)

// The answer to an authorization code is the later login, unless the account got
// another one after it.
func TestWhichLoginIsTheEarlierOne(t *testing.T) {
	t.Parallel()
	made := proveNoon
	for _, tt := range []struct {
		name    string
		entry   answer
		login   []func(*accounts.Credential)
		counted time.Duration // when the account's login was counted, after this one was made
		earlier bool
	}{
		{"authorization code", answer{}, []func(*accounts.Credential){deadline(1)}, time.Second, false},
		{"authorization code, the account got another one later", answer{}, []func(*accounts.Credential){deadline(1)}, time.Second + time.Millisecond, true},
		{"authorization code, its deadline is the same", answer{}, []func(*accounts.Credential){deadline(2), accessEnds(1)}, time.Hour, false},
		{"authorization code, its deadline is later", answer{}, []func(*accounts.Credential){deadline(3)}, time.Hour, false},
		{"authorization code, access token alone", answer{}, []func(*accounts.Credential){deadline(3), accessAlone}, 0, true},
		{"found", answer{found: true}, []func(*accounts.Credential){deadline(1)}, 0, true},
		{"found, later", answer{found: true}, []func(*accounts.Credential){deadline(3)}, time.Hour, false},
		{"found, of one time", answer{found: true}, []func(*accounts.Credential){deadline(2), accessEnds(2)}, time.Hour, false},
		{"found, its access token ends earlier", answer{found: true}, []func(*accounts.Credential){deadline(2), accessEnds(1)}, 0, true},
		{"refresh", answer{presented: "x"}, []func(*accounts.Credential){deadline(1)}, 0, true},
		{"refresh, later", answer{presented: "x"}, []func(*accounts.Credential){deadline(3)}, time.Hour, false},
	} {
		e := tt.entry
		e.madeAt, e.credential = made, loginNamed(t, "e", tt.login...)
		a := &accounts.Account{Credential: loginNamed(t, "a", deadline(2), accessEnds(2)), Generation: made.Add(tt.counted).UnixMilli()}
		if got := e.earlierThan(a); got != tt.earlier {
			t.Errorf("%s: earlier %v", tt.name, got)
		}
	}
}

// The answer to an authorization code becomes the login of the account it names.
// While that is not known it waits, and becomes an account of its own once the
// provider cannot name it any more.
func TestWhereALoginGoes(t *testing.T) {
	t.Parallel()
	named := func(i accounts.Identity) []byte {
		return []byte(`{"accountUuid":"` + i.AccountUUID + `","organizationUuid":"` + i.OrganizationUUID + `","emailAddress":"` + i.Email + `"}`)
	}
	nameless := []byte(`{"accountUuid":"ada","organizationUuid":"own"}`)
	const fresh, lapsed = 1, -1
	for _, tt := range []struct {
		name      string
		account   []byte
		presented string
		access    int // hours until the access token ends
		login     func(*accounts.Credential)
		edit      func(a *accounts.Account)
		waits     bool
		key       string // of the account that has it afterwards, "" for none
		aside     string
		siblings  string // of ada afterwards
	}{
		{name: "of a new account", account: named(newcomer), key: newcomer.Email, siblings: "old"},
		{name: "later", account: named(adaOwn), login: deadline(3), key: "ada", siblings: "new"},
		{name: "of one time", account: named(adaOwn), login: deadline(2), key: "ada", aside: "ada", siblings: "new"},
		{name: "with the earlier deadline", account: named(adaOwn), login: deadline(1), key: "ada", aside: "ada", siblings: "new"},
		{
			name: "the account got another one later", account: named(adaOwn), login: deadline(1),
			edit: func(a *accounts.Account) { a.Generation = proveNoon.Add(time.Hour).UnixMilli() }, aside: "next", siblings: "old",
		},
		{
			name: "the account got another one later, which ended", account: named(adaOwn), login: deadline(1),
			edit: func(a *accounts.Account) { a.Generation, a.NeedsLogin = proveNoon.Add(time.Hour).UnixMilli(), true }, key: "ada", siblings: "new",
		},
		{name: "of a refresh", account: named(adaOwn), presented: "lost", login: deadline(3), key: "ada", siblings: "old"},
		{name: "without an address, of a known account", account: nameless, access: fresh, login: deadline(3), key: "ada", siblings: "new"},
		{name: "without a name", access: fresh, login: deadline(3), waits: true, siblings: "old"},
		{name: "without a name, lapsed", access: lapsed, login: deadline(3), key: "login-", siblings: "old"},
		{name: "without an address, of an unknown account", account: []byte(`{"accountUuid":"new","organizationUuid":"own"}`), access: fresh, login: deadline(3), waits: true, siblings: "old"},
		{name: "without an address, of an unknown account, lapsed", account: []byte(`{"accountUuid":"new","organizationUuid":"own"}`), access: lapsed, login: deadline(3), key: "login-", siblings: "old"},
		{name: "an address alone, lapsed", account: []byte(`{"emailAddress":"ada@example.com"}`), access: lapsed, login: deadline(3), key: "login-", siblings: "old"},
		{name: "without a name, access token alone, lapsed", access: lapsed, login: accessAlone, waits: true, siblings: "old"},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		a := o.withAccount("ada", adaOwn, loginNamed(t, "ada", deadline(2)))
		a.Siblings = []byte(`{"is":"old"}`)
		o.Usage.Record("ada").Offline = true
		if tt.edit != nil {
			tt.edit(a)
		}
		edits := []func(*accounts.Credential){}
		if tt.access != 0 {
			edits = append(edits, accessEnds(tt.access))
		}
		if tt.login != nil {
			edits = append(edits, tt.login)
		}
		e := &answer{account: tt.account, presented: tt.presented, madeAt: proveNoon, siblings: []byte(`{"is":"new"}`), credential: loginNamed(t, "next", edits...)}
		done, err := b.takeLogin(o, e, newProofs())
		if err != nil || done == tt.waits {
			t.Errorf("%s: done %v, %v", tt.name, done, err)
		}
		want := tt.key
		if want == "login-" {
			want += e.credential.Fingerprint()[:8]
		}
		key := ""
		for _, have := range o.Vault.Accounts() {
			if tokenName(have.Credential) == "next" {
				key = have.Key
			}
		}
		if away := b.asideNames(); key != want || away != tt.aside || string(a.Siblings) != `{"is":"`+tt.siblings+`"}` {
			t.Errorf("%s: %q has it, set aside is %q, siblings %s", tt.name, key, away, a.Siblings)
		}
		if o.Usage.Peek("ada").Offline == (want == "ada") {
			t.Errorf("%s: offline %v", tt.name, o.Usage.Peek("ada").Offline)
		}
		if added := len(o.acts) == 1 && o.acts[0].Kind == "added" && o.acts[0].Key == want; added != (want == newcomer.Email) {
			t.Errorf("%s: activity %+v", tt.name, o.acts)
		}
		if tt.key == "login-" {
			if u := o.Vault.Get(want); u == nil || u.Identified() || u.Email != want || string(u.Siblings) != `{"is":"new"}` {
				t.Errorf("%s: %v", tt.name, u)
			}
		}
	}
}

// The answer to a refresh goes to the account whose token was sent, unless the
// answer names another one.
func TestWhereAnAnswerGoes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		account string
		asked   accounts.Identity
		key     string // of the account that has it afterwards, "" for none
		aside   bool
		is      accounts.Identity
	}{
		{"it names the account", `{"accountUuid":"ada","organizationUuid":"own"}`, adaOwn, "asked", false, adaOwn},
		{"it names none", `{}`, adaOwn, "asked", false, adaOwn},
		{"it names the account without an organisation", `{"accountUuid":"ada"}`, adaOwn, "asked", false, adaOwn},
		{"it names another one without an organisation", `{"accountUuid":"new"}`, adaOwn, "", true, accounts.Identity{}},
		{"it names an organisation only", `{"organizationUuid":"other"}`, adaOwn, "asked", false, adaOwn},
		{"it names a new account", `{"accountUuid":"new","organizationUuid":"own","emailAddress":"new@example.com"}`, adaOwn, "new@example.com", false, newcomer},
		{"it names a known account", `{"accountUuid":"grace","organizationUuid":"own"}`, adaOwn, "grace", false, graceOwn},
		{"it names an account that was not identified", `{"accountUuid":"new","organizationUuid":"own"}`, accounts.Identity{}, "asked", false, newcomer},
		{"it names a new account without an organisation", `{"accountUuid":"new"}`, accounts.Identity{}, "asked", false, accounts.Identity{AccountUUID: "new"}},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		asked := o.withAccount("asked", tt.asked, loginNamed(t, "asked"))
		o.withAccount("grace", graceOwn, loginNamed(t, "grace", deadline(1)))
		o.Usage.Record("asked").Offline = true
		e := &answer{presented: asked.Credential.Fingerprint(), account: []byte(tt.account), credential: loginNamed(t, "next", deadline(2))}
		if err := b.takeAnswer(o, e); err != nil {
			t.Fatal(err)
		}
		key, is := "", accounts.Identity{}
		for _, have := range o.Vault.Accounts() {
			if tokenName(have.Credential) == "next" {
				key, is = have.Key, have.Identity()
			}
		}
		if key != tt.key || is.AccountUUID != tt.is.AccountUUID || is.OrganizationUUID != tt.is.OrganizationUUID || (b.asideNames() == "next") != tt.aside {
			t.Errorf("%s: %q has it, which is %+v; set aside is %q", tt.name, key, is, b.asideNames())
		}
		refused := len(o.acts) == 1 && o.acts[0].Kind == "refused" && o.acts[0].Key == "asked"
		if refused != (tt.key != "asked") || !o.Vault.Spent(loginNamed(t, "asked").RefreshToken) {
			t.Errorf("%s: activity %+v", tt.name, o.acts)
		}
		if tt.key == "asked" && o.Usage.Peek("asked").Offline {
			t.Errorf("%s: still offline", tt.name)
		}
	}
}

// The token that was sent was replaced meanwhile: its answer goes to the account
// that the answer names, or if it names none to the one that replaced the token.
func TestWhereALateAnswerGoes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		account string
		ended   bool // of all accounts
		key     string
		aside   string
	}{
		{"it names none", `{}`, false, "", "next"},
		{"it names none, the account needs a login", `{}`, true, "asked", ""},
		{"it names another one", `{"accountUuid":"grace","organizationUuid":"own"}`, false, "", "next"},
		{"it names another one, which needs a login", `{"accountUuid":"grace","organizationUuid":"own"}`, true, "grace", ""},
		{"it names a new account", `{"accountUuid":"new","organizationUuid":"own"}`, true, "", "next"},
	} {
		b := newBench(t)
		o := &Opened{State: emptyState(t)}
		asked := o.withAccount("asked", adaOwn, loginNamed(t, "before"))
		o.Vault.Save(asked, loginNamed(t, "asked"))
		o.withAccount("grace", graceOwn, loginNamed(t, "grace"))
		for _, a := range o.Vault.Accounts() {
			a.NeedsLogin = tt.ended
			o.Usage.Record(a.Key).Offline = true
		}
		e := &answer{presented: loginNamed(t, "before").Fingerprint(), account: []byte(tt.account), credential: loginNamed(t, "next")}
		if err := b.takeAnswer(o, e); err != nil {
			t.Fatal(err)
		}
		key := ""
		if a := o.Vault.Holder(e.credential.RefreshToken); a != nil {
			key = a.Key
		}
		if key != tt.key || b.asideNames() != tt.aside || key != "" && (o.Usage.Peek(key).Offline || o.Vault.Get(key).NeedsNewLogin()) {
			t.Errorf("%s: %q has it, set aside is %q", tt.name, key, b.asideNames())
		}
	}
}
