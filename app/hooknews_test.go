//go:build linux && cgo

package app_test

import (
	"context"
	"encoding/json"
	"fmt"
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

// atLimit is the same of a limit that the session's transcript tells of: one that
// was reached, and not a busy server.
func (w *world) atLimit(t *testing.T) string {
	t.Helper()
	path := filepath.Join(w.dir, "transcript.jsonl")
	row := fmt.Sprintf(`{"type":"session-owner","accountUuid":"a","organizationUuid":"o"}`+"\n"+`{"isApiErrorMessage":true,"error":"rate_limit","version":"2.1.332","quotaLimits":{"status":"rejected","resetsAt":%d,"rateLimitType":"five_hour"}}`,
		time.Now().Add(2*time.Hour).Unix())
	if err := os.WriteFile(path, []byte(row+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(failureTold, `"transcript_path":""`, fmt.Sprintf(`"transcript_path":%q`, path), 1)
}

// hook runs `baton hook` as Claude Code does, and says how long it took. It has
// to print nothing.
func (w *world) hook(ctx context.Context, t *testing.T, told string, env ...string) time.Duration {
	t.Helper()
	start := time.Now()
	if out := w.hookOutput(ctx, t, told, env...); out != "" {
		t.Errorf("the hook said %q", out)
	}
	return time.Since(start)
}

// hookOutput is what `baton hook` prints.
func (w *world) hookOutput(ctx context.Context, t *testing.T, told string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, "baton", "hook")
	cmd.Dir, cmd.Env, cmd.Stdin = w.dir, w.env(env...), strings.NewReader(told)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("the hook ended with %v", err)
	}
	return string(out)
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
			told := w.atLimit(t)
			w.hook(ctx, t, told, env...)
			if w.active(t) == before {
				t.Fatal("no swap was made")
			}
			if said := b.next(ctx, t); !strings.Contains(said, c.title) || !strings.HasSuffix(said, c.body) {
				t.Errorf("told %q", said)
			}
			b.nothing(t)
			w.hook(ctx, t, told, env...)
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
		// terminal says that something is told in the terminal.
		terminal bool
	}{
		"nothing is on": {on: []string{"swap.auto"}},
		"the limit":     {on: []string{"notify.limit"}, want: "has reached its limit"},
		"a window":      {on: []string{"swap.auto", "notify.swap", "notify.limit"}, open: true},
		"both":          {on: []string{"notify.terminal", "notify.limit"}, open: true, terminal: true},
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
			if out := w.hookOutput(ctx, t, failureTold, "DBUS_SESSION_BUS_ADDRESS="+b.address); (out != "") != c.terminal {
				t.Errorf("the hook printed %q", out)
			}
			if c.want != "" {
				if said := b.next(ctx, t); !strings.Contains(said, c.want) {
					t.Errorf("told %q", said)
				}
			}
			b.nothing(t)
		})
	}
}

// With notify.terminal on a hook's news is written to the session's terminal,
// whatever the other switches are, and without it nothing is printed.
func TestHookNewsInTheTerminal(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	failure := func(kind string) string {
		return fmt.Sprintf(`{"session_id":"s","hook_event_name":"StopFailure","error":%q,"last_assistant_message":"Not now\u001b]0;x\u0007; come back"}`, kind)
	}
	for name, c := range map[string]struct {
		told string // "" for a limit that was reached
		on   []string
		lang string
		want []string // the bodies of OSC 9
	}{
		"off":       {on: []string{"swap.auto", "notify.free"}},
		"a limit":   {on: []string{"notify.terminal"}, want: []string{"ada@example.com has reached its limit: Limited until "}},
		"in German": {on: []string{"notify.terminal"}, lang: "de_DE.UTF-8", want: []string{"ada@example.com hat das Limit erreicht: Begrenzt bis "}},
		"a swap": {on: []string{"notify.terminal", "swap.auto"}, want: []string{
			"is active: ", ". Type on in the session that waits for the limit", "ada@example.com has reached its limit: ",
		}},
		"a refusal":          {told: failure("account_on_hold"), on: []string{"notify.terminal"}, want: []string{"The provider refuses ada@example.com: Not now]0,x, come back. Look at the account"}},
		"a login in doubt":   {told: failure("authentication_failed"), on: []string{"notify.terminal"}, want: []string{"ada@example.com's login is in doubt: It is not sure"}},
		"no news":            {told: failure("server_error"), on: []string{"notify.terminal", "swap.auto"}},
		"not Claude Code's":  {told: "hello", on: []string{"notify.terminal"}},
		"a refusal, off":     {told: failure("account_on_hold")},
		"a doubt, off":       {told: failure("authentication_failed")},
		"another failure is": {told: failure("overloaded"), on: []string{"notify.terminal"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := started(t)
			w.done(t, "import")
			for _, key := range c.on {
				w.done(t, "config", key, "on")
			}
			w.settled(t)
			told := c.told
			if told == "" {
				told = w.atLimit(t)
			}
			env := []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus", "LANG=" + c.lang}
			out := w.hookOutput(ctx, t, told, env...)
			if len(c.want) == 0 {
				if out != "" {
					t.Errorf("printed %q", out)
				}
				return
			}
			var said map[string]string
			if err := json.Unmarshal([]byte(out), &said); err != nil || len(said) != 1 || strings.Count(out, "\n") != 1 {
				t.Fatalf("printed %q, %v", out, err)
			}
			sequence := said["terminalSequence"]
			for _, want := range c.want {
				if !strings.Contains(sequence, want) {
					t.Errorf("no %q in %q", want, sequence)
				}
			}
			if !strings.HasPrefix(sequence, "\x1b]777;notify;") || !strings.Contains(sequence, "\x1b]9;") || !strings.HasSuffix(sequence, "\a\a") {
				t.Errorf("the sequence is %q", sequence)
			}
			if again := w.hookOutput(ctx, t, told, env...); again != "" {
				t.Errorf("the same again printed %q", again)
			}
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
