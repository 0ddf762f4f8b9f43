//go:build !windows && !darwin && !js

package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/godbus/dbus/v5"
)

// The names of the Desktop Notifications Specification (freedesktop.org).
const (
	serverName = "org.freedesktop.Notifications"
	serverPath = "/org/freedesktop/Notifications"
)

// appID is what desktops know Baton's application by.
const appID = "app.baton.Baton"

func send(ctx context.Context, title, body string) error {
	done := make(chan error, 1)
	// Connecting has no deadline of its own: a bus that hangs is left behind,
	// and ends with the process.
	go func() { done <- tell(ctx, title, body) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tell hands it to the session's bus. None is started: where there is none,
// nobody would look.
func tell(ctx context.Context, title, body string) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	defer func() { _ = conn.Close() }() // what was to be told was told
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	server := conn.Object(serverName, serverPath)
	var can []string
	// A server that does not know the question knows no markup either.
	if server.CallWithContext(ctx, serverName+".GetCapabilities", 0).Store(&can) == nil && slices.Contains(can, "body-markup") {
		body = plain(body)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(appID)}
	const replaces, expires = uint32(0), int32(-1) // nothing; as the server likes
	return server.CallWithContext(ctx, serverName+".Notify", 0, "Baton", replaces, appID, title, body, []string{}, hints, expires).Err
}
