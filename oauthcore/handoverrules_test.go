package oauthcore

import (
	"testing"

	"baton/oauthcore/accounts"
)

// A login that turned out to be of an account the vault has not got makes that
// account, unless it was removed or its organisation is not known.
func TestHandOverToNoAccount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		to     string // the account it is of, "" for none
		who    accounts.Identity
		answer bool // a login that replaced the one kept until now
		key    string
		email  string
		aside  string
	}{
		{name: "new", who: newcomer, key: newcomer.Email, email: newcomer.Email},
		{name: "new, from an answer", who: newcomer, answer: true, key: newcomer.Email, email: newcomer.Email},
		{name: "new, without an address", who: accounts.Identity{AccountUUID: "new", OrganizationUUID: "own"}, key: "from@example.com", email: "from@example.com"},
		{name: "without an organisation", who: accounts.Identity{AccountUUID: "new"}, answer: true, aside: "next"},
		{name: "removed", to: "grace", who: graceOwn, aside: "kept"},
		{name: "removed, from an answer", to: "grace", who: graceOwn, answer: true, aside: "next"},
	} {
		b, s := newBench(t), emptyState(t)
		from := s.withAccount("from", accounts.Identity{Email: "from@example.com"}, loginNamed(t, "kept"))
		kept := from.Credential
		grace := s.withAccount("grace", graceOwn, loginNamed(t, "grace"))
		s.Vault.Remove(grace)
		cr := kept
		if tt.answer {
			cr = loginNamed(t, "next")
		}
		if err := b.handOver(s, from, s.Vault.Get(tt.to), tt.who, cr); err != nil {
			t.Fatal(err)
		}
		if from.Credential.Usable() || b.asideNames() != tt.aside || s.Vault.Spent(kept.RefreshToken) != tt.answer {
			t.Errorf("%s: it still has %q, set aside is %q, spent %v", tt.name, tokenName(from.Credential), b.asideNames(), s.Vault.Spent(kept.RefreshToken))
		}
		a := s.Vault.Holder(cr.RefreshToken)
		if key := tt.key; (a != nil) != (key != "") || a != nil && (a.Key != key || a.Email != tt.email || !a.Is(tt.who)) {
			t.Errorf("%s: %v has it", tt.name, a)
		}
	}
}

