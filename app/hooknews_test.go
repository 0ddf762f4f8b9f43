//go:build linux && cgo

package app_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"baton/app/single"
)

// failureTold is what Claude Code hands its hook at a limit.
const failureTold = `{"session_id":"s","transcript_path":"","hook_event_name":"StopFailure","error":"rate_limit","last_assistant_message":"You've hit your 5-hour limit"}`

// hook runs `baton hook` as Claude Code does, and says how long it took.
func (w *world) hook(ctx context.Context, t *testing.T, told string, env ...string) time.Duration {
	t.Helper()
	cmd := exec.CommandContext(ctx, "baton", "hook")
	cmd.Dir, cmd.Env, cmd.Stdin = w.dir, w.env(env...), strings.NewReader(told)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) != 0 {
		t.Errorf("the hook ended with %v and said %q", err, out)
	}
	return time.Since(start)
}

// settled makes it long ago that an account became the active one: an automatic
// swap leaves it alone for a while.
func (w *world) settled(t *testing.T) {
	t.Helper()
	path := w.file(".claude", "baton", "usage.json")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(`("activeAt":\s*)\d+`)
	if !at.Match(doc) {
		t.Fatalf("no account became active in %s", doc)
	}
	if err := os.WriteFile(path, at.ReplaceAll(doc, []byte(`${1}1700000000000`)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// nothing fails when a notification came.
func (b *bus) nothing(t *testing.T) {
	t.Helper()
	select {
	case said := <-b.told:
		t.Errorf("told %q", said)
	default: // the hook has ended: nothing comes any more
	}
}

// Where no window is open the hook itself tells of the swap it made, once, in
// the language of the system.
func TestAHookTellsOfItsSwap(t *testing.T) {
	for _, c := range []struct{ lang, title, body string }{
		{"en_GB.UTF-8", "is active: ", "\nType on in the session that waits for the limit"},
		{"de_DE.UTF-8", "ist aktiv: ", "\nIn der Sitzung, die auf das Limit wartet, einfach weiterschreiben"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), hangs)
			defer cancel()
			w, b := started(t), newBus(t)
			env := []string{"DBUS_SESSION_BUS_ADDRESS=" + b.address, "LANG=" + c.lang}
			w.done(t, "import")
			for _, key := range []string{"swap.auto", "notify.swap"} {
				w.done(t, "config", key, "on")
			}
			w.settled(t)
			before := w.active(t)
			w.hook(ctx, t, failureTold, env...)
			if w.active(t) == before {
				t.Fatal("no swap was made")
			}
			if said := b.next(ctx, t); !strings.Contains(said, c.title) || !strings.HasSuffix(said, c.body) {
				t.Errorf("told %q", said)
			}
			b.nothing(t)
			w.hook(ctx, t, failureTold, env...)
			b.nothing(t) // the same again is no news
		})
	}
}

// Each kind only where its switch is on, and nothing while a window is open,
// which tells of it itself.
func TestAHookTellsOnlyWhatIsToBeTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	b := newBus(t)
	for name, c := range map[string]struct {
		on   []string
		open bool
		want string
	}{
		"nothing is on": {on: []string{"swap.auto"}},
		"the limit":     {on: []string{"notify.limit"}, want: "has reached its limit"},
		"a window":      {on: []string{"swap.auto", "notify.swap", "notify.limit"}, open: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := started(t)
			w.done(t, "import")
			for _, key := range c.on {
				w.done(t, "config", key, "on")
			}
			if c.open {
				one, err := single.Claim(ctx, single.Place{Accounts: w.file(".claude"), Own: w.file(".claude", "baton"), Temp: w.dir}, single.Greet, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := one.Close(); err != nil {
						t.Error(err)
					}
				}()
			}
			w.hook(ctx, t, failureTold, "DBUS_SESSION_BUS_ADDRESS="+b.address)
			if c.want != "" {
				if said := b.next(ctx, t); !strings.Contains(said, c.want) {
					t.Errorf("told %q", said)
				}
			}
			b.nothing(t)
		})
	}
}

// Without a bus, or with one that does not answer, a hook is as silent as ever
// and does not keep Claude Code waiting.
func TestAHookWithoutADesktop(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	deaf, err := listenDeaf(ctx, t)
	if err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{"none": "unix:path=/nonexistent/bus", "one that hangs": "unix:path=" + deaf} {
		t.Run(name, func(t *testing.T) {
			w := started(t)
			w.done(t, "import")
			w.done(t, "config", "notify.limit", "on")
			took := w.hook(ctx, t, failureTold, "DBUS_SESSION_BUS_ADDRESS="+address)
			t.Logf("measured: a hook beside this bus took %v", took.Round(time.Millisecond))
		})
	}
}

// listenDeaf is a socket that takes every connection and says nothing.
func listenDeaf(ctx context.Context, t *testing.T) (path string, err error) {
	path = filepath.Join(t.TempDir(), "bus")
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { _ = l.Close() }) // whatever waits on it ends with it
	return path, nil                    // the system accepts for it
}
