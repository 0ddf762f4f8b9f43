//go:build linux && cgo && places

package app_test

import (
	"context"
	"encoding/json"
	"image"
	"os"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/providertest"
)

// within gives a story in a window its time.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	t.Cleanup(cancel)
	return ctx
}

// Swap by mouse, back by Undo, again by the keyboard, back by a command, which
// the window shows within a second.
func TestSwapAndUndoInTheWindow(t *testing.T) {
	d, w, ctx := newDisplay(t), started(t), within(t)
	o := drive(ctx, t, w, d)
	o.press(ctx, "card:ada@corp.example:primary")
	o.active(ctx, "ada@corp.example")
	o.holds("ada@corp.example")
	o.picked(ctx, "swapped")
	o.press(ctx, "undo")
	o.active(ctx, "ada@example.com")
	o.holds("ada@example.com")

	o.typed(ctx, "ctrl+f", "c", "o", "r", "p")
	o.wait(ctx, "the filter leaves more than one card", func(p map[string]image.Rectangle) bool {
		return len(names(p)) > 0 && strings.Count(strings.Join(names(p), " "), "card:ada@example.com") == 0
	})
	o.typed(ctx, "Return", "Return") // to the card, and its button
	o.wait(ctx, "the keyboard does not swap", func(p map[string]image.Rectangle) bool {
		_, button := p["card:ada@corp.example:primary"]
		return !button
	})
	o.typed(ctx, "ctrl+f", "ctrl+a", "BackSpace") // the filter goes
	o.active(ctx, "ada@corp.example")
	o.holds("ada@corp.example")

	w.done(t, "swap", "ada@example.com")
	start := time.Now()
	o.active(ctx, "ada@example.com")
	t.Logf("measured: the window showed a command's swap after %v", time.Since(start).Round(time.Millisecond))
	o.ends(ctx)

	// Opened anew, the window takes back the swap a command made.
	o = drive(ctx, t, w, d)
	o.press(ctx, "undo")
	o.active(ctx, "ada@corp.example")
	o.holds("ada@corp.example")
	o.typed(ctx, "ctrl+z") // and by the keyboard takes that back
	o.active(ctx, "ada@example.com")
	o.holds("ada@example.com")
	o.typed(ctx, "ctrl+4")
	o.active(ctx, "lab@uni.example")
	o.holds("lab@uni.example")
	o.ends(ctx)
}

// The order is the person's own, and stays.
func TestMoveInTheWindow(t *testing.T) {
	d, w, ctx := newDisplay(t), started(t), within(t)
	o := drive(ctx, t, w, d)
	under := func(upper, lower string) {
		t.Helper()
		o.wait(ctx, lower+" is not under "+upper, func(p map[string]image.Rectangle) bool {
			return p["card:"+upper].Min.Y < p["card:"+lower].Min.Y
		})
	}
	under("ada@example.com", "ada@corp.example")
	o.typed(ctx, "Down", "alt+Down") // the first card, one down
	under("ada@corp.example", "ada@example.com")
	o.ends(ctx)
	if list := w.done(t, "list"); strings.Index(list, "ada@corp.example") > strings.Index(list, "ada@example.com") {
		t.Errorf("list:\n%s", list)
	}
	o = drive(ctx, t, w, d)
	under("ada@corp.example", "ada@example.com")
	o.ends(ctx)
}

// A login in the browser, started from the window: the account is there, and
// who is active does not change.
func TestAddInTheWindow(t *testing.T) {
	d, w := newDisplay(t), started(t)
	browser := chromium(t)
	ctx, cancel := context.WithTimeout(browser, hangs)
	defer cancel()
	bin, opened := openedBy(t)
	o := drive(ctx, t, w, d, "PATH="+bin+":"+os.Getenv("PATH"))
	o.press(ctx, "add")
	o.typed(ctx, "Return")
	address, err := opened(ctx)
	if err != nil {
		t.Fatalf("no address was opened: %v", err)
	}
	o.picked(ctx, "waiting")
	v := visit{name: "window", account: "new@example.com", button: "allow", title: "Signed in as new@example.com", good: true}
	if err := v.inBrowser(ctx, t, address); err != nil {
		t.Fatal(err)
	}
	o.typed(ctx, "Escape") // where it says so in a sheet
	o.wait(ctx, "the new account has no card", func(p map[string]image.Rectangle) bool {
		_, there := p["card:new@example.com"]
		return there
	})
	o.active(ctx, "ada@example.com")
	o.picked(ctx, "added")
	o.holds("ada@example.com")
	if got := w.done(t, "list"); !strings.Contains(got, "new@example.com") {
		t.Errorf("list:\n%s", got)
	}
	// It is one like the others.
	o.press(ctx, "card:new@example.com:primary")
	o.active(ctx, "new@example.com")
	if got := w.active(t); got != "new@example.com" {
		t.Errorf("active is %s", got)
	}
	w.live(t)
	o.ends(ctx)
}