// Of two logins of one account the one that may be the later one stays; the other
// one is spent if it is the earlier one for certain, and else set aside. The
// doubts of the login that stays go with it.
func TestHandOverBetweenTwoLogins(t *testing.T) {
	t.Parallel()
	type edits = []func(*accounts.Credential)
	const sent, client, rival = accounts.DoubtSent, accounts.DoubtClient, accounts.DoubtRival
	for _, tt := range []struct {
		name   string
		login  edits // of the login handed over; the other one's deadline is day 2, its access token ends at hour 2
		answer bool
		ended  bool           // the other one
		doubt  accounts.Doubt // of the login handed over until now
		keeps  string         // "mine" or "theirs"
		aside  string
		spent  bool           // the other of the two
		after  accounts.Doubt // the other's was DoubtClient
	}{
		{name: "later", login: edits{deadline(3)}, doubt: sent, keeps: "mine", spent: true, after: sent},
		{name: "later, perhaps an earlier copy until now", login: edits{deadline(3)}, doubt: rival, keeps: "mine", spent: true},
		{name: "later by the access token", login: edits{deadline(2), accessEnds(3)}, doubt: sent, keeps: "mine", aside: "theirs", after: sent},
		{name: "of one time", login: edits{deadline(2), accessEnds(2)}, keeps: "mine", aside: "theirs"},
		{name: "earlier by the access token", login: edits{deadline(2), accessEnds(1)}, doubt: sent, keeps: "theirs", aside: "mine", after: client},
		{name: "earlier", login: edits{deadline(1)}, doubt: sent, keeps: "theirs", aside: "mine", after: client},
		{name: "earlier, the other one ended", login: edits{deadline(1)}, ended: true, doubt: sent, keeps: "mine", spent: true, after: sent},
		{name: "answer, later", login: edits{deadline(3)}, answer: true, doubt: sent, keeps: "mine", spent: true},
		{name: "answer, earlier by the access token", login: edits{deadline(2), accessEnds(1)}, answer: true, doubt: sent, keeps: "mine", aside: "theirs"},
		{name: "answer, earlier", login: edits{deadline(1)}, answer: true, doubt: sent, keeps: "theirs", aside: "mine", after: client},
	} {
		b, s := newBench(t), emptyState(t)
		mine := loginNamed(t, "mine", tt.login...)
		kept := mine
		if tt.answer {
			kept = loginNamed(t, "kept")
		}
		from := s.withAccount("from", adaOwn, kept)
		to := s.withAccount("to", graceOwn, loginNamed(t, "theirs", deadline(2), accessEnds(2)))
		theirs := to.Credential
		from.Doubt, from.Refused, to.Doubt, to.Refused, to.NeedsLogin = tt.doubt, "mine", client, "theirs", tt.ended
		to.Siblings, from.Siblings = []byte(`{"is":"theirs"}`), []byte(`{"is":"mine"}`)
		if err := b.handOver(s, from, to, graceOwn, mine); err != nil {
			t.Fatal(err)
		}
		if got := tokenName(to.Credential); got != tt.keeps || b.asideNames() != tt.aside || s.Vault.Spent(theirs.RefreshToken) != tt.spent || to.Doubt != tt.after {
			t.Errorf("%s: it has %q, set aside is %q, spent %v, doubt %q", tt.name, got, b.asideNames(), s.Vault.Spent(theirs.RefreshToken), to.Doubt)
		}
		refused := tt.keeps
		if refused == "mine" && (tt.answer || tt.doubt == rival) {
			refused = ""
		}
		if to.Refused != refused || string(to.Siblings) != `{"is":"theirs"}` || s.Vault.Get("from") != from || from.Credential.Usable() {
			t.Errorf("%s: refused %q, siblings %s, the account before has %q", tt.name, to.Refused, to.Siblings, tokenName(from.Credential))
		}
		if tt.answer && s.Vault.SpentBy(kept.Fingerprint()) != to {
			t.Errorf("%s: the token that was sent is not spent", tt.name)
		}
	}
}

// An account that is another one under a second name: the one that was there
// first stays, with the label and the oauthAccount of the other one if it has
// none of its own.
func TestHandOverOfASecondName(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{true, false} {
		for _, own := range []bool{true, false} {
			b, s := newBench(t), emptyState(t)
			var from *accounts.Account
			make := func() {
				from = s.withAccount("from", accounts.Identity{}, loginNamed(t, "mine", deadline(3)))
				from.Label = "second name"
			}
			if first {
				make()
			}
			to := s.withAccount("to", graceOwn, loginNamed(t, "theirs", deadline(2)))
			to.OAuthAccount, to.Label = []byte(`{"accountUuid":"grace"}`), "first name"
			if !first {
				make()
			}
			stays, gone, label := to, from, "first name"
			if first {
				stays, gone, label = from, to, "second name"
			}
			if !own {
				stays.Label, label = "", gone.Label
			}
			s.Usage.Record("from").Offline = true
			s.Usage.Record("to").Offline = true
			other := s.withAccount("other", accounts.Identity{}, loginNamed(t, "other"))
			from.Rival = "other"
			if err := b.handOver(s, from, to, graceOwn, from.Credential); err != nil {
				t.Fatal(err)
			}
			if s.Vault.Get(gone.Key) != nil || s.Usage.Peek(gone.Key).Offline || !s.Usage.Peek(stays.Key).Offline {
				t.Errorf("from first %v: %v", first, s.Vault.Accounts())
			}
			if !stays.Is(graceOwn) || tokenName(stays.Credential) != "mine" || stays.Label != label || string(stays.OAuthAccount) != `{"accountUuid":"grace"}` {
				t.Errorf("from first %v, label of its own %v: %v, label %q, %s", first, own, stays, stays.Label, stays.OAuthAccount)
			}
			if stays.Rival != "" || other.Doubt != accounts.DoubtRival {
				t.Errorf("from first %v: a rival of %q, the other's doubt is %q", first, stays.Rival, other.Doubt)
			}
		}
	}
}
