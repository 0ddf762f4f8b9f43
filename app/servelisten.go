//go:build !js

package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"baton/app/backend"
)

// portTries is how often a port is picked that both address families have.
const portTries = 10

// errTaken: somebody else listens where the page's name leads as well.
var errTaken = errors.New("the port is taken")

// listenHere listens for browsers on this machine. The page's address says
// localhost, which a browser may take for 127.0.0.1 or for ::1: both are held,
// so that no other user of this machine answers in Baton's place and is sent
// the link's secret. The error is a *backend.Problem.
func listenHere(ctx context.Context, addr string) ([]net.Listener, int, error) {
	port, err := loopbackPort(addr)
	if err != nil {
		return nil, 0, err
	}
	for range portTries {
		var both []net.Listener
		var got int
		if both, got, err = listenBoth(ctx, port); err == nil {
			return both, got, nil
		}
		if port != 0 || !errors.Is(err, errTaken) {
			break
		}
	}
	return nil, 0, &backend.Problem{
		Code: backend.ProblemFailed, Err: err,
		Message: fmt.Sprintf("cannot listen on %s: %v", addr, err), Hint: "give another port, or 0 for any that is free",
	}
}

// listenBoth listens on a port of both families, of the one where a machine
// has no other.
func listenBoth(ctx context.Context, port int) ([]net.Listener, int, error) {
	var listen net.ListenConfig
	four, err := listen.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, 0, taken(err)
	}
	at, ok := four.Addr().(*net.TCPAddr)
	if !ok {
		return nil, 0, errors.Join(errTaken, four.Close())
	}
	six, err := listen.Listen(ctx, "tcp6", net.JoinHostPort("::1", strconv.Itoa(at.Port)))
	switch {
	case err == nil:
		return []net.Listener{four, six}, at.Port, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, 0, errors.Join(errTaken, four.Close())
	}
	return []net.Listener{four}, at.Port, nil // there is no IPv6 here
}

func taken(err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return errTaken
	}
	return err
}

// loopbackPort reads where to listen. Whoever can reach the page can swap
// accounts: no address but this machine's own will do.
func loopbackPort(addr string) (int, error) {
	refused := func(why string) error {
		return &backend.Problem{
			Code: backend.ProblemUsage, Message: fmt.Sprintf("serve cannot listen on %q: %s", addr, why),
			Hint: "give 127.0.0.1:PORT; from another machine come over SSH (ssh -L)",
		}
	}
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, refused("that is no HOST:PORT")
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return 0, refused("that is no port")
	}
	if host == "localhost" {
		return int(port), nil
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || (ip != netip.MustParseAddr("127.0.0.1") && ip != netip.IPv6Loopback()) {
		return 0, refused("the page is for this machine only")
	}
	return int(port), nil
}
