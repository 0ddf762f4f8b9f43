package files

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// ErrBusy says that a lock was still taken when its time ran out.
var ErrBusy = errors.New("another program is busy with it")

// Locks takes locks on files by path. The zero value is ready; one process
// uses one Locks, since it also keeps the process's own goroutines apart:
// where a file system emulates flock by record locks, those see only other
// processes.
type Locks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// pollEvery is how often a taken lock is tried again.
const pollEvery = 5 * time.Millisecond

// Lock takes the lock at path, making the file and its folder where missing,
// and waits until ctx ends. The error wraps ErrBusy where ctx had a deadline
// that passed, ctx's own error where it was cancelled. release may be called
// more than once. The operating system releases the lock when the process ends.
func (l *Locks) Lock(ctx context.Context, path string) (release func(), err error) {
	path = filepath.Clean(path)
	turn := l.turn(path)
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ended(ctx, path)
	}
	if err := (OS{}).MkdirAll(filepath.Dir(path)); err != nil {
		<-turn
		return nil, err
	}
	f := flock.New(path, flock.SetPermissions(0o600))
	ok, err := f.TryLockContext(ctx, pollEvery)
	if err != nil || !ok {
		<-turn
		if ctx.Err() != nil {
			return nil, ended(ctx, path)
		}
		return nil, fmt.Errorf("lock %s: %w", path, errors.Join(err, ErrBusy))
	}
	var once sync.Once
	return func() {
		once.Do(func() {
			_ = f.Unlock() // closing the descriptor releases it whatever Unlock says
			<-turn
		})
	}, nil
}

func (l *Locks) turn(path string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	if l.held[path] == nil {
		l.held[path] = make(chan struct{}, 1)
	}
	return l.held[path]
}

func ended(ctx context.Context, path string) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("lock %s: %w", path, ErrBusy)
	}
	return ctx.Err()
}
