//go:build !js

package local

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"baton/app/backend"
	"baton/keyring"
	"baton/oauthcore/mirror"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

const (
	// keyringService is what all of Baton's items in a keyring belong to.
	keyringService = "baton"
	// quietWait is how long the keyring has to answer in the background,
	// askedWait how long where the person may have to type its password.
	quietWait = 3 * time.Second
	askedWait = 60 * time.Second
	// closeWait is how long the end of the process waits for copies under way:
	// a little more than one answer, so that a keyring that hangs is noted.
	closeWait = quietWait + time.Second
)

// systemKeyring is the system's keyring as the core sees it.
func systemKeyring(asked bool) mirror.Keyring {
	if asked {
		return ring{keyring.Client{Service: keyringService, Wait: askedWait}}
	}
	return ring{keyring.Client{Service: keyringService, Wait: quietWait, Quiet: true}}
}

type ring struct{ client keyring.Client }

func (r ring) Get(ctx context.Context, name string) (secret.Secret, error) {
	value, err := r.client.Get(ctx, name)
	return value, keyringError(err)
}

func (r ring) Put(ctx context.Context, name string, value secret.Secret) error {
	return keyringError(r.client.Put(ctx, name, value))
}

func (r ring) Delete(ctx context.Context, name string) error {
	return keyringError(r.client.Delete(ctx, name))
}

// keyringError puts the keyring's error into the core's words.
func keyringError(err error) error {
	var e *keyring.Error
	if !errors.As(err, &e) {
		return err // nil, or the context's
	}
	cause := err
	switch e.State {
	case keyring.StateMissing:
		cause = errors.Join(mirror.ErrNoCopy, err)
	case keyring.StateTooBig:
		cause = errors.Join(mirror.ErrTooBig, err)
	case keyring.StateTimeout:
		cause = errors.Join(mirror.ErrSilent, err)
	}
	return &view.Problem{Code: view.CodeKeyring, Message: e.Error(), Hint: e.Next(), Err: cause}
}

// mirrorSwitch is the environment's word on copies.
func mirrorSwitch(getenv func(string) string) string {
	return strings.ToLower(strings.TrimSpace(getenv("BATON_KEYRING")))
}

// mirroring is the copying in the background: one at a time, once more where
// something changed meanwhile.
type mirroring struct {
	mu      sync.Mutex
	running bool
	again   bool
	idle    chan struct{} // closed when the one that runs has ended
	stop    context.CancelFunc
}

// mayMirror says that copies are worth a look after an action. A status line
// comes by every few seconds and has to be quick, and who only asks how the
// copies stand shall find them as they are.
func mayMirror(kind backend.ActionKind) bool {
	return kind != backend.ActionReport && kind != backend.ActionKeyringStatus
}

// mirrorSoon copies what changed into the keyring, behind the back of whatever
// goes on. Trouble is noted by the core and no reason to fail.
func (b *Backend) mirrorSoon() {
	m := &b.mirror
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running {
		m.again = true
		return
	}
	var ctx context.Context
	ctx, m.stop = context.WithCancel(context.Background())
	m.running, m.idle = true, make(chan struct{})
	go func() {
		for more := true; more; more = m.more(ctx) {
			if _, err := b.copies.Push(ctx, mirror.PushRequest{}); err != nil {
				b.Log.Info("not copied to the keyring", "error", err)
			}
		}
	}()
}

// more says whether to copy once more; where not, it was the last time.
func (m *mirroring) more(ctx context.Context) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	again := m.again && ctx.Err() == nil
	m.again = false
	if !again {
		m.running = false
		m.stop()
		close(m.idle)
	}
	return again
}

// mirrorEnd waits for copies under way, and ends them where that takes long.
func (b *Backend) mirrorEnd() {
	m := &b.mirror
	m.mu.Lock()
	running, idle, stop := m.running, m.idle, m.stop
	m.mu.Unlock()
	if !running {
		return
	}
	timer := time.AfterFunc(closeWait, stop)
	defer timer.Stop()
	<-idle // stop kills the helper it may wait for
}

// keyringStatus says how the copies stand.
func (b *Backend) keyringStatus(ctx context.Context) (backend.Result, error) {
	st, err := b.copies.Status(ctx)
	if err != nil {
		return backend.Result{}, err
	}
	k := &backend.Keyring{On: st.On, ByEnvironment: st.ByEnvironment, State: string(keyring.StateOK), Trouble: st.Trouble}
	if st.Err != nil {
		k.Problem, k.State = problem(st.Err), "off"
		var e *keyring.Error
		if errors.As(st.Err, &e) {
			k.State = string(e.State)
		}
	}
	return backend.Result{Keyring: k, Each: copyRows(st.Rows)}, nil
}

// keyringPush copies what the person asked for.
func (b *Backend) keyringPush(ctx context.Context, a backend.Action) (backend.Result, error) {
	rows, err := b.copies.Push(ctx, mirror.PushRequest{Name: a.Key, Asked: true})
	return backend.Result{Each: copyRows(rows)}, err
}

// keyringRestore takes logins back.
func (b *Backend) keyringRestore(ctx context.Context, a backend.Action) (backend.Result, error) {
	rows, err := b.copies.Restore(ctx, mirror.RestoreRequest{Name: a.Key, Force: a.Yes})
	return backend.Result{Each: copyRows(rows)}, err
}

func copyRows(rows []mirror.Row) []backend.AccountResult {
	out := make([]backend.AccountResult, 0, len(rows))
	for _, r := range rows {
		row := backend.AccountResult{Key: r.Key, OK: r.Err == nil, Copy: string(r.State), CopiedLive: r.Live, Note: r.Note}
		if r.Err != nil {
			row.Problem = problem(r.Err)
		}
		out = append(out, row)
	}
	return out
}
