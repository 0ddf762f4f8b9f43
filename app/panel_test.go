//go:build linux && cgo

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	menuName    = "com.canonical.dbusmenu"
)

// bus is a session bus of the test's own, with a server for notifications that
// keeps them.
type bus struct {
	address string
	told    chan string // "title: body" of each notification
}

// newBus starts both; they end with the test.
func newBus(t *testing.T) *bus {
	t.Helper()
	need(t, "dbus-daemon")
	daemon := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	background(t, daemon)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no session bus: %v", err)
	}
	b := &bus{strings.TrimSpace(address), make(chan string, 32)}
	b.own(t, "org.freedesktop.Notifications", func(conn *dbus.Conn) error {
		server := notifications{conn, b.told}
		return conn.Export(server, "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
	})
	return b
}

// connect makes a connection that ends with the test.
func (b *bus) connect(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(b.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the test may have closed it
	return conn
}

// own takes a name on a connection of its own, once export has filled it.
func (b *bus) own(t *testing.T, name string, export func(*dbus.Conn) error) *dbus.Conn {
	t.Helper()
	conn := b.connect(t)
	if err := export(conn); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("cannot own %s: %v, %v", name, reply, err)
	}
	return conn
}

type notifications struct {
	conn *dbus.Conn
	told chan<- string
}

// Notify keeps a notification and closes it at once, telling the one who sent
// it and nobody else, as dunst does.
func (n notifications) Notify(from dbus.Sender, _ string, _ uint32, _, title, body string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.told <- title + ": " + body
	closed := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldDestination: dbus.MakeVariant(string(from)),
		dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath("/org/freedesktop/Notifications")),
		dbus.FieldInterface:   dbus.MakeVariant("org.freedesktop.Notifications"),
		dbus.FieldMember:      dbus.MakeVariant("NotificationClosed"),
		dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(uint32(0), uint32(0))),
	}, Body: []any{uint32(1), uint32(2)}}
	n.conn.Send(closed, nil)
	return 1, nil
}

// next waits for the next notification.
func (b *bus) next(ctx context.Context, t *testing.T) string {
	t.Helper()
	select {
	case said := <-b.told:
		return said
	case <-ctx.Done():
		t.Fatal("no notification came")
		return ""
	}
}

// panel is what shows tray icons: a watcher that is its own host.
type panel struct {
	conn  *dbus.Conn
	items chan dbus.BusObject // the icons' menus, as they come
}

// newPanel starts one; it ends with close, or with the test.
func newPanel(t *testing.T, b *bus) *panel {
	t.Helper()
	p := &panel{items: make(chan dbus.BusObject, 8)}
	b.own(t, watcherName, func(conn *dbus.Conn) error {
		p.conn = conn
		if err := conn.Export(watcher{p}, "/StatusNotifierWatcher", watcherName); err != nil {
			return err
		}
		_, err := prop.Export(conn, "/StatusNotifierWatcher", prop.Map{watcherName: {
			"IsStatusNotifierHostRegistered": {Value: true},
		}})
		return err
	})
	return p
}

type watcher struct{ p *panel }

// RegisterStatusNotifierItem takes in an icon by the path it is at.
func (w watcher) RegisterStatusNotifierItem(path string, from dbus.Sender) *dbus.Error {
	w.p.items <- w.p.conn.Object(string(from), dbus.ObjectPath(path+"/menu"))
	return nil
}

func (p *panel) close(t *testing.T) {
	t.Helper()
	if err := p.conn.Close(); err != nil {
		t.Fatal(err)
	}
}

// icon waits for Baton's icon.
func (p *panel) icon(ctx context.Context, t *testing.T) dbus.BusObject {
	t.Helper()
	select {
	case item := <-p.items:
		return item
	case <-ctx.Done():
		t.Fatal("Baton's icon never came")
		return nil
	}
}

// look is the picture a panel shows for an icon, as the bus carries it.
func look(ctx context.Context, t *testing.T, menu dbus.BusObject, b *bus) string {
	t.Helper()
	var value dbus.Variant
	item := b.connect(t).Object(menu.Destination(), "/StatusNotifierItem")
	err := item.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "org.kde.StatusNotifierItem", "IconPixmap").Store(&value)
	var pictures []struct {
		W, H   int32
		Pixels []byte
	}
	if err == nil {
		err = dbus.Store([]any{value.Value()}, &pictures)
	}
	if err != nil || len(pictures) != 1 || len(pictures[0].Pixels) != int(4*pictures[0].W*pictures[0].H) || pictures[0].W < 22 {
		t.Fatalf("the icon has no picture: %v, %d", err, len(pictures))
	}
	if bytes.Count(pictures[0].Pixels, pictures[0].Pixels[:1]) == len(pictures[0].Pixels) {
		t.Error("the icon's picture is blank")
	}
	return string(pictures[0].Pixels)
}

// line is one item of a menu as the panel has it.
type line struct {
	id      int32
	title   string
	enabled bool
	ticked  bool
}

// read asks for the whole menu. The first answer of a new menu holds its top
// level only, which is all there is.
func read(ctx context.Context, menu dbus.BusObject) ([]line, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // one that is lost is asked again
	defer cancel()
	var revision uint32
	var top struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	if err := menu.CallWithContext(ctx, menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &top); err != nil {
		return nil, err
	}
	var lines []line
	for _, child := range top.Children {
		var one struct {
			ID       int32
			Props    map[string]dbus.Variant
			Children []dbus.Variant
		}
		if err := dbus.Store([]any{child.Value()}, &one); err != nil {
			return nil, err
		}
		if kind, ok := one.Props["type"]; ok && kind.Value() == "separator" {
			continue
		}
		l := line{id: one.ID}
		l.title, _ = one.Props["label"].Value().(string)
		l.enabled, _ = one.Props["enabled"].Value().(bool)
		state, _ := one.Props["toggle-state"].Value().(int32)
		l.ticked = state == 1
		lines = append(lines, l)
	}
	return lines, nil
}

// find waits for an item that begins with these words and is as wanted.
func find(ctx context.Context, t *testing.T, menu dbus.BusObject, begins string, wanted func(line) bool) line {
	t.Helper()
	var seen []line
	var failed error
	var found line
	if err := until(ctx, func() bool {
		seen, failed = read(ctx, menu)
		for _, l := range seen {
			if strings.HasPrefix(l.title, begins) && wanted(l) {
				found = l
				return true
			}
		}
		return false
	}); err != nil {
		t.Fatalf("no such item %q: %v (%v), the menu is %s", begins, err, failed, spelled(seen))
	}
	return found
}

func enabled(l line) bool { return l.enabled }
func ticked(l line) bool  { return l.ticked }

func spelled(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "\n%d %q enabled=%v ticked=%v", l.id, l.title, l.enabled, l.ticked)
	}
	return b.String()
}

// press clicks an item as a panel does.
func press(ctx context.Context, t *testing.T, menu dbus.BusObject, id int32) {
	t.Helper()
	err := menu.CallWithContext(ctx, menuName+".Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(time.Now().Unix())).Err
	if err != nil {
		t.Fatal(err)
	}
}

// choose waits for an item that can be clicked, and clicks it.
func choose(ctx context.Context, t *testing.T, menu dbus.BusObject, begins string) {
	t.Helper()
	press(ctx, t, menu, find(ctx, t, menu, begins, enabled).id)
}
