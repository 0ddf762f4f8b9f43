//go:build !js

package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/local"
)

// doubt has Claude Code told to log in again, at an address, and gives the
// account that is about.
func (w *watched) doubt(b *local.Backend, address string) backend.Account {
	w.Helper()
	ctx := w.Context()
	if _, err := b.Do(ctx, backend.Action{Kind: backend.ActionImport}); err != nil {
		w.Fatal(err)
	}
	told, err := json.Marshal(map[string]string{
		"hook_event_name": "StopFailure", "error": "authentication_failed",
		"last_assistant_message": "OAuth token expired. Please log in: " + address,
	})
	if err != nil {
		w.Fatal(err)
	}
	done, err := b.Do(ctx, backend.Action{Kind: backend.ActionFailure, Told: string(told)})
	if err != nil || !done.News {
		w.Fatalf("%+v, %v", done, err)
	}
	a, ok := b.Snapshot().Find(done.Key)
	if !ok || a.LoginAddress != address || !a.Has(backend.NoticeUnsure) {
		w.Fatalf("the account is %+v", a)
	}
	return a
}

// loggedIn stands for the program that waited for the login: it writes what
// Claude Code reads.
func (w *watched) loggedIn(key string) {
	w.Helper()
	for _, r := range w.home.Residents {
		if r.Key != key {
			continue
		}
		c, err := w.from.Issue(r.Person.AccountUUID, r.Person.OrganizationUUID)
		if err != nil {
			w.Fatal(err)
		}
		doc, err := json.Marshal(map[string]any{"claudeAiOauth": map[string]any{
			"accessToken": c.AccessToken.Reveal(), "refreshToken": c.RefreshToken.Reveal(), "expiresAt": c.ExpiresAt.UnixMilli(),
			"scopes": c.Scopes, "subscriptionType": r.Person.Plan(), "accountUuid": c.AccountUUID, "organizationUuid": c.OrganizationUUID,
		}})
		if err != nil {
			w.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.home.Dir, ".claude", ".credentials.json"), doc, 0o600); err != nil {
			w.Fatal(err)
		}
		return
	}
	w.Fatalf("nobody is called %s", key)
}

// awaited is a login address that somebody listens at until the test is over.
func awaited(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return "http://" + l.Addr().String() + "/oauth/authorize"
}

// The login goes on where Claude Code was told to, and the account is well once
// it has come through Claude Code's files.
func TestALoginWhereClaudeCodeWasToldTo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := newHome(t)
	b := w.open()
	a := w.doubt(b, awaited(t))
	flow, err := b.Login(ctx, backend.LoginMode{Again: a.Key, Email: a.Email})
	if err != nil || flow.URL() != a.LoginAddress {
		t.Fatalf("the login goes on at %v, %v", flow, err)
	}
	if backend.AsProblem(flow.Paste("code#state")).Code != backend.ProblemUsage {
		t.Error("it takes a code that is not its own")
	}
	w.loggedIn(a.Key)
	got, err := flow.Wait(ctx)
	if err != nil || got.Key != a.Key || !got.Known || !got.Live {
		t.Fatalf("ended with %+v, %v", got, err)
	}
	after, _ := w.open().Snapshot().Find(a.Key) // as a process that knows nothing of it
	if after.LoginAddress != "" || after.State != backend.StateReady || after.Has(backend.NoticeUnsure) || after.Problem != nil {
		t.Errorf("the account is not well: %+v", after)
	}
}

// It can be given up, and ends with who waits for it.
func TestALoginElsewhereIsGivenUp(t *testing.T) {
	w := newHome(t)
	b := w.open()
	a := w.doubt(b, awaited(t))
	for name, stop := range map[string]func(backend.LoginFlow, context.CancelFunc){
		"canceled":    func(f backend.LoginFlow, _ context.CancelFunc) { f.Cancel(); f.Cancel() },
		"nobody left": func(_ backend.LoginFlow, gone context.CancelFunc) { gone() },
	} {
		t.Run(name, func(t *testing.T) {
			flow, err := b.Login(t.Context(), backend.LoginMode{Again: a.Key})
			if err != nil {
				t.Fatal(err)
			}
			ctx, gone := context.WithCancel(t.Context())
			defer gone()
			stop(flow, gone)
			_, err = flow.Wait(ctx)
			var p *backend.Problem
			if !errors.As(err, &p) || p.Code != backend.ProblemCanceled {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// An address that is not good, or at which nobody waits, leads to Baton's own
// login.
func TestAnAddressThatLeadsNowhere(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String() + "/oauth/authorize"
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{closed, "https://evil.example/oauth/authorize", "http://192.0.2.1:80/oauth/authorize"} {
		w := newHome(t)
		b := w.open()
		a := w.doubt(b, address)
		flow, err := b.Login(t.Context(), backend.LoginMode{Again: a.Key, Email: a.Email})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(flow.URL(), w.from.URL()+"/oauth/authorize?") || !strings.Contains(flow.URL(), "login_hint=") {
			t.Errorf("%s led to %s", address, flow.URL())
		}
		flow.Cancel()
	}
}
