//go:build !js

package single

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"baton/oauthcore/files"
)

// ErrRunning says that another instance runs and was told what there was to
// tell: this one has nothing left to do.
var ErrRunning = errors.New("it is open already")

// ErrSilent says that another instance runs and does not answer. The error of
// Claim is then a *SilentError.
var ErrSilent = errors.New("it is open already and does not answer")

// SilentError is ErrSilent with what is known of the other instance.
type SilentError struct {
	PID int // its process, 0 where the system does not tell
}

func (e *SilentError) Error() string { return ErrSilent.Error() }
func (e *SilentError) Unwrap() error { return ErrSilent }

const (
	// answerWait is how long the other instance has to answer, and how long one
	// that is starting or ending is waited for.
	answerWait = 5 * time.Second
	// lockWait is for the lock alone: whoever holds it holds it for long.
	lockWait = 20 * time.Millisecond
)

// Request is what another instance is asked, a line on the socket. All are of
// one length.
type Request string

// The requests.
const (
	Show  Request = "show\n" // that its window comes to the front
	Greet Request = "live\n" // nothing but an answer
)

// answered is the other line.
const answered = "yes\n"

// Instance is the one instance there is.
type Instance struct {
	raise    chan struct{}
	listener net.Listener
	release  func()
	log      *slog.Logger
	once     sync.Once
	serving  sync.WaitGroup // the goroutine that accepts
}

// Claim makes this process the one instance, or asks the one there is. The
// error wraps ErrRunning, ErrSilent, ErrPlace or that of the system; ctx ends the waiting for the other instance early.
func Claim(ctx context.Context, p Place, what Request, log *slog.Logger) (*Instance, error) {
	lock, socket, err := p.files()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	locks := &files.Locks{}
	silent := &SilentError{}
	for {
		try, done := context.WithTimeout(ctx, lockWait)
		release, err := locks.Lock(try, lock)
		taken := try.Err() != nil // else it is not the lock's being taken that is wrong
		done()
		switch {
		case err == nil:
			return listen(socket, release, log)
		case !taken:
			return nil, err
		}
		// Where nobody listens the other one is just starting, or just ending:
		// the next try tells which.
		pid, err := ask(ctx, socket, what)
		if err == nil {
			return nil, ErrRunning
		}
		silent.PID = max(silent.PID, pid)
		if ctx.Err() != nil {
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, ctx.Err()
			}
			return nil, silent
		}
	}
}

// Running says whether an instance is there that answers. Nothing is claimed,
// shown or made; ctx bounds the waiting.
func Running(ctx context.Context, p Place) bool {
	_, socket, err := p.files()
	if err != nil {
		return false
	}
	_, err = ask(ctx, socket, Greet)
	return err == nil
}

// ask tells the other instance something and waits for its answer. pid is its
// process, where the system tells.
func ask(ctx context.Context, socket string, what Request) (pid int, err error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }() // the answer was read, or will not come
	pid = peer(c)
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(c, string(what)); err != nil {
		return pid, err
	}
	answer := make([]byte, len(answered))
	if _, err := io.ReadFull(c, answer); err != nil {
		return pid, err
	}
	if string(answer) != answered {
		return pid, fmt.Errorf("it answered %q", answer)
	}
	return pid, nil
}

// listen begins to answer. Whoever holds the lock owns the socket: one that
// lies there was left by a process that ended without a word.
func listen(socket string, release func(), log *slog.Logger) (*Instance, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		release()
		return nil, err
	}
	l, err := net.Listen("unix", socket)
	if err == nil {
		if err = restrict(socket); err != nil {
			_ = l.Close() // the first error is the one to tell
		}
	}
	if err != nil {
		release()
		return nil, err
	}
	i := &Instance{raise: make(chan struct{}, 1), listener: l, release: release, log: log}
	i.serving.Go(i.serve)
	return i, nil
}
