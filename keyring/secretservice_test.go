//go:build linux

package keyring

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"baton/keyring/keyringtest"
	"baton/oauthcore/secret"
)

// bus gives the test a session bus of its own, and makes it the one its
// helpers see.
func bus(t *testing.T) *keyringtest.Bus {
	t.Helper()
	for _, name := range keyringtest.Programs() {
		if _, err := exec.LookPath(name); err != nil {
			why := "not run: " + name + " is not installed (make test installs it)"
			if os.Getenv("CI") == "true" {
				t.Fatal(why)
			}
			t.Skip(why)
		}
	}
	b, err := keyringtest.StartBus(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, b.Stop)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Address)
	return b
}

func stopAtEnd(t *testing.T, stop func() error) {
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// daemon starts the real daemon of GNOME.
func daemon(t *testing.T, b *keyringtest.Bus, home, password string) *keyringtest.Daemon {
	t.Helper()
	d, err := keyringtest.StartDaemon(context.WithoutCancel(t.Context()), b, home, password)
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, d.Stop)
	return d
}

func serving(t *testing.T, b *keyringtest.Bus, f *keyringtest.Fake) *keyringtest.Fake {
	t.Helper()
	if err := f.Serve(b); err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, f.Stop)
	return f
}

// quietly and asking are the two ways Baton has a keyring asked.
func quietly() Client { return Client{Service: "baton", Wait: 30 * time.Second, Quiet: true} }
func asking() Client  { return Client{Service: "baton", Wait: 60 * time.Second} }

