package oauthcore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

const (
	configMember = "oauthAccount"
	// configMode is what a replaced .claude.json may keep of its mode.
	configMode fs.FileMode = 0o644
)

// config is Claude Code's global configuration, of which only oauthAccount is
// ever changed. It can be megabytes, and fresh memory for them would cost more
// than all the rest of a swap: only its fingerprint is kept.
type config struct {
	print    files.Print
	from, to int    // where oauthAccount's value stands, 0, 0 where it is missing
	account  []byte // the value, nil where it is missing or null
}

// readConfig reads .claude.json. The error is an *Error. Where the file holds
// what was found the last time, byte for byte, it is not looked through again.
func (c *Core) readConfig() (config, error) {
	path := c.Paths.ClaudeJSON
	if last := c.lastConfig.Load(); last != nil {
		if same, err := c.printer.Holds(c.FS, path, last.print); err == nil && same {
			return *last, nil
		}
	}
	var cfg config
	print, err := c.printer.Scan(c.FS, path, func(r io.Reader) (err error) {
		cfg, err = parseConfig(r)
		return err
	})
	switch {
	case misshapen(err):
		return config{}, damaged(path, err)
	case err != nil:
		return config{}, unreadable(path, err)
	}
	cfg.print = print
	c.lastConfig.Store(&cfg)
	return cfg, nil
}

func parseConfig(r io.Reader) (cfg config, err error) {
	start := make([]byte, 65)
	n, err := io.ReadFull(r, start)
	if start = start[:n]; blank(start) {
		return cfg, nil
	}
	if err == nil {
		r = io.MultiReader(bytes.NewReader(start), r)
	} else {
		r = bytes.NewReader(start)
	}
	raw, from, to, ok, err := jsonedit.Place(r, configMember)
	if err != nil || !ok {
		return config{}, err
	}
	cfg.from, cfg.to = from, to
	if blank(raw) {
		return cfg, nil
	}
	if !gjson.ParseBytes(raw).IsObject() {
		return config{}, &memberError{configMember}
	}
	cfg.account = raw
	return cfg, nil
}

type memberError struct{ name string }

func (e *memberError) Error() string { return e.name + ": " + errShape.Error() }
func (e *memberError) Unwrap() error { return errShape }

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

// replaceConfig splices oauthAccount under Claude Code's own lock. A file that
// changes meanwhile is read and spliced again.
func (g *guard) replaceConfig(ctx context.Context, account []byte) error {
	return g.writing(ctx, g.c.configLock(), writeWait, func() error { return g.spliceConfig(ctx, account) })
}

// spliceConfig does it, with that lock held.
func (g *guard) spliceConfig(ctx context.Context, account []byte) error {
	for try := 1; ; try++ {
		p, err := g.prepareConfig(account)
		if err != nil || p == nil {
			return err
		}
		err = p.commit(ctx, g.fence)
		if CodeOf(err) != CodeBusy || try == openTries {
			return err
		}
	}
}

// prepareConfig reads .claude.json and stages it with another oauthAccount; nil
// takes that out, and Claude Code fills it in at its next start. Every other
// byte stays. It gives nil where nothing has to change.
func (g *guard) prepareConfig(account []byte) (*pending, error) {
	for try := 1; ; try++ {
		cfg := g.c.lastConfig.Load() // staging looks whether the file still is this one
		if try > 1 || cfg == nil || bytes.Equal(cfg.account, account) {
			now, err := g.c.readConfig()
			if err != nil || bytes.Equal(now.account, account) {
				return nil, err
			}
			cfg = &now
		}
		p, err := g.c.stageConfig(*cfg, account)
		if !errors.Is(err, files.ErrChanged) || try == openTries {
			return p, err
		}
	}
}

// stageConfig stages what was read with another oauthAccount.
func (c *Core) stageConfig(cfg config, account []byte) (*pending, error) {
	path := c.Paths.ClaudeJSON
	var waits *files.Staged
	var err error
	if cfg.to > 0 && account != nil {
		next := config{from: cfg.from, to: cfg.from + len(account), account: account}
		if waits, next.print, err = c.printer.Splice(c.FS, path, cfg.print, cfg.from, cfg.to, account, configMode); err == nil {
			c.lastConfig.Store(&next) // what will be read back, if all goes well
		}
	} else {
		waits, err = c.stageWhole(cfg, account)
	}
	var known *Error
	switch {
	case errors.Is(err, files.ErrChanged):
		return nil, changed(path, err)
	case errors.As(err, &known):
		return nil, err
	case err != nil:
		return nil, unwritable(path, err)
	}
	at := c.configFile()
	return &pending{c: c, at: at, staged: stagedFile{waits, at}, still: func(context.Context) (bool, error) {
		same, err := c.printer.Holds(c.FS, path, cfg.print)
		if err != nil {
			return false, unreadable(path, err)
		}
		return same, nil
	}}, nil
}

// stageWhole is for the member that has to come or go, which is rare.
func (c *Core) stageWhole(cfg config, account []byte) (*files.Staged, error) {
	path := c.Paths.ClaudeJSON
	doc, err := readOr(c.FS, path)
	if err != nil {
		return nil, err
	}
	if c.printer.Of(doc) != cfg.print {
		return nil, files.ErrChanged
	}
	if blank(doc) {
		doc = []byte("{}")
	}
	if doc, err = apply(doc, []edit{{configMember, account}}); err != nil {
		return nil, damaged(path, err)
	}
	return files.Stage(c.FS, path, doc, configMode)
}
