//go:build linux && cgo

package app_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/.ci/screen"

	"github.com/godbus/dbus/v5"
)

// inTray is a Baton with its window on a display and its icon in a panel.
type inTray struct {
	*opened
	*bus
	panel *panel
	menu  dbus.BusObject
}

// startInTray starts Baton on a display with a session bus, and waits for
// nothing.
func startInTray(ctx context.Context, t *testing.T, w *world, d *screen.Screen, b *bus, args []string, env ...string) *opened {
	t.Helper()
	o := &opened{Window: screen.Window{Screen: d}, cmd: exec.CommandContext(ctx, "baton", args...)}
	o.cmd.Dir, o.cmd.Stderr = w.dir, &o.stderr
	o.cmd.Env = append(append(w.onDisplay(d, "dark"), "DBUS_SESSION_BUS_ADDRESS="+b.address, "LANG=en_US.UTF-8", "GORACE=exitcode=0 "+soonOver), env...)
	background(t, o.cmd)
	t.Cleanup(func() { o.raced(t) }) // before the one that ends the process
	return o
}

// raced reports what the race detector saw, if the program has it, but for what
// the toolkit's own tray does: it reads the number of its menu without the lock
// it writes it under.
func (o *opened) raced(t *testing.T) {
	if o.cmd.ProcessState == nil {
		return // it did not end, which the test has told
	}
	for _, report := range strings.Split(o.stderr.String(), "==================\n") {
		if strings.Contains(report, "WARNING: DATA RACE") && !toolkits(report) {
			t.Error(report)
		}
	}
}

// shown waits until Baton's window is there, or is not.
func (o *opened) shown(ctx context.Context, t *testing.T, want bool) {
	t.Helper()
	if err := until(ctx, func() bool { return o.visible(ctx) == want }); err != nil {
		t.Fatalf("the window is not as it should be (visible: %v): %v\n%s", want, err, o.stderr.String())
	}
}

// visible says whether a window of Baton's can be seen now.
func (o *opened) visible(ctx context.Context) bool {
	out, err := o.Run(ctx, "xdotool", "search", "--onlyvisible", "--name", "^Baton$")
	return err == nil && strings.TrimSpace(out) != ""
}

func openTray(ctx context.Context, t *testing.T, w *world, args []string, env ...string) *inTray {
	t.Helper()
	d, b := newDisplay(t), newBus(t)
	p := newPanel(t, b)
	o := startInTray(ctx, t, w, d, b, args, env...)
	return &inTray{o, b, p, p.icon(ctx, t)}
}

// becomes waits until the files say who is active, and checks that they agree.
func (w *world) becomes(ctx context.Context, t *testing.T, key string) {
	t.Helper()
	if err := until(ctx, func() bool { return w.active(t) == key }); err != nil {
		t.Fatalf("active is %s, want %s: %v", w.active(t), key, err)
	}
	for _, r := range w.home.Residents {
		if who := w.live(t); r.Key == key && who.AccountUUID != r.Person.AccountUUID {
			t.Errorf("live is %v, want %s", who, key)
		}
	}
}

