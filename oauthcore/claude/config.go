package claude

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// AccountMember is the member of .claude.json that says who is logged in.
const AccountMember = "oauthAccount"

// configMode is what a replaced .claude.json may keep of its mode.
const configMode fs.FileMode = 0o644

// Config is Claude Code's global configuration, which can be megabytes.
type Config struct {
	// Account is the value of oauthAccount, nil where it is missing or null.
	Account []byte
	path    string
	doc     []byte // nil where there is no file
	caches  bool   // what Claude Code learned of an account is in it
	usage   []byte // of usageMember, nil where there is none
}

// Path is the file it was read from.
func (c Config) Path() string { return c.path }

// Identity is who oauthAccount names.
func (c Config) Identity() accounts.Identity { return IdentityIn(c.Account) }

// usageMember is where Claude Code keeps what it last asked of the usage endpoint.
const usageMember = "cachedUsageUtilization"

// CachedUsage is Claude Code's own copy of an answer of the usage endpoint.
type CachedUsage struct {
	AccountUUID string
	At          time.Time // zero where there is none
	Answer      []byte    // as the endpoint spells it
}

// CachedUsage reads what Claude Code last asked for.
func (c Config) CachedUsage() (u CachedUsage) {
	m := gjson.ParseBytes(c.usage)
	if at := m.Get("fetchedAtMs"); at.Type == gjson.Number && at.Num > 0 {
		u.AccountUUID, u.Answer = m.Get("accountUuid").String(), []byte(m.Get("utilization").Raw)
		u.At = time.UnixMilli(at.Int())
	}
	return u
}

// configPath is the configuration Claude Code uses: the older file where it is
// there.
func (s *Store) configPath() string {
	if info, err := s.FS.Stat(s.Paths.OldConfig()); err == nil && info.Mode().IsRegular() {
		return s.Paths.OldConfig()
	}
	return s.Paths.ClaudeJSON
}

// ReadConfig reads the configuration. A document that holds the same bytes as
// the last one is not parsed again. The error is a *view.Problem, or that of
// ctx.
func (s *Store) ReadConfig(ctx context.Context) (Config, error) {
	path := s.configPath()
	cfg, err := ReadWhole(ctx, s.FS, path, func(doc []byte) (Config, error) {
		if last := s.caches.config.Load(); last != nil && sameDoc(last.doc, doc) {
			return *last, nil
		}
		return parseConfig(doc)
	})
	if err != nil {
		return Config{}, err
	}
	cfg.path = path
	s.caches.config.Store(&cfg)
	return cfg, nil
}

func parseConfig(doc []byte) (Config, error) {
	cfg := Config{doc: doc}
	if Blank(doc) {
		return cfg, nil
	}
	members, err := jsonedit.Last(bytes.TrimPrefix(doc, bom))
	if err != nil {
		return cfg, err
	}
	cached := make(map[string]bool, len(accountCaches))
	for _, name := range accountCaches {
		cached[name] = true
	}
	for _, m := range members {
		cfg.caches = cfg.caches || cached[m.Key]
		if m.Key == usageMember {
			cfg.usage = m.Raw
		}
		if m.Key != AccountMember || Blank(m.Raw) {
			continue
		}
		if !gjson.ParseBytes(m.Raw).IsObject() {
			return cfg, &memberError{AccountMember}
		}
		cfg.Account = m.Raw
	}
	return cfg, nil
}

// with gives the document with another account's name in it and without what
// was learned of the one before; every other byte stays, a byte order mark
// included. nil takes oauthAccount out, and Claude Code fills it in at its next
// start.
func (c Config) with(account []byte) ([]byte, error) {
	edits := []jsonedit.Edit{{Name: AccountMember, Raw: account}}
	for _, name := range accountCaches {
		edits = append(edits, jsonedit.Edit{Name: name})
	}
	body, marked := bytes.CutPrefix(c.doc, bom)
	if Blank(body) {
		body = []byte("{}")
	}
	next, err := jsonedit.Apply(body, edits)
	if err == nil && marked {
		next = append(bytes.Clone(bom), next...)
	}
	return next, err
}

// seen is a configuration that was read for display, and the file as it was.
type seen struct {
	path string
	info fs.FileInfo
	cfg  Config
}

// fileStep is how old a file's modification time must be before the same time
// and size mean the same bytes: file systems count time in steps.
const fileStep = 2 * time.Second

// PeekConfig is ReadConfig for display: megabytes that did not change are not
// read again. What is to be written is never based on it.
func (s *Store) PeekConfig(ctx context.Context) (Config, error) {
	path := s.configPath()
	info, err := s.FS.Stat(path)
	if err != nil {
		return s.ReadConfig(ctx) // which tells a missing file from trouble
	}
	if last := s.caches.configSeen.Load(); last != nil && last.path == path && Unchanged(last.info, info) {
		return last.cfg, nil
	}
	cfg, err := s.ReadConfig(ctx)
	if err == nil && s.Now().Sub(info.ModTime()) > fileStep {
		s.caches.configSeen.Store(&seen{path, info, cfg})
	}
	return cfg, err
}

// Unchanged says that a file is the one it was, as far as its size, time and
// identity tell.
func Unchanged(was, is fs.FileInfo) bool {
	return was.Size() == is.Size() && was.ModTime().Equal(is.ModTime()) && os.SameFile(was, is)
}

// IdentityIn reads whose oauthAccount it is.
func IdentityIn(account []byte) accounts.Identity {
	if account == nil {
		return accounts.Identity{}
	}
	m := gjson.ParseBytes(account)
	return accounts.Identity{
		AccountUUID:      m.Get("accountUuid").String(),
		OrganizationUUID: m.Get("organizationUuid").String(),
		Email:            m.Get("emailAddress").String(),
		OrganizationName: m.Get("organizationName").String(),
		DisplayName:      m.Get("displayName").String(),
	}
}

// memberError names a member of a wrong type.
type memberError struct{ name string }

func (e *memberError) Error() string { return e.name + ": " + jsonedit.ErrType.Error() }
func (e *memberError) Unwrap() error { return jsonedit.ErrType }

// AccountIn is the oauthAccount of a configuration document, nil where there is
// none or it cannot be read.
func AccountIn(doc []byte) []byte {
	cfg, err := parseConfig(doc)
	if err != nil {
		return nil
	}
	return cfg.Account
}
