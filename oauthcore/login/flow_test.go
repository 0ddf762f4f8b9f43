package login

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/provider"

	"golang.org/x/oauth2"
)

// The whole way, on a real port.
func TestLoopback(t *testing.T) {
	f, err := Start(t.Context(), authorizer(t), Options{LoginHint: "a@example.com", OrgUUID: "o-1"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Cancel()
	host := f.listener.Addr().(*net.TCPAddr)
	if !host.IP.Equal(net.IPv4(127, 0, 0, 1)) {
		t.Errorf("listens on %v", host)
	}
	q := query(t, f)
	if q.Get("login_hint") != "a@example.com" || q.Get("orgUUID") != "o-1" || len(q.Get("state")) < 43 {
		t.Errorf("address %s", f.URL())
	}
	if !strings.HasPrefix(q.Get("redirect_uri"), "http://localhost:") || !strings.HasSuffix(q.Get("redirect_uri"), "/callback") {
		t.Errorf("redirect %q", q.Get("redirect_uri"))
	}
	address := strings.Replace(callbackOf(t, f, "code="+testCode), "localhost", "127.0.0.1", 1)
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the browser got %d", resp.StatusCode)
	}
	code, err := f.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if code.Code.Reveal() != testCode || code.State != q.Get("state") || code.RedirectURI != q.Get("redirect_uri") {
		t.Errorf("got %+v", code)
	}
	if oauth2.S256ChallengeFromVerifier(code.Verifier.Reveal()) != q.Get("code_challenge") {
		t.Error("the verifier does not fit the challenge")
	}
	// What the exchange takes is what a login gives.
	if r := provider.ExchangeRequest(code); !r.Code.Equal(code.Code) || r.State != code.State {
		t.Errorf("converted to %+v", r)
	}
	f.Cancel()
	if conn, err := net.Dial("tcp4", host.String()); err == nil {
		_ = conn.Close()
		t.Error("the listener is still open")
	}
}

func TestEveryLoginHasItsOwnSecrets(t *testing.T) {
	seen := map[string]bool{}
	for range 10 {
		f, err := Start(t.Context(), authorizer(t), Options{Paste: true})
		if err != nil {
			t.Fatal(err)
		}
		q := query(t, f)
		for _, value := range []string{q.Get("state"), q.Get("code_challenge")} {
			if seen[value] {
				t.Fatalf("%q came twice", value)
			}
			seen[value] = true
		}
		f.Cancel()
	}
}

func TestTimeouts(t *testing.T) {
	for _, paste := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f, p := start(t, Options{Paste: paste})
			begun := time.Now()
			if !f.Expires().Equal(begun.Add(10 * time.Minute)) {
				t.Errorf("expires at %v", f.Expires())
			}
			_, err := f.Wait(t.Context())
			if !errors.Is(err, ErrTimeout) || time.Since(begun) != 10*time.Minute {
				t.Errorf("got %v after %v", err, time.Since(begun))
			}
			if !paste && !p.closed() {
				t.Error("the listener is still open")
			}
			if err := f.Paste(testCode + "#" + f.state); !errors.Is(err, ErrTimeout) {
				t.Errorf("pasting afterwards gives %v", err)
			}
		})
	}
}

// A computer that slept through the timeout wakes with its timer still to run.
func TestLateByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		asleep := time.Duration(0)
		f, p := start(t, Options{Timeout: time.Minute, Now: func() time.Time { return begun.Add(asleep) }})
		asleep = time.Minute
		r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), "")
		if !strings.Contains(r.body, "The login was not finished in time.") {
			t.Errorf("the browser got %d %s", r.status, r.body)
		}
		if _, err := f.Wait(t.Context()); !errors.Is(err, ErrTimeout) {
			t.Errorf("got %v", err)
		}
		time.Sleep(linger)
		synctest.Wait()
		if !p.closed() {
			t.Error("the listener is still open")
		}
	})
}

func TestCancel(t *testing.T) {
	for _, paste := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f, p := start(t, Options{Paste: paste})
			go func() {
				time.Sleep(time.Second) // fake time: Wait below is blocked by then
				f.Cancel()
			}()
			code, err := f.Wait(t.Context())
			if !errors.Is(err, ErrCanceled) || !code.Code.Empty() || !code.Verifier.Empty() {
				t.Errorf("got %v", err)
			}
			f.Cancel()
			if !paste && !p.closed() {
				t.Error("the listener is still open")
			}
			if _, err := f.Wait(t.Context()); !errors.Is(err, ErrCanceled) {
				t.Errorf("the second Wait gives %v", err)
			}
		})
	}
}

func TestStartsContextEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		p := newPipes()
		f, err := Start(ctx, authorizer(t), Options{Listen: func() (net.Listener, error) { return p, nil }})
		if err != nil {
			t.Fatal(err)
		}
		cancel(errors.New("the window was closed"))
		_, err = f.Wait(t.Context())
		if !errors.Is(err, ErrCanceled) || err.Error() != "the login was canceled: the window was closed" {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if !p.closed() {
			t.Error("the listener is still open")
		}
		if _, err := Start(ctx, authorizer(t), Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("starting afterwards gives %v", err)
		}
	})
}

// After a login the listener stays open for reloaded pages, unless the context
// of Start ends.
func TestStartsContextEndsTheListenerOfAFinishedLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPipes()
		f, err := Start(ctx, authorizer(t), Options{Listen: func() (net.Listener, error) { return p, nil }})
		if err != nil {
			t.Fatal(err)
		}
		p.browse(t, "GET", callbackOf(t, f, "code="+testCode), "")
		synctest.Wait()
		if p.closed() {
			t.Error("the listener is closed already")
		}
		cancel()
		synctest.Wait()
		if !p.closed() {
			t.Error("the listener is still open")
		}
		if code, err := f.Wait(t.Context()); err != nil || code.Code.Reveal() != testCode {
			t.Errorf("got %v", err)
		}
	})
}

func TestWaitsContextDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := start(t, Options{Paste: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := f.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if err := f.Paste(testCode + "#" + f.state); err != nil {
			t.Fatal(err)
		}
		if code, err := f.Wait(t.Context()); err != nil || code.Code.Reveal() != testCode {
			t.Errorf("got %v", err)
		}
		// What has ended is told even to a context that is done.
		if code, err := f.Wait(ctx); err != nil || code.Code.Reveal() != testCode {
			t.Errorf("got %v", err)
		}
	})
}

type contextKey struct{}

// Finish is past canceling: its context lives, its outcome is told.
func TestCancelWhileFinishing(t *testing.T) {
	for _, paste := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "value"))
			begun, release := make(chan struct{}), make(chan struct{})
			p := newPipes()
			f, err := Start(ctx, authorizer(t), Options{
				Paste:  paste,
				Listen: func() (net.Listener, error) { return p, nil },
				Finish: func(ctx context.Context, c Code) (string, error) {
					close(begun)
					<-release
					if ctx.Value(contextKey{}) != "value" {
						t.Error("the context's values are gone")
					}
					return "a@example.com", ctx.Err()
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := make(chan reply, 1)
			if paste {
				go func() {
					if err := f.Paste(testCode + "#" + f.state); err != nil {
						t.Error(err)
					}
				}()
			} else {
				address := callbackOf(t, f, "code="+testCode)
				go func() { got <- p.browse(t, "GET", address, "") }()
			}
			<-begun
			f.Cancel()
			cancel()
			synctest.Wait()
			if !paste && !p.closed() {
				t.Error("the listener is still open")
			}
			if err := f.Paste(testCode + "#" + f.state); !errors.Is(err, ErrDone) {
				t.Errorf("pasting meanwhile gives %v", err)
			}
			close(release)
			code, err := f.Wait(t.Context())
			if err != nil || code.Code.Reveal() != testCode {
				t.Errorf("got %v", err)
			}
			if !paste {
				if r := <-got; !strings.Contains(r.body, "Signed in as a@example.com") {
					t.Errorf("the browser got %d %s", r.status, r.body)
				}
			}
		})
	}
}

// The timeout is for the person, not for Finish.
func TestSlowFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := start(t, Options{Timeout: time.Minute, Finish: func(context.Context, Code) (string, error) {
			time.Sleep(time.Hour)
			return "", nil
		}})
		if err := f.Paste(testCode + "#" + f.state); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNoListener(t *testing.T) {
	broken := errors.New("no ports left")
	tests := []struct {
		name   string
		listen func() (net.Listener, error)
		is     error
	}{
		{"none to be had", func() (net.Listener, error) { return nil, broken }, broken},
		{"open to the network", func() (net.Listener, error) {
			p := newPipes()
			p.addr = &net.TCPAddr{IP: net.IPv4zero, Port: 1}
			return p, nil
		}, nil},
		{"not TCP", func() (net.Listener, error) {
			p := newPipes()
			p.addr = &net.UnixAddr{Name: "x"}
			return p, nil
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var opened net.Listener
			f, err := Start(t.Context(), authorizer(t), Options{Listen: func() (net.Listener, error) {
				l, err := test.listen()
				opened = l
				return l, err
			}})
			if err == nil || f != nil || (test.is != nil && !errors.Is(err, test.is)) {
				t.Fatalf("got %v, %v", f, err)
			}
			if p, ok := opened.(*pipes); ok && !p.closed() {
				t.Error("the listener is still open")
			}
		})
	}
}