func TestARealKeyring(t *testing.T) {
	b := bus(t)
	home := t.TempDir()
	d := daemon(t, b, home, "one")
	ctx, c := t.Context(), quietly()
	if err := c.Look(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(ctx, "a"); !errors.Is(err, ErrMissing) {
		t.Errorf("an item nobody wrote: %v", err)
	}
	for _, value := range []string{testValue, testValue + "-2", `{"a":"` + strings.Repeat("é\n", 1000) + `"}`} {
		if err := c.Put(ctx, "a", secret.New(value)); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Get(ctx, "a"); err != nil || got.Reveal() != value {
			t.Errorf("another value came back, %v", err)
		}
	}
	if _, err := c.Get(ctx, "b"); !errors.Is(err, ErrMissing) {
		t.Errorf("one name's item was given for another: %v", err)
	}
	for range 2 {
		if err := c.Delete(ctx, "a"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Get(ctx, "a"); !errors.Is(err, ErrMissing) {
		t.Errorf("a deleted item: %v", err)
	}
	if err := c.Put(ctx, "a", secret.New(testValue)); err != nil {
		t.Fatal(err)
	}

	// What is locked stays locked, and nobody is asked.
	if err := d.Lock(); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{c.Look(ctx), c.Put(ctx, "a", secret.New("other")), c.Delete(ctx, "a")} {
		if !errors.Is(err, ErrLocked) {
			t.Errorf("a locked keyring: %v", err)
		}
	}
	// With nobody there to show a question, asking is no different.
	if _, err := asking().Get(ctx, "a"); !errors.Is(err, ErrLocked) && !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrRefused) {
		t.Errorf("a locked keyring nobody can unlock: %v", err)
	}

	// A wrong password leaves it locked, the right one finds everything again.
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := c.Look(ctx); !errors.Is(err, ErrUnavailable) {
		t.Errorf("no daemon: %v", err)
	}
	d = daemon(t, b, home, "wrong")
	if err := c.Look(ctx); !errors.Is(err, ErrLocked) {
		t.Errorf("a wrong password: %v", err)
	}
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	daemon(t, b, home, "one")
	if got, err := c.Get(ctx, "a"); err != nil || got.Reveal() != testValue {
		t.Errorf("the item did not survive: %v", err)
	}
}

func TestNoKeyring(t *testing.T) {
	bus(t)
	for name, c := range map[string]Client{"quietly": quietly(), "asking": asking()} {
		if _, err := c.Get(t.Context(), "a"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s, nobody on the bus: %v", name, err)
		}
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nothing")
	for name, c := range map[string]Client{"quietly": quietly(), "asking": asking()} {
		if _, err := c.Get(t.Context(), "a"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s, no bus: %v", name, err)
		}
	}
}

// A daemon that never answers costs the time it was given, no more, whichever
// of its methods it is that hangs.
func TestADaemonThatNeverAnswers(t *testing.T) {
	for _, method := range []string{"Get", "OpenSession", "CreateItem", "SearchItems"} {
		t.Run(method, func(t *testing.T) {
			b := bus(t)
			serving(t, b, &keyringtest.Fake{Hang: method})
			c := quietly()
			c.Wait = 500 * time.Millisecond
			since := time.Now()
			err := c.Put(t.Context(), "a", secret.New(testValue))
			if took := time.Since(since); !errors.Is(err, ErrTimeout) || took < c.Wait {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
	t.Run("a bus that says nothing", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", silent(t))
		c := quietly()
		c.Wait = 300 * time.Millisecond
		if err := c.Look(t.Context()); !errors.Is(err, ErrTimeout) {
			t.Error(err)
		}
	})
}

// Cancel works while the keyring waits for the person, and takes its question
// off the screen.
func TestCancel(t *testing.T) {
	b := bus(t)
	f := serving(t, b, &keyringtest.Fake{Locked: true, Hang: "Prompt"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := make(chan error, 1)
	go func() { asked <- asking().Put(ctx, "a", secret.New(testValue)) }()
	if err := f.AwaitHang(t.Context()); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-asked; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if f.Kept() != 0 {
		t.Error("it was written all the same")
	}
	if f.Dismissed() != 1 {
		t.Errorf("the prompt was taken off the screen %d times", f.Dismissed())
	}
}

// A write that was given up on is not made later, when the daemon goes on.
func TestNoLateWrite(t *testing.T) {
	b := bus(t)
	d := daemon(t, b, t.TempDir(), "one")
	if err := quietly().Put(t.Context(), "a", secret.New("old")); err != nil {
		t.Fatal(err)
	}
	if err := d.Suspend(); err != nil {
		t.Fatal(err)
	}
	c := quietly()
	c.Wait = 300 * time.Millisecond
	err := c.Put(t.Context(), "a", secret.New("late"))
	if !errors.Is(err, ErrTimeout) {
		t.Errorf("a daemon that is suspended: %v", err)
	}
	if err := d.Resume(); err != nil {
		t.Fatal(err)
	}
	// The daemon answers in order: what came before this has been done.
	if got, err := quietly().Get(t.Context(), "a"); err != nil || got.Reveal() != "old" {
		t.Errorf("the write landed late: %v", err)
	}
}

func TestPrompts(t *testing.T) {
	for _, c := range []struct {
		name    string
		fake    *keyringtest.Fake
		client  Client
		is      error
		prompts int
	}{
		{"asked and allowed", &keyringtest.Fake{Locked: true}, asking(), nil, 1},
		{"another signal first", &keyringtest.Fake{Locked: true, Unrelated: true}, asking(), nil, 1},
		{"asked and declined", &keyringtest.Fake{Locked: true, Dismiss: true}, asking(), ErrLocked, 1},
		{"declined, another signal first", &keyringtest.Fake{Locked: true, Dismiss: true, Unrelated: true}, asking(), ErrLocked, 1},
		{"never asked in the background", &keyringtest.Fake{Locked: true}, quietly(), ErrLocked, 0},
		{"a success that is none", &keyringtest.Fake{Forget: true}, quietly(), ErrMissing, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bus(t)
			f := serving(t, b, c.fake)
			err := c.client.Put(t.Context(), "a", secret.New(testValue))
			if !errors.Is(err, c.is) {
				t.Errorf("%v, want %v", err, c.is)
			}
			if f.Prompts() != c.prompts {
				t.Errorf("the person was asked %d times", f.Prompts())
			}
			if kept := f.Kept() == 1; kept != (c.is == nil) {
				t.Errorf("it is kept: %v", kept)
			}
		})
	}
}
