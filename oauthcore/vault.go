package oauthcore

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Vault is every account Baton keeps: S/baton/accounts.json. One file and one
// atomic write, so a token and the list of spent ones can never part.
type Vault struct {
	// Seq rises with each write.
	Seq int64
	// Present says that the file was there.
	Present  bool
	accounts []*Account
	doc      []byte
}

// ParseVault reads the vault's bytes; none, blank ones and null are an empty
// vault. The error is one of jsonedit's or names the member of a wrong type.
func ParseVault(doc []byte) (*Vault, error) {
	v := &Vault{doc: []byte("{}")}
	if blank(doc) {
		return v, nil
	}
	members, err := jsonedit.Members(doc)
	if err != nil {
		return nil, err
	}
	v.doc, v.Present = doc, true
	for _, m := range members {
		switch m.Key {
		case "seq":
			if err := number(gjson.ParseBytes(m.Raw), &v.Seq); err != nil {
				return nil, fmt.Errorf("seq: %w", err)
			}
		case "accounts":
			entries, err := jsonedit.Members(m.Raw)
			if err != nil {
				return nil, fmt.Errorf("accounts: %w", err)
			}
			for _, e := range entries {
				a, err := parseAccount(e.Key, e.Raw)
				if err != nil {
					return nil, fmt.Errorf("an account's %w", err)
				}
				v.accounts = append(v.accounts, a)
			}
		}
	}
	return v, nil
}

// Encode gives the file's next bytes, with Seq one higher.
func (v *Vault) Encode() ([]byte, error) {
	list := []byte{'{'}
	for i, a := range v.accounts {
		raw, err := a.encode()
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", a.Key, err)
		}
		if i > 0 {
			list = append(list, ',')
		}
		list = append(append(append(list, jsonString(a.Key)...), ':'), raw...)
	}
	doc, err := apply(v.doc, []edit{
		{"schemaVersion", []byte("1")},
		{"seq", strconv.AppendInt(nil, v.Seq+1, 10)},
		{"accounts", append(list, '}')},
	})
	if err != nil {
		return nil, err
	}
	return jsonedit.Pretty(doc)
}

// Accounts lists the accounts that were not removed, in the person's order.
func (v *Vault) Accounts() []*Account {
	var out []*Account
	for _, a := range v.accounts {
		if !a.Removed {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b *Account) int {
		switch {
		case a.Order < b.Order:
			return -1
		case a.Order > b.Order:
			return 1
		}
		return 0
	})
	return out
}

// Get finds the account with exactly this key, removed ones too; nil if none.
func (v *Vault) Get(key string) *Account {
	for _, a := range v.accounts {
		if a.Key == key {
			return a
		}
	}
	return nil
}

// Find finds the account by the provider's identifiers, removed ones too.
func (v *Vault) Find(i Identity) *Account {
	for _, a := range v.accounts {
		if a.Is(i) {
			return a
		}
	}
	return nil
}

// Resolve finds the one account a person means: the exact key; else the
// address, if one account has it; else the label, whatever its case. The
// error is an *Error of code CodeNotFound or CodeAmbiguous.
func (v *Vault) Resolve(name string) (*Account, error) {
	all := v.Accounts()
	for _, match := range []func(*Account) bool{
		func(a *Account) bool { return a.Key == name },
		func(a *Account) bool { return strings.EqualFold(a.Email, name) },
		func(a *Account) bool { return a.Label != "" && strings.EqualFold(a.Label, name) },
	} {
		var hits []*Account
		for _, a := range all {
			if match(a) {
				hits = append(hits, a)
			}
		}
		if len(hits) == 1 {
			return hits[0], nil
		}
		if len(hits) > 1 {
			return nil, &Error{
				Code:    CodeAmbiguous,
				Message: fmt.Sprintf("%q is more than one account", name),
				Hint:    "name one of: " + strings.Join(keysOf(hits), ", "),
			}
		}
	}
	e := &Error{Code: CodeNotFound, Message: fmt.Sprintf("there is no account %q", name), Hint: "add one with: baton login"}
	if len(all) > 0 {
		e.Hint = "accounts: " + strings.Join(keysOf(all), ", ")
	}
	return nil, e
}

// add puts a new account at the end of the list.
func (v *Vault) add(key string, i Identity) *Account {
	a := &Account{Key: key, Email: i.Email}
	a.identify(i)
	for _, have := range v.accounts {
		a.Order = max(a.Order, have.Order+1)
	}
	v.accounts = append(v.accounts, a)
	return a
}

// ensure finds the account of an identity or adds it under a key of its own:
// the address, or where another organisation has that, address#organisation.
func (v *Vault) ensure(i Identity) (a *Account, added bool) {
	if a = v.Find(i); a == nil {
		// An entry adopted from the pool by its address alone is this account
		// if nothing says otherwise.
		if have := v.Get(i.Email); have != nil && !have.Identified() {
			a = have
		}
	}
	if a != nil {
		added = a.Removed
		a.Removed = false
		a.identify(i)
		return a, added
	}
	key := i.Email
	if v.Get(key) != nil {
		key += "#" + i.OrganizationUUID[:min(8, len(i.OrganizationUUID))]
	}
	for n := 2; v.Get(key) != nil; n++ {
		key = fmt.Sprintf("%s#%s-%d", i.Email, i.OrganizationUUID[:min(8, len(i.OrganizationUUID))], n)
	}
	return v.add(key, i), true
}

func keysOf(accounts []*Account) []string {
	out := make([]string, len(accounts))
	for i, a := range accounts {
		out[i] = a.Key
	}
	return out
}

// blank says that a file holds nothing to parse: empty, or null.
func blank(doc []byte) bool {
	s := strings.TrimSpace(string(doc[:min(len(doc), 64)]))
	return len(doc) <= 64 && (s == "" || s == "null")
}

// readOr reads a file; one that is missing gives nil. The error is an *Error.
func readOr(fsys files.FS, path string) ([]byte, error) {
	doc, err := fsys.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	return doc, nil
}
