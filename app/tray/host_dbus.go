//go:build !windows && !darwin && !js

package tray

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"
)

// The names of the StatusNotifierItem specification (freedesktop.org), as KDE
// brought them into the world and every panel answers to.
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	itemPath    = "/StatusNotifierItem" // where the toolkit exports the icon
)

// busWait bounds every question to the bus. A panel that hangs does not answer.
const busWait = 2 * time.Second

// busHost follows the watcher on a connection of its own: the toolkit's, which
// it shares with its notifications, gives up the name of the watcher when it
// meets a signal with fewer than three members, as some notification servers
// send for each notification that goes away. After that a panel that restarts
// would come up without Baton's icon.
type busHost struct {
	conn    *dbus.Conn
	answers atomic.Bool
	closing atomic.Bool
	changed func()
	signals chan *dbus.Signal
	done    chan struct{}
}

func watch(ctx context.Context, changed func()) Host {
	h := &busHost{changed: changed, signals: make(chan *dbus.Signal, 16), done: make(chan struct{})}
	connected := make(chan error, 1)
	go func() { connected <- h.connect() }()
	ctx, cancel := context.WithTimeout(ctx, busWait)
	defer cancel()
	select {
	case err := <-connected:
		if err != nil {
			return never{}
		}
	case <-ctx.Done():
		go func() {
			if <-connected == nil {
				_ = h.conn.Close() // nobody wants it any more
			}
		}()
		return never{}
	}
	h.look()
	go h.follow()
	return h
}

func (h *busHost) connect() error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return err
	}
	err = conn.Auth(nil)
	if err == nil {
		err = conn.Hello()
	}
	if err == nil {
		conn.Signal(h.signals)
		err = conn.AddMatchSignal(
			dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName))
	}
	if err == nil {
		err = conn.AddMatchSignal(dbus.WithMatchInterface(watcherName), dbus.WithMatchObjectPath(watcherPath))
	}
	if err != nil {
		_ = conn.Close() // the first error is the one that counts
		return err
	}
	h.conn = conn
	return nil
}

// look asks the watcher whether a panel shows its icons. One that does not know
// the question is a panel itself.
func (h *busHost) look() {
	ctx, cancel := context.WithTimeout(context.Background(), busWait)
	defer cancel()
	var owned, shown bool
	err := h.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcherName).Store(&owned)
	if err != nil || !owned {
		h.answers.Store(false)
		return
	}
	var value dbus.Variant
	err = h.conn.Object(watcherName, watcherPath).CallWithContext(ctx,
		"org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, watcherName, "IsStatusNotifierHostRegistered").Store(&value)
	switch {
	case ctx.Err() != nil:
		shown = false
	case err != nil:
		shown = true
	default:
		shown, _ = value.Value().(bool)
	}
	h.answers.Store(shown)
}

func (h *busHost) follow() {
	defer close(h.done)
	defer func() { // the bus is gone, unless it is we who go
		h.answers.Store(false)
		if !h.closing.Load() {
			go h.changed()
		}
	}()
	for s := range h.signals {
		switch s.Name {
		case "org.freedesktop.DBus.NameOwnerChanged":
			if len(s.Body) == 3 && s.Body[0] == watcherName && s.Body[2] != "" {
				register()
			}
		case watcherName + ".StatusNotifierHostRegistered", watcherName + ".StatusNotifierHostUnregistered":
		default:
			continue // its items come and go, ours among them
		}
		h.look()
		h.changed()
	}
}

// register hands the icon to a watcher that is new, on the connection the icon
// is on: registering twice is registering once.
func register() {
	conn, err := dbus.SessionBus() // the toolkit's own
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), busWait)
	defer cancel()
	// A watcher that refuses is one that shows no icons; its host says so.
	_ = conn.Object(watcherName, watcherPath).CallWithContext(ctx, watcherName+".RegisterStatusNotifierItem", dbus.FlagNoAutoStart, itemPath).Err
}

// Answers implements Host.
func (h *busHost) Answers() bool { return h.answers.Load() }

// Close implements Host.
func (h *busHost) Close() {
	h.closing.Store(true)
	_ = h.conn.Close() // closes the signals' channel; nothing was left to say
	<-h.done
}
