//go:build !js

package local_test

import (
	"context"
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
			if err := flow.Paste(code); err != nil {
				t.Fatal(err)
			}
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
			if got := len(w.from.State().Logins); got != before+1 {
				t.Fatalf("%d logins at the provider, want %d", got, before+1)
			}
			if a, ok := b.Snapshot().Find(who.Key); !ok || a.State == backend.StateNeedsLogin {
				t.Errorf("%+v", a)
			}
		})
	}
}
