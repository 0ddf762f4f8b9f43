package accounts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// UsageRecord is what the usage store holds of one account. None of it is ever
// needed to keep a login.
type UsageRecord struct {
	Mark Mark
	// PoolMark is what Baton last wrote to the pool; another value there was
	// written by another program. PoolSeen says that anything was written yet.
	PoolMark Mark
	PoolSeen bool
	Usage    *view.Usage
	// ActiveAt is when the account was last made the live one.
	ActiveAt time.Time
	// Copied is what was last copied to the keyring, nil for nothing.
	Copied *CopyNote
	// Offline says that the last call for the account met trouble on the way.
	Offline bool
	// LoginAddress is where a message of Claude Code's said to log in, "" for
	// none. It is http or https.
	LoginAddress string
	// Refused is why Claude Code was told that the account may not work, in the
	// provider's words, "" where it was not. The login itself may be good.
	Refused string
	// BadAccess is the fingerprint of an access token that was refused before its
	// time, "" for none.
	BadAccess string
	// RefreshedAt is when a refresh of the account was last answered, or it was
	// logged in to; zero for never. What was said of it before that is over.
	RefreshedAt time.Time

	raw []byte
	was *UsageRecord // as it was read, nil for a record that is new
}

// unchanged says that the record is as it was read.
func (r *UsageRecord) unchanged() bool {
	if r.was == nil {
		return false
	}
	w := r.was
	return r.Mark == w.Mark && r.PoolMark == w.PoolMark && r.PoolSeen == w.PoolSeen && r.Usage == w.Usage &&
		r.ActiveAt.Equal(w.ActiveAt) && r.Copied == w.Copied && r.Offline == w.Offline && r.LoginAddress == w.LoginAddress &&
		r.Refused == w.Refused && r.BadAccess == w.BadAccess &&
		r.RefreshedAt.Equal(w.RefreshedAt)
}

// CopyNote is what is remembered of an account's copy in the keyring, so that
// the keyring is left alone while nothing has changed. It is never trusted for
// more than that.
type CopyNote struct {
	Generation int64 `json:"generation"`
	Live       bool  `json:"live"`
	// Print tells whether anything in the copy has changed since.
	Print string `json:"print"`
}

// Limited gives the time an account is limited until, by its mark and its
// spent account-wide windows; zero when it is free. assumed says that the time
// is a guess.
func (r UsageRecord) Limited(now time.Time) (until time.Time, assumed bool) {
	if r.Mark.Limited && !r.Mark.Past(now) {
		until, assumed = r.Mark.Until()
	}
	if spent := r.Usage.Spent(100, now); spent.After(until) {
		until, assumed = spent, false
	}
	return until, assumed
}

// fields ties the members of a record to the variables.
func (r *UsageRecord) fields() []jsonedit.Field {
	return []jsonedit.Field{
		jsonedit.Flag("limited", &r.Mark.Limited).Always("false"),
		jsonedit.Millis("resetsAt", &r.Mark.ResetsAt),
		jsonedit.Millis("markedAt", &r.Mark.MarkedAt),
		jsonedit.Millis("poolResetsAt", &r.PoolMark.ResetsAt),
		jsonedit.Millis("activeAt", &r.ActiveAt),
		jsonedit.Flag("offline", &r.Offline),
		jsonedit.Text("loginAddress", &r.LoginAddress),
		jsonedit.Text("refused", &r.Refused),
		jsonedit.Text("badAccess", &r.BadAccess),
		jsonedit.Millis("refreshedAt", &r.RefreshedAt),
		jsonField("copied", &r.Copied),
		jsonField("usage", &r.Usage),
		poolLimited(r),
	}
}

// poolLimited is also the sign that anything was written to the pool.
func poolLimited(r *UsageRecord) jsonedit.Field {
	type seen struct{ limited, seen bool }
	at := &seen{r.PoolMark.Limited, r.PoolSeen}
	return jsonedit.FieldOf("poolLimited", at, func(v gjson.Result) (seen, error) {
		if !v.IsBool() {
			return seen{}, ErrShape
		}
		r.PoolMark.Limited, r.PoolSeen = v.Bool(), true
		return seen{v.Bool(), true}, nil
	}, func(a, b seen) bool { return a == b }, func(s seen) []byte {
		if !s.seen {
			return nil
		}
		return fmt.Append(nil, s.limited)
	})
}

// jsonField is a member that encoding/json reads and writes, left out where it
// is nil.
func jsonField[T any](name string, to **T) jsonedit.Field {
	encode := func(v *T) []byte {
		if v == nil {
			return nil
		}
		raw, _ := json.Marshal(v) // numbers, texts and times before the year 10000
		return raw
	}
	return jsonedit.FieldOf(name, to, func(v gjson.Result) (*T, error) {
		out := new(T)
		if json.Unmarshal([]byte(v.Raw), out) != nil {
			return nil, ErrShape
		}
		return out, nil
	}, func(a, b *T) bool { return jsonedit.Equal2(encode(a), encode(b)) }, encode)
}

// UsageStore is S/baton/usage.json: usage, limits and marks, written often and
// never a reason to write the vault.
type UsageStore struct {
	Records map[string]*UsageRecord
	// LastActive is the account last seen or made live.
	LastActive string
	// SwappedAt is when another account last became the live one, whoever
	// swapped; zero for never.
	SwappedAt time.Time
	// CopyTrouble is what the last copying to the keyring failed with, "" where
	// it did not.
	CopyTrouble string
	// CopyPause is until when the keyring is left alone in the background.
	CopyPause time.Time
	// Sessions is what sessions of Claude Code reported last, by their ids; nil
	// for none.
	Sessions *Sessions

	doc  []byte
	gone []string // records that were in the file and are to be taken out
}

