package accounts

import (
	"slices"
	"strings"
	"time"

	"baton/oauthcore/secret"
)

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
		v.unspend(next)
	}
}

// unspend takes a token out of the list: a removed account came back with the
// login that was forgotten with it.
func (v *Vault) unspend(fp string) {
	if _, ok := v.spentOf[fp]; !ok {
		return
	}
	delete(v.spentOf, fp)
	v.spent = slices.DeleteFunc(slices.Clone(v.spent), func(entry string) bool { return strings.HasPrefix(entry, fp+" ") })
	v.dirty = true
}

// Displace takes the account's login away without calling it spent: it was
// set aside, or belongs to another account.
func (v *Vault) Displace(a *Account) {
	if fp := a.Credential.Fingerprint(); v.byToken[fp] == a {
		delete(v.byToken, fp)
	}
	a.Credential, a.Siblings = Credential{}, nil
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
