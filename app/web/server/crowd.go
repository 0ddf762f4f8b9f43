//go:build !js

package server

import (
	"context"
	"net"
	"slices"
	"sync"
)

// crowd keeps the connections to a number. Where it is reached the one that is
// here longest without having shown a session goes: whoever opens many is in
// nobody's way but his own.
type crowd struct {
	most int

	mu   sync.Mutex
	here []*guest // the longest here first
}

// guest is one connection.
type guest struct {
	net.Conn
	of    *crowd
	known bool // by a session; crowd.mu guards it
}

// Close implements net.Conn.
func (g *guest) Close() error {
	g.of.mu.Lock()
	if i := slices.Index(g.of.here, g); i >= 0 {
		g.of.here = slices.Delete(g.of.here, i, i+1)
	}
	g.of.mu.Unlock()
	return g.Conn.Close()
}

// let takes one more in; out has to go for it, and is the one that came where
// all the others are known. It may be nil.
func (c *crowd) let(conn net.Conn) (in, out *guest) {
	in = &guest{Conn: conn, of: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.here = append(c.here, in)
	if len(c.here) <= c.most {
		return in, nil
	}
	return in, c.here[slices.IndexFunc(c.here, func(g *guest) bool { return !g.known })]
}

// counted is a listener whose connections are counted.
type counted struct {
	net.Listener
	crowd *crowd
}

// Accept implements net.Listener.
func (l counted) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	in, out := l.crowd.let(conn)
	if out != nil {
		_ = out.Close() // that it is gone is what is wanted
	}
	return in, nil // where it is out itself, its first read says so
}

type guestKey struct{}

// withGuest has a connection's requests know it.
func withGuest(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, guestKey{}, c)
}

// knownGuest notes that a request's connection is a session's.
func knownGuest(ctx context.Context) {
	if g, ok := ctx.Value(guestKey{}).(*guest); ok {
		g.of.mu.Lock()
		g.known = true
		g.of.mu.Unlock()
	}
}
