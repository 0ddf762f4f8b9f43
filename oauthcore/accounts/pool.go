package accounts

import (
	"fmt"
	"io"
	"slices"
	"time"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/secret"
)

// Pool is C/oauth_pool.json in huskies' schema: a copy of the vault's logins
// for huskies and other readers.
type Pool struct {
	Entries []*PoolEntry
	doc     []byte
	byKey   map[string]*PoolEntry
	edits   []jsonedit.Edit
}

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (p *Pool) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted pool]") }

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

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (e *PoolEntry) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "pool entry "+e.Key) }

// fields ties the members of an entry to the variables, with huskies' types.
func (e *PoolEntry) fields() []jsonedit.Field {
	return []jsonedit.Field{
		jsonedit.Text("email", &e.Email).Always(`""`),
		TokenField("accessToken", &e.AccessToken).Always(`""`),
		TokenField("refreshToken", &e.RefreshToken).Always(`""`),
		jsonedit.Millis("expiresAt", &e.ExpiresAt).Always("0"),
		jsonedit.Millis("refreshTokenExpiresAt", &e.LoginEndsAt),
		jsonedit.Texts("scopes", &e.Scopes),
		jsonedit.Text("subscriptionType", &e.Plan),
		jsonedit.Text("rateLimitTier", &e.Tier),
		jsonedit.Flag("rateLimited", &e.RateLimited).Always("false"),
		jsonedit.Millis("rateLimitResetAt", &e.LimitResetsAt),
	}
}

// Pool reads the pool's bytes; no bytes, blank ones and null are an empty
// pool. The error wraps an error of jsonedit.
func (m *Memory) Pool(doc []byte) (*Pool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &Pool{byKey: map[string]*PoolEntry{}}
	if Blank(doc) {
		return p, nil
	}
	p.doc = doc
	members, err := m.pool.open(doc)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(members, func(m jsonedit.Member) bool { return m.Key == "accounts" })
	if i < 0 {
		return nil, fmt.Errorf("no \"accounts\" object: %w", ErrShape)
	}
	entries, err := m.pool.read(members[i].Raw, entryParser)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	n := len(entries)
	list := make([]PoolEntry, n)
	p.Entries, p.byKey = make([]*PoolEntry, n), make(map[string]*PoolEntry, n)
	for i := range entries {
		e := &list[i]
		*e = entries[i].value
		p.Entries[i], p.byKey[e.Key] = e, e
	}
	return p, nil
}

// entryParser gives the function that parses entries, one after the other into
// the same variable.
func entryParser() func(key string, raw []byte) (PoolEntry, error) {
	var e PoolEntry
	fields := e.fields()
	return func(key string, raw []byte) (PoolEntry, error) {
		e = PoolEntry{Key: key, raw: raw}
		if err := jsonedit.Unique(raw); err != nil { // a member twice: which one counts is not known
			return e, fmt.Errorf("an account's entry: %w", err)
		}
		if err := jsonedit.Read(raw, fields); err != nil {
			return e, fmt.Errorf("an account's %w", err)
		}
		if e.Email == "" {
			e.Email = key
		}
		return e, nil
	}
}

// Get finds an entry by its key; nil if none.
func (p *Pool) Get(key string) *PoolEntry { return p.byKey[key] }

// Credential is the entry's login in Claude Code's shape. The error never
// occurs for an entry that was parsed.
func (e *PoolEntry) Credential() (Credential, error) {
	return NewCredential(func(c *Credential) {
		c.AccessToken, c.RefreshToken, c.ExpiresAt, c.RefreshExpiresAt = e.AccessToken, e.RefreshToken, e.ExpiresAt, e.LoginEndsAt
		c.Scopes, c.Plan, c.Tier = e.Scopes, e.Plan, e.Tier
	})
}

// HasLogin says that the entry holds a login at all.
func (e *PoolEntry) HasLogin() bool { return !e.AccessToken.Empty() || !e.RefreshToken.Empty() }

// Put brings the entry of an account in line with it and its mark. Members
// Baton does not know stay; nothing changes where the entry says so already.
func (p *Pool) Put(a *Account, m Mark) error {
	e, c := p.byKey[a.Key], a.Credential
	if e != nil && e.says(a, m) {
		return nil
	}
	next := &PoolEntry{Key: a.Key}
	if e != nil {
		if next.raw = e.raw; !e.LoginEndsAt.IsZero() {
			next.LoginEndsAt = c.RefreshExpiresAt
		}
	}
	next.Email = a.Key // huskies writes results back by this member
	next.AccessToken, next.RefreshToken, next.ExpiresAt, next.Scopes = c.AccessToken, c.RefreshToken, c.ExpiresAt, c.Scopes
	next.Plan, next.Tier, next.RateLimited, next.LimitResetsAt = c.Plan, c.Tier, m.Limited, m.ResetsAt
	raw, err := jsonedit.Write(next.raw, next.fields())
	if err != nil {
		return err
	}
	if e != nil && jsonedit.Equal(e.raw, raw) {
		return nil
	}
	next.raw = raw
	if e == nil {
		p.Entries = append(p.Entries, next)
	} else {
		*e = *next
		next = e
	}
	p.byKey[a.Key] = next
	p.edits = append(p.edits, jsonedit.Edit{Name: a.Key, Raw: indent(raw, "    ")})
	return nil
}

// says says that the entry is in line with the account and its mark.
func (e *PoolEntry) says(a *Account, m Mark) bool {
	c := a.Credential
	return e.Email == a.Key && e.AccessToken == c.AccessToken && e.RefreshToken == c.RefreshToken &&
		e.ExpiresAt.Equal(c.ExpiresAt) && slices.Equal(e.Scopes, c.Scopes) && e.Plan == c.Plan && e.Tier == c.Tier &&
		e.RateLimited == m.Limited && e.LimitResetsAt.Equal(m.ResetsAt) && (e.LoginEndsAt.IsZero() || e.LoginEndsAt.Equal(c.RefreshExpiresAt))
}

// Drop takes an entry out.
func (p *Pool) Drop(key string) {
	if p.byKey[key] == nil {
		return
	}
	delete(p.byKey, key)
	for i, e := range p.Entries {
		if e.Key == key {
			p.Entries = append(p.Entries[:i:i], p.Entries[i+1:]...)
			break
		}
	}
	p.edits = append(p.edits, jsonedit.Edit{Name: key})
}

// Changed says that there is something to write.
func (p *Pool) Changed() bool { return len(p.edits) > 0 }

// Encode gives the file's bytes, in lines as huskies writes them.
func (p *Pool) Encode() ([]byte, error) {
	doc := p.doc
	if doc == nil {
		doc = []byte("{\n  \"accounts\": {}\n}\n")
	}
	return changeEntries(doc, p.edits, nil)
}
