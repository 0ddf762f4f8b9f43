package accounts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

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

// Rewind sets the sequence number to the highest this machine remembers, so
// that the next write is above it.
func (v *Vault) Rewind(seq int64) { v.Seq, v.dirty = seq, true }
