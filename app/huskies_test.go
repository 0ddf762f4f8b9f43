//go:build !js

package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

// huskiesEntry is an account as huskies knows it. Members it does not know
// are lost when it writes the file.
type huskiesEntry struct {
	Email            string   `json:"email"`
	AccessToken      string   `json:"accessToken"`
	RefreshToken     string   `json:"refreshToken"`
	ExpiresAt        int64    `json:"expiresAt"`
	Scopes           []string `json:"scopes"`
	SubscriptionType *string  `json:"subscriptionType,omitempty"`
	RateLimitTier    *string  `json:"rateLimitTier,omitempty"`
	RateLimited      bool     `json:"rateLimited"`
	RateLimitResetAt *int64   `json:"rateLimitResetAt,omitempty"`
}

// huskies reads the pool as strictly as huskies does and writes it back: the
// accounts sorted, the members in its own order, the unknown ones gone.
func huskies(path string, args []string) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var pool struct {
		Accounts map[string]*huskiesEntry `json:"accounts"`
	}
	if err := json.Unmarshal(body, &pool); err != nil {
		return err
	}
	for key, e := range pool.Accounts {
		if e == nil || e.Email != key || e.Scopes == nil || e.ExpiresAt == 0 || e.AccessToken == "" {
			return fmt.Errorf("huskies cannot use the entry %s", key)
		}
	}
	switch {
	case len(args) == 1 && args[0] == "rewrite":
	case len(args) == 3 && args[0] == "limit":
		minutes, err := strconv.Atoi(args[2])
		e := pool.Accounts[args[1]]
		if err != nil || e == nil {
			return fmt.Errorf("%w: huskies %q", os.ErrInvalid, args)
		}
		resets := time.Now().Add(time.Duration(minutes) * time.Minute).UnixMilli()
		e.RateLimited, e.RateLimitResetAt = true, &resets
	default:
		return fmt.Errorf("%w: huskies %q", os.ErrInvalid, args)
	}
	if body, err = json.MarshalIndent(pool, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o600)
}
