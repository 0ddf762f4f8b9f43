package accounts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// SpentCap is how many fingerprints of replaced refresh tokens the vault
// keeps, for all accounts together.
const SpentCap = 1024

// Vault is every account Baton keeps: S/baton/accounts.json. One file and one
// atomic write, so a token and the list of spent ones can never part.
//
// Accounts are known by identity, logins by token; keys and addresses are only
// names.
type Vault struct {
	// Seq rises with each write.
	Seq int64
	// Present says that the file was there.
	Present bool

	accounts []*Account
	spent    []string // "fingerprint key", oldest first
	doc      []byte
	dirty    bool // spent or Seq are not as they were read

	spentOf map[string]string // fingerprint to the account's key
	byKey   map[string]*Account
	byToken map[string]*Account // by the fingerprint of the refresh token
}

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (v *Vault) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted vault]") }

// Vault reads the vault's bytes; no bytes, blank ones and null are an
// empty vault. Vaults of earlier versions are taken over. The error is one of
// jsonedit's or names the member of a wrong type.
func (m *Memory) Vault(doc []byte) (*Vault, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := &Vault{spentOf: map[string]string{}, byKey: map[string]*Account{}, byToken: map[string]*Account{}}
	if Blank(doc) {
		return v, nil
	}
	members, err := m.vault.open(doc)
	if err != nil {
		return nil, err
	}
	v.doc, v.Present = doc, true
	for _, member := range members {
		switch member.Key {
		case "seq":
			n := gjson.ParseBytes(member.Raw)
			if n.Type != gjson.Number && n.Type != gjson.Null {
				return nil, fmt.Errorf("seq: %w", ErrShape)
			}
			v.Seq = n.Int()
		case "spent":
			err = jsonedit.Read([]byte(`{"spent":`+string(member.Raw)+`}`), []jsonedit.Field{jsonedit.Texts("spent", &v.spent)})
		case "accounts":
			err = v.parseAccounts(&m.vault, member.Raw)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", member.Key, err)
		}
	}
	for _, entry := range v.spent {
		fp, key, _ := strings.Cut(entry, " ")
		v.spentOf[fp] = key
	}
	v.migrate()
	return v, nil
}

func (v *Vault) parseAccounts(known *known[Account], raw []byte) error {
	entries, err := known.read(raw, accountParser)
	if err != nil {
		return err
	}
	n := len(entries)
	list := make([]Account, n)
	v.accounts, v.byKey, v.byToken = make([]*Account, n), make(map[string]*Account, n), make(map[string]*Account, n)
	for i := range entries {
		a, was := &list[i], &entries[i].value
		*a = *was
		a.was = was
		v.accounts[i], v.byKey[a.Key] = a, a
		if a.print != "" {
			v.byToken[a.print] = a
		}
	}
	return nil
}

// migrate takes over what earlier versions kept with each account.
func (v *Vault) migrate() {
	for _, a := range v.accounts {
		for _, fp := range a.oldSpent {
			if v.byToken[fp] == nil {
				v.spend(fp, a.Key)
			} else if v.byToken[fp] == a {
				a.Doubt = DoubtSent
			}
		}
		switch {
		case a.oldRestored:
			a.Doubt = DoubtRestored
		case a.oldAside:
			a.Doubt = DoubtSetAside
		case a.oldClient:
			a.Doubt = DoubtClient
		}
		a.oldSpent, a.oldRestored, a.oldAside, a.oldClient = nil, false, false, false
	}
}

// Changed says that there is something to write.
func (v *Vault) Changed() bool {
	return v.dirty || slices.ContainsFunc(v.accounts, (*Account).changed)
}

// Encode gives the file's next bytes, with Seq one higher. Accounts that did
// not change keep their bytes.
func (v *Vault) Encode() ([]byte, error) {
	doc := v.doc
	if doc == nil {
		doc = []byte("{\n  \"schemaVersion\": 1\n}\n")
	}
	var edits []jsonedit.Edit
	for _, a := range v.accounts {
		if !a.changed() {
			continue
		}
		raw, err := a.encode()
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", a.Key, err)
		}
		edits = append(edits, jsonedit.Edit{Name: a.Key, Raw: indent(raw, "    ")})
	}
	return changeEntries(doc, edits, []jsonedit.Edit{
		{Name: "schemaVersion", Raw: []byte("1")},
		{Name: "seq", Raw: strconv.AppendInt(nil, v.Seq+1, 10)},
		{Name: "spent", Raw: jsonedit.Strings(v.spent)},
	})
}

