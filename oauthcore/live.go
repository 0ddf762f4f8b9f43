package oauthcore

import (
	"bytes"
	"context"
	"encoding/json"
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
		if !torn(doc, err) {
			return live, nil
		}
		if try == tornTries {
			if err != nil {
				return Live{}, damaged(path, err)
			}
			return live, nil
		}
		select {
		case <-time.After(tornPause):
		case <-ctx.Done():
			return Live{}, ctx.Err()
		}
	}
}

// torn says that a file may be one another program is just writing in place:
// it does not parse, or is there and has nothing in it yet.
func torn(doc []byte, err error) bool { return err != nil || doc != nil && len(doc) == 0 }

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
	var line bytes.Buffer // Claude Code keeps its login in one line
	if err := json.Compact(&line, cr.raw); err != nil {
		return nil, err
	}
	return jsonedit.Set(doc, line.Bytes(), liveMember)
}

// config is Claude Code's global configuration, of which only oauthAccount is
// ever changed. It can be megabytes, so its place in the document is kept.
type config struct {
	doc      []byte
	account  []byte // the member's bytes, nil where it is missing or null
	from, to int    // where the member's value stands in doc, 0, 0 where it does not
}

// readConfig reads .claude.json. The error is an *Error. The bytes are always
// the file's own; looking through them again is saved where they are those of
// the last time.
func (c *Core) readConfig() (config, error) {
	path := c.Paths.ClaudeJSON
	doc, err := readOr(c.FS, path)
	if err != nil {
		return config{}, err
	}
	if last := c.lastConfig.Load(); last != nil && bytes.Equal(last.doc, doc) {
		return *last, nil
	}
	cfg, err := parseConfig(doc)
	if err != nil {
		return config{}, damaged(path, err)
	}
	c.lastConfig.Store(&cfg)
	return cfg, nil
}

func parseConfig(doc []byte) (config, error) {
	cfg := config{doc: doc}
	if blank(doc) {
		return cfg, nil
	}
	from, to, ok, err := jsonedit.Place(doc, configMember)
	if err != nil || !ok {
		return cfg, err
	}
	cfg.from, cfg.to = from, to
	if raw := doc[from:to]; !blank(raw) {
		if !gjson.ParseBytes(raw).IsObject() {
			return config{}, &memberError{configMember}
		}
		cfg.account = raw
	}
	return cfg, nil
}

type memberError struct{ name string }

func (e *memberError) Error() string { return e.name + ": " + errShape.Error() }
func (e *memberError) Unwrap() error { return errShape }

// with gives the configuration with another oauthAccount; nil takes it out, and
// Claude Code fills it in at its next start. Every other byte stays.
func (f config) with(account []byte) (config, error) {
	if f.to == 0 || account == nil {
		doc := f.doc
		if blank(doc) {
			doc = []byte("{}")
		}
		doc, err := apply(doc, []edit{{configMember, account}})
		if err != nil {
			return config{}, err
		}
		return parseConfig(doc)
	}
	doc := make([]byte, 0, len(f.doc)+len(account))
	doc = append(append(append(doc, f.doc[:f.from]...), account...), f.doc[f.to:]...)
	to := f.from + len(account)
	return config{doc, doc[f.from:to], f.from, to}, nil
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

// pending is a whole new file that waits for its fence.
type pending struct {
	c      *Core
	path   string
	was    []byte
	staged *files.Staged // nil where nothing has to change
	giveUp func() error  // called before the waiting file is removed, nil for nothing
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
// alone, where a lock was lost or the file no longer holds what was read.
func (p *pending) commit(fence func() error) error {
	err := fence()
	same := false
	if err == nil {
		if same, err = files.Holds(p.c.FS, p.path, p.was); err != nil {
			err = unreadable(p.path, err)
		}
	}
	if err == nil && !same {
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
	if p.giveUp != nil {
		if err := p.giveUp(); err != nil {
			p.c.Log.Warn("the waiting file stays where it is", "path", p.staged.Temp(), "error", err)
			return
		}
	}
	if err := p.staged.Discard(); err != nil {
		p.c.Log.Warn("cannot remove a waiting file", "path", p.staged.Temp(), "error", err)
	}
}

// replaceLive writes the live login, or another whole document for its file.
// wait is how long Claude Code's lock around that write is waited for; with an
// answer in hand that exists nowhere else (mustLand) it is written even if the
// lock stays taken, as long as the locks of the refresh are ours.
func (g *guard) replaceLive(ctx context.Context, was Live, cr Credential, wait time.Duration, mustLand bool) error {
	doc, err := was.with(cr)
	if err != nil {
		return damaged(g.c.Paths.Credentials(), err)
	}
	return g.replaceCredentials(ctx, was, doc, wait, mustLand)
}

func (g *guard) replaceCredentials(ctx context.Context, was Live, doc []byte, wait time.Duration, mustLand bool) error {
	p, err := g.c.prepare(g.c.Paths.Credentials(), was.doc, doc, 0)
	if err != nil {
		return err
	}
	if g.staging != nil && p.staged != nil {
		if err := g.c.startWaiting(g.staging, p, doc); err != nil {
			p.discard()
			return err
		}
	}
	tried := false
	err = g.writing(ctx, g.c.storageLock(), wait, func() error {
		tried = true
		return p.commit(g.fence)
	})
	switch {
	case tried || err == nil:
		return err
	case mustLand:
		return p.commit(g.fence)
	}
	p.discard()
	return err
}

// replaceConfig splices oauthAccount under Claude Code's own lock. A file that
// changes meanwhile is read and spliced again.
func (g *guard) replaceConfig(ctx context.Context, account []byte) error {
	return g.writing(ctx, g.c.configLock(), writeWait, func() error { return g.spliceConfig(account) })
}

// spliceConfig does it, with that lock held.
func (g *guard) spliceConfig(account []byte) error {
	for try := 1; ; try++ {
		p, err := g.prepareConfig(account)
		if err != nil || p == nil {
			return err
		}
		err = p.commit(g.fence)
		if CodeOf(err) != CodeBusy || try == openTries {
			return err
		}
	}
}

// prepareConfig reads .claude.json and stages it with another oauthAccount; nil
// where nothing has to change.
func (g *guard) prepareConfig(account []byte) (*pending, error) {
	cfg, err := g.c.readConfig()
	if err != nil {
		return nil, err
	}
	if cfg.account == nil && account == nil {
		return nil, nil
	}
	next, err := cfg.with(account)
	if err != nil {
		return nil, damaged(g.c.Paths.ClaudeJSON, err)
	}
	g.c.lastConfig.Store(&next) // what will be read back, if all goes well
	return g.c.prepare(g.c.Paths.ClaudeJSON, cfg.doc, next.doc, configMode)
}
