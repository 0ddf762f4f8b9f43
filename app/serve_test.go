//go:build !js

package app

import (
	"errors"
	"net"
	"strconv"
	"testing"

	"baton/app/backend"
)

func TestLoopbackPort(t *testing.T) {
	for addr, want := range map[string]int{
		"127.0.0.1:0": 0, "127.0.0.1:4711": 4711, "localhost:80": 80, "[::1]:65535": 65535,
		"": -1, "4711": -1, ":4711": -1, "0.0.0.0:1": -1, "[::]:1": -1, "127.0.0.2:1": -1, "10.0.0.1:1": -1,
		"127.0.0.1:65536": -1, "127.0.0.1:-1": -1, "127.0.0.1:http": -1, "evil.example:1": -1, "[::1%lo]:1": -1,
		"127.0.0.1.evil.example:1": -1, "[::ffff:127.0.0.1]:1": -1,
	} {
		got, err := loopbackPort(addr)
		if want >= 0 {
			if err != nil || got != want {
				t.Errorf("%q: %d, %v", addr, got, err)
			}
			continue
		}
		if p := backend.AsProblem(err); p == nil || p.Code != backend.ProblemUsage || p.Hint == "" {
			t.Errorf("%q was taken, or refused with %v", addr, err)
		}
	}
}

// Whoever has the port on one of the two addresses localhost means would be
// sent the secret: then it is another port, or none.
func TestBothFamilies(t *testing.T) {
	squatter, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("not run: there is no IPv6 here")
	}
	defer func() { _ = squatter.Close() }() // the test ends with it
	port := squatter.Addr().(*net.TCPAddr).Port
	if got, _, err := listenHere(t.Context(), "127.0.0.1:"+strconv.Itoa(port)); !errors.Is(err, errTaken) {
		t.Errorf("beside a stranger on the same port it listens on %v: %v", got, err)
	}
	both, port, err := listenHere(t.Context(), "127.0.0.1:0")
	if err != nil || len(both) != 2 {
		t.Fatalf("listening on %v: %v", both, err)
	}
	for _, l := range both {
		if at := l.Addr().(*net.TCPAddr); at.Port != port || !at.IP.IsLoopback() {
			t.Errorf("listening on %v", at)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSSHTarget(t *testing.T) {
	for _, c := range []struct{ user, connection, want string }{
		{"ada", "192.0.2.1 50000 192.0.2.2 22", "ada@192.0.2.2"},
		{"ada", "192.0.2.1 50000 192.0.2.2 2222", "-p 2222 ada@192.0.2.2"},
		{"", "192.0.2.1 50000 192.0.2.2 22", "USER@192.0.2.2"},
		{"ada", "x", "ada@HOST"},
	} {
		env := map[string]string{"USER": c.user, "SSH_CONNECTION": c.connection}
		if got := sshTarget(func(k string) (string, bool) { v, ok := env[k]; return v, ok }); got != c.want {
			t.Errorf("%q: %q, want %q", c.connection, got, c.want)
		}
	}
}
