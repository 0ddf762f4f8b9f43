//go:build !js

package client_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/app/backend"
	"baton/app/web/client"
)

// Two pages on one server show the same, at once, and what goes over the wire
// comes out as it went in.
func TestTwoPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		f.change("ada@example.com")
		s := newSite(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		one, two := s.page(ctx, nil), s.page(ctx, nil)
		told := two.Events(ctx)
		synctest.Wait()
		f.change("bob@example.com")
		synctest.Wait()
		for _, b := range []*client.Backend{one, two} {
			got, want := b.Snapshot(), f.Snapshot()
			if got.Active != "bob@example.com" || got.Accounts[0].Usage.FiveHour.Percent != 12.5 || !got.TakenAt.Equal(want.TakenAt) ||
				!got.Accounts[0].Usage.ObservedAt.Equal(want.Accounts[0].Usage.ObservedAt) {
				t.Errorf("a page shows %+v", got)
			}
		}
		f.hub.Send(backend.Event{Kind: backend.EventProgress, Key: "k", Wait: backend.WaitClient})
		changes := 0
		e := <-told
		for ; e.Kind == backend.EventChanged; e = <-told {
			changes++
		}
		if changes == 0 || e != (backend.Event{Kind: backend.EventProgress, Key: "k", Wait: backend.WaitClient}) {
			t.Errorf("told of %d changes and %+v", changes, e)
		}
		cancel()
		s.stop()
		synctest.Wait()
	})
}

// An action's result and its problem arrive both; giving up arrives as well.
func TestDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		f.change("ada@example.com")
		s := newSite(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		b := s.page(ctx, nil)
		f.do = func(_ context.Context, a backend.Action) (backend.Result, error) {
			f.change(a.Key)
			return backend.Result{To: a.Key, Notes: []string{"n"}}, &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "m", Hint: "h", Key: a.Key}
		}
		r, err := b.Do(ctx, backend.Action{Kind: backend.ActionSwap, Key: "bob@example.com"})
		var p *backend.Problem
		if !errors.As(err, &p) || p.Code != backend.ProblemNeedsLogin || p.Message != "m" || p.Hint != "h" || p.Key != "bob@example.com" {
			t.Errorf("the problem is %+v", p)
		}
		if r.To != "bob@example.com" || len(r.Notes) != 1 || b.Snapshot().Active != "bob@example.com" {
			t.Errorf("the result is %+v, shown is %s", r, b.Snapshot().Active)
		}
		gone := make(chan struct{})
		f.do = func(ctx context.Context, _ backend.Action) (backend.Result, error) {
			<-ctx.Done()
			close(gone)
			return backend.Result{}, ctx.Err()
		}
		short, giveUp := context.WithTimeout(ctx, time.Second)
		defer giveUp()
		_, err = b.Do(short, backend.Action{Kind: backend.ActionRefresh})
		if p := backend.AsProblem(err); p == nil || p.Code != backend.ProblemCanceled {
			t.Errorf("given up: %v", err)
		}
		<-gone // the server's side ended too
		cancel()
		s.stop()
		synctest.Wait()
	})
}

// The server goes and comes back under an open page.
func TestLostAndFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{do: func(context.Context, backend.Action) (backend.Result, error) { return backend.Result{}, nil }}
		f.change("ada@example.com")
		s := newSite(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		var phases []client.Phase
		b := s.page(ctx, func(st client.Status) {
			if n := len(phases); n == 0 || phases[n-1] != st.Phase {
				phases = append(phases, st.Phase)
			}
		})
		synctest.Wait()
		s.stop()
		synctest.Wait()
		if got := b.Status(); got.Phase != client.Lost || got.Retry <= 0 {
			t.Errorf("with the server gone: %+v", got)
		}
		if b.Snapshot().Active != "ada@example.com" {
			t.Error("what was shown is gone")
		}
		_, err := b.Do(ctx, backend.Action{Kind: backend.ActionSwap})
		if p := backend.AsProblem(err); p == nil || !strings.Contains(p.Message, "nothing was done") || p.Hint == "" {
			t.Errorf("a click: %v", err)
		}
		// Another process in its place does not know the page.
		s.start()
		s.mu.Lock()
		token := s.token
		s.mu.Unlock()
		s.forget()
		f.change("bob@example.com")
		time.Sleep(time.Minute)
		if got := b.Status(); got.Phase != client.Ended {
			t.Errorf("before a server that does not know it: %+v", got)
		}
		_, err = b.Do(ctx, backend.Action{Kind: backend.ActionSwap})
		if p := backend.AsProblem(err); p == nil || !strings.Contains(p.Message, "no longer signed in") {
			t.Errorf("a click: %v", err)
		}
		// A new link in the same browser lets the open page in as well.
		s.mu.Lock()
		s.token = token
		s.mu.Unlock()
		b.Retry()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.Snapshot().Active; got != "bob@example.com" || b.Status().Phase != client.Connected {
			t.Errorf("back again it shows %s, %+v", got, b.Status())
		}
		if got := len(phases); got != 3 || phases[2] != client.Connected {
			t.Errorf("the page was told %v", phases)
		}
		cancel()
		s.stop()
		synctest.Wait()
	})
}

