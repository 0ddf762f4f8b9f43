package oauthcore

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"baton/oauthcore/clientlock"
)

// guard is what is held while the live login is read to be replaced: the lock
// every Baton takes first, then the two Claude Code itself takes for a refresh.
type guard struct {
	c      *Core
	keeper *clientlock.Keeper
	held   *clientlock.Held
	unlock func()
	// staging is the waiting login that the next replacement of the live login
	// puts in place, nil where it is another one.
	staging *inboxLogin
}

// writeWait is how long a lock around one write of Claude Code's is waited for.
// While it is held Claude Code throws away what it cannot write, so Baton holds
// it for milliseconds only.
const writeWait = 2 * time.Second

// Claude Code's locks. The outer one lies beside the real folder, also where
// ~/.claude is a symbolic link.
func (c *Core) refreshLocks() ([]string, error) {
	if err := c.FS.MkdirAll(c.Paths.Secure); err != nil {
		return nil, unwritable(c.Paths.Secure, err)
	}
	real, err := filepath.EvalSymlinks(c.Paths.Secure)
	if err != nil {
		return nil, unreadable(c.Paths.Secure, err)
	}
	if real, err = filepath.Abs(real); err != nil {
		return nil, unreadable(c.Paths.Secure, err)
	}
	return []string{filepath.Join(c.Paths.Secure, ".oauth_refresh.lock"), real + ".lock"}, nil
}

func (c *Core) storageLock() string { return filepath.Join(c.Paths.Secure, ".storage-write.lock") }
func (c *Core) configLock() string  { return c.Paths.ClaudeJSON + ".lock" }

// places gives locks of Claude Code's with the age from which it takes each for
// abandoned.
func (c *Core) places(paths ...string) []clientlock.Place {
	places := make([]clientlock.Place, len(paths))
	for i, path := range paths {
		stale := time.Minute
		switch path {
		case c.storageLock():
			stale = 15 * time.Second
		case c.configLock():
			stale = 10 * time.Second
		}
		places[i] = clientlock.Place{Path: path, Stale: stale}
	}
	return places
}

// guard takes all of them, up to lockWait together.
func (c *Core) guard(ctx context.Context) (*guard, error) {
	paths, err := c.refreshLocks()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err := c.lock(ctx, c.Paths.ClientLock(), lockWait)
	if err != nil {
		return nil, err
	}
	g := &guard{c: c, unlock: unlock, keeper: c.keeper()}
	if err := g.keeper.Clear(c.places(append(paths, c.storageLock(), c.configLock())...)...); err != nil {
		c.Log.Warn("cannot clear away locks of a Baton that died", "error", err)
	}
	if g.held, err = g.take(ctx, paths...); err != nil {
		unlock()
		return nil, err
	}
	return g, nil
}

// take takes locks of Claude Code's or says who has them.
func (g *guard) take(ctx context.Context, paths ...string) (*clientlock.Held, error) {
	held, err := g.keeper.Take(ctx, func() { g.c.Progress("", WaitClient) }, g.c.places(paths...)...)
	switch {
	case errors.Is(err, clientlock.ErrBusy):
		return nil, &Error{
			Code: CodeBusy, Err: err,
			Message: "Claude Code is busy with its login; nothing was changed",
			Hint:    "try again in a moment; if no Claude Code runs, the lock is given up by itself after a minute",
		}
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		failed := paths[0]
		var one *clientlock.Error
		if errors.As(err, &one) {
			failed, err = one.Path, one.Err
		}
		return nil, unwritable(failed, err)
	}
	return held, nil
}

// fence says whether the locks are still ours. Ask right before a token is
// sent or a file replaced: a computer that slept may wake up after others went
// on.
func (g *guard) fence() error {
	if err := g.held.Check(); err != nil {
		return &Error{
			Code: CodeBusy, Err: err,
			Message: "the lock on Claude Code's login was lost, perhaps while the computer slept; nothing was changed",
			Hint:    "try again",
		}
	}
	return nil
}

// release gives everything back. Calling it again is fine.
func (g *guard) release() {
	g.held.Release()
	g.unlock()
}

// writing runs fn while one of Claude Code's locks around a write is held.
func (g *guard) writing(ctx context.Context, lock string, wait time.Duration, fn func() error) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	held, err := g.take(ctx, lock)
	if err != nil {
		return err
	}
	defer held.Release()
	return fn()
}
