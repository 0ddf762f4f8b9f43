package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What is not the provider's answer to this login is turned away, and the
// login goes on.
func TestCallbacksTurnedAway(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string // {state} stands for the right one
		host   string
		status int
	}{
		{"wrong state", "GET", "/callback?code=TEST&state=wrong", "", 400},
		{"state cut short", "GET", "/callback?code=TEST&state={state}x", "", 400},
		{"no state", "GET", "/callback?code=TEST", "", 400},
		{"empty state", "GET", "/callback?code=TEST&state=", "", 400},
		{"no code", "GET", "/callback?state={state}", "", 400},
		{"empty code", "GET", "/callback?code=&state={state}", "", 400},
		{"two codes", "GET", "/callback?code=a&code=b&state={state}", "", 400},
		{"two states", "GET", "/callback?code=a&state={state}&state=x", "", 400},
		{"query that cannot be read", "GET", "/callback?code=%zz&state={state}", "", 400},
		{"declined for another login", "GET", "/callback?error=access_denied&state=wrong", "", 400},
		{"declined for no login", "GET", "/callback?error=access_denied", "", 400},
		{"another path", "GET", "/?code=TEST&state={state}", "", 404},
		{"icon", "GET", "/favicon.ico", "", 404},
		{"POST", "POST", "/callback?code=TEST&state={state}", "", 405},
		{"HEAD", "HEAD", "/callback?code=TEST&state={state}", "", 405},
		{"name of a stranger", "GET", "/callback?code=TEST&state={state}", "evil.example:4711", 421},
		{"name without the port", "GET", "/callback?code=TEST&state={state}", "localhost", 421},
		{"another port", "GET", "/callback?code=TEST&state={state}", "localhost:4712", 421},
	}
	synctest.Test(t, func(t *testing.T) {
		f, p := start(t, Options{})
		for _, test := range tests {
			r := p.browse(t, test.method, base+strings.ReplaceAll(test.path, "{state}", f.state), test.host)
			if r.status != test.status {
				t.Errorf("%s: %d, want %d", test.name, r.status, test.status)
			}
			hardened(t, r)
			if strings.Contains(r.body, "TEST") || strings.Contains(r.body, f.state) {
				t.Errorf("%s: the page repeats what it was asked: %s", test.name, r.body)
			}
			if r.status == 405 && r.header.Get("Allow") != "GET" {
				t.Errorf("%s: allows %q", test.name, r.header.Get("Allow"))
			}
		}
		if r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), "127.0.0.1:4711"); r.status != 200 {
			t.Errorf("the right one got %d", r.status)
		}
		if code, err := f.Wait(t.Context()); err != nil || code.Code.Reveal() != testCode {
			t.Errorf("got %v", err)
		}
	})
}

func TestHeaderLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := start(t, Options{})
		r, err := p.try("GET", base+"/callback?code="+strings.Repeat("x", 100<<10), "")
		if err == nil && r.status != 431 {
			t.Errorf("got %d", r.status)
		}
	})
}