// changeEntries edits the object of the entries in a document, and other
// members.
func changeEntries(doc []byte, edits, others []jsonedit.Edit) ([]byte, error) {
	return jsonedit.Change(doc, "accounts", func(list []byte) ([]byte, error) { return applyEntries(list, edits) }, others)
}

// applyEntries edits an object whose members stand on lines of their own; no
// bytes are an empty one.
func applyEntries(list []byte, edits []jsonedit.Edit) ([]byte, error) {
	if len(bytes.Trim(list, "{} \t\r\n")) > 0 {
		return jsonedit.Apply(list, edits)
	}
	last := make(map[string]int, len(edits))
	for i, e := range edits {
		last[e.Name] = i
	}
	out := []byte{'{'}
	for i, e := range edits {
		if last[e.Name] != i || e.Raw == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(append(out, "\n    "...), jsonedit.String(e.Name)...), ": "...), e.Raw...)
	}
	if len(out) == 1 {
		return []byte("{}"), nil
	}
	if out = append(out, "\n  }"...); !jsonedit.Valid(out) {
		return nil, jsonedit.ErrSyntax
	}
	return out, nil
}

// indent lays an object out in lines that begin with prefix.
func indent(raw []byte, prefix string) []byte {
	var out bytes.Buffer
	if json.Indent(&out, bytes.TrimSpace(raw), prefix, "  ") != nil {
		return raw
	}
	return out.Bytes()
}

// Accounts lists the accounts that were not removed, in the person's order.
func (v *Vault) Accounts() []*Account {
	out := make([]*Account, 0, len(v.accounts))
	for _, a := range v.accounts {
		if !a.Removed {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b *Account) int { return int(a.Order - b.Order) })
	return out
}

// All lists every account, removed ones too.
func (v *Vault) All() []*Account { return v.accounts }

// Get finds the account with exactly this key, removed ones too; nil if none.
func (v *Vault) Get(key string) *Account { return v.byKey[key] }

// Spelled is Get for a key as another program may spell it: where no account has
// exactly this key, the one account whose key differs by upper case or blanks
// alone.
func (v *Vault) Spelled(key string) *Account {
	if a := v.Get(key); a != nil {
		return a
	}
	key = strings.TrimSpace(key)
	return v.Only(func(a *Account) bool { return strings.EqualFold(strings.TrimSpace(a.Key), key) })
}

// Find finds the account by the provider's identifiers, removed ones too; nil
// if none.
func (v *Vault) Find(i Identity) *Account {
	if !i.Complete() {
		return nil
	}
	for _, a := range v.accounts {
		if a.AccountUUID == i.AccountUUID && a.OrganizationUUID == i.OrganizationUUID {
			return a
		}
	}
	return nil
}

// Holder is the account whose refresh token this is; nil if none.
func (v *Vault) Holder(t secret.Secret) *Account { return v.byToken[t.Fingerprint()] }

// HolderOf is Holder by the token's fingerprint.
func (v *Vault) HolderOf(fp string) *Account { return v.byToken[fp] }

// Spent says that the token was replaced by a newer one of the same account.
// Such a token is never saved, presented, activated or restored.
func (v *Vault) Spent(t secret.Secret) bool { return v.SpentPrint(t.Fingerprint()) }

// SpentPrint is Spent by the token's fingerprint.
func (v *Vault) SpentPrint(fp string) bool {
	_, ok := v.spentOf[fp]
	return ok
}

// SpentBy is the account that a spent token was of; nil where it is not known.
func (v *Vault) SpentBy(fp string) *Account {
	if key, ok := v.spentOf[fp]; ok {
		return v.Get(key)
	}
	return nil
}

// HasAccess says that an account's login has this access token.
func (v *Vault) HasAccess(t secret.Secret) bool {
	return slices.ContainsFunc(v.accounts, func(a *Account) bool { return a.Credential.AccessToken.Equal(t) })
}

// Knows says that the token is an account's, or was, under whatever key.
func (v *Vault) Knows(t secret.Secret) bool { return v.Holder(t) != nil || v.Spent(t) }

// Fingerprints are those of all tokens the vault knows, each with the key of
// its account, "" where that is not known.
func (v *Vault) Fingerprints() map[string]string {
	out := make(map[string]string, len(v.spentOf)+len(v.byToken))
	for fp, key := range v.spentOf {
		out[fp] = key
	}
	for fp, a := range v.byToken {
		out[fp] = a.Key
	}
	return out
}

