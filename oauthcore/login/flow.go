package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"baton/oauthcore/provider"
	"baton/oauthcore/secret"

	"golang.org/x/oauth2"
)

const (
	defaultTimeout = 10 * time.Minute
	// linger is how long the listener outlives a finished login, to answer a
	// reloaded page. Cancel cuts it short.
	linger = 30 * time.Second
	// stateBytes of randomness make the state.
	stateBytes = 32
)

// phase is how far a flow is; it only grows.
type phase int

const (
	waiting   phase = iota // for a code
	finishing              // Finish runs
	ended                  // code and err are settled
)

// Flow is one login under way. Its methods may be called from any goroutine.
type Flow struct {
	url      string
	redirect string
	state    string
	verifier secret.Secret
	now      func() time.Time
	expires  time.Time
	finish   func(Code) (string, error)

	server   *http.Server // nil in paste mode, and behind another's server
	listener net.Listener
	hosts    []string // values of the Host header that mean this listener

	mu       sync.Mutex
	phase    phase
	canceled bool // Cancel was called
	code     Code
	who      string
	err      error
	timer    *time.Timer // ends the waiting; later, the lingering
	unhook   func() bool // lets go of Start's context

	turn     chan struct{} // closed when the Finish under way is over
	settled  chan struct{} // closed when code, who and err stand
	answered chan struct{} // closed when the browser has its page, too
}

// Start begins a login and returns at once; URL is then to be opened. The flow
// ends with its code, by its timeout, by Cancel, or with ctx. Until it has
// ended by itself somebody must call Cancel, which is always allowed.
func Start(ctx context.Context, client Authorizer, o Options) (*Flow, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Flow{
		redirect: client.ManualRedirect(),
		state:    newState(),
		verifier: secret.New(oauth2.GenerateVerifier()),
		now:      o.Now,
		expires:  o.Now().Add(o.Timeout),
		settled:  make(chan struct{}),
		answered: make(chan struct{}),
	}
	if o.Finish != nil {
		uncanceled := context.WithoutCancel(ctx)
		f.finish = func(c Code) (string, error) { return o.Finish(uncanceled, c) }
	}
	switch {
	case o.Paste:
	case o.Redirect != "":
		if err := f.served(o.Redirect); err != nil {
			return nil, err
		}
	default:
		if err := f.listen(ctx, o.Listen); err != nil {
			return nil, err
		}
	}
	f.url = client.AuthorizeURL(provider.AuthorizeRequest{
		RedirectURI: f.redirect,
		Challenge:   oauth2.S256ChallengeFromVerifier(f.verifier.Reveal()),
		State:       f.state,
		LoginHint:   o.LoginHint,
		OrgUUID:     o.OrgUUID,
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timer = time.AfterFunc(o.Timeout, func() { f.abort(ErrTimeout) })
	f.unhook = context.AfterFunc(ctx, func() {
		f.abort(fmt.Errorf("%w: %w", ErrCanceled, context.Cause(ctx)))
		f.Cancel()
	})
	if f.server != nil {
		go f.serve()
	}
	return f, nil
}

// newState is RFC 6749 §10.12's value that cannot be guessed. crypto/rand does
// not fail.
func newState() string {
	b := make([]byte, stateBytes)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// URL is the address to open. It holds no secret that outlives the flow.
func (f *Flow) URL() string { return f.url }

// Expires is when the flow gives up waiting.
func (f *Flow) Expires() time.Time { return f.expires }

// Waiting says whether the flow still waits for a code.
func (f *Flow) Waiting() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.phase == waiting
}

// Wait blocks until the login has its code and Finish is through, and gives
// the code and Finish's error; or until the login ends otherwise, with
// ErrTimeout, ErrCanceled or ErrDenied. If ctx ends first it gives ctx's error
// and the flow goes on. It may be called any number of times.
func (f *Flow) Wait(ctx context.Context) (Code, error) {
	select {
	case <-f.answered:
		return f.code, f.err
	default:
	}
	select {
	case <-f.answered:
		return f.code, f.err
	case <-ctx.Done():
		return Code{}, ctx.Err()
	}
}

// Cancel ends the flow and frees its listener; calling it twice is fine. A
// code that has arrived is past canceling: Finish runs on, its browser page is
// still answered, and Wait tells how it went.
func (f *Flow) Cancel() {
	f.abort(ErrCanceled)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.canceled = true
	select {
	case <-f.answered:
		f.release()
	default: // run lets go of the rest once the browser has its page
		if f.listener != nil {
			_ = f.listener.Close()
		}
	}
}

// abort ends a flow that is still waiting.
func (f *Flow) abort(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase != waiting {
		return
	}
	f.settle(Code{}, "", err)
	f.release() // first: who waits may look at the port next
	close(f.answered)
}

// take claims the flow for one answer whose state was checked. It fails if
// another came first or time is up: after a computer slept, the clock knows
// that before the timer does.
func (f *Flow) take() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase == waiting && !f.now().Before(f.expires) {
		f.settle(Code{}, "", ErrTimeout)
		close(f.answered)
		f.leave()
	}
	switch f.phase {
	case waiting:
		f.phase = finishing
		f.turn = make(chan struct{})
		f.timer.Stop()
		return nil
	case finishing:
		return ErrDone
	}
	if f.err != nil {
		return f.err
	}
	return ErrDone
}

// run carries a taken flow to its end; answer then tells the browser. It returns
// an error only if the code was pasted and Finish wants another one: then the
// flow waits again.
func (f *Flow) run(code secret.Secret, denied error, pasted bool, answer func()) error {
	c := Code{Code: code, Verifier: f.verifier, RedirectURI: f.redirect, State: f.state}
	var who string
	err := denied
	if err == nil && f.finish != nil {
		// Not in the server's goroutine, which would swallow a panic and leave
		// Wait waiting.
		done := make(chan struct{})
		go func() {
			defer close(done)
			who, err = f.finish(c)
		}()
		<-done
	}
	if denied != nil {
		c = Code{}
	}
	f.mu.Lock()
	if pasted && errors.Is(err, ErrCode) && !f.canceled && f.now().Before(f.expires) {
		defer f.mu.Unlock()
		f.phase = waiting
		f.timer = time.AfterFunc(f.expires.Sub(f.now()), func() { f.abort(ErrTimeout) })
		close(f.turn)
		return err
	}
	f.settle(c, who, err)
	close(f.turn)
	f.mu.Unlock()
	answer()
	close(f.answered)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leave()
	return nil
}

// leave lets go of everything, at once or after lingering. The lock is held.
func (f *Flow) leave() {
	if f.server == nil || f.canceled {
		f.release()
		return
	}
	f.timer.Stop()
	f.timer = time.AfterFunc(linger, f.Cancel)
}

// settle fixes the outcome. The lock is held.
func (f *Flow) settle(c Code, who string, err error) {
	f.phase, f.code, f.who, f.err = ended, c, who, err
	close(f.settled)
}

// release lets go of everything. The lock is held.
func (f *Flow) release() {
	f.timer.Stop()
	f.unhook()
	if f.server != nil {
		// Close and not Shutdown: who matters has been answered.
		_ = f.server.Close()
		_ = f.listener.Close()
	}
}

// stateBegins says whether the state begins with text and goes on after it.
func (f *Flow) stateBegins(text string) bool {
	return len(text) < len(f.state) && subtle.ConstantTimeCompare([]byte(text), []byte(f.state[:len(text)])) == 1
}

// sameState compares in constant time.
func (f *Flow) sameState(state string) bool {
	return subtle.ConstantTimeCompare([]byte(state), []byte(f.state)) == 1
}
