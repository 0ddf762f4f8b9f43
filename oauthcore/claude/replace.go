package claude

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"time"

	"baton/oauthcore/accounts"
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
// was read, under .storage-write.lock. With an answer of the provider in hand
// (mustLand) the lock is waited for longer, and the document is written even
// if the lock stays taken, as long as the other locks are ours. The error is a
// *view.Problem.
func (g *Guard) ReplaceLive(ctx context.Context, was Live, doc []byte, mustLand bool, pre Precondition) error {
	r, err := g.prepare(was.at, was.doc, doc, 0)
	if err != nil {
		return err
	}
	return g.commitLive(ctx, r, mustLand, pre)
}

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

// CanReplaceLive finds out whether the live login can be replaced by one that
// is longer by some bytes, before a token is spent. The error is a
// *view.Problem that names the file and the reason.
func (g *Guard) CanReplaceLive(was Live) error {
	const growth = 1024 // an answer is hardly longer than the login before it
	doc := append(bytes.Clone(was.doc), bytes.Repeat([]byte(" "), growth)...)
	r, err := g.prepare(was.at, was.doc, doc, 0)
	if err != nil {
		return err
	}
	r.discard()
	return nil
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
	return g.prepare(filePlace{g.s, cfg.path}, cfg.doc, doc, configMode)
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

// Mend finishes a write in place that was cut off: the old bytes come back. It
// gives the files it mended. The guard is held.
func (g *Guard) Mend() (mended []string, err error) {
	for _, path := range []string{g.s.Paths.Credentials(), g.s.Paths.ClaudeJSON, g.s.Paths.OldConfig()} {
		at, did, mendErr := files.Mend(g.s.FS, g.s.Paths.InPlace(path))
		if did {
			mended = append(mended, at)
		}
		if mendErr != nil {
			err = errors.Join(err, Unwritable(path, mendErr))
		}
	}
	return mended, err
}
