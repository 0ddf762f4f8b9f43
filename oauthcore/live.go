package oauthcore

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
)

// Live is Claude Code's login as it stands in .credentials.json.
type Live struct {
	Credential Credential // zero where there is none
	doc        []byte     // the file's bytes, nil where there is no file
}

// Usable says that somebody is logged in.
func (l Live) Usable() bool { return l.Credential.Usable() }

const (
	liveMember = "claudeAiOauth"
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

// pending is a whole new file that waits for its fence.
type pending struct {
	c      *Core
	path   string
	still  func() (bool, error) // whether the file is the one that was read
	staged *files.Staged        // nil where nothing has to change
	giveUp func() error         // called before the waiting file is removed, nil for nothing
}

// prepare stages new bytes for a file that held was when it was read.
func (c *Core) prepare(path string, was, doc []byte, keep fs.FileMode) (*pending, error) {
	p := &pending{c: c, path: path, still: func() (bool, error) { return files.Holds(c.FS, path, was) }}
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
		if same, err = p.still(); err != nil {
			err = unreadable(p.path, err)
		}
	}
	if err == nil && !same {
		err = changed(p.path, files.ErrChanged)
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
