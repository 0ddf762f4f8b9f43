//go:build !js

package local_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
	"baton/oauthcore/providertest"
)

// A login that is cancelled while the provider has its code is waited for: what
// comes back exists nowhere else.
func TestALoginCancelledWhileItsCodeIsExchanged(t *testing.T) {
	for _, end := range []string{"wait", "close"} {
		t.Run(end, func(t *testing.T) {
			limit, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			w := newHome(t)
			b := w.open()
			who := w.home.Residents[0]
			gate, reached := make(chan struct{}), make(chan struct{}, 1)
			if err := w.from.Fail(providertest.Fault{Endpoint: providertest.EndpointExchange, Kind: providertest.FaultSlow, Until: gate, Reached: reached}); err != nil {
				t.Fatal(err)
			}
			flow, err := b.Login(limit, backend.LoginMode{Paste: true})
			if err != nil {
				t.Fatal(err)
			}
			code, err := providertest.Visit(limit, flow.URL(), who.Person.Email)
			if err != nil {
				t.Fatal(err)
			}
			before := len(w.from.State().Logins)
			pasted := make(chan error, 1)
			go func() { pasted <- flow.Paste(code) }()
			<-reached
			ctx, cancel := context.WithCancel(limit)
			cancel() // Ctrl-C
			ended := make(chan error, 1)
			go func() {
				if end == "wait" {
					_, err := flow.Wait(ctx)
					ended <- err
				} else {
					ended <- b.Close()
				}
			}()
			select {
			case err := <-ended:
				t.Fatalf("the program may end while the code is exchanged: %v", err)
			case <-time.After(50 * time.Millisecond): // it waits
			}
			close(gate)
			if err := <-ended; err != nil {
				t.Errorf("the login that came: %v", err)
			}
			if err := <-pasted; err != nil {
				t.Errorf("pasting: %v", err)
			}
			if got := len(w.from.State().Logins); got != before+1 {
				t.Fatalf("%d logins at the provider, want %d", got, before+1)
			}
			if a, ok := b.Snapshot().Find(who.Key); !ok || a.State == backend.StateNeedsLogin {
				t.Errorf("%+v", a)
			}
		})
	}
}

// A code that lost a character can be pasted again, and what is wrong with any
// other paste is told without repeating it.
func TestPasteUntilItIsRight(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	w := newHome(t)
	b := w.open()
	who := w.home.Residents[0].Person.Email
	flow, err := b.Login(ctx, backend.LoginMode{Paste: true})
	if err != nil {
		t.Fatal(err)
	}
	right, err := providertest.Visit(ctx, flow.URL(), who)
	if err != nil {
		t.Fatal(err)
	}
	code, state, _ := strings.Cut(right, "#")
	for _, c := range []struct {
		text string
		says string
		more bool
	}{
		{"", "nothing was pasted", true},
		{code, "the part after # is missing", true},
		{code + "#" + state[:20], "its end is missing", true},
		{code + "#wrong", "this code belongs to another login", false},
		{flow.URL(), "this is the address to open", false},
		{code[1:] + "#" + state, "the provider did not accept the login code", false},
	} {
		err := flow.Paste(c.text)
		if !errors.Is(err, backend.ErrPasteAgain) || errors.Is(err, backend.ErrPasteMore) != c.more || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q is wanted, got %v", c.says, err)
		}
		if p := backend.AsProblem(err); strings.Contains(p.Message+p.Hint, state[:20]) || strings.Contains(p.Message+p.Hint, code[1:]) {
			t.Errorf("it repeats what was pasted: %+v", p)
		}
	}
	if err := flow.Paste(code[:5] + "\r\n " + code[5:] + "#\u200b" + state + "\n"); err != nil {
		t.Fatal(err)
	}
	if res, err := flow.Wait(ctx); err != nil || !res.Known {
		t.Errorf("%+v, %v", res, err)
	}
	if err := flow.Paste(right); err == nil || errors.Is(err, backend.ErrPasteAgain) {
		t.Errorf("after the end: %v", err)
	}
}
