package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"
)

const (
	// partSize is the most bytes an item of the index has. The smallest limit of
	// a system's keyring is that of macOS, 2,250 bytes.
	partSize = 2000
	// mostParts bounds what is read for an index that is damaged: room for some
	// 100,000 accounts.
	mostParts = 4096
)

// index lists the accounts that have copies: a keyring cannot list its items on
// every system. It is one item, or where that would be too big a first item and
// further parts. Which parts count is written in the first item, and another set
// of names is used each time they are written, so an index that is being
// written is the old one until its first item is replaced.
type index struct {
	keys  []string // in the person's order
	parts int      // how many items it is in, 0 where nothing was ever copied
	set   string   // which names the further parts have, "" for none
	// incomplete says that a part is missing or damaged.
	incomplete bool
}

// indexItem is the first item or a further part.
type indexItem struct {
	keys  []string
	parts int64  // in the first item: how many items there are, left out for one
	set   string // in the first item: as in index
}

func (x *indexItem) fields(v *int64) []jsonedit.Field {
	return []jsonedit.Field{
		jsonedit.Number("schemaVersion", v),
		jsonedit.Texts("keys", &x.keys),
		jsonedit.Number("parts", &x.parts),
		jsonedit.Text("set", &x.set),
	}
}

func (x indexItem) encode() (secret.Secret, error) {
	v := int64(version)
	doc, err := jsonedit.Write(nil, x.fields(&v))
	return secret.New(string(doc)), err
}

// parseIndex reads one item of the index. The error wraps errShape.
func parseIndex(value secret.Secret) (indexItem, error) {
	var x indexItem
	var v int64
	if jsonedit.Read([]byte(value.Reveal()), x.fields(&v)) != nil {
		return indexItem{}, errShape
	}
	switch {
	case v != version:
		return indexItem{}, fmt.Errorf("%w: another version", errShape)
	case x.parts < 0 || x.parts > mostParts:
		return indexItem{}, fmt.Errorf("%w: parts", errShape)
	}
	return x, nil
}

// partName is the name of a further part, 2 and up. No account's item has it:
// those have a colon after the directory's name.
func partName(root, set string, n int) string { return root + "#" + set + strconv.Itoa(n) }

// readIndex reads the index whose first item is named root. The error is the
// keyring's, or wraps errShape where the first item is damaged.
func readIndex(ctx context.Context, k Keyring, root string) (index, error) {
	value, err := k.Get(ctx, root)
	if errors.Is(err, ErrNoCopy) {
		return index{}, nil
	}
	if err != nil {
		return index{}, err
	}
	first, err := parseIndex(value)
	if err != nil {
		return index{}, err
	}
	x := index{keys: first.keys, parts: max(1, int(first.parts)), set: first.set}
	for n := 2; n <= x.parts; n++ {
		value, err := k.Get(ctx, partName(root, x.set, n))
		var part indexItem
		if err == nil {
			part, err = parseIndex(value)
		}
		switch {
		case errors.Is(err, ErrNoCopy), errors.Is(err, errShape):
			x.incomplete = true
		case err != nil:
			return index{}, err
		}
		x.keys = append(x.keys, part.keys...)
	}
	return x, nil
}

// writeIndex replaces the index. The error is the keyring's; the old index then
// still holds.
func writeIndex(ctx context.Context, k Keyring, root string, have index, keys []string) error {
	groups := split(keys)
	first := indexItem{keys: groups[0]}
	if len(groups) > 1 {
		first.parts, first.set = int64(len(groups)), "a"
		if have.set == "a" {
			first.set = "b"
		}
	}
	for i, group := range groups[1:] {
		if err := putIndex(ctx, k, partName(root, first.set, i+2), indexItem{keys: group}); err != nil {
			return err
		}
	}
	if err := putIndex(ctx, k, root, first); err != nil {
		return err
	}
	for n := 2; n <= have.parts; n++ {
		if err := k.Delete(ctx, partName(root, have.set, n)); err != nil {
			return err
		}
	}
	return nil
}

func putIndex(ctx context.Context, k Keyring, name string, x indexItem) error {
	value, err := x.encode()
	if err != nil {
		return err
	}
	return k.Put(ctx, name, value)
}

// split divides keys into groups that each fit an item, at least one. A key too
// long for any item is left out: its account's own item is too big as well.
func split(keys []string) [][]string {
	const frame = len(`{"schemaVersion":1,"keys":[],"parts":4096,"set":"a"}`) + 8 // and blanks
	groups, size := [][]string{{}}, frame
	for _, key := range keys {
		n := len(jsonedit.String(key)) + 2
		if frame+n > partSize {
			continue
		}
		if size+n > partSize {
			groups, size = append(groups, []string{}), frame
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], key)
		size += n
	}
	return groups
}

// knownKeys reads which accounts have copies, also those of earlier versions,
// whose items have other names where the directory is reached through a link.
// The error is the keyring's, or wraps errShape.
func (m *Mirror) knownKeys(ctx context.Context, k Keyring) (keys []string, incomplete bool, err error) {
	x, err := readIndex(ctx, k, m.core.Paths.CopyName(""))
	if err != nil {
		return nil, false, err
	}
	keys, incomplete = x.keys, x.incomplete
	if old := m.core.Paths.OldCopyName(""); old != m.core.Paths.CopyName("") {
		x, err := readIndex(ctx, k, old)
		if err != nil {
			return nil, false, err
		}
		incomplete = incomplete || x.incomplete
		for _, key := range x.keys {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys, incomplete, nil
}

// read reads one account's copy under its name, else under the one earlier
// versions gave it. The error wraps ErrNoCopy or errShape, or is the keyring's.
func (m *Mirror) read(ctx context.Context, k Keyring, key string) (loginCopy, error) {
	l, err := readCopy(ctx, k, m.core.Paths.CopyName(key), key)
	if old := m.core.Paths.OldCopyName(key); errors.Is(err, ErrNoCopy) && old != m.core.Paths.CopyName(key) {
		return readCopy(ctx, k, old, key)
	}
	return l, err
}

// readCopy reads the item of that name, which has to be the copy of that account.
func readCopy(ctx context.Context, k Keyring, name, key string) (loginCopy, error) {
	value, err := k.Get(ctx, name)
	if err != nil {
		return loginCopy{}, err
	}
	l, err := parseCopy(value)
	if err == nil && l.key != key {
		err = fmt.Errorf("%w: it is another account's", errShape)
	}
	return l, err
}

// drop deletes an account's copy under both names. The error is the keyring's.
func (m *Mirror) drop(ctx context.Context, k Keyring, key string) error {
	name, old := m.core.Paths.CopyName(key), m.core.Paths.OldCopyName(key)
	if err := k.Delete(ctx, name); err != nil || old == name {
		return err
	}
	return k.Delete(ctx, old)
}
