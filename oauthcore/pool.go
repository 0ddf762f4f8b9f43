package oauthcore

import (
	"fmt"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// Pool is oauth_pool.json in huskies' schema: a copy of the vault's logins
// for huskies and other readers.
type Pool struct {
	Entries []PoolEntry
	doc     []byte
	changed bool
}

// PoolEntry is one account in the pool.
type PoolEntry struct {
	Key           string
	Email         string
	AccessToken   secret.Secret
	RefreshToken  secret.Secret
	ExpiresAt     time.Time
	LoginEndsAt   time.Time // refreshTokenExpiresAt, which huskies does not write
	Scopes        []string
	Plan          string
	Tier          string
	RateLimited   bool
	LimitResetsAt time.Time // zero when unknown
	raw           []byte
}

// ParsePool reads the pool's bytes; none, blank ones and null are an empty pool.
func ParsePool(doc []byte) (*Pool, error) {
	p := &Pool{doc: []byte("{}")}
	if blank(doc) {
		return p, nil
	}
	p.doc = doc
	raw, ok, err := jsonedit.Get(doc, "accounts")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("no \"accounts\" object: %w", errShape)
	}
	entries, err := jsonedit.Members(raw)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	for _, m := range entries {
		e, err := parsePoolEntry(m)
		if err != nil {
			return nil, fmt.Errorf("an account's %w", err)
		}
		p.Entries = append(p.Entries, e)
	}
	return p, nil
}

func parsePoolEntry(m jsonedit.Member) (PoolEntry, error) {
	e := PoolEntry{Key: m.Key, Email: m.Key, raw: m.Raw}
	members, err := jsonedit.Members(m.Raw)
	if err != nil {
		return e, fmt.Errorf("entry: %w", err)
	}
	for _, m := range members {
		v := gjson.ParseBytes(m.Raw)
		switch m.Key {
		case "email":
			err = text(v, &e.Email)
		case "accessToken":
			err = token(v, &e.AccessToken)
		case "refreshToken":
			err = token(v, &e.RefreshToken)
		case "expiresAt":
			e.ExpiresAt, err = millis(v)
		case "refreshTokenExpiresAt":
			e.LoginEndsAt, err = millis(v)
		case "scopes":
			e.Scopes, err = texts(v)
		case "subscriptionType":
			err = text(v, &e.Plan)
		case "rateLimitTier":
			err = text(v, &e.Tier)
		case "rateLimited":
			err = flag(v, &e.RateLimited)
		case "rateLimitResetAt":
			e.LimitResetsAt, err = millis(v)
		}
		if err != nil {
			return e, fmt.Errorf("%s: %w", m.Key, err)
		}
	}
	return e, nil
}

// Get finds an entry by its key.
func (p *Pool) Get(key string) (PoolEntry, bool) {
	for _, e := range p.Entries {
		if e.Key == key {
			return e, true
		}
	}
	return PoolEntry{}, false
}

// Credential is the entry's login in Claude Code's shape.
func (e PoolEntry) Credential() (Credential, error) {
	c, err := Credential{}.with(
		edit{"accessToken", jsonString(e.AccessToken.Reveal())},
		edit{"refreshToken", jsonString(e.RefreshToken.Reveal())},
		orNull(setMillis("expiresAt", e.ExpiresAt)),
		setMillis("refreshTokenExpiresAt", e.LoginEndsAt),
		edit{"scopes", jsonStrings(e.Scopes)},
		orNull(setText("subscriptionType", e.Plan)),
		orNull(setText("rateLimitTier", e.Tier)),
	)
	return c, err
}

// orNull writes null where the value is not known: Claude Code has the member
// in every login.
func orNull(e edit) edit {
	if e.value == nil {
		e.value = []byte("null")
	}
	return e
}

// Put brings an entry in line with the account, with its mark. Members
// Baton does not know stay; nothing changes where the entry says so already.
func (p *Pool) Put(a *Account, m Mark) error {
	raw := []byte("{}")
	if have, ok := p.Get(a.Key); ok {
		raw = have.raw
	}
	c := a.Credential
	edits := []edit{
		{"email", jsonString(a.Key)}, // huskies writes results back by this member
		{"accessToken", jsonString(c.AccessToken.Reveal())},
		{"refreshToken", jsonString(c.RefreshToken.Reveal())},
		orZero(setMillis("expiresAt", c.ExpiresAt)),
		{"scopes", jsonStrings(c.Scopes)},
		setText("subscriptionType", c.Plan),
		setText("rateLimitTier", c.Tier),
		{"rateLimited", []byte(fmt.Sprint(m.Limited))},
		setMillis("rateLimitResetAt", m.ResetsAt),
	}
	raw, err := apply(raw, edits)
	if err != nil {
		return err
	}
	return p.put(a.Key, raw)
}

func (p *Pool) put(key string, raw []byte) error {
	e, err := parsePoolEntry(jsonedit.Member{Key: key, Raw: raw})
	if err != nil {
		return err
	}
	for i, have := range p.Entries {
		if have.Key != key {
			continue
		}
		if !jsonedit.Equal(have.raw, raw) {
			p.Entries[i], p.changed = e, true
			return p.set(raw, key)
		}
		return nil
	}
	p.Entries, p.changed = append(p.Entries, e), true
	return p.set(raw, key)
}

func (p *Pool) set(raw []byte, key string) (err error) {
	p.doc, err = jsonedit.Set(p.doc, raw, "accounts", key)
	return err
}

// Drop takes an entry out.
func (p *Pool) Drop(key string) (err error) {
	for i, e := range p.Entries {
		if e.Key == key {
			p.Entries = append(p.Entries[:i:i], p.Entries[i+1:]...)
			p.changed = true
			p.doc, err = jsonedit.Delete(p.doc, "accounts", key)
			return err
		}
	}
	return nil
}

// Encode gives the file's bytes, pretty as huskies writes them.
func (p *Pool) Encode() ([]byte, error) { return jsonedit.Pretty(p.doc) }

// orZero writes 0 where the time is not known: huskies wants an integer.
func orZero(e edit) edit {
	if e.value == nil {
		e.value = []byte("0")
	}
	return e
}
