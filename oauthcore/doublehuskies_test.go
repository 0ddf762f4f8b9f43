//go:build unix

package oauthcore_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"
)

// doubleHuskies is another program that keeps the account pool: it reads the
// file, thinks a little, and writes back what it read, in place, under no lock
// and without the members it does not know.
type doubleHuskies struct {
	path  string
	rand  *rand.Rand
	tally *raceTally
}

// doublePool is huskies' schema.
type doublePool struct {
	Accounts map[string]doublePoolEntry `json:"accounts"`
}

type doublePoolEntry struct {
	Email            string   `json:"email"`
	AccessToken      string   `json:"accessToken"`
	RefreshToken     string   `json:"refreshToken"`
	ExpiresAt        int64    `json:"expiresAt"` // epoch ms
	Scopes           []string `json:"scopes"`
	SubscriptionType string   `json:"subscriptionType,omitempty"`
	RateLimitTier    string   `json:"rateLimitTier,omitempty"`
	RateLimited      bool     `json:"rateLimited"`
	RateLimitResetAt int64    `json:"rateLimitResetAt,omitempty"` // epoch ms
}

// rewrite writes old logins over new ones whenever Baton wrote in between.
func (d *doubleHuskies) rewrite() error {
	doc, err := os.ReadFile(d.path)
	if err != nil {
		return err
	}
	var pool doublePool
	if err := json.Unmarshal(doc, &pool); err != nil {
		return err // Baton writes whole files or nothing
	}
	<-time.After(time.Duration(5+d.rand.IntN(60)) * time.Millisecond)
	if now, err := os.ReadFile(d.path); err == nil && string(now) != string(doc) {
		d.tally.count("old logins written back")
	}
	if doc, err = json.MarshalIndent(pool, "", "  "); err != nil {
		return err
	}
	d.tally.count("rewrites")
	err = writeTorn(d.path, doc, time.Duration(d.rand.IntN(12))*time.Millisecond)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
