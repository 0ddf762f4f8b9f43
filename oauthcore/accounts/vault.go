package accounts

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"baton/oauthcore/jsonedit"

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
	// Present says that the file was there, Behind that it is older than this
	// machine remembers, or gone.
	Present, Behind bool

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
// one under a second name. Its spent tokens are that one's: the name may be given
// to a third.
func (v *Vault) Forget(a, is *Account) {
	v.Displace(a)
	v.spent = slices.Clone(v.spent)
	for i, entry := range v.spent {
		if fp, key, _ := strings.Cut(entry, " "); key == a.Key {
			v.spent[i], v.spentOf[fp], v.dirty = fp+" "+is.Key, is.Key, true
		}
	}
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
	if org := SiblingsOrganization(a.Siblings); org != "" && a.OrganizationUUID != "" && org != a.OrganizationUUID {
		a.Siblings = nil // of an account that was live before, kept while it was not known whose login this is
	}
	if i.Email != "" && !strings.Contains(a.Email, "@") { // none, or a name given for want of one
		a.Email = i.Email
	}
}

// SiblingsOrganization is the organisation that siblings name themselves, "" for
// none.
func SiblingsOrganization(siblings []byte) string {
	return gjson.GetBytes(siblings, "organizationUuid").String()
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
		if o.Rival != "" && !o.Removed && !o.Identified() && !o.NeedsNewLogin() && o.Doubt != DoubtRival {
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