// A connection that says nothing is not kept.
func TestSilentConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := start(t, Options{})
		conn, err := p.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := conn.Read(make([]byte, 1)); err == nil || time.Since(begun) != headerTimeout {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

func TestDenied(t *testing.T) {
	tests := []struct {
		parameters string
		says       string
	}{
		{"error=access_denied", "the login was declined in the browser"},
		{"error=access_denied&error_description=sk-ant-oat01-TEST", "the login was declined in the browser"},
		{"error=access_denied&code=" + testCode, "the login was declined in the browser"},
		{"error=invalid_scope", "the login was declined in the browser (invalid_scope)"},
		{"error=", "the login was declined in the browser"},
		{"error=" + url.QueryEscape("<b>\x1b[31m"), "the login was declined in the browser"},
		{"error=" + strings.Repeat("a", 40), "the login was declined in the browser (" + strings.Repeat("a", 40) + ")"},
		{"error=" + strings.Repeat("a", 41), "the login was declined in the browser"},
		{"error=a_z", "the login was declined in the browser (a_z)"},
		{"error=a%7B", "the login was declined in the browser"},
	}
	for _, test := range tests {
		t.Run(test.parameters, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, p := start(t, Options{Finish: func(context.Context, Code) (string, error) {
					t.Error("Finish was called")
					return "", nil
				}})
				r := p.browse(t, "GET", callbackOf(t, f, test.parameters), "")
				if r.status != 200 || !strings.Contains(r.body, "Not signed in") || !strings.Contains(r.body, "T"+test.says[1:]+".") {
					t.Errorf("the browser got %d %s", r.status, r.body)
				}
				code, err := f.Wait(t.Context())
				if !errors.Is(err, ErrDenied) || err.Error() != test.says || code != (Code{}) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// The page tells how the login really ended.
func TestFinish(t *testing.T) {
	failed := errors.New("exchange: the provider refused the request")
	tests := []struct {
		name   string
		finish func(context.Context, Code) (string, error)
		err    error
		page   []string
	}{
		{"none", nil, nil, []string{"<h1>The code has arrived</h1>", `class="good"`}},
		{"known", func(context.Context, Code) (string, error) { return "a@example.com", nil }, nil, []string{"<h1>Signed in as a@example.com</h1>", `class="good"`}},
		{"nameless", func(context.Context, Code) (string, error) { return "", nil }, nil, []string{"<h1>Signed in</h1>"}},
		{"hostile name", func(context.Context, Code) (string, error) { return "<script>alert(1)</script>\u202e", nil }, nil, []string{"<h1>Signed in as &lt;script&gt;alert(1)&lt;/script&gt;</h1>"}},
		{"failed", func(context.Context, Code) (string, error) { return "", failed }, failed, []string{"<h1>Not signed in</h1>", "<p>Exchange: the provider refused the request.</p>", "<main>"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				o := Options{}
				var f *Flow
				if test.finish != nil {
					o.Finish = func(ctx context.Context, c Code) (string, error) {
						calls++
						if c.Code.Reveal() != testCode || c.State != f.state || c.RedirectURI != base+"/callback" || !c.Verifier.Equal(f.verifier) {
							t.Errorf("finishes %+v", c)
						}
						return test.finish(ctx, c)
					}
				}
				f, p := start2(t, &f, o)
				r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), "")
				hardened(t, r)
				for _, want := range test.page {
					if !strings.Contains(r.body, want) {
						t.Errorf("the page lacks %q: %s", want, r.body)
					}
				}
				code, err := f.Wait(t.Context())
				if !errors.Is(err, test.err) || code.Code.Reveal() != testCode {
					t.Errorf("got %v", err)
				}
				if test.finish != nil && calls != 1 {
					t.Errorf("finished %d times", calls)
				}
			})
		})
	}
}

// start2 is start for a Finish that needs the flow itself.
func start2(t *testing.T, into **Flow, o Options) (*Flow, *pipes) {
	t.Helper()
	f, p := start(t, o)
	*into = f
	return f, p
}

// The browser comes twice: while Finish runs, and after.
func TestSecondCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		f, p := start(t, Options{Finish: func(context.Context, Code) (string, error) {
			<-release
			return "a@example.com", nil
		}})
		address := callbackOf(t, f, "code="+testCode)
		replies := make(chan reply, 2)
		for range 2 {
			go func() { replies <- p.browse(t, "GET", address, "") }()
		}
		time.Sleep(time.Minute) // longer than any of the server's own deadlines
		synctest.Wait()
		close(release)
		if _, err := f.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		already := 0
		for range 2 {
			r := <-replies
			if r.status != 200 || !strings.Contains(r.body, "Signed in as a@example.com") {
				t.Errorf("the browser got %d %s", r.status, r.body)
			}
			if strings.Contains(r.body, "done already") {
				already++
			}
		}
		if already != 1 {
			t.Errorf("%d pages say it is done already", already)
		}
		// A reloaded page, and a stranger, to whom it is nobody's business.
		if r := p.browse(t, "GET", address, ""); r.status != 200 || !strings.Contains(r.body, "done already") {
			t.Errorf("the reloaded page is %d %s", r.status, r.body)
		}
		if r := p.browse(t, "GET", base+"/callback?code=x&state=y", ""); r.status != 400 || strings.Contains(r.body, "example.com") {
			t.Errorf("a stranger gets %d %s", r.status, r.body)
		}
		if err := f.Paste(testCode + "#" + f.state); !errors.Is(err, ErrDone) {
			t.Errorf("pasting afterwards gives %v", err)
		}
		time.Sleep(linger)
		synctest.Wait()
		if !p.closed() {
			t.Error("the listener is still open")
		}
	})
}

// The person closed the page before it came: the login counts all the same.
func TestBrowserGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, release := make(chan struct{}), make(chan struct{})
		f, p := start(t, Options{Finish: func(context.Context, Code) (string, error) {
			close(begun)
			<-release
			return "a@example.com", nil
		}})
		var conn net.Conn
		conn, err := p.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost:4711\r\n\r\n", strings.TrimPrefix(callbackOf(t, f, "code="+testCode), base))
		<-begun
		_ = conn.Close()
		close(release)
		if code, err := f.Wait(t.Context()); err != nil || code.Code.Reveal() != testCode {
			t.Errorf("got %v", err)
		}
	})
}

// Port 80 is the one a browser leaves out of the Host header.
func TestPort80(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		p.addr = &net.TCPAddr{IP: net.IPv6loopback, Port: 80}
		f, err := Start(t.Context(), authorizer(t), Options{Listen: func() (net.Listener, error) { return p, nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Cancel()
		if r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), "localhost"); r.status != 200 {
			t.Errorf("got %d", r.status)
		}
	})
}
