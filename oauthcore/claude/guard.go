package claude

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

const (
	// LockWait is how long one of Baton's locks, and all of Claude Code's
	// together, are waited for.
	LockWait = 9 * time.Second
	// StoreWait is how long the store lock is waited for, under which nothing
	// is ever waited for.
	StoreWait = 5 * time.Second
	// writeWait is how long a lock around one write of Claude Code's is waited
	// for. While it is held Claude Code throws away what it cannot write, so it
	// is held for milliseconds only.
	writeWait = 2 * time.Second
)

// Lock takes one of Baton's own locks. The error is a *view.Problem: CodeBusy
// where another Baton holds it, CodeFailed where it cannot be had at all; or
// that of a ctx that was cancelled.
func (s *Store) Lock(ctx context.Context, path string, wait time.Duration) (func(), error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	release, err := s.Locks.Lock(ctx, path)
	switch {
	case errors.Is(err, files.ErrBusy):
		return nil, &view.Problem{Code: view.CodeBusy, Message: "another Baton is at work on the same login", Hint: "try again in a moment", Err: err}
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, Unlockable(path, err)
	}
	return release, nil
}

// After these times a client takes a lock for abandoned.
const (
	refreshStale = 60 * time.Second
	storageStale = 15 * time.Second
	configStale  = 10 * time.Second
)

// refreshLocks are the two locks Claude Code takes for a refresh. The outer one
// lies beside the real directory, also where ~/.claude is a symbolic link.
func (s *Store) refreshLocks() ([]clientlock.Place, error) {
	if err := s.FS.MkdirAll(s.Paths.Secure); err != nil {
		return nil, Unwritable(s.Paths.Secure, err)
	}
	real, err := filepath.EvalSymlinks(s.Paths.Secure)
	if err != nil {
		return nil, Unreadable(s.Paths.Secure, err)
	}
	return []clientlock.Place{
		{Path: filepath.Join(s.Paths.Secure, ".oauth_refresh.lock"), Stale: refreshStale},
		{Path: real + ".lock", Stale: refreshStale},
	}, nil
}

func (s *Store) storageLock() clientlock.Place {
	return clientlock.Place{Path: filepath.Join(s.Paths.Secure, ".storage-write.lock"), Stale: storageStale}
}

func (s *Store) configLock() clientlock.Place {
	return clientlock.Place{Path: s.configPath() + ".lock", Stale: configStale}
}

// LockPlaces are Claude Code's four locks, those whose place is known. It
// changes nothing.
func (s *Store) LockPlaces() []clientlock.Place {
	places := []clientlock.Place{{Path: filepath.Join(s.Paths.Secure, ".oauth_refresh.lock"), Stale: refreshStale}}
	if real, err := filepath.EvalSymlinks(s.Paths.Secure); err == nil {
		places = append(places, clientlock.Place{Path: real + ".lock", Stale: refreshStale})
	}
	return append(places, s.storageLock(), s.configLock())
}

// Keeper takes and clears Claude Code's locks.
func (s *Store) Keeper() *clientlock.Keeper {
	k := clientlock.NewKeeper(s.FS, s.Paths.LockRegistry(), s.Now, s.Log)
	k.Step, k.WaitOnly = s.Step, s.WaitOnly
	return k
}

// Guard is what is held while the live login is read to be replaced: the lock
// every Baton takes first, then the two Claude Code itself takes for a refresh.
type Guard struct {
	s      *Store
	keeper *clientlock.Keeper
	held   []*clientlock.Held
	unlock func()

	policyErr error // see PolicyProblem
}

// Guard takes all of them, up to LockWait together. The error is a
// *view.Problem, or that of a ctx that was cancelled.
func (s *Store) Guard(ctx context.Context) (*Guard, error) {
	places, err := s.refreshLocks()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, LockWait)
	defer cancel()
	unlock, err := s.Lock(ctx, s.Paths.ClientLock(), LockWait)
	if err != nil {
		return nil, err
	}
	g := &Guard{s: s, unlock: unlock, keeper: s.Keeper()}
	taken := false
	defer func() {
		if !taken {
			unlock()
		}
	}()
	if err := g.keeper.Clear(append(slices.Clone(places), s.storageLock(), s.configLock())...); err != nil {
		s.Log.Warn("cannot remove locks of a Baton that died", "error", err)
	}
	if err = g.take(ctx, places...); err != nil {
		return nil, err
	}
	taken = true
	for _, lock := range []clientlock.Place{s.storageLock(), s.configLock()} {
		g.breakAbandoned(ctx, lock)
	}
	return g, nil
}

// breakAbandoned takes over a lock around one write that a program left which
// died: that takes longer than such a lock may be waited for while another one is
// held. One that cannot be had is met again by whoever needs it.
func (g *Guard) breakAbandoned(ctx context.Context, lock clientlock.Place) {
	info, err := g.s.FS.Stat(lock.Path)
	if err != nil || g.s.WaitOnly || g.s.Now().Sub(info.ModTime()) < lock.Stale {
		return
	}
	if err := g.writing(ctx, lock, LockWait, func() error { return nil }); err != nil {
		g.s.Log.Info("a lock around a write stays taken", "path", lock.Path, "error", err)
	}
}

// take takes locks of Claude Code's.
func (g *Guard) take(ctx context.Context, places ...clientlock.Place) error {
	held, err := g.keeper.Take(ctx, func() { g.s.Progress("", view.WaitClient) }, places...)
	switch {
	case errors.Is(err, clientlock.ErrBusy):
		return &view.Problem{
			Code: view.CodeBusy, Err: err,
			Message: "Claude Code is busy with its login; nothing was changed",
			Hint:    "try again in a moment; if no Claude Code runs, the lock is given up by itself after a minute",
		}
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		path := g.s.Paths.LockRegistry()
		var one *clientlock.Error
		if errors.As(err, &one) {
			path = one.Path
		}
		return Unlockable(path, err)
	}
	g.held = append(g.held, held)
	return nil
}

// Check says whether all locks are still ours: those around a write too. It is
// called right before a token is sent or a file replaced, since a computer that
// slept may wake up after others went on. The error is a *view.Problem of
// CodeBusy.
func (g *Guard) Check() error {
	err := g.s.Locks.Still(g.s.Paths.ClientLock())
	for _, held := range g.held {
		if err == nil {
			err = held.Check()
		}
	}
	if err != nil {
		return &view.Problem{
			Code: view.CodeBusy, Err: err,
			Message: "the lock on Claude Code's login was lost, perhaps while the computer slept; nothing was changed",
			Hint:    "try again",
		}
	}
	return nil
}

// Release gives everything back. Calling it again is fine.
func (g *Guard) Release() {
	defer g.unlock()
	for _, held := range slices.Backward(g.held) {
		held.Release()
	}
	g.held = nil
}

// writing runs fn while one of Claude Code's locks around a write is held.
func (g *Guard) writing(ctx context.Context, lock clientlock.Place, wait time.Duration, fn func() error) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := g.take(ctx, lock); err != nil {
		return err
	}
	n := len(g.held) - 1
	defer func() {
		g.held[n].Release()
		g.held = g.held[:n]
	}()
	return fn()
}
