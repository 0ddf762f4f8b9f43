package clientlock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"baton/oauthcore/files"
)

var (
	// ErrBusy says that another program kept a lock until the time was up.
	ErrBusy = errors.New("another program holds the lock")
	// ErrLost says that a lock that was held is no longer ours.
	ErrLost = errors.New("a lock was lost")
)

// Error is an error about one lock.
type Error struct {
	Path string // of the lock
	Err  error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("lock %s: %v", e.Path, e.Err) }

// Unwrap gives the reason: ErrBusy, ErrLost, or an error of package os.
func (e *Error) Unwrap() error { return e.Err }

const (
	stillFor  = 6 * time.Second // a stale lock is watched so long without a change
	heartbeat = 2 * time.Second
	pollEvery = 25 * time.Millisecond
)

// Place is where one lock of Claude Code's is.
type Place struct {
	Path string
	// Stale is the age by its modification time from which the client itself
	// takes the lock for abandoned. The client's own heartbeat is 5 s.
	Stale time.Duration
}

// Keeper takes locks. The caller must hold the operating system's lock that
// every Baton takes first, from the first call to the end of the last Held.
type Keeper struct {
	registry registry
	log      *slog.Logger
	now      func() time.Time
	// Step, if set, is called with each change of a lock directory but the
	// heartbeats, just before it is made. Tests stop the process there.
	Step func(name string)
	// WaitOnly has locks of other programs waited for only, and never broken,
	// however stale they are.
	WaitOnly bool
}

// NewKeeper makes a keeper that notes its locks in the lock registry at
// registryPath. now is the wall clock, which modification times are compared
// with.
func NewKeeper(fsys files.FS, registryPath string, now func() time.Time, log *slog.Logger) *Keeper {
	d := dirs{renameExclusive, (files.OS{}).Remove, look}
	return &Keeper{registry: registry{fsys, registryPath, d}, log: log, now: now}
}

// step calls Step before a change of the lock at path.
func (k *Keeper) step(what, path string) {
	if k.Step != nil {
		k.Step("lock." + what + " " + filepath.Base(path))
	}
}

// Clear removes what Batons that died left of these locks: every lock noted in
// the registry, and this registry's directories beside places.
func (k *Keeper) Clear(places ...Place) error { return k.registry.clear(places, k.step) }

// Take takes the locks in the order given, all or none, waiting until ctx
// ends; waiting is called once, when the first of them is taken already. A lock
// whose folder lets no directory be made (EACCES, EPERM, EROFS) is skipped: the
// client cannot hold it either. See Held.Skipped.
//
// The error is an *Error that names the lock, or ctx's own if it was cancelled.
// It wraps ErrBusy if ctx's deadline passed.
func (k *Keeper) Take(ctx context.Context, waiting func(), places ...Place) (*Held, error) {
	h := &Held{keeper: k, marks: map[string]mark{}, stop: make(chan struct{})}
	asides := map[string]string{}
	fail := func(err error) (*Held, error) {
		for path, aside := range asides {
			k.step("drop", path)
			err = errors.Join(err, k.registry.dirs.take(aside, h.marks[path]))
		}
		h.Release()
		return nil, err
	}
	for _, p := range places {
		k.step("make", p.Path)
		aside := k.registry.asideName(p.Path)
		m, err := k.registry.dirs.prepare(aside, k.now())
		if errors.Is(err, errNoPlace) {
			k.log.Info("skipping a lock that no program can make", "path", p.Path, "error", err)
			h.skipped = append(h.skipped, p.Path)
			continue
		}
		if err != nil {
			return fail(&Error{p.Path, err})
		}
		asides[p.Path], h.marks[p.Path] = aside, m
	}
	if len(h.marks) > 0 {
		if err := k.registry.add(h.marks); err != nil {
			return fail(fmt.Errorf("note the locks: %w", err))
		}
	}
	watch := newWatch(k.registry.dirs, places)
	for _, p := range places {
		aside, prepared := asides[p.Path]
		if !prepared {
			continue
		}
		if err := k.takeOne(ctx, watch, waiting, aside, p, h.marks[p.Path]); err != nil {
			return fail(err)
		}
		delete(asides, p.Path)
		h.order = append(h.order, p.Path)
	}
	if err := h.renumber(); err != nil {
		return fail(err)
	}
	go h.beatAll(h.stop)
	return h, nil
}

// takeOne waits for one place to be free and puts the prepared directory there.
func (k *Keeper) takeOne(ctx context.Context, w *watch, waiting func(), aside string, p Place, m mark) error {
	for {
		// A prepared directory must not look abandoned once it is in place: it
		// may have waited here, or for the place of another one.
		if err := beat(aside, m.Nanos, k.now()); err != nil {
			return &Error{p.Path, err}
		}
		k.step("place", p.Path)
		taken, err := k.registry.dirs.place(aside, p.Path)
		if err != nil {
			return &Error{p.Path, err}
		}
		if !taken {
			return nil
		}
		w.tell(waiting)
		w.look()
		if stale, ok := w.stale(p, k.now()); ok && !k.WaitOnly {
			k.log.Info("taking over a lock no program keeps alive", "path", p.Path)
			k.step("break", p.Path)
			held, err := k.registry.dirs.breakStale(p.Path, k.registry.asideName(p.Path), stale)
			if err != nil {
				return &Error{p.Path, err}
			}
			if !held {
				continue
			}
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return &Error{p.Path, ErrBusy}
			}
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// renumber is for file systems where a directory's inode number changes when
// it is renamed: the locks in place are noted without it.
func (h *Held) renumber() error {
	changed := false
	for _, path := range h.order {
		m := h.marks[path]
		if now, _, err := h.keeper.registry.dirs.look(path); err == nil && now.Nanos == m.Nanos && !m.is(now) {
			m.Inode, changed = 0, true
			h.marks[path] = m
		}
	}
	if !changed {
		return nil
	}
	return h.keeper.registry.add(h.marks)
}

// Skipped lists the locks that were not taken because no program can make them.
func (h *Held) Skipped() []string { return slices.Clone(h.skipped) }
