package accounts

import (
	"bytes"
	"sync"

	"baton/oauthcore/jsonedit"
)

// Memory keeps what was parsed of files that one operation reads several times
// over: with a thousand accounts parsing costs more than all else. What has the
// bytes it had is not parsed again. The zero value is ready; its methods may be
// called from any goroutine.
type Memory struct {
	mu    sync.Mutex
	vault known[Account]
	pool  known[PoolEntry]
	usage known[UsageRecord]
}

// known is what was last parsed of a file whose entries are Ts. A T is copied by
// assignment: whoever changes one replaces what it points to.
type known[T any] struct {
	doc     []byte
	members []jsonedit.Member
	list    []byte // the object of the entries
	entries []entry[T]
	byKey   map[string]int
}

type entry[T any] struct {
	key   string
	raw   []byte
	value T
}

// open lists the members of the document. The error is one of jsonedit's.
func (k *known[T]) open(doc []byte) ([]jsonedit.Member, error) {
	if k.members != nil && bytes.Equal(doc, k.doc) {
		return k.members, nil
	}
	members, err := jsonedit.Members(doc)
	if err == nil {
		k.doc, k.members = doc, members
	}
	return members, err
}

// read lists the entries of an object, by the parser that it makes where
// anything is to be parsed. The error is the parser's or one of jsonedit's.
func (k *known[T]) read(list []byte, parser func() func(key string, raw []byte) (T, error)) ([]entry[T], error) {
	if k.byKey != nil && bytes.Equal(list, k.list) {
		return k.entries, nil
	}
	members, err := jsonedit.Members(list)
	if err != nil {
		return nil, err
	}
	parse := parser()
	entries, byKey := make([]entry[T], len(members)), make(map[string]int, len(members))
	for i, m := range members {
		byKey[m.Key] = i
		if was, ok := k.byKey[m.Key]; ok && bytes.Equal(k.entries[was].raw, m.Raw) {
			entries[i] = k.entries[was]
			continue
		}
		value, err := parse(m.Key, m.Raw)
		if err != nil {
			return nil, err
		}
		entries[i] = entry[T]{m.Key, m.Raw, value}
	}
	k.list, k.entries, k.byKey = list, entries, byKey
	return entries, nil
}

// ParseVault is Vault without a memory.
func ParseVault(doc []byte) (*Vault, error) { return new(Memory).Vault(doc) }

// ParsePool is Pool without a memory.
func ParsePool(doc []byte) (*Pool, error) { return new(Memory).Pool(doc) }

// ParseUsage is Usage without a memory.
func ParseUsage(doc []byte) (*UsageStore, error) { return new(Memory).Usage(doc) }