// Spend notes that a token was replaced by a newer one of the account; a is
// nil where the account is not known.
func (v *Vault) Spend(t secret.Secret, a *Account) {
	fp := t.Fingerprint()
	if fp == "" || v.byToken[fp] != nil {
		return
	}
	key := ""
	if a != nil {
		key = a.Key
	}
	v.spend(fp, key)
}

// SpendPrint is Spend by the token's fingerprint, for a token of no known
// account.
func (v *Vault) SpendPrint(fp string) {
	if v.byToken[fp] == nil {
		v.spend(fp, "")
	}
}

// SpendLogin is Spend for a whole login: one without a refresh token is known by
// its access token from then on.
func (v *Vault) SpendLogin(c Credential, a *Account) {
	if c.RefreshToken.Empty() {
		v.Spend(c.AccessToken, a)
	}
	v.Spend(c.RefreshToken, a)
}

func (v *Vault) spend(fp, key string) {
	if _, ok := v.spentOf[fp]; ok || fp == "" {
		return
	}
	v.spent = append(v.spent, fp+" "+key)
	v.spentOf[fp] = key
	if n := len(v.spent) - SpentCap; n > 0 {
		for _, old := range v.spent[:n] {
			fp, _, _ := strings.Cut(old, " ")
			delete(v.spentOf, fp)
		}
		v.spent = slices.Clone(v.spent[n:])
	}
	v.dirty = true
}

// Save makes the credential the account's login. The one before is spent, and
// with it every doubt ends.
func (v *Vault) Save(a *Account, c Credential) {
	v.Update(a, c)
	a.NeedsLogin, a.Refused, a.Doubt = false, "", ""
}

// Update is Save for a login that differs in other things than its tokens:
// plan, tier, identifiers. Doubts stay.
func (v *Vault) Update(a *Account, c Credential) {
	old, next := a.Credential.Fingerprint(), c.Fingerprint()
	a.Credential = c
	if old == next {
		return
	}
	if v.byToken[old] == a {
		delete(v.byToken, old)
		v.spend(old, a.Key)
	}
	if next != "" {
		v.byToken[next] = a
	}
}

// Displace takes the account's login away without calling it spent: it was
// set aside, or belongs to another account.
func (v *Vault) Displace(a *Account) {
	if fp := a.Credential.Fingerprint(); v.byToken[fp] == a {
		delete(v.byToken, fp)
	}
	a.Credential, a.Siblings = Credential{}, nil
}

// Add makes a new account at the end of the list.
func (v *Vault) Add(key string, i Identity) *Account {
	a := &Account{Key: key, Email: i.Email}
	a.Identify(i)
	for _, have := range v.accounts {
		a.Order = max(a.Order, have.Order+1)
	}
	v.accounts = append(v.accounts, a)
	v.byKey[key] = a
	return a
}

// Forget takes an account out altogether: one that turned out to be another
// one under a second name.
func (v *Vault) Forget(a *Account) {
	v.Displace(a)
	v.accounts = slices.DeleteFunc(v.accounts, func(o *Account) bool { return o == a })
	delete(v.byKey, a.Key)
	if a.was == nil {
		return
	}
	v.dirty = true
	if v.doc != nil {
		if doc, err := jsonedit.Delete(v.doc, "accounts", a.Key); err == nil {
			v.doc = doc
		}
	}
}

// Remove forgets an account's login and all that is known of it but what is
// needed so that nothing brings it back.
func (v *Vault) Remove(a *Account) {
	t := a.Credential.RefreshToken
	v.Displace(a)
	v.Spend(t, a)
	*a = Account{
		Key: a.Key, Email: a.Email, Order: a.Order, Removed: true, Generation: a.Generation,
		AccountUUID: a.AccountUUID, OrganizationUUID: a.OrganizationUUID, raw: a.raw, was: a.was,
	}
}

// Identify takes over what became known; nothing known is lost.
func (a *Account) Identify(i Identity) {
	for _, m := range []struct {
		to   *string
		from string
	}{
		{&a.AccountUUID, i.AccountUUID},
		{&a.OrganizationUUID, i.OrganizationUUID},
		{&a.OrganizationName, i.OrganizationName},
		{&a.DisplayName, i.DisplayName},
	} {
		if m.from != "" {
			*m.to = m.from
		}
	}
	if i.Email != "" && !strings.Contains(a.Email, "@") { // none, or a name given for want of one
		a.Email = i.Email
	}
}

