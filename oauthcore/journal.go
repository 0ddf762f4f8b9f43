package oauthcore

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
)

// The journal is a directory of answers: what the provider handed out is in it,
// fsynced, before anything else happens with it, and leaves it once the vault
// has it. An entry is made before its request goes out, with room for the
// answer, so that a disk that fills up meanwhile loses nothing. Open is all that
// takes entries over, and all that removes those it took.

// entrySize is how long an entry is, in bytes: room for a login, which has less
// than 2 KB, several times over.
const entrySize = 16 << 10

// answer is one entry.
type answer struct {
	path string
	// presented is the fingerprint of the refresh token that was sent, "" for the
	// answer to an authorization code or a login another program made.
	presented  string
	credential accounts.Credential // zero where no answer was saved
	siblings   []byte
	account    []byte // oauthAccount or a part of it, nil for none
	found      bool   // a file of another form than the journal's
	madeAt     time.Time
	lost       bool  // the request ended without an answer
	existed    bool  // it was there before this operation
	unread     error // why it could not be read: whether it holds an answer is not known
}

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (e *answer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "journal entry "+e.path) }

// answered says that an answer was saved.
func (e *answer) answered() bool { return e.credential.Usable() }

// identity is whose login the answer says it is.
func (e *answer) identity() accounts.Identity {
	who := claude.IdentityIn(e.account)
	if inside := e.credential.Inside(); inside.Complete() && !inside.Same(who) {
		return inside
	}
	return who
}

// fields ties the members of an entry to the answer.
func (e *answer) fields() []jsonedit.Field {
	return []jsonedit.Field{
		jsonedit.Text("presented", &e.presented),
		jsonedit.Millis("madeAt", &e.madeAt),
		jsonedit.Flag("lost", &e.lost),
		accounts.CredentialField(claude.LoginMember, &e.credential),
		jsonedit.Object("siblings", &e.siblings),
		jsonedit.Object(claude.AccountMember, &e.account),
	}
}

// reserve makes the entry for a request with a refresh token, or where presented
// is "" for one with an authorization code. The error is a *view.Problem; no
// request may go out then.
func (c *Core) reserve(presented string) (*answer, error) {
	name := presented
	if name == "" {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			return nil, claude.Unwritable(c.Paths.Answers(), err)
		}
		name = "login-" + hex.EncodeToString(random)
	}
	e := &answer{path: filepath.Join(c.Paths.Answers(), name+".json"), presented: presented, madeAt: c.Now()}
	if err := c.MakeOwn(); err != nil {
		return nil, err
	}
	if had := c.readEntry(e.path); had != nil {
		switch {
		case had.answered():
			return nil, errMoved("") // open takes it over
		case had.unread == nil:
			e.existed = true // an earlier request with this token was never answered
		case !accounts.Misshapen(had.unread):
			return nil, claude.Unreadable(e.path, had.unread)
		default: // somebody may still make something of it
			if err := c.FS.Rename(e.path, fmt.Sprintf("%s.%d.damaged", e.path, e.madeAt.UnixNano())); err != nil {
				return nil, claude.Unwritable(e.path, err)
			}
		}
	}
	if info, err := c.FS.Stat(e.path); e.existed && err == nil && info.Size() >= entrySize {
		return e, nil
	}
	doc, err := e.encode()
	if err != nil {
		return nil, claude.Unwritable(e.path, err)
	}
	if err := files.WriteWhole(c.FS, e.path, doc); err != nil {
		return nil, claude.Unwritable(e.path, err)
	}
	return e, nil
}

// encode gives the entry's bytes, with blanks up to its size.
func (e *answer) encode() ([]byte, error) {
	doc, err := jsonedit.Write([]byte(`{"schemaVersion":1}`), e.fields())
	if err != nil {
		return nil, err
	}
	if n := entrySize - len(doc); n > 0 {
		doc = append(doc, bytes.Repeat([]byte(" "), n)...)
	}
	return doc, nil
}

// record puts the answer into its entry, under no lock, in the room that was
// made for it. Where that fails it is written anew. The error says that it is on
// no disk yet: what is done next has to keep it.
func (c *Core) record(e *answer) error {
	doc, err := e.encode()
	if err != nil {
		return err
	}
	c.Step("journal.answer")
	for range 2 {
		if err = c.FS.Overwrite(e.path, doc); err == nil {
			return nil
		}
	}
	if err2 := files.WriteWhole(c.FS, e.path, doc); err2 != nil {
		return claude.Unwritable(e.path, errors.Join(err2, err))
	}
	return nil
}