// Each item of the menu does what it says, on the files themselves, also after
// the panel was started anew; every click is answered.
func TestTrayMenu(t *testing.T) {
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	w.done(t, "limit", "lab@uni.example", "--until", "+3h")
	tray := openTray(ctx, t, w, nil)
	find(ctx, t, tray.menu, "ada@example.com is active", func(l line) bool { return !l.enabled })
	find(ctx, t, tray.menu, "ada@example.com · ", ticked)

	choose(ctx, t, tray.menu, "ada@corp.example · ")
	if said := tray.next(ctx, t); !strings.HasPrefix(said, "ada@corp.example is active: ") {
		t.Errorf("the swap was answered with %q", said)
	}
	w.becomes(ctx, t, "ada@corp.example")
	find(ctx, t, tray.menu, "ada@corp.example · ", ticked)

	// The panel crashes and comes back: so does the icon, though the
	// notification that was closed has made the toolkit deaf to it.
	tray.panel.close(t)
	tray.panel = newPanel(t, tray.bus)
	tray.menu = tray.panel.icon(ctx, t)
	next := find(ctx, t, tray.menu, "Swap to next: ", enabled)
	press(ctx, t, tray.menu, next.id)
	name := strings.TrimPrefix(next.title, "Swap to next: ")
	if said := tray.next(ctx, t); !strings.HasPrefix(said, name+" is active: ") {
		t.Errorf("the swap to %s was answered with %q", name, said)
	}
	w.becomes(ctx, t, name)

	// An item that is gone does nothing, least of all to another account.
	press(ctx, t, tray.menu, next.id)
	// What a command does is seen, and clicked on right after.
	w.done(t, "swap", "ada@corp.example")
	find(ctx, t, tray.menu, "ada@corp.example is active", func(l line) bool { return !l.enabled })
	choose(ctx, t, tray.menu, "ada@example.com · ")
	if said := tray.next(ctx, t); !strings.HasPrefix(said, "ada@example.com is active: ") {
		t.Errorf("the swap was answered with %q", said)
	}
	w.becomes(ctx, t, "ada@example.com")

	choose(ctx, t, tray.menu, "Quit")
	tray.ended(t)
}

