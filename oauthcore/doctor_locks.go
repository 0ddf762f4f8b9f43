package oauthcore

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"baton/oauthcore/clientlock"
)

// lockPlaces gives where Claude Code's four locks are, making nothing.
func (c *Core) lockPlaces() []string {
	places := []string{filepath.Join(c.Paths.Secure, ".oauth_refresh.lock")}
	if real, err := filepath.EvalSymlinks(c.Paths.Secure); err == nil {
		if real, err = filepath.Abs(real); err == nil {
			places = append(places, real+".lock")
		}
	}
	return append(places, c.storageLock(), c.configLock())
}

func (c *Core) keeper() *clientlock.Keeper {
	k := clientlock.NewKeeper(c.FS, c.Paths.Ledger(), c.Now, c.Log)
	k.Step, k.WaitOnly = c.Step, c.SpareLocks
	return k
}

// locks looks for locks nobody gives back any more. The error is ctx's.
func (k *checkup) locks(ctx context.Context) error {
	places := k.lockPlaces()
	dead, err := k.deadLocks(ctx, places)
	if err != nil {
		return err
	}
	for _, path := range dead {
		k.report(Finding{
			ID: "dead_lock", Severity: SeverityWarning, Path: path,
			Message: "a Baton that died left this lock",
			Fix:     "baton doctor --fix removes it, and so does the next swap",
			mend:    k.clear,
		})
	}
	watching := func() { k.Progress("", WaitLock) }
	abandoned, err := k.keeper().Abandoned(ctx, watching, k.places(places...)...)
	if err != nil {
		return err
	}
	for _, a := range abandoned {
		if slices.Contains(dead, a.Path) {
			continue
		}
		k.report(Finding{
			ID: "stale_lock", Severity: SeverityWarning, Path: a.Path,
			Message: "a lock of Claude Code's without a sign of life since " + a.Since.Local().Format("2006-01-02 15:04:05"),
			Fix:     "baton doctor --fix removes it, if no Claude Code is stopped in the middle of its work",
			mend:    func(ctx context.Context) error { return k.breakLock(ctx, a) },
		})
	}
	return nil
}

// glance is how long a look whether a Baton is at work may wait.
const glance = 50 * time.Millisecond

// deadLocks lists what Batons that died left of Claude Code's locks. Whoever
// holds the client's lock is alive, and so are the locks noted then.
func (k *checkup) deadLocks(ctx context.Context, places []string) ([]string, error) {
	left := k.keeper().Left(k.places(places...)...)
	if len(left) == 0 {
		return nil, nil
	}
	if _, err := k.FS.Stat(k.Paths.ClientLock()); errors.Is(err, fs.ErrNotExist) {
		return left, nil // nobody ever removes the file, so nobody holds it
	}
	unlock, err := k.lock(ctx, k.Paths.ClientLock(), glance)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, nil
	}
	defer unlock()
	return k.keeper().Left(k.places(places...)...), nil
}

// clearLocks removes what Batons that died left of Claude Code's locks.
func (k *checkup) clearLocks(ctx context.Context) error {
	unlock, err := k.lock(ctx, k.Paths.ClientLock(), lockWait)
	if err != nil {
		return err
	}
	defer unlock()
	if err := k.keeper().Clear(k.places(k.lockPlaces()...)...); err != nil {
		return unwritable(k.Paths.Secure, err)
	}
	return nil
}

// breakLock removes a lock that still shows no sign of life.
func (k *checkup) breakLock(ctx context.Context, a clientlock.Abandoned) error {
	unlock, err := k.lock(ctx, k.Paths.ClientLock(), lockWait)
	if err != nil {
		return err
	}
	defer unlock()
	if err := k.keeper().Break(a); err != nil {
		return unwritable(a.Path, err)
	}
	return nil
}