// listed is what a command tells of an account, nil where it knows none.
func listed(t *testing.T, w *world, key string) (state string, there bool) {
	t.Helper()
	var list struct {
		Accounts []struct{ Key, State string }
	}
	if err := json.Unmarshal([]byte(w.done(t, "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	for _, a := range list.Accounts {
		if a.Key == key {
			return a.State, true
		}
	}
	return "", false
}

// Remove asks first: Escape keeps the account, and only the button forgets it.
func TestRemoveInTheWindow(t *testing.T) {
	d, w, ctx := newDisplay(t), started(t), within(t)
	o := drive(ctx, t, w, d)
	const key = "night@example.com"
	o.press(ctx, "card:"+key+":menu")
	o.typed(ctx, "Up", "Return") // the last in the menu
	o.picked(ctx, "asked")
	o.typed(ctx, "Escape")
	if _, there := listed(t, w, key); !there {
		t.Fatal("it was removed without a word")
	}
	o.press(ctx, "card:"+key+":menu")
	o.typed(ctx, "Up", "Return", "Tab", "Return") // from Cancel to Remove
	o.wait(ctx, "its card is still there", func(p map[string]image.Rectangle) bool {
		_, there := p["card:"+key]
		return len(p) > 0 && !there
	})
	if _, there := listed(t, w, key); there {
		t.Error("the account is still listed")
	}
	if pool, err := os.ReadFile(w.file(".claude", "oauth_pool.json")); err != nil || strings.Contains(string(pool), key) {
		t.Errorf("the pool still has it, or %v", err)
	}
	o.active(ctx, "ada@example.com")
	o.holds("ada@example.com")
	o.ends(ctx)
}

// An open window asks for usage once that is switched on, and not before.
func TestUsageInTheWindow(t *testing.T) {
	d, w, ctx := newDisplay(t), started(t), within(t)
	o := drive(ctx, t, w, d)
	known := func() bool { return strings.Contains(w.done(t, "list"), "61%") }
	if known() || w.provider.State().Calls[providertest.EndpointUsage] != 0 {
		t.Error("usage was asked for though nobody asked for it")
	}
	w.done(t, "config", "usage.poll", "on")
	if err := until(ctx, known); err != nil {
		t.Fatalf("usage is not asked for: %v", err)
	}
	o.still(ctx)
	o.picked(ctx, "usage")
	o.active(ctx, "ada@example.com")
	o.ends(ctx)
}

// A login the provider refuses stays out of the way: nothing is swapped, and
// the card says what to do.
func TestARefusedLoginInTheWindow(t *testing.T) {
	d, w, ctx := newDisplay(t), started(t), within(t)
	o := drive(ctx, t, w, d)
	const key = "lab@uni.example"
	if err := w.home.Kill(key); err != nil {
		t.Fatal(err)
	}
	w.killed[key] = true
	o.press(ctx, "card:"+key+":primary") // its access token has lapsed: this refreshes first
	if err := until(ctx, func() bool { state, _ := listed(t, w, key); return state == "needs_login" }); err != nil {
		t.Fatal(err)
	}
	o.active(ctx, "ada@example.com")
	o.picked(ctx, "refused")
	o.holds("ada@example.com")
	o.ends(ctx)
}

// While a Claude Code that lives holds its lock a swap waits, can be
// cancelled, and does nothing to the lock; once it is free the swap goes on.
func TestABusyLockInTheWindow(t *testing.T) {
	d, w, ctx := newDisplay(t), started(t), within(t)
	o := drive(ctx, t, w, d)
	const key = "ada@corp.example"
	lock := w.file(".claude.lock")
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	alive, die := context.WithCancel(ctx)
	dead := make(chan error, 1)
	go func() { dead <- heartbeat(alive, lock) }()
	button := o.places()["card:"+key+":primary"]
	swap := o.part(ctx, button)
	waits := func() {
		t.Helper()
		o.press(ctx, "card:"+key+":primary")
		o.wait(ctx, "the card does not say that it waits", func(map[string]image.Rectangle) bool {
			return o.part(ctx, button) != swap
		})
	}
	waits()
	o.picked(ctx, "busy")
	o.press(ctx, "card:"+key+":primary") // Cancel now
	o.wait(ctx, "Cancel does not give the button back", func(map[string]image.Rectangle) bool {
		return o.part(ctx, button) == swap
	})
	o.picked(ctx, "cancelled")
	if info, err := os.Stat(lock); err != nil || !info.IsDir() {
		t.Errorf("Claude Code's lock was touched: %v", err)
	}
	o.holds("ada@example.com")
	waits() // and this time the lock is let go of in the middle
	die()
	if err := <-dead; err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	o.active(ctx, key)
	o.holds(key)
	o.ends(ctx)
}

// heartbeat keeps a lock as a living Claude Code does, until ctx ends.
func heartbeat(ctx context.Context, lock string) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		now := time.Now()
		if err := os.Chtimes(lock, now, now); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
