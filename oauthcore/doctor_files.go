package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
)

// documents looks whether every file says what it should. None of them is ever
// mended: what cannot be read cannot be written again without a loss. Only the
// notes of locks are Baton's to lose.
func (k *checkup) documents(ctx context.Context) {
	for _, d := range []struct {
		path     string
		severity Severity
		check    func([]byte) error
		fix      string
		mend     cure
	}{
		{
			k.Paths.Vault(), SeverityError, func(b []byte) error { _, err := ParseVault(b); return err },
			"mend it, or restore it from a backup; moved away, Baton starts again from the account pool and Claude Code's login, without the labels", nil,
		},
		{
			k.Paths.Pool(), SeverityError, func(b []byte) error { _, err := ParsePool(b); return err },
			"mend it, or move it away: Baton writes it again from its own list", nil,
		},
		{
			k.Paths.Credentials(), SeverityError, func(b []byte) error { _, err := parseLive(b); return err },
			"mend it, or move it away (MCP logins are in it, too), then: baton swap ACCOUNT", nil,
		},
		{
			k.Paths.ClaudeJSON, SeverityError, func([]byte) error { _, err := k.readConfig(); return err },
			"mend it, or restore it from a backup: Claude Code keeps its projects and MCP servers in it", nil,
		},
		{
			k.Paths.Book(), SeverityError, func(b []byte) error { _, err := ParseBook(b); return err },
			"move it away: only what was seen of usage and limits is lost", nil,
		},
		{
			k.Paths.Settings(), SeverityError, func(b []byte) error { _, err := parseSettings(k.Paths.Settings(), b); return err },
			"mend it, or move it away: only Baton's switches are lost", nil,
		},
		{
			k.Paths.Inbox(), SeverityError, func([]byte) error { _, err := k.readInbox(); return err },
			"it holds a login that waits to be saved: move it away, log in to that account again, then delete it", nil,
		},
		{
			k.Paths.Ledger(), SeverityWarning, clientlock.CheckRegistry,
			"baton doctor --fix removes it: it only notes locks", k.removeLedger,
		},
		{
			k.Paths.ClaudeSettings(), SeverityWarning, checkJSON,
			"mend it: Claude Code reads it, too, and whether it sets anything that beats the login cannot be told", nil,
		},
	} {
		err := k.whole(ctx, d.path, d.check)
		if err == nil || ctx.Err() != nil {
			continue
		}
		k.bad[d.path] = true
		if d.path == k.Paths.Credentials() && !k.byFile(ctx) {
			d.severity, d.fix = SeverityWarning, "Claude Code goes by the Keychain and not by this file: mend it, or move it away"
		}
		f := Finding{ID: "damaged", Severity: d.severity, Path: d.path, Message: "it " + damage(err), Fix: d.fix, mend: d.mend}
		if e := (*Error)(nil); errors.As(err, &e) {
			if e.Code == CodeDamaged {
				f.Message = "it " + damage(e.Err)
			} else {
				f.ID, f.Message, f.Fix, f.mend = "unreadable", "it cannot be read", e.Hint, nil
			}
		}
		k.report(f)
	}
}