// Ensure finds the account of a complete identity or adds it under a key of
// its own. An account taken from the pool that has no identity yet is not taken
// for it while it has a login: the two may be two organisations of one address.
func (v *Vault) Ensure(i Identity) (a *Account, added bool) {
	if a = v.Find(i); a != nil {
		added, a.Removed = a.Removed, false
		a.Identify(i)
		return a, added
	}
	if a = v.Get(i.Email); a != nil && !a.Identified() && (a.Removed || a.NeedsNewLogin()) {
		v.Displace(a) // its login is dead or forgotten, so nothing is lost
		added, a.Removed = a.Removed, false
		a.Identify(i)
		return a, added
	}
	return v.Add(v.FreeKey(i), i), true
}

// FreeKey is the key for a new account: its address, or where another account
// has that, address#organisation.
func (v *Vault) FreeKey(i Identity) string {
	key := i.Email
	if v.Get(key) == nil && key != "" {
		return key
	}
	short := i.OrganizationUUID[:min(8, len(i.OrganizationUUID))]
	if short == "" {
		short = "2"
	}
	for n := 1; ; n++ {
		key = i.Email + "#" + short
		if n > 1 {
			key += "-" + strconv.Itoa(n)
		}
		if v.Get(key) == nil {
			return key
		}
	}
}

// Only gives the one account that matches, removed ones too; nil where none or
// several do.
func (v *Vault) Only(match func(*Account) bool) *Account {
	var hit *Account
	for _, a := range v.accounts {
		if !match(a) {
			continue
		}
		if hit != nil {
			return nil
		}
		hit = a
	}
	return hit
}

// Move gives an account another place in the person's order: 0 is the first of
// all, and a place out of range is the nearest one.
func (v *Vault) Move(a *Account, place int) {
	list := slices.DeleteFunc(v.Accounts(), func(o *Account) bool { return o == a })
	list = slices.Insert(list, min(max(place, 0), len(list)), a)
	for i, o := range list {
		o.Order = int64(i)
	}
}

// Recount raises the generation of each account that has another login than
// it had when the vault was read. The time takes part so that a login made
// after all of Baton's files were lost, when counting starts anew, is still
// ahead of every copy made earlier, and one from a restored backup behind it.
func (v *Vault) Recount(now time.Time) {
	for _, a := range v.accounts {
		was := Account{}
		if a.was != nil {
			was = *a.was
		}
		if t := a.Credential.RefreshToken; !t.Empty() && !t.Equal(was.Credential.RefreshToken) && a.Generation <= was.Generation {
			a.Generation = max(was.Generation+1, now.UnixMilli())
		}
	}
}

// Rewind sets the sequence number to the highest this machine remembers, so
// that the next write is above it.
func (v *Vault) Rewind(seq int64) { v.Seq, v.dirty = seq, true }

// Keys gives the keys of accounts.
func Keys(list []*Account) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Key
	}
	return out
}

// LabelOwner is another account that a label means already, by its key,
// address or label; nil if none.
func (v *Vault) LabelOwner(a *Account, label string) (taken *Account) {
	for _, o := range v.Accounts() {
		if o != a && (strings.EqualFold(label, o.Key) || strings.EqualFold(label, o.Email) || strings.EqualFold(label, o.Label)) {
			return o
		}
	}
	return nil
}

// Rivals are the unidentified accounts whose logins may be the successors of
// others'.
type Rivals []*Account

// Rivals lists them as they are now, to be asked for many accounts.
func (v *Vault) Rivals() (out Rivals) {
	for _, o := range v.accounts {
		if o.Rival != "" && !o.Removed && !o.Identified() && !o.NeedsNewLogin() {
			out = append(out, o)
		}
	}
	return out
}

// Of is the one whose login may be the successor of a's, nil if none.
func (r Rivals) Of(a *Account) *Account {
	for _, o := range r {
		if o.Rival == a.Key && o != a && o.Credential.Compare(a.Credential) >= 0 {
			return o
		}
	}
	return nil
}

// RivalOf is the unidentified account whose login may be the successor of a's:
// while there is one, a's login is neither presented nor activated. nil if none.
func (v *Vault) RivalOf(a *Account) *Account { return v.Rivals().Of(a) }
