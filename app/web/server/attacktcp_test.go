//go:build !js

package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// Whoever sends bit by bit, or nothing, is shown out in time, session or not;
// who is in notices nothing.
func TestSlowSenders(t *testing.T) {
	s := newStreet(t, few(), pageFiles(t))
	in := s.browser(t)
	in.look(t)
	for name, opening := range map[string]string{
		"nothing":                        "",
		"a head that never ends":         s.head("GET", "/"),
		"a body before the door":         s.head("POST", "/api/v1/session", "Content-Length: 60000\r\n\r\n"),
		"a body nobody reads":            s.head("POST", "/api/v1/swap", "Content-Length: 60000\r\n\r\n"),
		"a body in pieces":               s.head("POST", "/api/v1/session", "Transfer-Encoding: chunked\r\n\r\nea60\r\n"),
		"a body of another page's":       strings.Replace(s.head("POST", "/api/v1/swap", "Content-Length: 60000\r\n\r\n"), "Origin: http://", "Origin: http://evil.", 1),
		"a body where none belongs":      s.head("GET", "/", "Content-Length: 60000\r\n\r\n"),
		"a form of the button to log in": s.head("POST", "/oauth/authorize", "Content-Length: 60000\r\n\r\n"),
		"a body for no address":          s.head("POST", "/api/v1/shell", "Content-Length: 60000\r\n\r\n"),
		"nothing after one answer":       s.head("GET", "/icon.png", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c := s.dial(t)
			if _, err := io.WriteString(c, opening); err != nil {
				t.Fatal(err)
			}
			gone := make(chan struct{})
			if name != "nothing" && name != "nothing after one answer" {
				go dribble(c, gone)
			}
			_, err := io.Copy(io.Discard, c) // until the server closes it
			close(gone)
			if late := net.Error(nil); errors.As(err, &late) && late.Timeout() {
				t.Errorf("it is still there after %v", patienceTCP)
			}
			in.look(t)
		})
	}
	if did := s.fake.did(); len(did) != 0 {
		t.Errorf("something was done: %+v", did)
	}
}

// dribble sends a byte now and then, for as long as anybody takes them.
func dribble(c net.Conn, gone <-chan struct{}) {
	pace := time.NewTicker(10 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case <-pace.C:
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
		case <-gone:
			return
		}
	}
}

// Whoever asks for the program and takes none of it is shown out as well, and
// who takes it slowly but surely gets it whole.
func TestSlowReaders(t *testing.T) {
	page := pageFiles(t)
	page["baton-0123.wasm.zst"].Data = make([]byte, 24<<20) // more than any buffer on the way
	l := few()
	l.write = 3 * time.Second // a busy machine makes pauses of its own
	s := newStreet(t, l, page)
	ask := s.head("GET", "/assets/baton-0123.wasm", "Accept-Encoding: zstd\r\n\r\n")
	c := s.dial(t)
	if _, err := io.WriteString(c, ask); err != nil {
		t.Fatal(err)
	}
	s.crowd.until(t, "it is gone", func(now, most int) bool { return most == 1 && now == 0 })

	c = s.dial(t)
	began := time.Now()
	if _, err := io.WriteString(c, strings.Replace(ask, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)); err != nil {
		t.Fatal(err)
	}
	pace := time.NewTicker(150 * time.Millisecond)
	defer pace.Stop()
	got, err := int64(0), error(nil)
	for n := int64(0); err == nil; got += n {
		n, err = io.CopyN(io.Discard, c, 512<<10)
		<-pace.C
	}
	if !errors.Is(err, io.EOF) || got < 24<<20 {
		t.Errorf("%d bytes of the program within %v, then %v", got, time.Since(began), err)
	}
	if time.Since(began) < 2*l.write {
		t.Errorf("it took %v: that is not slow", time.Since(began))
	}
}

// Too much of something is refused, and not read to its end.
func TestTooMuchOverTCP(t *testing.T) {
	s := newStreet(t, few(), pageFiles(t))
	for name, c := range map[string]struct {
		opening, piece string
		want           int
	}{
		"a head": {s.head("GET", "/"), "X-More: " + strings.Repeat("x", 1000) + "\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a body": {
			s.head("POST", "/api/v1/session", "Transfer-Encoding: chunked\r\n\r\n"),
			fmt.Sprintf("%x\r\n%s\r\n", 1000, strings.Repeat("x", 1000)), http.StatusRequestEntityTooLarge,
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.dial(t)
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				_, err := io.WriteString(conn, c.opening)
				for err == nil {
					_, err = io.WriteString(conn, c.piece)
				}
			}()
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := answer.Body.Close(); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Log("the rest of the answer:", err)
			}
			if answer.StatusCode != c.want {
				t.Errorf("answered %s", answer.Status)
			}
			<-sent // the server has closed it
		})
	}
}

// Many connections crowd each other out, not who is in.
func TestManyConnections(t *testing.T) {
	l := few()
	l.header, l.idle = time.Minute, time.Minute // the number alone is to help
	s := newStreet(t, l, pageFiles(t))
	in := s.browser(t)
	in.look(t)
	follow := in.get(t, "/api/v1/events")
	lines := bufio.NewScanner(follow.Body)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "id: ") {
		t.Fatalf("the stream begins with %q", lines.Text())
	}
	for range 10 * l.conns {
		c := s.dial(t)
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\n"); err != nil {
			t.Log("closed before it could say a word:", err)
		}
	}
	in.look(t) // after all of them
	s.crowd.until(t, "few again", func(now, most int) bool {
		// One is let in before another is shown out for it.
		if most > l.conns+1 {
			t.Fatalf("%d connections at a time, %d are allowed", most, l.conns)
		}
		return now <= l.conns
	})
	// The stream goes on; and somebody new gets in.
	s.browser(t).look(t)
	s.fake.hub.Send(backend.Event{Kind: backend.EventChanged})
	for {
		if !lines.Scan() {
			t.Fatalf("the stream ended: %v", lines.Err())
		}
		if strings.HasPrefix(lines.Text(), "id: ") {
			break
		}
	}
	if err := follow.Body.Close(); err != nil {
		t.Error(err)
	}
}

// One page more than may follow takes the place of the one that does longest,
// which is told to come later.
func TestManyStreams(t *testing.T) {
	s := newStreet(t, defaultLimits(), pageFiles(t))
	in := s.browser(t)
	var all []*http.Response
	for range maxStreams + 1 {
		all = append(all, in.get(t, "/api/v1/events"))
	}
	whole, err := io.ReadAll(all[0].Body)
	if err != nil || !strings.HasSuffix(string(whole), "event: later\ndata: \n\n") {
		t.Errorf("the first ended with %q, %v", whole, err)
	}
	for i, one := range all[1:] {
		if lines := bufio.NewScanner(one.Body); !lines.Scan() || !strings.HasPrefix(lines.Text(), "id: ") {
			t.Errorf("stream %d says %q", i+1, lines.Text())
		}
		if err := one.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}