// unreserve removes the entry of a request that was not sent, or to which the
// provider answered that nothing was handed out.
func (c *Core) unreserve(e *answer) {
	if !e.existed { // what an earlier request left stays
		c.dropEntry(e)
	}
}

// dropEntry removes an entry the vault has, or that nothing came of. One that
// cannot be removed is known by its token and harms nobody.
func (c *Core) dropEntry(e *answer) {
	if err := c.removeEntry(e); err != nil {
		c.Log.Warn("cannot remove a journal entry", "path", e.path, "error", err)
	}
}

// removeEntry removes its file. Of the directory of a login made by Claude Code
// only the login goes, and not while it may be under way.
func (c *Core) removeEntry(e *answer) error {
	path := e.path
	if info, err := c.FS.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, ".credentials.json")
		if info, err := c.FS.Stat(path); err != nil || c.Now().Sub(info.ModTime()).Abs() < LeftoverAge {
			return nil
		}
	}
	if err := c.FS.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return claude.Unwritable(path, err)
	}
	return c.FS.SyncDir(filepath.Dir(path))
}

// readJournal lists the entries. One that cannot be read, or not now, may hold
// an answer: it stays, and its account is in doubt.
func (c *Core) readJournal() ([]*answer, error) {
	entries, err := c.FS.ReadDir(c.Paths.Answers())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, claude.Unreadable(c.Paths.Answers(), err)
	}
	var out []*answer
	for _, f := range entries {
		if !strings.HasSuffix(f.Name(), ".json") || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		if e := c.readEntry(filepath.Join(c.Paths.Answers(), f.Name())); e != nil {
			out = append(out, e)
		}
	}
	out = append(out, c.foundLogins()...)
	// Their names are fingerprints and random: of two logins of one account the
	// one made later comes later.
	slices.SortStableFunc(out, func(a, b *answer) int { return a.madeAt.Compare(b.madeAt) })
	return out, nil
}

// readEntry reads one entry; nil where there is none, or the file is another
// program's. What an entry says of itself counts for more than its name: a
// program that keeps folders in line with each other makes copies under other
// names.
func (c *Core) readEntry(path string) *answer {
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	e := &answer{path: path}
	doc, err := c.FS.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // taken over just now
	}
	if err == nil {
		err = jsonedit.Read(doc, e.fields())
	}
	if err != nil {
		*e = answer{path: path, unread: err, lost: true}
	}
	if !isFingerprint(e.presented) {
		e.presented = ""
		if isFingerprint(name) {
			e.presented = name
		}
	}
	if e.presented == "" && !e.answered() && e.madeAt.IsZero() && (e.unread == nil || !strings.HasPrefix(name, "login-")) {
		return nil
	}
	return e
}

// isFingerprint says that a text is the fingerprint of a token.
func isFingerprint(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == sha256.Size
}

// foundLogins are logins that wait in other places than the journal: where an
// earlier version kept a new login, and in the directories of logins made by
// Claude Code that were cut off.
func (c *Core) foundLogins() (out []*answer) {
	if doc, err := c.FS.ReadFile(c.Paths.OldInbox()); err == nil {
		e := &answer{path: c.Paths.OldInbox(), found: true}
		if jsonedit.Read(doc, e.fields()) == nil && e.answered() {
			out = append(out, e)
		}
	}
	entries, err := c.FS.ReadDir(c.Paths.Own())
	if err != nil {
		return out
	}
	for _, f := range entries {
		if !f.IsDir() || !strings.HasPrefix(f.Name(), "login-") {
			continue
		}
		dir := filepath.Join(c.Paths.Own(), f.Name())
		doc, err := c.FS.ReadFile(filepath.Join(dir, ".credentials.json"))
		if err != nil {
			continue
		}
		live, err := claude.ParseLive(doc)
		if err != nil || !live.Usable() {
			continue
		}
		e := &answer{path: dir, found: true, credential: live.Credential, siblings: live.Siblings}
		if doc, err := c.FS.ReadFile(filepath.Join(dir, ".claude.json")); err == nil {
			e.account = claude.AccountIn(doc)
		}
		out = append(out, e)
	}
	return out
}
