package oauthcore

import (
	"bytes"
	"context"
	"io/fs"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Live is Claude Code's login as it stands in .credentials.json.
type Live struct {
	Credential Credential // zero where there is none
	doc        []byte     // the file's bytes, nil where there is no file
}

// Usable says that somebody is logged in.
func (l Live) Usable() bool { return l.Credential.Usable() }

const (
	liveMember   = "claudeAiOauth"
	configMember = "oauthAccount"
	// An older Claude Code truncates the file and writes it in place, so a
	// reader can meet half of it: look again before believing that.
	tornTries = 5
	tornPause = 20 * time.Millisecond
)

// readLive reads the live login. The error is an *Error.
func (c *Core) readLive(ctx context.Context) (Live, error) {
	path := c.Paths.Credentials()
	for try := 1; ; try++ {
		doc, err := readOr(c.FS, path)
		if err != nil {
			return Live{}, err
		}
		live, err := parseLive(doc)
		if err == nil {
			return live, nil
		}
		if try == tornTries {
			return Live{}, damaged(path, err)
		}
		select {
		case <-time.After(tornPause):
		case <-ctx.Done():
			return Live{}, ctx.Err()
		}
	}
}

func parseLive(doc []byte) (Live, error) {
	if blank(doc) {
		return Live{doc: doc}, nil
	}
	raw, ok, err := jsonedit.Get(doc, liveMember)
	if err != nil {
		return Live{}, err
	}
	live := Live{doc: doc}
	if !ok || blank(raw) {
		return live, nil
	}
	live.Credential, err = ParseCredential(raw)
	return live, err
}

// with gives the file's bytes with another login; every other member stays.
func (l Live) with(cr Credential) ([]byte, error) {
	doc := l.doc
	if blank(doc) {
		doc = []byte("{}")
	}
	return jsonedit.Set(doc, cr.raw, liveMember)
}

// config is Claude Code's global configuration, of which only oauthAccount is
// ever changed.
type config struct {
	doc     []byte
	account []byte // the member's bytes, nil where it is missing or null
}

// readConfig reads .claude.json. The error is an *Error.
func (c *Core) readConfig() (config, error) {
	path := c.Paths.ClaudeJSON
	doc, err := readOr(c.FS, path)
	if err != nil {
		return config{}, err
	}
	cfg := config{doc: doc}
	if blank(doc) {
		return cfg, nil
	}
	raw, ok, err := jsonedit.Get(doc, configMember)
	if err != nil {
		return config{}, damaged(path, err)
	}
	if ok && !blank(raw) {
		if !gjson.ParseBytes(raw).IsObject() {
			return config{}, damaged(path, &memberError{configMember})
		}
		cfg.account = raw
	}
	return cfg, nil
}

type memberError struct{ name string }

func (e *memberError) Error() string { return e.name + ": " + errShape.Error() }
func (e *memberError) Unwrap() error { return errShape }

// with gives the file's bytes with another oauthAccount; nil takes it out, and
// Claude Code fills it in at its next start.
func (f config) with(account []byte) ([]byte, error) {
	doc := f.doc
	if blank(doc) {
		doc = []byte("{}")
	}
	return apply(doc, []edit{{configMember, account}})
}

// identityIn reads whose oauthAccount it is.
func identityIn(account []byte) Identity {
	if account == nil {
		return Identity{}
	}
	m := gjson.ParseBytes(account)
	return Identity{
		AccountUUID:      m.Get("accountUuid").String(),
		OrganizationUUID: m.Get("organizationUuid").String(),
		Email:            m.Get("emailAddress").String(),
		OrganizationName: m.Get("organizationName").String(),
		DisplayName:      m.Get("displayName").String(),
	}
}

// configMode is what a replaced .claude.json may keep of its mode.
const configMode fs.FileMode = 0o644

// replaceLive writes the live login and fails with CodeBusy where the file
// changed since it was read.
func (c *Core) replaceLive(was Live, cr Credential) error {
	path := c.Paths.Credentials()
	doc, err := was.with(cr)
	if err != nil {
		return damaged(path, err)
	}
	return c.replace(path, was.doc, doc, 0)
}

// pending is a whole new file that waits for its fence.
type pending struct {
	c      *Core
	path   string
	was    []byte
	staged *files.Staged // nil where nothing has to change
}

// prepare stages new bytes for a file that held was when it was read.
func (c *Core) prepare(path string, was, doc []byte, keep fs.FileMode) (*pending, error) {
	p := &pending{c: c, path: path, was: was}
	if bytes.Equal(was, doc) {
		return p, nil
	}
	var err error
	if p.staged, err = files.Stage(c.FS, path, doc, keep); err != nil {
		return nil, unwritable(path, err)
	}
	return p, nil
}

// commit is fence and replacement: it fails with CodeBusy, and leaves the file
// alone, where that no longer holds what was read.
func (p *pending) commit() error {
	now, err := readOr(p.c.FS, p.path)
	if err == nil && !bytes.Equal(now, p.was) {
		err = &Error{Code: CodeBusy, Message: p.path + " was changed by another program just now", Hint: "nothing was overwritten; try again"}
	}
	if err != nil {
		p.discard()
		return err
	}
	if p.staged == nil {
		return nil
	}
	if err := p.staged.Commit(); err != nil {
		return unwritable(p.path, err)
	}
	return nil
}

// discard removes the waiting file; open removes what cannot be removed now.
func (p *pending) discard() {
	if p.staged == nil {
		return
	}
	if err := p.staged.Discard(); err != nil {
		p.c.Log.Warn("cannot remove a waiting file", "path", p.staged.Temp(), "error", err)
	}
}

// replace does prepare and commit at once.
func (c *Core) replace(path string, was, doc []byte, keep fs.FileMode) error {
	p, err := c.prepare(path, was, doc, keep)
	if err != nil {
		return err
	}
	return p.commit()
}

// replaceConfig splices oauthAccount. A file that changes meanwhile is read
// and spliced again.
func (c *Core) replaceConfig(account []byte) error {
	for try := 1; ; try++ {
		cfg, err := c.readConfig()
		if err != nil {
			return err
		}
		if cfg.account == nil && account == nil {
			return nil
		}
		doc, err := cfg.with(account)
		if err != nil {
			return damaged(c.Paths.ClaudeJSON, err)
		}
		err = c.replace(c.Paths.ClaudeJSON, cfg.doc, doc, configMode)
		if CodeOf(err) != CodeBusy || try == 3 {
			return err
		}
	}
}
