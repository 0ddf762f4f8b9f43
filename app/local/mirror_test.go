//go:build !js

package local_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/oauthcore/mirror"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// memory is a keyring in memory. What it does at the start of each call is up
// to the test.
type memory struct {
	mu     sync.Mutex
	items  map[string]string
	before func(context.Context) error
}

func (m *memory) at(ctx context.Context) error {
	if m.before != nil {
		return m.before(ctx)
	}
	return ctx.Err()
}

func (m *memory) Get(ctx context.Context, name string) (secret.Secret, error) {
	if err := m.at(ctx); err != nil {
		return secret.Secret{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.items[name]; ok {
		return secret.New(v), nil
	}
	return secret.Secret{}, mirror.ErrNoCopy
}

func (m *memory) Put(ctx context.Context, name string, value secret.Secret) error {
	if err := m.at(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[name] = value.Reveal()
	return nil
}

func (m *memory) Delete(ctx context.Context, name string) error {
	if err := m.at(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, name)
	return nil
}

// mirrored opens a home with five accounts whose keyring is m, switched on by
// the environment.
func mirrored(t *testing.T, m *memory) *local.Backend {
	t.Helper()
	p := providertest.NewProvider(providertest.Options{})
	if _, err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	home, err := demo.NewHome(t.TempDir(), p, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	set := home.Setenv()
	set["BATON_KEYRING"] = " ON "
	b, err := local.New(local.Config{
		Getenv:  func(name string) string { return set[name] },
		Home:    func() (string, error) { return home.Dir, nil },
		Keyring: func(bool) mirror.Keyring { return m },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func do(t *testing.T, b *local.Backend, a backend.Action) backend.Result {
	t.Helper()
	r, err := b.Do(t.Context(), a)
	if err != nil {
		t.Fatalf("%+v: %v", a, err)
	}
	return r
}

// What an action changes is copied behind its back, and is in the keyring by
// the time the backend is closed.
func TestActionsAreCopied(t *testing.T) {
	m := &memory{items: map[string]string{}}
	b := mirrored(t, m)
	do(t, b, backend.Action{Kind: backend.ActionSwap, Key: "ada@corp.example"})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if len(m.items) != 6 {
		t.Errorf("%d items, want five copies and their index", len(m.items))
	}
	k := do(t, b, backend.Action{Kind: backend.ActionKeyringStatus})
	if k.Keyring == nil || !k.Keyring.On || !k.Keyring.ByEnvironment || k.Keyring.State != "ok" || len(k.Each) != 5 {
		t.Fatalf("%+v", k)
	}
	for _, row := range k.Each {
		if row.Copy != backend.CopyOK || row.CopiedLive != (row.Key == "ada@corp.example") {
			t.Errorf("%+v", row)
		}
	}
	again := do(t, b, backend.Action{Kind: backend.ActionKeyringRestore, All: true})
	if !slices.ContainsFunc(again.Each, func(r backend.AccountResult) bool {
		return r.Key == "lab@uni.example" && r.OK && r.Copy == backend.CopyKept
	}) {
		t.Errorf("%+v", again.Each)
	}
	if r, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionKeyringPush, Key: "nobody"}); backend.AsProblem(err).Code != backend.ProblemNotFound {
		t.Errorf("%+v, %v", r, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// A keyring that never answers keeps no action from its answer, and the end of
// the process only for a while. This one hangs until the closing gives it up: an
// action that waited for it would wait for ever.
func TestAHangingKeyringKeepsNobody(t *testing.T) {
	asked := make(chan struct{}, 100)
	m := &memory{items: map[string]string{}, before: func(ctx context.Context) error {
		asked <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}}
	b := mirrored(t, m)
	since := time.Now()
	do(t, b, backend.Action{Kind: backend.ActionSwap, Key: "ada@corp.example"})
	<-asked
	var worst time.Duration
	for range 5 {
		one := time.Now()
		do(t, b, backend.Action{Kind: backend.ActionSwap, Key: "-"})
		worst = max(worst, time.Since(one))
	}
	t.Logf("measured: six swaps with a keyring that hangs took %v, the slowest of five %v", time.Since(since).Round(time.Millisecond), worst.Round(time.Millisecond))
	since = time.Now()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("measured: closing beside a keyring that hangs took %v", time.Since(since).Round(time.Millisecond))
	if len(m.items) != 0 {
		t.Error("something was written after all")
	}
}

// What the keyring says is what the person is told.
func TestAKeyringInTroubleIsTold(t *testing.T) {
	m := &memory{items: map[string]string{}, before: func(context.Context) error {
		return &view.Problem{Code: view.CodeKeyring, Message: "the keyring is locked", Hint: "unlock it"}
	}}
	b := mirrored(t, m)
	for _, kind := range []backend.ActionKind{backend.ActionKeyringPush, backend.ActionKeyringRestore} {
		_, err := b.Do(t.Context(), backend.Action{Kind: kind, All: true})
		var p *backend.Problem
		if !errors.As(err, &p) || p.Code != backend.ProblemKeyring || p.Message != "the keyring is locked" || p.Hint != "unlock it" || p.Code.ExitCode() != 1 {
			t.Errorf("%s: %v", kind, err)
		}
	}
	k := do(t, b, backend.Action{Kind: backend.ActionKeyringStatus}).Keyring
	if k == nil || k.Problem == nil || k.Problem.Message != "the keyring is locked" {
		t.Errorf("%+v", k)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}