// More pages than a browser has connections for take turns.
func TestManyPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		f.change("ada@example.com")
		s := newSite(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		var pages []*client.Backend
		for range 9 {
			pages = append(pages, s.page(ctx, func(st client.Status) { t.Errorf("a page thinks %+v", st) }))
		}
		time.Sleep(time.Minute)
		f.change("bob@example.com")
		time.Sleep(30 * time.Second)
		for i, b := range pages {
			if got := b.Snapshot().Active; got != "bob@example.com" {
				t.Errorf("page %d shows %s", i, got)
			}
		}
		cancel()
		s.stop()
		synctest.Wait()
	})
}

// A day of changes leaves no more behind than an hour of them.
func TestOneDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		f.change("ada@example.com")
		s := newSite(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		b := s.page(ctx, func(st client.Status) { t.Errorf("the page thinks %+v", st) })
		seen := 0
		events := b.Events(ctx)
		go func() {
			for range events {
				seen++
			}
		}()
		used := func() (bytes uint64, goroutines int) {
			synctest.Wait()
			runtime.GC()
			runtime.GC() // what the first one found may be freed by the second
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc, runtime.NumGoroutine()
		}
		var bytes uint64
		var goroutines int
		for i := range 24 * 360 {
			if i == 360 {
				bytes, goroutines = used()
			}
			f.change([]string{"ada@example.com", "bob@example.com"}[i%2])
			time.Sleep(10 * time.Second)
		}
		after, left := used()
		t.Logf("measured: after an hour %d KB and %d goroutines, after a day %d KB and %d; %d changes, %d seen", bytes>>10, goroutines, after>>10, left, f.count, seen)
		if after > bytes+256<<10 || left > goroutines {
			t.Errorf("it grew from %d bytes and %d goroutines to %d and %d", bytes, goroutines, after, left)
		}
		if seen < 24*360 {
			t.Errorf("of %d changes the page saw %d", f.count, seen)
		}
		cancel()
		s.stop()
		synctest.Wait()
	})
}

// A page that has the first snapshot already shows it without asking, and is
// told of what changed since.
func TestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		f.change("ada@example.com")
		s := newSite(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan struct{})
		b, err := client.Connect(ctx, client.Options{
			Base: s.origin(), HTTP: s.http, Token: func() string { return s.token }, Follow: seen,
			First: `{"Active":"old@example.com","Accounts":[{"Key":"old@example.com"}]}`, At: "another.1",
		})
		if err != nil || b.Snapshot().Active != "old@example.com" {
			t.Fatalf("it begins with %+v: %v", b, err)
		}
		synctest.Wait()
		if got := b.Snapshot().Active; got != "old@example.com" {
			t.Errorf("before it may follow it shows %s", got)
		}
		close(seen)
		synctest.Wait()
		if got := b.Snapshot().Active; got != "ada@example.com" {
			t.Errorf("it shows %s", got)
		}
		if _, err := client.Connect(ctx, client.Options{Base: s.origin(), First: "{"}); err == nil {
			t.Error("half a snapshot was taken")
		}
		cancel()
		s.stop()
		synctest.Wait()
	})
}