func (u *UsageStore) fields() []jsonedit.Field {
	return []jsonedit.Field{
		jsonedit.Text("lastActive", &u.LastActive),
		jsonedit.Millis("swappedAt", &u.SwappedAt),
		jsonedit.Text("copyTrouble", &u.CopyTrouble),
		jsonedit.Millis("copyPausedUntil", &u.CopyPause),
		jsonField("sessions", &u.Sessions),
	}
}

// Usage reads the store's bytes; no bytes, blank ones and null are an
// empty store. The error wraps an error of jsonedit.
func (m *Memory) Usage(doc []byte) (*UsageStore, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := &UsageStore{Records: map[string]*UsageRecord{}}
	if Blank(doc) {
		return u, nil
	}
	u.doc = doc
	if err := jsonedit.Read(doc, u.fields()); err != nil {
		return nil, err
	}
	members, err := m.usage.open(doc)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(members, func(m jsonedit.Member) bool { return m.Key == "accounts" })
	if i < 0 {
		return u, nil
	}
	records, err := m.usage.read(members[i].Raw, recordParser)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	list := make([]UsageRecord, len(records))
	u.Records = make(map[string]*UsageRecord, len(records))
	for i := range records {
		r, was := &list[i], &records[i].value
		*r = *was
		r.was = was
		u.Records[records[i].key] = r
	}
	return u, nil
}

// recordParser gives the function that parses records, one after the other into
// the same variable.
func recordParser() func(key string, raw []byte) (UsageRecord, error) {
	var r UsageRecord
	fields := r.fields()
	return func(_ string, raw []byte) (UsageRecord, error) {
		r = UsageRecord{raw: raw}
		err := jsonedit.Read(raw, fields)
		return r, err
	}
}

// Record gives the account's record, made where missing.
func (u *UsageStore) Record(key string) *UsageRecord {
	if u.Records[key] == nil {
		u.Records[key] = &UsageRecord{}
	}
	return u.Records[key]
}

// Peek gives a copy of the account's record without making one.
func (u *UsageStore) Peek(key string) UsageRecord {
	if r := u.Records[key]; r != nil {
		return *r
	}
	return UsageRecord{}
}

// Forget drops what the store holds of a removed account, but for what is
// needed to delete its copy in the keyring.
func (u *UsageStore) Forget(key string) {
	r := u.Records[key]
	if r == nil {
		return
	}
	if r.Copied != nil {
		u.Records[key] = &UsageRecord{Copied: r.Copied, raw: r.raw}
		return
	}
	u.Drop(key)
}

// Drop takes a record out.
func (u *UsageStore) Drop(key string) {
	if r := u.Records[key]; r != nil {
		delete(u.Records, key)
		u.gone = append(u.gone, key)
	}
}

// NoteActive remembers which account was seen live last. Nothing is decided by
// it but the order of equals and which accounts are in doubt when the live
// login is lost.
func (u *UsageStore) NoteActive(key string, now time.Time) {
	if u.LastActive == key {
		return
	}
	if u.LastActive != "" {
		u.SwappedAt = now
	}
	u.LastActive = key
	u.Record(key).ActiveAt = now
}

// Previous is the account that was live before the active one, "" for none.
func (u *UsageStore) Previous(v *Vault, active string) string {
	best, at := "", time.Time{}
	for _, a := range v.Accounts() {
		if r := u.Peek(a.Key); a.Key != active && r.ActiveAt.After(at) {
			best, at = a.Key, r.ActiveAt
		}
	}
	return best
}

// ClearMarks lets go of marks whose time is over.
func (u *UsageStore) ClearMarks(now time.Time) {
	for _, r := range u.Records {
		if r.Mark.Past(now) {
			r.Mark = Mark{}
		}
	}
}

// TakeMark takes over a limit another program wrote to the pool.
func (u *UsageStore) TakeMark(e *PoolEntry, now time.Time) {
	there := Mark{Limited: e.RateLimited}
	if e.RateLimited {
		there.ResetsAt = e.LimitResetsAt
	}
	have := u.Peek(e.Key)
	if !there.same(have.PoolMark) && (have.PoolSeen || there.Limited) {
		there.MarkedAt = now
		u.Record(e.Key).Mark = there
	}
}

// Encode gives the file's next bytes and whether they differ from those read.
// Records that did not change keep their bytes.
func (u *UsageStore) Encode() (doc []byte, changed bool, err error) {
	doc = u.doc
	if doc == nil {
		doc = []byte("{\n  \"schemaVersion\": 1\n}\n")
	}
	if doc, err = jsonedit.Write(doc, u.fields()); err != nil {
		return nil, false, err
	}
	keys := make([]string, 0, len(u.Records))
	for k := range u.Records {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var edits []jsonedit.Edit
	for _, k := range u.gone {
		edits = append(edits, jsonedit.Edit{Name: k})
	}
	for _, k := range keys {
		r := u.Records[k]
		if r.unchanged() {
			continue
		}
		raw, err := jsonedit.Write(r.raw, r.fields())
		if err != nil {
			return nil, false, err
		}
		if r.raw == nil || &raw[0] != &r.raw[0] {
			edits = append(edits, jsonedit.Edit{Name: k, Raw: indent(raw, "    ")})
		}
	}
	if len(edits) > 0 {
		if doc, err = changeEntries(doc, edits, nil); err != nil {
			return nil, false, err
		}
	}
	if u.doc == nil {
		changed = len(edits) > 0 || u.LastActive != "" || u.CopyTrouble != "" || !u.CopyPause.IsZero() || !u.SwappedAt.IsZero() || u.Sessions != nil
	} else {
		changed = !bytes.Equal(doc, u.doc)
	}
	return doc, changed, nil
}