// A click that fails says why, changes nothing, and leads to the login.
func TestTrayTellsOfTrouble(t *testing.T) {
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	refused := w.home.Residents[1]
	for _, kill := range []func(string, string) error{w.provider.Expire, w.provider.Kill} {
		if err := kill(refused.Person.AccountUUID, refused.Person.OrganizationUUID); err != nil {
			t.Fatal(err)
		}
	}
	w.killed[refused.Key] = true
	if got, err := w.baton(ctx, "refresh", refused.Key); err != nil || got.code != 3 {
		t.Fatalf("the refresh ended with %d, %v", got.code, err)
	}
	bin, address := openedBy(t)
	tray := openTray(ctx, t, w, nil, "PATH="+bin+":"+os.Getenv("PATH"))
	find(ctx, t, tray.menu, refused.Key+" · needs login", enabled)
	choose(ctx, t, tray.menu, "Log in: "+refused.Key)
	if at, err := address(ctx); err != nil || !strings.Contains(at, "/oauth/authorize?") {
		t.Errorf("the browser was sent to %q: %v", at, err)
	}
	w.becomes(ctx, t, "ada@example.com")

	// A damaged file stops the swap; the icon and the click say so.
	ready := look(ctx, t, tray.menu, tray.bus)
	pool := w.file(".claude", "oauth_pool.json")
	whole, err := os.ReadFile(pool)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pool, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := until(ctx, func() bool { return look(ctx, t, tray.menu, tray.bus) != ready }); err != nil {
		t.Error("the icon looks the same")
	}
	choose(ctx, t, tray.menu, "ada@example.com · ")
	if said := tray.next(ctx, t); !strings.Contains(said, "oauth_pool.json") {
		t.Errorf("a damaged pool was answered with %q", said)
	}
	if err := os.WriteFile(pool, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	choose(ctx, t, tray.menu, "Quit")
	tray.ended(t)
}

// Closing the window hides it where the tray can bring it back; only there.
func TestClosingHidesToTheTray(t *testing.T) {
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	tray := openTray(ctx, t, w, nil)
	for _, open := range []string{"Open Baton", "Add account"} {
		tray.shown(ctx, t, true)
		tray.putAway(ctx, t)
		choose(ctx, t, tray.menu, open)
	}
	tray.shown(ctx, t, true)
	if said := tray.next(ctx, t); !strings.HasPrefix(said, "Baton goes on in the tray: ") {
		t.Errorf("closing was answered with %q", said)
	}
	// The panel goes for good: now closing ends Baton.
	tray.panel.close(t)
	ended := make(chan error, 1)
	go func() { ended <- tray.cmd.Wait() }()
	for over := false; !over; {
		// A close that came before the news of the panel hides the window once
		// more; it comes back, and is closed again.
		if err := until(ctx, func() bool { over = len(ended) > 0; return over || tray.visible(ctx) }); err != nil {
			t.Fatal("closing the window without a tray did not end Baton")
		}
		if !over {
			tray.tryToClose(ctx)
		}
	}
	if err := <-ended; err != nil {
		t.Errorf("Baton ended badly: %v\n%s", err, tray.stderr.String())
	}
}

// tryToClose closes a window that may be gone by now.
func (o *opened) tryToClose(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if o.reach(ctx) == nil {
		_ = o.Keys(ctx, "alt+F4")
	}
}

// putAway closes the window until it is gone: keys go nowhere while the window
// manager is still about to give it the focus.
func (o *opened) putAway(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := until(ctx, func() bool {
		if o.visible(ctx) {
			o.tryToClose(ctx)
		}
		return !o.visible(ctx)
	}); err != nil {
		t.Fatalf("the window does not close: %v\n%s", err, o.stderr.String())
	}
}

// reach finds the window again: it is a new one for the window manager.
func (o *opened) reach(ctx context.Context) (err error) {
	o.Window, err = o.Find(ctx, "Baton", o.cmd.Process.Pid)
	return err
}

// What a session starts by itself opens no window; what others do is told where
// the person asked for it.
func TestHiddenStart(t *testing.T) {
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	w.done(t, "config", "desktop.autostart", "on")
	entry, err := os.ReadFile(w.file(".config", "autostart", "app.baton.Baton.desktop"))
	if err != nil || !strings.Contains(string(entry), "baton --hidden\n") {
		t.Fatalf("the session would start %s (%v)", entry, err)
	}
	w.done(t, "config", "notify.swap", "on")
	tray := openTray(ctx, t, w, []string{"--hidden"})
	find(ctx, t, tray.menu, "ada@example.com · ", ticked)
	w.done(t, "swap", "ada@corp.example")
	if said := tray.next(ctx, t); !strings.HasPrefix(said, "ada@corp.example is active: ") {
		t.Errorf("somebody else's swap was told as %q", said)
	}
	if tray.visible(ctx) {
		t.Error("a hidden start shows the window")
	}
	choose(ctx, t, tray.menu, "Open Baton")
	tray.shown(ctx, t, true)
	tray.putAway(ctx, t)
	// Started again, it is the one in the tray that comes up.
	startInTray(ctx, t, w, tray.Screen, tray.bus, nil).ended(t)
	tray.shown(ctx, t, true)
	choose(ctx, t, tray.menu, "Quit")
	tray.ended(t)
	if got := w.done(t, "config", "desktop.autostart"); got != "on\n" {
		t.Errorf("the switch says %q", got)
	}
	w.done(t, "config", "desktop.autostart", "off")
	if left, err := filepath.Glob(w.file(".config", "autostart", "*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Without a panel a hidden start shows the window after all, and says once what
// closing it means.
func TestHiddenStartWithoutATray(t *testing.T) {
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	b := newBus(t)
	o := startInTray(ctx, t, w, newDisplay(t), b, []string{"--hidden"})
	o.shown(ctx, t, true)
	if said := b.next(ctx, t); !strings.HasPrefix(said, "Baton has no tray here; closing the window ends it: ") {
		t.Errorf("it was told as %q", said)
	}
	if err := o.reach(ctx); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(ctx); err != nil {
		t.Fatal(err)
	}
	o.ended(t)
	said := o.stderr.String()
	if !strings.Contains(said, "baton: Baton has no tray here; closing the window ends it\n") {
		t.Errorf("on the terminal stands %q", said)
	}
	for _, noise := range []string{"systray", "Translation"} {
		if strings.Contains(said, noise) {
			t.Errorf("on the terminal stands %q", said)
		}
	}
}

// toolkits says that a report of the race detector's is about the toolkit's own
// tray: it builds its menu, and hands out its icon, while the bus reads them.
func toolkits(report string) bool {
	for _, own := range []string{"fyne.io/systray.(*tray).GetLayout", "fyne.io/systray.argbForImage", "fyne.io/systray.convertToPixels"} {
		if strings.Contains(report, own) {
			return true
		}
	}
	return false
}
