//go:build cgo || js

package gui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"baton/app/backend"
)

// fake is a whole backend in memory: actions change its accounts and events
// tell of it.
type fake struct {
	mu      sync.Mutex
	now     func() time.Time
	snap    backend.Snapshot
	refuse  map[backend.ActionKind]*backend.Problem
	gate    chan struct{} // when set, Do waits for it or for its context
	calls   []backend.Action
	takes   int
	readers map[chan backend.Event]bool

	loginErr *backend.Problem
	modes    []backend.LoginMode
	flow     *fakeFlow
}

func newFake(now func() time.Time, s backend.Snapshot) *fake {
	return &fake{
		now: now, snap: s,
		refuse:  map[backend.ActionKind]*backend.Problem{},
		readers: map[chan backend.Event]bool{},
	}
}

func (f *fake) Snapshot() backend.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.takes++
	s := f.snap
	s.TakenAt = f.now()
	s.Accounts = append([]backend.Account(nil), f.snap.Accounts...)
	for i := range s.Accounts {
		s.Accounts[i] = s.Accounts[i].At(s.TakenAt)
	}
	return s
}

func (f *fake) Events(ctx context.Context) <-chan backend.Event {
	c := make(chan backend.Event, 16)
	f.mu.Lock()
	f.readers[c] = true
	f.mu.Unlock()
	context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.readers, c)
		close(c)
	})
	return c
}

func (f *fake) emit(e backend.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.readers {
		select {
		case c <- e:
		default: // a slow reader loses duplicates only
		}
	}
}

func (f *fake) Do(ctx context.Context, a backend.Action) (backend.Result, error) {
	f.mu.Lock()
	f.calls = append(f.calls, a)
	gate, refused := f.gate, f.refuse[a.Kind]
	f.mu.Unlock()
	if gate != nil {
		f.emit(backend.Event{Kind: backend.EventProgress, Key: a.Key, Wait: backend.WaitClient})
		select {
		case <-gate:
		case <-ctx.Done():
			return backend.Result{}, &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled", Err: ctx.Err()}
		}
	}
	if refused != nil {
		return backend.Result{}, refused
	}
	r, p := f.change(a)
	if p != nil {
		return backend.Result{}, p
	}
	f.emit(backend.Event{Kind: backend.EventChanged})
	return r, nil
}

func (f *fake) change(a backend.Action) (backend.Result, *backend.Problem) {
	f.mu.Lock()
	defer f.mu.Unlock()
	accounts := append([]backend.Account(nil), f.snap.Accounts...)
	f.snap.Accounts = accounts
	if a.Kind == backend.ActionImport {
		key := f.snap.Live.Email
		accounts = append(accounts, backend.Account{Key: key, Email: key, State: backend.StateReady, Active: true})
		f.snap.Accounts, f.snap.Active, f.snap.Live.Reason = accounts, key, ""
		return backend.Result{Key: key, Added: true}, nil
	}
	if a.All {
		r := backend.Result{}
		for _, one := range accounts {
			r.Each = append(r.Each, backend.AccountResult{Key: one.Key, OK: true})
		}
		return r, nil
	}
	if a.Kind == backend.ActionConfigure {
		f.snap.Settings = slices.Clone(f.snap.Settings)
		for i := range f.snap.Settings {
			if f.snap.Settings[i].Key == a.Setting {
				f.snap.Settings[i].Value = a.Value
			}
		}
		return backend.Result{}, nil
	}
	at := -1
	for i := range accounts {
		if accounts[i].Key == a.Key {
			at = i
		}
	}
	if at < 0 {
		return backend.Result{}, &backend.Problem{Code: backend.ProblemNotFound, Message: "no account is called " + a.Key}
	}
	r := backend.Result{Key: a.Key}
	if a.Kind == backend.ActionMove {
		one := accounts[at]
		f.snap.Accounts = slices.Insert(slices.Delete(accounts, at, at+1), a.Place, one)
		return r, nil
	}
	switch it := &accounts[at]; a.Kind {
	case backend.ActionSwap:
		r.From, r.To = f.snap.Active, a.Key
		if a.SetAside {
			r.SetAside = "set-aside/1.json"
		}
		for i := range accounts {
			accounts[i].Active = i == at
		}
		f.snap.Active, f.snap.Next = a.Key, nil
		if r.From != r.To && r.From != "" {
			f.snap.LastSwap = &backend.LastSwap{From: r.From, To: r.To, At: f.now()}
		}
	case backend.ActionPause:
		it.State = backend.StatePaused
	case backend.ActionResume, backend.ActionUnlimit:
		it.State, it.LimitedUntil = backend.StateReady, time.Time{}
	case backend.ActionLimit:
		it.State, it.LimitedUntil = backend.StateLimited, a.Until
	case backend.ActionRename:
		it.Label = a.Label
	case backend.ActionRemove:
		f.snap.Accounts = append(accounts[:at], accounts[at+1:]...)
	case backend.ActionRefresh, backend.ActionUsage:
		r.Each = []backend.AccountResult{{Key: a.Key, OK: true}}
	}
	return r, nil
}

func (f *fake) called() []backend.Action {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]backend.Action(nil), f.calls...)
}

func (f *fake) Login(ctx context.Context, m backend.LoginMode) (backend.LoginFlow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.modes = append(f.modes, m)
	if f.loginErr != nil {
		return nil, f.loginErr
	}
	f.flow = &fakeFlow{f: f, paste: m.Paste, done: make(chan error, 1), gone: make(chan struct{})}
	return f.flow, nil
}

type fakeFlow struct {
	f     *fake
	paste bool
	done  chan error
	once  sync.Once
	gone  chan struct{}
}

func (l *fakeFlow) URL() string {
	return "http://127.0.0.1:1/oauth/authorize?code=true&client_id=test&response_type=code&state=TEST"
}

func (l *fakeFlow) Paste(code string) error {
	switch code = strings.TrimSpace(code); {
	case code == "good#TEST" || strings.HasSuffix(code, "?code=good&state=TEST"):
	case !strings.Contains(code, "#"):
		return &backend.Problem{Code: backend.ProblemUsage, Message: "the part after # is missing", Err: errors.Join(backend.ErrPasteAgain, backend.ErrPasteMore)}
	default:
		return &backend.Problem{Code: backend.ProblemUsage, Message: "that code belongs to another login", Hint: "copy it again", Err: backend.ErrPasteAgain}
	}
	l.done <- nil
	return nil
}

func (l *fakeFlow) Wait(ctx context.Context) (backend.LoginResult, error) {
	select {
	case err := <-l.done:
		if err != nil {
			return backend.LoginResult{}, err
		}
	case <-l.gone:
		return backend.LoginResult{}, &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled"}
	case <-ctx.Done():
		return backend.LoginResult{}, &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled"}
	}
	f := l.f
	f.mu.Lock()
	f.snap.Accounts = append(append([]backend.Account(nil), f.snap.Accounts...),
		backend.Account{Key: "fresh@example.com", Email: "fresh@example.com", Plan: "pro", State: backend.StateReady})
	f.mu.Unlock()
	f.emit(backend.Event{Kind: backend.EventChanged})
	return backend.LoginResult{Key: "fresh@example.com"}, nil
}

func (l *fakeFlow) Cancel() { l.once.Do(func() { close(l.gone) }) }

func (l *fakeFlow) canceled() bool {
	select {
	case <-l.gone:
		return true
	default:
		return false
	}
}
