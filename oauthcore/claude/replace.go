package claude

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

// Precondition is looked at right before a token is sent or a file is
// replaced; its error stops that.
type Precondition func() error

// replacement is a whole new document, ready to take the place of the one that
// was read.
type replacement struct {
	g      *Guard
	at     place
	was    []byte
	staged staged // nil where nothing has to change
	policy bool   // the organisation changes with it: its policy files go first
}

// prepare readies a new document. It fails where the place cannot be written.
func (g *Guard) prepare(at place, was, doc []byte, keep fs.FileMode) (*replacement, error) {
	r := &replacement{g: g, at: at, was: was}
	if was != nil && bytes.Equal(was, doc) {
		return r, nil
	}
	var err error
	if r.staged, err = at.stage(was, doc, keep); err != nil {
		return nil, err
	}
	return r, nil
}

// commitWait bounds check and replacement, which take no time with files but
// do with the Keychain.
const commitWait = 12 * time.Second

// commit checks and replaces: it fails with CodeBusy, and leaves the place
// alone, where a lock was lost or the place no longer holds what was read.
func (r *replacement) commit(ctx context.Context, pre Precondition) error {
	// What has begun is finished: others wait for the lock around this write.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWait)
	defer cancel()
	err := r.g.Check()
	if err == nil && r.policy {
		r.g.policyErr = r.g.s.DropOrganizationFiles()
		err = r.g.Check()
	}
	same := false
	if err == nil {
		same, err = r.at.holds(ctx, r.was)
	}
	if err == nil && !same {
		err = Changed(r.at.String(), files.ErrChanged)
	}
	if err == nil && pre != nil {
		err = pre()
	}
	if err == nil {
		err = r.g.Check() // looking took a while
	}
	if err != nil {
		r.discard()
		return err
	}
	if r.staged == nil {
		return nil
	}
	return r.staged.commit(ctx)
}

// discard gives the new document up; the next open removes what cannot be
// removed now.
func (r *replacement) discard() {
	if r == nil || r.staged == nil {
		return
	}
	if err := r.staged.discard(); err != nil {
		r.g.s.Log.Warn("cannot remove a temp file", "place", r.at.String(), "error", err)
	}
}

// ReplaceLive puts a whole new credentials document in place of the one that
// was read, under .storage-write.lock. The error is a *view.Problem.
func (g *Guard) ReplaceLive(ctx context.Context, was Live, doc []byte, pre Precondition) error {
	r, err := g.prepare(was.at, was.doc, doc, 0)
	if err != nil {
		return err
	}
	return g.commitLive(ctx, r, false, pre)
}

// commitLive commits under .storage-write.lock; mustLand: see PlaceAnswer.
func (g *Guard) commitLive(ctx context.Context, r *replacement, mustLand bool, pre Precondition) error {
	wait, tried := writeWait, false
	if mustLand {
		wait = LockWait
	}
	err := g.writing(ctx, g.s.storageLock(), wait, func() error {
		tried = true
		return r.commit(ctx, pre)
	})
	if err != nil && !tried && mustLand {
		return r.commit(ctx, pre)
	}
	if err != nil && !tried {
		r.discard()
	}
	return err
}

// LiveRoom is room on disk for the live login that an answer of the provider
// will bring, made before a token is sent. nil is none: it is then made when the
// answer is there.
type LiveRoom struct{ r *replacement }

// MakeLiveRoom makes room for a login that is longer than the live one by some
// bytes, and so finds out whether that can be replaced. The error is a
// *view.Problem that names the file and the reason.
func (g *Guard) MakeLiveRoom(was Live) (*LiveRoom, error) {
	const growth = 1024 // an answer is hardly longer than the login before it
	doc := append(bytes.Clone(was.doc), bytes.Repeat([]byte(" "), growth)...)
	r, err := g.prepare(was.at, was.doc, doc, 0)
	if err != nil {
		return nil, err
	}
	return &LiveRoom{r}, nil
}

// Discard gives the room back. After PlaceAnswer it does nothing.
func (l *LiveRoom) Discard() {
	if l != nil {
		l.r.discard()
		l.r = nil
	}
}

// PlaceAnswer is ReplaceLive for a document with an answer of the provider in
// it: the storage lock is waited for longer, and the document is written even if
// that lock stays taken, as long as the other locks are ours. It uses up the
// room. The error is a *view.Problem.
func (g *Guard) PlaceAnswer(ctx context.Context, room *LiveRoom, was Live, doc []byte) error {
	r := room.take(was, doc)
	if r == nil {
		var err error
		if r, err = g.prepare(was.at, was.doc, doc, 0); err != nil {
			return err
		}
	}
	return g.commitLive(ctx, r, true, nil)
}

