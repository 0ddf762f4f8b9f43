//go:build !js

package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/providertest"
)

// Errors of NewHome, for errors.Is.
var (
	// ErrNotEmpty: the folder holds something already, perhaps a real home.
	ErrNotEmpty = errors.New("the folder for the demo is not empty")
	// ErrNotStarted: the provider does not listen yet.
	ErrNotStarted = errors.New("the built-in provider is not running")
)

// Resident is one account the home is logged in to.
type Resident struct {
	Key         string // its key in the pool: the email
	Label       string // the name a person would give it
	Person      providertest.Person
	Credentials providertest.Credentials
	// LimitedUntil is the mark in the pool, zero when there is none.
	LimitedUntil time.Time
	// Live says that Claude Code is logged in with it.
	Live bool
}

// Home is a throw-away home folder with five logins in it. Copies are equal.
type Home struct {
	// Dir is the folder, absolute.
	Dir string
	// Residents are the accounts in the pool, in a person's order.
	Residents []Resident

	provider *providertest.Provider
	baseURL  string
	created  bool
}

// NewHome seeds the provider with five accounts that are logged in and two
// that are not, and writes the files a home with these logins has, as of now:
//
//	.claude/.credentials.json   Personal is live; an MCP login beside it
//	.claude/oauth_pool.json     all five; Side project and Night runs limited
//	.claude/settings.json
//	.claude.json                oauthAccount, and much that is nobody's business
//
// Lab's access token has lapsed, so a swap to it refreshes first, and its
// login ends in three days. The usage endpoint knows figures for all of them.
//
// dir is made if need be; "" means a new folder among the temporary ones. A
// folder with something in it gives an error wrapping ErrNotEmpty and is not
// touched, a provider that has not been started one wrapping ErrNotStarted.
func NewHome(dir string, p *providertest.Provider, now time.Time) (Home, error) {
	h := Home{provider: p, baseURL: p.URL()}
	if h.baseURL == "" {
		return Home{}, ErrNotStarted
	}
	var err error
	if h.Dir, h.created, err = claimDir(dir); err != nil {
		return Home{}, err
	}
	if err := h.fill(now); err != nil {
		return Home{}, errors.Join(fmt.Errorf("make the demo's home: %w", err), h.Close())
	}
	return h, nil
}

// claimDir gives an absolute, empty, private folder.
func claimDir(dir string) (path string, created bool, err error) {
	if dir == "" {
		path, err = os.MkdirTemp("", "baton-demo-")
		return path, err == nil, err
	}
	if path, err = filepath.Abs(dir); err != nil {
		return "", false, err
	}
	switch inside, err := os.ReadDir(path); {
	case errors.Is(err, os.ErrNotExist):
		return path, true, os.MkdirAll(path, 0o700)
	case err != nil:
		return "", false, err
	case len(inside) > 0:
		return "", false, fmt.Errorf("%w: %s", ErrNotEmpty, path)
	}
	return path, false, os.Chmod(path, 0o700)
}

func (h *Home) fill(now time.Time) error {
	for i, c := range pooled(now) {
		h.provider.AddAccount(c.who)
		creds, err := h.provider.IssueUntil(c.who.AccountUUID, c.who.OrganizationUUID,
			now.Add(c.accessFor), now.Add(c.loginFor))
		if err != nil {
			return err
		}
		r := Resident{Key: c.who.Email, Label: c.label, Person: c.who, Credentials: creds, Live: i == 0}
		if c.limited {
			r.LimitedUntil = spentUntil(c.who.Usage)
		}
		h.Residents = append(h.Residents, r)
	}
	for _, who := range spares(now) {
		h.provider.AddAccount(who)
	}
	return h.write(now)
}

// spentUntil is the latest reset among the spent windows.
func spentUntil(u providertest.Usage) (until time.Time) {
	for _, w := range []*providertest.Window{u.FiveHour, u.SevenDay} {
		if w != nil && w.Percent >= 100 && w.ResetsAt.After(until) {
			until = w.ResetsAt
		}
	}
	return until
}

// Kill makes the provider refuse a resident's login from now on, so that the
// next refresh ends in "log in again". key is the email; an unknown one gives
// an error wrapping providertest.ErrUnknownAccount.
func (h Home) Kill(key string) error {
	for _, r := range h.Residents {
		if r.Key == key {
			return h.provider.Kill(r.Person.AccountUUID, r.Person.OrganizationUUID)
		}
	}
	return fmt.Errorf("%w: %s", providertest.ErrUnknownAccount, key)
}

// Env is this process's environment, changed so that a program run with it
// lives in the home and talks to the provider only.
func (h Home) Env() []string { return h.EnvFrom(os.Environ()) }

// EnvFrom is Env over a given environment. XDG_RUNTIME_DIR, DISPLAY and their
// like pass through, so windows and trays work; whatever would lead to the
// person's own files or override a login does not.
func (h Home) EnvFrom(base []string) []string {
	set := h.Setenv()
	out := make([]string, 0, len(base)+len(set))
	for _, kv := range base {
		name, _, _ := strings.Cut(kv, "=")
		if _, ours := set[name]; ours || slices.Contains(h.Unsetenv(), name) {
			continue
		}
		out = append(out, kv)
	}
	for name, value := range set {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

// Setenv lists the variables to set, for a process that moves in itself.
func (h Home) Setenv() map[string]string {
	set := map[string]string{
		"HOME":            h.Dir,
		"XDG_CONFIG_HOME": filepath.Join(h.Dir, ".config"),
		"XDG_STATE_HOME":  filepath.Join(h.Dir, ".local", "state"),
		"XDG_DATA_HOME":   filepath.Join(h.Dir, ".local", "share"),
		"BATON_PROVIDER":  h.baseURL,
		"BATON_KEYRING":   "off",
	}
	if runtime.GOOS == "windows" {
		set["USERPROFILE"] = h.Dir
		set["APPDATA"] = filepath.Join(h.Dir, "AppData", "Roaming")
		set["LOCALAPPDATA"] = filepath.Join(h.Dir, "AppData", "Local")
	}
	return set
}

// Unsetenv lists the variables that must not be there.
func (h Home) Unsetenv() []string {
	return []string{
		"CLAUDE_CONFIG_DIR", "CLAUDE_SECURESTORAGE_CONFIG_DIR", "CLAUDE_CODE_OAUTH_TOKEN",
		"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL",
	}
}

// Close removes the folder if NewHome made it, and leaves it alone if it was
// there before. The provider goes on. Calling it again is fine.
func (h Home) Close() error {
	if !h.created {
		return nil
	}
	return os.RemoveAll(h.Dir)
}
