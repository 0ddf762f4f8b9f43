package oauthcore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"

	"baton/oauthcore/files"

	"github.com/tidwall/gjson"
)

// waitingFile is a new credentials file that is not in its place yet. Noted in
// the inbox it tells, after a crash, on which side of the replacement the
// crash came: the file still there means before, gone means after. The live
// login itself does not tell, since Claude Code may have refreshed either.
type waitingFile struct {
	name string // in the folder of the credentials, "" for none
	sum  string // lower-case hex SHA-256 of its bytes
}

const waitingMember = "waiting"

func (f waitingFile) edit() edit {
	if f.name == "" {
		return edit{waitingMember, nil}
	}
	raw, _ := json.Marshal(map[string]string{"file": f.name, "sha256": f.sum}) // strings do not fail
	return edit{waitingMember, raw}
}

// readWaiting reads the note, and whether the file was put in its place.
func (c *Core) readWaiting(inbox []byte) (f waitingFile, landed bool) {
	note := gjson.GetBytes(inbox, waitingMember)
	f = waitingFile{note.Get("file").String(), note.Get("sha256").String()}
	if f.name == "" || f.name != filepath.Base(f.name) {
		return waitingFile{}, false
	}
	target, err := files.Target(c.FS, c.Paths.Credentials())
	if err != nil {
		return f, false
	}
	doc, err := c.FS.ReadFile(filepath.Join(filepath.Dir(target), f.name))
	if err != nil {
		return f, errors.Is(err, fs.ErrNotExist)
	}
	return f, sumOf(doc) != f.sum
}

func sumOf(doc []byte) string {
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}

// startWaiting notes the file that is about to put the login in front of
// Claude Code. Whoever gives it up takes the note back first.
func (c *Core) startWaiting(in *inboxLogin, p *pending, doc []byte) error {
	in.waiting = waitingFile{filepath.Base(p.staged.Temp()), sumOf(doc)}
	p.giveUp = func() error { return c.stopWaiting(in) }
	return c.writeInbox(in)
}

// stopWaiting takes the note back before its file is removed. A login that
// landed keeps it until the inbox is cleared.
func (c *Core) stopWaiting(in *inboxLogin) error {
	if in == nil || in.landed || in.waiting.name == "" {
		return nil
	}
	in.waiting = waitingFile{}
	return c.writeInbox(in)
}