// take makes the room a replacement of one document by another; nil where it
// does not serve for that.
func (l *LiveRoom) take(was Live, doc []byte) *replacement {
	if l == nil || l.r == nil {
		return nil
	}
	r := l.r
	l.r = nil
	if r.at.String() != was.Place() {
		r.discard()
		return nil
	}
	r.was = was.doc
	if r.staged.refill(was.doc, doc) != nil {
		return nil
	}
	return r
}

// configTries is how often .claude.json is spliced again where another program
// changes it meanwhile.
const configTries = 3

// prepareConfig reads .claude.json and readies it with another oauthAccount. It
// gives nil where nothing has to change.
func (g *Guard) prepareConfig(ctx context.Context, account []byte) (*replacement, error) {
	cfg, err := g.s.ReadConfig(ctx)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(cfg.Account, account) && (cfg.Account == nil) == (account == nil) && !cfg.caches {
		return nil, nil
	}
	doc, err := cfg.with(account)
	if err != nil {
		return nil, Damaged(cfg.path, err)
	}
	r, err := g.prepare(filePlace{g.s, cfg.path}, cfg.doc, doc, configMode)
	if err == nil {
		was := cfg.Identity().OrganizationUUID
		r.policy = was == "" || was != IdentityIn(account).OrganizationUUID
	}
	return r, err
}

// ReplaceConfig makes .claude.json name an account, and takes out what Claude
// Code learned of the account before, under .claude.json.lock. A file that
// changes meanwhile is read and edited again. The error is a *view.Problem.
func (g *Guard) ReplaceConfig(ctx context.Context, account []byte) error {
	return g.writing(ctx, g.s.configLock(), writeWait, func() error { return g.spliceConfig(ctx, account) })
}

// spliceConfig does it, with that lock held.
func (g *Guard) spliceConfig(ctx context.Context, account []byte) error {
	for try := 1; ; try++ {
		r, err := g.prepareConfig(ctx, account)
		if err != nil || r == nil {
			return err
		}
		err = r.commit(ctx, nil)
		if view.CodeOf(err) != view.CodeBusy || try == configTries {
			return err
		}
	}
}

// Activate puts an account's login and siblings where Claude Code reads them,
// and its name into .claude.json. Both documents are ready and synced before
// the first one is replaced, so that either can be written. The error is a
// *view.Problem; loginOnly says that only the name is still the old one.
func (g *Guard) Activate(ctx context.Context, live Live, a *accounts.Account, pre Precondition) (loginOnly bool, err error) {
	doc, err := live.With(a.Credential, a.Siblings)
	if err != nil {
		return false, Damaged(live.Place(), err)
	}
	landed := false
	err = g.writing(ctx, g.s.configLock(), writeWait, func() error {
		cfg, err := g.prepareConfig(ctx, a.OAuthAccount)
		if err != nil {
			return err
		}
		r, err := g.prepare(live.at, live.doc, doc, 0)
		if err == nil {
			err = g.commitLive(ctx, r, false, pre)
		}
		if err != nil {
			cfg.discard()
			return err
		}
		landed = true
		if cfg != nil {
			err = cfg.commit(ctx, nil)
		}
		if view.CodeOf(err) == view.CodeBusy {
			err = g.spliceConfig(ctx, a.OAuthAccount)
		}
		return err
	})
	return landed && err != nil, err
}

// PolicyProblem is what kept a file of the other organisation's policy in its
// place, nil for nothing.
func (g *Guard) PolicyProblem() error { return g.policyErr }

// DropOrganizationFiles removes the files of an organisation's policy, as
// Claude Code does at a login. It gives what could not be removed.
func (s *Store) DropOrganizationFiles() error {
	var errs []error
	for _, path := range s.Paths.organizationFiles() {
		if err := s.FS.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, Unwritable(path, err))
		}
	}
	return errors.Join(errs...)
}

// Mend finishes a write in place that was cut off: the old bytes come back,
// under the lock Claude Code takes around a write of that file. It gives the
// files it mended.
func (g *Guard) Mend(ctx context.Context) (mended []string, err error) {
	for _, f := range []struct {
		path string
		lock clientlock.Place
	}{
		{g.s.Paths.Credentials(), g.s.storageLock()},
		{g.s.Paths.ClaudeJSON, g.s.configLock()},
		{g.s.Paths.OldConfig(), g.s.configLock()},
	} {
		record := g.s.Paths.InPlace(f.path)
		if _, statErr := g.s.FS.Stat(record); errors.Is(statErr, fs.ErrNotExist) {
			continue
		}
		err = errors.Join(err, g.writing(ctx, f.lock, writeWait, func() error {
			at, did, err := files.Mend(g.s.FS, record)
			if did {
				mended = append(mended, at)
			}
			if err != nil {
				return Unwritable(f.path, err)
			}
			return nil
		}))
	}
	return mended, err
}