// whole checks a file. Others write some of them in place, so what looks
// damaged is looked at again before it is believed. No file is no damage.
func (k *checkup) whole(ctx context.Context, path string, check func([]byte) error) error {
	for try := 1; ; try++ {
		doc, err := readOr(k.FS, path)
		if err != nil || doc == nil {
			return err
		}
		if err = check(doc); err == nil || try == tornTries {
			return err
		}
		select {
		case <-time.After(tornPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func checkJSON(doc []byte) error {
	if blank(doc) || jsonedit.Valid(doc) {
		return nil
	}
	return jsonedit.ErrSyntax
}

// removeLedger removes notes of locks nobody can read. What locks they noted
// are everybody else's then, and end by growing stale.
func (k *checkup) removeLedger(ctx context.Context) error {
	unlock, err := k.lock(ctx, k.Paths.ClientLock(), lockWait)
	if err != nil {
		return err
	}
	defer unlock()
	doc, err := readOr(k.FS, k.Paths.Ledger())
	if err != nil || clientlock.CheckRegistry(doc) == nil {
		return err
	}
	return k.remove(k.Paths.Ledger())
}

func (c *Core) remove(path string) error {
	if err := c.FS.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(path, err)
	}
	return nil
}

// leftoverAge is how old a file on its way into place has to be before it is
// taken for one that a Baton which died left: they live for milliseconds.
const leftoverAge = time.Minute

// leftovers looks for files that never got into place, and for folders of
// logins through Claude Code that were never finished.
func (k *checkup) leftovers() {
	seen := map[string]bool{}
	for _, path := range []string{
		k.Paths.Credentials(), k.Paths.ClaudeJSON, k.Paths.Pool(), k.Paths.Vault(), k.Paths.Book(), k.Paths.Settings(),
		k.Paths.Activity(), k.Paths.Inbox(), k.Paths.Ledger(), k.Paths.HighWater(),
	} {
		left, err := files.Leftovers(k.FS, path)
		if err != nil {
			continue // documents says what cannot be read
		}
		for _, l := range left {
			if info, err := k.FS.Stat(l); err != nil || k.now.Sub(info.ModTime()) <= leftoverAge || seen[l] {
				continue
			}
			seen[l] = true
			k.report(Finding{
				ID: "leftover", Severity: SeverityWarning, Path: l,
				Message: "a write of Baton's that was cut off left it behind",
				Fix:     "baton doctor --fix removes it",
				mend:    func(ctx context.Context) error { return k.removeLeftover(ctx, l) },
			})
		}
	}
	entries, err := k.FS.ReadDir(k.Paths.Own())
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), "login-") {
			k.report(Finding{
				ID: "unfinished_login", Severity: SeverityWarning, Path: filepath.Join(k.Paths.Own(), e.Name()),
				Message: "a login through Claude Code is under way in it, or was cut off",
				Fix:     "if none is under way: log in again, then delete the folder",
			})
		}
	}
}

// removeLeftover removes one, with both locks under which Baton writes: so
// nobody is about to move it into place.
func (k *checkup) removeLeftover(ctx context.Context, path string) error {
	for _, l := range []struct {
		path string
		wait time.Duration
	}{{k.Paths.ClientLock(), lockWait}, {k.Paths.StoreLock(), storeWait}} {
		unlock, err := k.lock(ctx, l.path, l.wait)
		if err != nil {
			return err
		}
		defer unlock()
	}
	return k.remove(path)
}

// waiting looks for logins that are on disk and belong to no account yet.
func (k *checkup) waiting() {
	if in, err := k.readInbox(); err == nil && in != nil {
		f := Finding{
			ID: "inbox", Severity: SeverityInfo, Path: k.Paths.Inbox(),
			Message: "a new login waits in it to be saved", mend: k.settle,
			Fix: "baton doctor --fix asks the provider whose it is and saves it",
		}
		if !in.credential.FreshAt(k.now, 0) && !in.identity.Complete() {
			f.Fix, f.mend = "its access token has lapsed, so nobody can say whose it is: log in again", nil
		}
		k.report(f)
	}
	entries, err := k.FS.ReadDir(k.Paths.SetAside())
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		path := filepath.Join(k.Paths.SetAside(), e.Name())
		when := ""
		if info, err := k.FS.Stat(path); err == nil {
			when = " on " + info.ModTime().Local().Format(time.DateOnly)
		}
		k.report(Finding{
			ID: "set_aside", Severity: SeverityInfo, Path: path,
			Message: fmt.Sprintf("a login nobody could be found for was set aside%s; Baton never removes it", when),
			Fix:     "if it is of an account of yours: log in to that again; then delete the file",
		})
	}
}
