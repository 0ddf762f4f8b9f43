package clientlock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"baton/oauthcore/files"
)

var (
	// ErrBusy says that somebody else kept a lock until the time was up.
	ErrBusy = errors.New("another program holds the lock")
	// ErrLost says that a lock that was held is no longer ours.
	ErrLost = errors.New("a lock was lost")
)

// Ages of a lock. A Claude Code of 2026 takes one older than 60 s for
// abandoned and keeps its own fresh every 5 s; an older one has 10 s.
const (
	staleAge  = 60 * time.Second // by its modification time
	stillFor  = 6 * time.Second  // watched by us without a change
	heartbeat = 2 * time.Second
	pollEvery = 25 * time.Millisecond
)

// Keeper takes locks. Its holder must have the operating system's lock that
// every Baton takes first, from the first call to the end of the last Held.
type Keeper struct {
	ledger ledger
	log    *slog.Logger
	now    func() time.Time
	// Step, where it is set, is told each change of a lock directory but the
	// heartbeats, just before it is made. Tests stop the process there.
	Step func(name string)
	// Spare has locks of other programs waited for only, and never taken over,
	// however long nobody has kept them alive.
	Spare bool
}

// NewKeeper makes a keeper that notes its locks in the file ledgerPath. now is
// the wall clock, which modification times are compared with.
func NewKeeper(fsys files.FS, ledgerPath string, now func() time.Time, log *slog.Logger) *Keeper {
	return &Keeper{ledger: ledger{fsys, ledgerPath, dirs{renameExclusive, (files.OS{}).Remove}}, log: log, now: now}
}

// step tells Step what is about to happen to the lock at path.
func (k *Keeper) step(what, path string) {
	if k.Step != nil {
		k.Step("lock." + what + " " + filepath.Base(path))
	}
}

// Clear removes what Batons that died left of these locks.
func (k *Keeper) Clear(paths ...string) error { return k.ledger.clear(paths, k.step) }

// Held are locks that were taken, until Release.
type Held struct {
	keeper *Keeper
	mu     sync.Mutex
	marks  map[string]mark
	order  []string
	stop   chan struct{}
}

// Take takes the locks in the order given, all or none, waiting until ctx
// ends; waiting is called once, when the first of them is taken already. The
// error wraps ErrBusy where ctx's deadline passed.
func (k *Keeper) Take(ctx context.Context, waiting func(), paths ...string) (*Held, error) {
	h := &Held{keeper: k, marks: map[string]mark{}, stop: make(chan struct{})}
	asides := map[string]string{}
	fail := func(err error) (*Held, error) {
		for path, aside := range asides {
			k.step("drop", path)
			err = errors.Join(err, k.ledger.dirs.take(aside, h.marks[path]))
		}
		h.Release()
		return nil, err
	}
	for _, path := range paths {
		k.step("make", path)
		aside, m, err := prepare(path, k.now())
		if err != nil {
			return fail(fmt.Errorf("lock %s: %w", path, err))
		}
		asides[path], h.marks[path] = aside, m
	}
	if err := k.ledger.add(h.marks); err != nil {
		return fail(fmt.Errorf("note the locks: %w", err))
	}
	watch := newWatch(paths)
	for _, path := range paths {
		if err := k.takeOne(ctx, watch, waiting, asides[path], path, h.marks[path]); err != nil {
			return fail(err)
		}
		delete(asides, path)
		h.order = append(h.order, path)
	}
	go h.beatAll(h.stop)
	return h, nil
}

// takeOne waits for one place to be free and puts the prepared directory there.
func (k *Keeper) takeOne(ctx context.Context, w *watch, waiting func(), aside, path string, m mark) error {
	for {
		// A prepared directory must not look abandoned once it is in place: it
		// may have waited here, or for the place of another one.
		if err := beat(aside, m.Nanos, k.now()); err != nil {
			return fmt.Errorf("lock %s: %w", path, err)
		}
		k.step("place", path)
		taken, err := k.ledger.dirs.place(aside, path)
		if err != nil {
			return fmt.Errorf("lock %s: %w", path, err)
		}
		if !taken {
			return nil
		}
		w.tell(waiting)
		w.look()
		if stale, ok := w.stale(path, k.now()); ok && !k.Spare {
			k.log.Info("taking over a lock nobody keeps alive", "path", path)
			k.step("break", path)
			held, err := k.ledger.dirs.breakStale(path, stale)
			if err != nil {
				return fmt.Errorf("lock %s: %w", path, err)
			}
			if !held {
				continue
			}
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("lock %s: %w", path, ErrBusy)
			}
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// beatAll keeps the locks alive until Release.
func (h *Held) beatAll(stop <-chan struct{}) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		h.mu.Lock()
		for path, m := range h.marks {
			if now, _, err := look(path); err != nil || now != m {
				continue // lost: the fence will say so
			}
			if err := beat(path, m.Nanos, h.keeper.now()); err != nil {
				h.keeper.log.Warn("cannot keep a lock alive", "path", path, "error", err)
			}
		}
		h.mu.Unlock()
	}
}

// Fence says whether every lock is still ours; the error wraps ErrLost. Ask
// right before what the locks are for: a computer that slept may wake up after
// others took them.
func (h *Held) Fence() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, path := range h.order {
		if now, _, err := look(path); err != nil || now != h.marks[path] {
			return fmt.Errorf("%s: %w", path, ErrLost)
		}
	}
	return nil
}

// Release gives the locks back in reverse order. One that is no longer ours
// is left alone. Calling it again is fine.
func (h *Held) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		close(h.stop)
		h.stop = nil
	}
	order := slices.Clone(h.order)
	slices.Reverse(order)
	h.order = nil
	for _, path := range order {
		h.keeper.step("remove", path)
		if err := h.keeper.ledger.dirs.take(path, h.marks[path]); err != nil {
			h.keeper.log.Warn("cannot give a lock back", "path", path, "error", err)
		}
	}
	clear(h.marks)
}
