package oauthcore

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"baton/oauthcore/jsonedit"
)

// Live is Claude Code's login as it stands in .credentials.json, or on macOS in
// the Keychain, with all that is kept beside it.
type Live struct {
	Credential Credential // zero where there is none
	doc        []byte     // the document, nil where there is none
	at         place      // where it was read from, and so is written to
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

// readLive reads the live login. Claude Code on macOS keeps it in the Keychain
// and goes by a file only where there is no item; where there is neither, an
// item is what it makes. The error is an *Error.
func (c *Core) readLive(ctx context.Context) (Live, error) {
	if c.Keychain == nil {
		return readAt(ctx, c.credentialsFile())
	}
	item, err := readAt(ctx, c.liveItem())
	if err == nil {
		c.shut.Store(nil)
	}
	if err != nil || item.doc != nil {
		return item, err
	}
	file, err := readAt(ctx, c.credentialsFile())
	if err != nil || file.doc != nil {
		return file, err
	}
	return item, nil
}

// readAt reads the login at one place.
func readAt(ctx context.Context, at place) (Live, error) {
	for try := 1; ; try++ {
		doc, err := at.read(ctx)
		if err != nil {
			return Live{}, err
		}
		live, err := parseLive(doc)
		live.at = at
		if !torn(doc, err) {
			return live, nil
		}
		if try == tornTries || !at.tears() {
			if err != nil {
				return Live{}, damagedAt(at, err)
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
