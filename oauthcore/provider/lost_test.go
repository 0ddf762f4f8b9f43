package provider

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// gzipBomb is more than maxBody of JSON, a few kilobytes on the wire.
func gzipBomb(code int) http.HandlerFunc {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, `{"error":"invalid_grant","x":"`+strings.Repeat("x", 2*maxBody)+`"}`)
	_ = z.Close()
	return status(code, map[string]string{"Content-Encoding": "gzip"}, packed.String())
}

// endless writes a hundred megabytes unless the client hangs up.
func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	block := []byte(`{"x":"` + strings.Repeat("x", 1<<20))
	for range 100 {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// The request was read by the provider and no usable answer came back.
func TestLost(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	tests := []struct {
		name     string
		answer   http.HandlerFunc
		code     int
		says     string
		noRevoke bool // 2xx is all a revocation needs
	}{
		{"cut before a word", hangUp(""), 0, "the connection was cut", false},
		{"cut in the status line", hangUp("HTTP/1.1 20"), 0, "", false},
		{"cut in the header", hangUp(head), 0, "the connection was cut", false},
		{"another protocol", hangUp("SSH-2.0-TEST sk-ant-oat01-TEST\r\n\r\n"), 0, "", false},
		{"cut in the body", hangUp(head + "Content-Length: 1000\r\n\r\n" + `{"access_token":"sk-ant-oat01-TEST`), 200, "the connection was cut", true},
		{"cut between chunks", hangUp(head + "Transfer-Encoding: chunked\r\n\r\n" + "5\r\n{\"a\":\r\n"), 200, "the connection was cut", true},
		{"body ends too early", status(200, nil, `{"access_token":"sk-ant`), 200, "not what was asked for", true},
		{"hotel network", status(200, map[string]string{"Content-Type": "text/html; charset=utf-8"}, `<html>Welcome`), 200, "not what was asked for", false},
		{"empty", status(200, nil, ``), 200, "not what was asked for", true},
		{"no content", status(204, nil, ``), 204, "not what was asked for", true},
		{"JSON, but no object", status(200, nil, `["sk-ant-oat01-TEST"]`), 200, "not what was asked for", true},
		{"two answers", status(200, nil, `{"access_token":"TEST"}{}`), 200, "not what was asked for", true},
		{"a megabyte of brackets", status(200, nil, strings.Repeat("[", maxBody)), 200, "not what was asked for", true},
		{"broken gzip", status(200, map[string]string{"Content-Encoding": "gzip"}, `{"access_token":"TEST"}`), 200, "", true},
		{"gzip bomb", gzipBomb(200), 200, "the answer is too long", true},
		{"a hundred megabytes", endless, 200, "the answer is too long", true},
		{"endless header", hangUp("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 300)), 0, "", false},
	}
	for _, test := range tests {
		for op := range operations(nil) {
			t.Run(test.name+"/"+op, func(t *testing.T) {
				server := serve(t, test.answer)
				err := operations(clientOf(t, server.URL, Options{}))[op](t.Context())
				if op == opRevoke && test.noRevoke {
					if err != nil {
						t.Fatal(err)
					}
					return
				}
				wantKind(t, err, ErrLost, test.code)
				if !strings.HasSuffix(err.Error(), test.says) {
					t.Errorf("says %q, want %q", err, test.says)
				}
				if want := op != opProfile && op != opUsage; Sent(err) != want {
					t.Errorf("Sent is %t", Sent(err))
				}
				if n := len(server.requests()); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// What a refusal says is bounded, too; its status still counts.
func TestOversizedRefusals(t *testing.T) {
	for op, do := range operations(clientOf(t, serve(t, gzipBomb(400)).URL, Options{})) {
		t.Run(op, func(t *testing.T) { wantKind(t, do(t.Context()), ErrRejected, 400) })
	}
}

// Half a refusal may have been about something else than the account.
func TestRefusalsCutOff(t *testing.T) {
	server := serve(t, hangUp("HTTP/1.1 400 Bad Request\r\nContent-Length: 1000\r\n\r\n"+`{"error":"invalid_cl`))
	for op, do := range operations(clientOf(t, server.URL, Options{})) {
		t.Run(op, func(t *testing.T) { wantKind(t, do(t.Context()), ErrRejected, 400) })
	}
}

// A whole answer is an answer, even if the connection breaks after it.
func TestWholeAnswerOnABrokenConnection(t *testing.T) {
	server := serve(t, hangUp("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"+`{"access_token":"sk-ant-oat01-TEST"}`))
	got, err := clientOf(t, server.URL, Options{}).Exchange(t.Context(), testExchange())
	if err != nil || got.AccessToken.Reveal() != "sk-ant-oat01-TEST" {
		t.Errorf("got %v", err)
	}
}

// stuck answers nothing until the test ends.
func stuck(t *testing.T, before string) *recorder {
	release := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if before != "" {
			_, _ = io.WriteString(w, before)
			_ = http.NewResponseController(w).Flush()
		}
		<-release
	})
	t.Cleanup(func() { close(release) }) // before the server's own clean-up
	return server
}

func TestTimeout(t *testing.T) {
	tests := []struct {
		name   string
		before string
		code   int
	}{
		{"no answer", "", 0},
		{"half an answer", `{"access_token":"sk-ant-oat01`, 200},
	}
	for _, test := range tests {
		server := stuck(t, test.before)
		c := clientOf(t, server.URL, Options{Timeout: 500 * time.Millisecond})
		for op, do := range operations(c) {
			if op == opRevoke && test.code == 200 {
				continue // its answer is the status
			}
			t.Run(test.name+"/"+op, func(t *testing.T) {
				err := do(t.Context())
				wantKind(t, err, ErrLost, test.code)
				if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), "no answer in time") {
					t.Errorf("says %v", err)
				}
			})
		}
	}
}

// A context that is done beforehand sends nothing.
func TestDoneBeforehand(t *testing.T) {
	server := serve(t, status(200, nil, `{"access_token":"TEST"}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for op, do := range operations(clientOf(t, server.URL, Options{})) {
		err := do(ctx)
		var e *Error
		if !errors.Is(err, context.Canceled) || errors.As(err, &e) || Sent(err) {
			t.Errorf("%s: %v", op, err)
		}
	}
	if n := len(server.requests()); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

// Canceled while the provider is at work: what changes something goes on and
// brings its answer home, what only asks ends.
func TestCanceledMeanwhile(t *testing.T) {
	for op := range operations(nil) {
		t.Run(op, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				cancel()
				if r.Method == http.MethodGet {
					<-r.Context().Done() // the client hung up
					return
				}
				_, _ = io.WriteString(w, `{"access_token":"sk-ant-oat01-TEST"}`)
			})
			err := operations(clientOf(t, server.URL, Options{}))[op](ctx)
			if op == opProfile || op == opUsage {
				var e *Error
				if !errors.Is(err, context.Canceled) || errors.As(err, &e) {
					t.Errorf("got %v", err)
				}
			} else if err != nil {
				t.Errorf("the answer was given up on: %v", err)
			}
			if n := len(server.requests()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// A caller's deadline is no reason to give up on an answer either.
func TestDeadlineMeanwhile(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		<-ctx.Done()
		_, _ = io.WriteString(w, `{"access_token":"sk-ant-oat01-TEST"}`)
	})
	if _, err := clientOf(t, server.URL, Options{}).Exchange(ctx, testExchange()); err != nil {
		t.Error(err)
	}
}

func TestErrorTexts(t *testing.T) {
	tests := []struct {
		err  *Error
		want string
	}{
		{&Error{Op: "refresh", Kind: ErrLost}, "refresh: the request was sent and no usable answer came back"},
		{&Error{Op: "refresh", Kind: ErrInvalidGrant, Status: 400, Description: "gone"}, "refresh: the provider no longer accepts this login (HTTP 400): gone"},
		{&Error{Op: "usage", Kind: ErrNetwork, err: cause{text: "no connection"}}, "usage: the provider cannot be reached: no connection"},
	}
	for _, test := range tests {
		if test.err.Error() != test.want {
			t.Errorf("got %q", test.err)
		}
	}
}

func TestSent(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{ErrLost, true},
		{fmt.Errorf("x: %w", ErrServer), false},
		{&Error{Op: opRefresh, Kind: ErrServer, Status: 500}, false},
		{&Error{Op: opRefresh, Kind: ErrServer, Status: 502}, true},
		{fmt.Errorf("x: %w", &Error{Op: opRefresh, Kind: ErrLost}), true},
		{&Error{Kind: ErrLost}, true},
		{&Error{Op: opUsage, Kind: ErrLost}, false},
		{&Error{Op: opRefresh, Kind: ErrNetwork}, false},
		{&Error{Op: opRefresh, Kind: ErrInvalidGrant}, false},
		{&Error{Op: opRefresh, Kind: ErrRateLimited}, false},
	}
	for _, test := range tests {
		if got := Sent(test.err); got != test.want {
			t.Errorf("Sent(%v) is %t", test.err, got)
		}
	}
}
