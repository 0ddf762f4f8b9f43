package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

var (
	// ErrBusy says that another holder kept a lock until the time was up.
	ErrBusy = errors.New("another program is busy with it")
	// ErrLost says that a lock is not, or no longer, held: its file was removed
	// or replaced, so that another process can lock the new one.
	ErrLost = errors.New("the lock was lost")
)

// Locks takes locks on files by path. The zero value is ready; one process
// uses one Locks, since it also keeps the process's own goroutines apart:
// where a file system emulates flock by record locks, those see only other
// processes.
type Locks struct {
	mu    sync.Mutex
	turns map[string]chan struct{}
	held  map[string]*flock.Flock
	// Tests replace these; nil is the operating system.
	try  func(*flock.Flock) (bool, error)
	stat func(path string) (fs.FileInfo, error)
}

// pollEvery is how often a taken lock is tried again.
const pollEvery = 5 * time.Millisecond

// Lock takes the lock at path, making the file and its folder if missing, and
// waits until ctx ends. The operating system releases the lock when the process
// ends. release may be called more than once.
//
// The error wraps ErrBusy only if another holder had the lock until ctx's
// deadline, and is ctx's own if it was cancelled. A lock that cannot be had for
// another reason (permission, a read-only file system, one without locks, a
// folder at path) is that error, at once; see ReasonOf. It wraps ErrLost if the
// lock file was replaced again and again until the deadline.
func (l *Locks) Lock(ctx context.Context, path string) (release func(), err error) {
	path = filepath.Clean(path)
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, ctx.Err()
	}
	turn := l.turn(path)
	select {
	case turn <- struct{}{}:
	default:
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return nil, ended(ctx, path, ErrBusy)
		}
	}
	f, err := l.take(ctx, path)
	if err != nil {
		<-turn
		return nil, err
	}
	l.hold(path, f)
	var once sync.Once
	return func() {
		once.Do(func() {
			l.hold(path, nil)
			_ = f.Unlock() // closing the descriptor releases it whatever Unlock returns
			<-turn
		})
	}, nil
}

// take waits for the operating system's lock on the file that is at path.
func (l *Locks) take(ctx context.Context, path string) (*flock.Flock, error) {
	for {
		f, ok, err := l.takeOnce(path)
		switch {
		case err != nil:
			return nil, fmt.Errorf("lock %s: %w", path, err)
		case ok:
			same, err := l.names(path, f)
			if same && err == nil {
				return f, nil
			}
			_ = f.Unlock()
			if err != nil {
				return nil, fmt.Errorf("lock %s: %w", path, err)
			}
			if ctx.Err() != nil {
				return nil, ended(ctx, path, ErrLost)
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil, ended(ctx, path, ErrBusy)
		case <-time.After(pollEvery):
		}
	}
}

// takeOnce tries once. The file is made apart from flock, to belong to the
// folder's owner.
func (l *Locks) takeOnce(path string) (f *flock.Flock, ok bool, err error) {
	if err := (OS{}).MkdirAll(filepath.Dir(path)); err != nil {
		return nil, false, err
	}
	made, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDONLY, 0o600)
	if err == nil {
		giveFile(made)
		err = made.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, false, err
	}
	f = flock.New(path, flock.SetPermissions(0o600))
	if l.try != nil {
		ok, err = l.try(f)
	} else {
		ok, err = f.TryLock()
	}
	return f, ok, err
}

// names reports whether path still names the file that f has locked. Where the
// file system gives a file another inode number each time it is asked (sshfs),
// any file at path counts.
func (l *Locks) names(path string, f *flock.Flock) (bool, error) {
	stat := l.stat
	if stat == nil {
		stat = os.Stat
	}
	ours, err := f.Stat()
	if err != nil {
		return false, err
	}
	now, err := stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if os.SameFile(ours, now) {
		return true, nil
	}
	again, err := stat(path)
	return err == nil && !os.SameFile(now, again), nil
}

// Still checks a lock that this Locks has taken. The error wraps ErrLost if it
// is not held, or if its file was removed or replaced meanwhile; else it is
// that of looking at the file.
func (l *Locks) Still(path string) error {
	path = filepath.Clean(path)
	l.mu.Lock()
	f := l.held[path]
	l.mu.Unlock()
	if f == nil {
		return fmt.Errorf("lock %s: %w", path, ErrLost)
	}
	same, err := l.names(path, f)
	if err == nil && !same {
		err = ErrLost
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	return nil
}

// turn is the lock among this process's goroutines.
func (l *Locks) turn(path string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turns == nil {
		l.turns = map[string]chan struct{}{}
	}
	if l.turns[path] == nil {
		l.turns[path] = make(chan struct{}, 1)
	}
	return l.turns[path]
}

// hold notes who holds path for Still, nil for released.
func (l *Locks) hold(path string, f *flock.Flock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f == nil {
		delete(l.held, path)
		return
	}
	if l.held == nil {
		l.held = map[string]*flock.Flock{}
	}
	l.held[path] = f
}

// ended is why Lock gave up when ctx did.
func ended(ctx context.Context, path string, why error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("lock %s: %w", path, why)
	}
	return ctx.Err()
}
