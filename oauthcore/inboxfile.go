package oauthcore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"baton/oauthcore/files"

	"github.com/tidwall/gjson"
)

// waiting is a note of the document that is about to put the inbox's login in
// front of Claude Code. It tells, after a crash, on which side of the
// replacement the crash came. The live login itself does not tell at once,
// since Claude Code may have refreshed either.
//
// A new file waits beside the one it will replace, under a name noted here: the
// file still there means before, gone means after.
//
// For the Keychain nothing waits anywhere, so there the note is what the item
// held before; see landedIn.
type waiting struct {
	name string // a file in the folder of the credentials, "" for none
	sum  string // lower-case hex SHA-256 of its bytes

	was  string    // lower-case hex SHA-256 of what the Keychain held, "" for no such note
	ends time.Time // the deadline of the login it held, zero when not told
}

const waitingMember = "waiting"

func (w waiting) edit() edit {
	note := map[string]any{}
	switch {
	case w.name != "":
		note["file"], note["sha256"] = w.name, w.sum
	case w.was != "":
		note["was"] = w.was
		if !w.ends.IsZero() {
			note["ends"] = w.ends.UnixMilli()
		}
	default:
		return edit{waitingMember, nil}
	}
	raw, _ := json.Marshal(note) // strings and numbers do not fail
	return edit{waitingMember, raw}
}

// readWaiting reads the note, and whether its file was put in its place.
func (c *Core) readWaiting(inbox []byte) (w waiting, landed bool) {
	note := gjson.GetBytes(inbox, waitingMember)
	w = waiting{name: note.Get("file").String(), sum: note.Get("sha256").String(), was: note.Get("was").String()}
	if w.was != "" {
		w.ends, _ = millis(note.Get("ends")) // a deadline that makes no sense is none
		return waiting{was: w.was, ends: w.ends}, false
	}
	if w.name == "" || w.name != filepath.Base(w.name) {
		return waiting{}, false
	}
	target, err := files.Target(c.FS, c.Paths.Credentials())
	if err != nil {
		return w, false
	}
	doc, err := c.FS.ReadFile(filepath.Join(filepath.Dir(target), w.name))
	if err != nil {
		return w, errors.Is(err, fs.ErrNotExist)
	}
	return w, sumOf(doc) != w.sum
}

func sumOf(doc []byte) string {
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}

// startWaiting notes what is about to put the login in front of Claude Code.
// Whoever gives it up takes the note back first.
func (c *Core) startWaiting(in *inboxLogin, p *pending, was Live, doc []byte) error {
	if f, ok := p.staged.(stagedFile); ok {
		in.waiting = waiting{name: filepath.Base(f.Temp()), sum: sumOf(doc)}
	} else {
		in.waiting = waiting{was: sumOf(was.doc), ends: was.Credential.RefreshExpiresAt}
	}
	p.giveUp = func() error { return c.stopWaiting(in) }
	return c.writeInbox(in)
}

// stopWaiting takes the note back before its file is removed. A login that
// landed keeps it until the inbox is cleared.
func (c *Core) stopWaiting(in *inboxLogin) error {
	if in == nil || in.landed || in.waiting == (waiting{}) {
		return nil
	}
	if in.waiting.was != "" && in.savedTo == "" {
		return nil // not judged yet
	}
	in.waiting = waiting{}
	return c.writeInbox(in)
}

// judge finds out where the Keychain's replacement by the inbox's login of
// account a was cut off, if it was.
//
// The item's own content decides. It holds the inbox's login: replaced. It
// holds what it held before, or another login that is known to be superseded:
// not replaced. It holds something Claude Code wrote since: it may have
// refreshed the old login or the new one, and nobody can tell two refresh
// tokens nobody has seen apart. But a login has a deadline of its own, which a
// refresh does not move and a new login does not share, so the deadline says
// whose successor it is. Where that, too, is missing or a third one, nothing is
// thrown away: what Claude Code uses stays and is saved, the inbox's login is
// set aside, and the account is unsure until a refresh tells.
func (in *inboxLogin) judge(o *opened, a *Account) {
	if in.waiting.was == "" {
		return
	}
	live, ends := o.live.Credential, in.credential.RefreshExpiresAt
	differ := !ends.Equal(in.waiting.ends)
	switch at := live.RefreshExpiresAt; {
	case !live.Usable() || o.owner != a:
		// Nothing of the account's is live. The vault had the login before the
		// replacement began, and may have a newer one by now.
		in.landed = a.Older(in.credential)
	case live.RefreshToken.Equal(in.credential.RefreshToken) && live.AccessToken.Equal(in.credential.AccessToken):
		in.landed = true
	case sumOf(o.live.doc) == in.waiting.was || a.Older(live):
		in.landed = false
	case differ && !at.IsZero() && at.Equal(ends):
		in.landed = true
	case differ && !at.IsZero() && at.Equal(in.waiting.ends):
		in.landed = false
	default:
		in.landed, in.undecided = true, true
		a.SetAsideUnsure = true
		o.act(Activity{Kind: "unsure", Key: a.Key, Text: "a login was cut off while Claude Code refreshed: the one Claude Code uses is kept, the other set aside"})
	}
}
