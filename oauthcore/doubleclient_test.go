//go:build unix

package oauthcore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/providertest"
)

// doubleClient is a running session of Claude Code, as far as its login is
// concerned. The old one (2.1.112) knows one lock of the refresh and writes the
// credentials in place; the new one (2.1.330) knows two, writes a new file
// under a third, and writes its MCP logins whenever it likes.
type doubleClient struct {
	old     bool
	name    string // sent as User-Agent
	paths   claude.Paths
	base    string
	rand    *rand.Rand
	tally   *raceTally
	http    http.Client
	manners files.Locks
}

// doubleLogin is what the client knows of claudeAiOauth. Whatever else is in
// there it drops at its next refresh.
type doubleLogin struct {
	AccessToken           string   `json:"accessToken"`
	RefreshToken          string   `json:"refreshToken"`
	ExpiresAt             int64    `json:"expiresAt"` // epoch ms
	RefreshTokenExpiresAt *int64   `json:"refreshTokenExpiresAt,omitempty"`
	Scopes                []string `json:"scopes"`
	SubscriptionType      *string  `json:"subscriptionType"`
	RateLimitTier         *string  `json:"rateLimitTier"`
	AccountUUID           string   `json:"accountUuid,omitempty"`
	OrganizationUUID      string   `json:"organizationUuid,omitempty"`
}

// due is the client's own rule.
func (l doubleLogin) due(now time.Time) bool {
	return !now.Add(5 * time.Minute).Before(time.UnixMilli(l.ExpiresAt))
}

// prompt is what one prompt of a person makes the client do.
func (d *doubleClient) prompt(ctx context.Context) error {
	d.tally.count("prompts")
	_, login, err := d.read()
	if err != nil {
		return err
	}
	switch {
	case login.RefreshToken == "":
		d.tally.count("logged out")
	case login.due(time.Now()):
		if err := d.refresh(ctx); err != nil {
			return err
		}
	default:
		d.tally.count("fresh")
	}
	if d.rand.IntN(4) == 0 {
		if err := d.touchConfig(); err != nil {
			return err
		}
	}
	if !d.old && d.rand.IntN(4) == 0 {
		return d.mcpLogin(ctx)
	}
	return nil
}

// read reads the credentials file, again where it is torn: the old client and
// the new one run side by side here.
func (d *doubleClient) read() (file map[string]json.RawMessage, login doubleLogin, err error) {
	for range 50 {
		var doc []byte
		if doc, err = os.ReadFile(d.paths.Credentials()); err != nil {
			return nil, login, err
		}
		file = nil
		if err = json.Unmarshal(doc, &file); err == nil {
			login = doubleLogin{}
			if raw, ok := file["claudeAiOauth"]; ok {
				err = json.Unmarshal(raw, &login)
			}
			return file, login, err
		}
		<-time.After(2 * time.Millisecond)
	}
	return nil, login, fmt.Errorf("the credentials stay torn: %w", err)
}

// refresh takes the locks, looks again, and uses what it finds there if that
// is fresh by now.
func (d *doubleClient) refresh(ctx context.Context) error {
	until := time.Now().Add(doublePatience)
	locks := []doubleLock{
		{filepath.Join(d.paths.Secure, ".oauth_refresh.lock"), time.Minute},
		{d.paths.Secure + ".lock", time.Minute},
	}
	if d.old {
		locks = []doubleLock{{d.paths.Secure + ".lock", 10 * time.Second}}
	}
	for _, l := range locks {
		h := l.take(until)
		if h == nil {
			d.tally.count("went on with the old token")
			return nil
		}
		defer func() {
			if h.release() {
				d.tally.count("locks broken")
			}
		}()
	}
	_, login, err := d.read()
	if err != nil {
		return err
	}
	if login.RefreshToken == "" || !login.due(time.Now()) {
		d.tally.count("found fresh under the lock")
		return nil
	}
	presented := login.RefreshToken
	refused, err := d.present(ctx, &login)
	if err != nil {
		return err
	}
	if refused {
		d.tally.count("tombstones")
		login.AccessToken, login.RefreshToken, login.ExpiresAt = "", "", 0
	} else {
		d.tally.count("refreshes")
	}
	return d.writeLogin(ctx, presented, login)
}

// present sends the refresh token and takes over the answer.
func (d *doubleClient) present(ctx context.Context, login *doubleLogin) (refused bool, err error) {
	return d.presentAt(ctx, login, time.Now())
}

// presentAt is present by another clock.
func (d *doubleClient) presentAt(ctx context.Context, login *doubleLogin, now time.Time) (refused bool, err error) {
	body, err := json.Marshal(map[string]string{
		"grant_type": "refresh_token", "refresh_token": login.RefreshToken,
		"client_id": providertest.ClientID, "scope": strings.Join(login.Scopes, " "),
	})
	if err != nil {
		return false, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.base+providertest.PathToken, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", d.name)
	resp, err := d.http.Do(req)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, err
	}
	var said struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		ExpiresIn    int64  `json:"expires_in"` // seconds
		Error        string `json:"error"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return false, err
	}
	if said.Error != "" {
		if said.Error != "invalid_grant" {
			return false, fmt.Errorf("the provider said %s", said.Error)
		}
		return true, nil
	}
	login.AccessToken, login.RefreshToken = said.AccessToken, said.RefreshToken
	login.ExpiresAt = now.Add(time.Duration(said.ExpiresIn) * time.Second).UnixMilli()
	return false, nil
}

// writeLogin puts a login, or a tombstone for the one presented, into the file
// as it stands now.
func (d *doubleClient) writeLogin(ctx context.Context, presented string, login doubleLogin) error {
	return d.edit(ctx, func(file map[string]json.RawMessage, now doubleLogin) (err error) {
		if now.RefreshToken != presented {
			d.tally.count("logins replaced during a refresh") // somebody ignored the locks
			if login.RefreshToken == "" {
				return nil
			}
		}
		file["claudeAiOauth"], err = json.Marshal(login)
		return err
	})
}

// mcpLogin adds to a sibling of the login, outside the locks of a refresh.
func (d *doubleClient) mcpLogin(ctx context.Context) error {
	return d.edit(ctx, func(file map[string]json.RawMessage, _ doubleLogin) error {
		n := 0
		if raw, ok := file["raceCounter"]; ok {
			if err := json.Unmarshal(raw, &n); err != nil {
				return err
			}
		}
		d.tally.count("mcp logins")
		file["raceCounter"] = fmt.Append(nil, n+1)
		return nil
	})
}

// edit is one read-modify-write of the credentials file: the new client makes
// a new file under its lock, the old one truncates and writes in place, and
// not always in one go. What the two do to each other is not Baton's, so here
// they take turns by a lock no real one has.
func (d *doubleClient) edit(ctx context.Context, change func(map[string]json.RawMessage, doubleLogin) error) error {
	done, err := d.manners.Lock(ctx, filepath.Join(filepath.Dir(d.paths.ClaudeJSON), "doubles.lock"))
	if err != nil {
		return err
	}
	defer done()
	if !d.old {
		h := doubleLock{filepath.Join(d.paths.Secure, ".storage-write.lock"), 15 * time.Second}.take(time.Now().Add(doubleWriteWait))
		if h == nil {
			d.tally.count("writes thrown away")
			return nil
		}
		defer func() {
			if h.release() {
				d.tally.count("locks broken")
			}
		}()
	}
	file, login, err := d.read()
	if err != nil {
		return err
	}
	if err := change(file, login); err != nil {
		return err
	}
	doc, err := json.Marshal(file)
	if err != nil {
		return err
	}
	if d.old {
		return writeTorn(d.paths.Credentials(), doc, time.Duration(d.rand.IntN(8))*time.Millisecond)
	}
	return writeByRename(d.paths.Credentials(), doc)
}

// touchConfig counts up in .claude.json under its lock, by rename.
func (d *doubleClient) touchConfig() error {
	h := doubleLock{d.paths.ClaudeJSON + ".lock", 10 * time.Second}.take(time.Now().Add(doublePatience))
	if h == nil {
		d.tally.count("config left alone")
		return nil
	}
	defer func() {
		if h.release() {
			d.tally.count("locks broken")
		}
	}()
	doc, err := os.ReadFile(d.paths.ClaudeJSON)
	if err != nil {
		return err
	}
	next, err := bumpConfig(doc)
	if err != nil {
		return err
	}
	d.tally.count("config touches")
	return writeByRename(d.paths.ClaudeJSON, next)
}
