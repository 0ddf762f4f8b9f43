//go:build !js

package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// Every code of the seam, with the exit status scripts depend on.
func TestExitStatus(t *testing.T) {
	for code, want := range map[backend.ProblemCode]int{
		backend.ProblemFailed: 1, backend.ProblemDamaged: 1, backend.ProblemUnknownLive: 1, backend.ProblemPaused: 1,
		backend.ProblemOffline: 1, backend.ProblemUnsure: 1, backend.ProblemUnsupported: 1, backend.ProblemCanceled: 1,
		backend.ProblemUsage: 2, backend.ProblemNotFound: 2, backend.ProblemAmbiguous: 2,
		backend.ProblemNeedsLogin: 3, backend.ProblemAllLimited: 4, backend.ProblemNoOther: 5, backend.ProblemBusy: 6,
	} {
		p := &backend.Problem{Code: code, Message: "no", Hint: "do this"}
		f := &fake{do: answers(backend.Result{}, fmt.Errorf("while swapping: %w", p))}
		got := run(t, f, nil, "swap")
		line := "baton: no\n"
		if code == backend.ProblemAllLimited || code == backend.ProblemNoOther {
			line = "no\n"
		}
		got.want(t, want, "", line+"  do this\n")

		got = run(t, f, nil, "swap", "--json")
		got.want(t, want, fmt.Sprintf(`{"schemaVersion":1,"error":{"code":%q,"message":"no","hint":"do this"}}`+"\n", code), "")
	}
}

func TestMessagesOtherToolsPrintAreTheWholeLine(t *testing.T) {
	for code, message := range map[backend.ProblemCode]string{
		backend.ProblemAllLimited: "All OAuth accounts are rate-limited. Earliest reset in 52 minutes (at 14:05 UTC).",
		backend.ProblemNoOther:    "No account pool available for automatic account rotation (fewer than 2 accounts).",
	} {
		f := &fake{do: answers(backend.Result{}, &backend.Problem{Code: code, Message: message})}
		run(t, f, nil, "swap").want(t, code.ExitCode(), "", message+"\n")
	}
}

func TestMisuse(t *testing.T) {
	help := func(name string) string { return fmt.Sprintf("  run 'baton help %s'\n", name) }
	when := "  give RFC 3339 (2026-03-01T14:05:00Z), epoch milliseconds, or a time from now (+90m, +3d)\n"
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "baton: no command given\n  run 'baton help'\n"},
		{[]string{"--nonsense"}, "baton: unknown flag: --nonsense\n  run 'baton help'\n"},
		{[]string{"lsit"}, "baton: there is no command \"lsit\"\n  did you mean 'list' or 'limit'? run 'baton help'\n"},
		{[]string{"serve", "--open"}, "baton: there is no command \"serve\"\n  run 'baton help'\n"},
		{[]string{"-x", "list"}, "baton: unknown shorthand flag: 'x' in -x\n  run 'baton help'\n"},
		{[]string{"help", "serve"}, "baton: there is no command \"serve\"\n  run 'baton help'\n"},
		{[]string{"sk-ant-oat01-TEST-1"}, "baton: there is no command \"[redacted]\"\n  run 'baton help'\n"},
		{[]string{"list", "all"}, "baton: list takes no arguments\n" + help("list")},
		{[]string{"list", "--jsom"}, "baton: unknown flag: --jsom\n" + help("list")},
		{[]string{"status", "x"}, "baton: status takes no arguments\n" + help("status")},
		{[]string{"version", "x"}, "baton: version takes no arguments\n" + help("version")},
		{[]string{"import", "x"}, "baton: import takes no arguments\n" + help("import")},
		{[]string{"login", "CODE#STATE"}, "baton: login takes no arguments\n" + help("login")},
		{[]string{"login", "--via-claude", "--paste"}, "baton: --via-claude goes with neither --paste nor --no-browser\n" + help("login")},
		{[]string{"login", "--via-claude", "--no-browser"}, "baton: --via-claude goes with neither --paste nor --no-browser\n" + help("login")},
		{[]string{"swap", "a", "b"}, "baton: swap takes at most one ACCOUNT\n" + help("swap")},
		{[]string{"swap", ""}, "baton: the first argument of swap is empty\n" + help("swap")},
		{[]string{"swap", "--limited-until"}, "baton: flag needs an argument: --limited-until\n" + help("swap")},
		{[]string{"swap", "--limited-until", ""}, "baton: swap --limited-until takes a time, not \"\"\n" + when},
		{[]string{"swap", "--limited-until", "soon"}, "baton: swap --limited-until takes a time, not \"soon\"\n" + when},
		{[]string{"swap", "--limited-until", "-90m"}, "baton: the time given to swap --limited-until is in the past: \"-90m\"\n" + when},
		{[]string{"swap", "--limited-until", "1772453580"}, "baton: the time given to swap --limited-until is in the past: \"1772453580\"\n" + when},
		{[]string{"refresh", "a", "--all"}, "baton: refresh takes one ACCOUNT or --all, not both\n" + help("refresh")},
		{[]string{"refresh", "a", "b"}, "baton: refresh takes one ACCOUNT or --all\n" + help("refresh")},
		{[]string{"refresh", " "}, "baton: the first argument of refresh is empty\n" + help("refresh")},
		{[]string{"usage", "a", "--all"}, "baton: usage takes one ACCOUNT or --all, not both\n" + help("usage")},
		{[]string{"limit"}, "baton: limit takes one ACCOUNT\n" + help("limit")},
		{[]string{"limit", "a"}, "baton: limit takes either --until TIME or --clear\n" + help("limit")},
		{[]string{"limit", "a", "--clear", "--until", "+1h"}, "baton: limit takes either --until TIME or --clear\n" + help("limit")},
		{[]string{"limit", "a", "--until", "2026-03-02T12:13:00Z"}, "baton: the time given to limit --until is in the past: \"2026-03-02T12:13:00Z\"\n" + when},
		{[]string{"limit", "a", "--until", "99999999999999999999"}, "baton: the time given to limit --until is too far off: \"99999999999999999999\"\n" + when},
		{[]string{"rename", "a"}, "baton: rename takes an ACCOUNT and a LABEL\n" + help("rename")},
		{[]string{"pause"}, "baton: pause takes one ACCOUNT\n" + help("pause")},
		{[]string{"resume", "a", "b"}, "baton: resume takes one ACCOUNT\n" + help("resume")},
		{[]string{"remove"}, "baton: remove takes one ACCOUNT\n" + help("remove")},
		{[]string{"config", "a", "b", "c"}, "baton: config takes a KEY and a VALUE at most\n" + help("config")},
		{[]string{"config", "no.such"}, "baton: there is no switch \"no.such\"\n  run 'baton config' to see them all\n"},
		{[]string{"demo", "x"}, "baton: demo takes nothing or the word provider\n" + help("demo")},
		{[]string{"completion", "tcsh"}, "baton: there is no completion for that shell\n  run 'baton help completion'\n"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			f := &fake{snap: five()}
			run(t, f, withDemo(nil), c.args...).want(t, 2, "", c.want)
			if len(f.actions) != 0 || len(f.modes) != 0 {
				t.Errorf("the backend was asked: %v %v", f.actions, f.modes)
			}
		})
	}
}

func withDemo(err error) func(*Config) {
	return func(c *Config) {
		c.Demo = func(_ context.Context, req DemoRequest) error {
			_, _ = fmt.Fprintln(req.Stdout, "demo", req.Provider, req.Page, req.Story)
			return err
		}
	}
}

func TestWantsJSON(t *testing.T) {
	for _, c := range []struct {
		args string
		want bool
	}{
		{"list", false},
		{"list --json", true},
		{"--json list", true},
		{"list --json=true", true},
		{"list --json=0", false},
		{"list --json --json=False", false},
		{"list --json=maybe", true},
		{"rename a -- --json", false},
		{"list --jsonx", false},
	} {
		if got := wantsJSON(strings.Fields(c.args)); got != c.want {
			t.Errorf("%q: %v, want %v", c.args, got, c.want)
		}
	}
}

func TestNoCommandAsJSON(t *testing.T) {
	run(t, &fake{}, nil, "--json").want(t, 2,
		`{"schemaVersion":1,"error":{"code":"usage","message":"no command given","hint":"run 'baton help'"}}`+"\n", "")
	got := run(t, &fake{snap: five()}, nil, "--json", "list")
	if got.code != 0 || got.stdout != run(t, &fake{snap: five()}, nil, "list", "--json").stdout {
		t.Errorf("%+v", got)
	}
}

func TestHelpIsOnStandardOutput(t *testing.T) {
	closed := func(c *Config) {
		withDemo(nil)(c)
		c.NewBackend = func() (backend.Backend, error) { t.Error("help opened the backend"); return nil, errors.New("no") }
	}
	for _, name := range []string{
		"list", "status", "login", "import", "swap", "refresh", "limit", "rename", "pause", "resume", "remove", "usage", "config", "version", "demo",
	} {
		long := run(t, nil, closed, "help", name)
		flagged := run(t, nil, closed, name, "--help")
		if long.code != 0 || long.stderr != "" || long.stdout != flagged.stdout || flagged.code != 0 {
			t.Errorf("%s: %+v\n%+v", name, long, flagged)
		}
		if !strings.Contains(long.stdout, "usage:\n  baton "+name) {
			t.Errorf("help %s has no usage line:\n%s", name, long.stdout)
		}
		for _, line := range strings.Split(long.stdout, "\n") {
			if len(line) > 90 {
				t.Errorf("help %s: long line %q", name, line)
			}
		}
	}
	if a, b := run(t, nil, closed, "--help"), run(t, nil, closed, "help"); a != b || a.code != 0 {
		t.Errorf("%+v\n%+v", a, b)
	}
	if got := run(t, nil, closed, "completion", "bash"); got.code != 0 || !strings.Contains(got.stdout, "__start_baton") {
		t.Errorf("completion bash: %d %q", got.code, got.stderr)
	}
}

func TestCompletion(t *testing.T) {
	got := run(t, &fake{snap: five()}, nil, "__complete", "swap", "")
	for _, want := range []string{"ada@corp.example\n", "Personal\n", "lab@uni.example#0a1b2c3d\n", ":4\n"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("no %q in %q", want, got.stdout)
		}
	}
	if got := run(t, &fake{snap: five()}, nil, "__complete", "config", ""); !strings.Contains(got.stdout, "swap.auto\n") {
		t.Errorf("%q", got.stdout)
	}
}

func TestDemo(t *testing.T) {
	run(t, nil, withDemo(nil), "demo").want(t, 0, "demo false false false\n", "")
	run(t, nil, withDemo(nil), "demo", "provider").want(t, 0, "demo true false false\n", "")
	run(t, nil, withDemo(nil), "demo", "--page").want(t, 0, "demo false true false\n", "")
	run(t, nil, withDemo(nil), "demo", "--story").want(t, 0, "demo false false true\n", "")
	for _, args := range [][]string{{"--page", "--story"}, {"provider", "--page"}, {"provider", "--story"}} {
		run(t, nil, withDemo(nil), append([]string{"demo"}, args...)...).
			want(t, 2, "", "baton: demo takes one of provider, --page and --story\n  run 'baton help demo'\n")
	}

	run(t, nil, withDemo(errors.New("no port is free")), "demo").want(t, 1, "demo false false false\n", "baton: no port is free\n")

	// Ctrl-C is how it is left.
	ctx, cancel := context.WithCancel(context.Background())
	var errs bytes.Buffer
	code := Run(ctx, Config{
		Args: []string{"demo"}, Stderr: &errs,
		Demo: func(ctx context.Context, _ DemoRequest) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		},
	})
	if code != 0 || errs.Len() != 0 {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
}

// brokenPipe refuses everything.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("the reader is gone") }

func TestAnswerThatCannotBePrintedIsNoSuccess(t *testing.T) {
	f := &fake{snap: five(), do: answers(backend.Result{Each: []backend.AccountResult{{Key: "a", OK: true, Usage: &backend.Usage{}}}}, nil)}
	for _, args := range [][]string{
		{"list"},
		{"list", "--json"},
		{"status"},
		{"version"},
		{"swap"},
		{"swap", "--json"},
		{"usage", "a"},
		{"refresh", "a"},
		{"config"},
		{"config", "swap.auto"},
		{"pause", "a"},
		{"rename", "a", "b"},
	} {
		got := run(t, f, func(c *Config) { c.Stdout = brokenPipe{} }, args...)
		if got.code != 1 || !strings.Contains(got.stderr, "the reader is gone") {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var errs bytes.Buffer
	f := &fake{do: func(ctx context.Context, _ backend.Action) (backend.Result, error) {
		cancel()
		<-ctx.Done()
		return backend.Result{}, fmt.Errorf("waiting: %w", ctx.Err())
	}}
	code := Run(ctx, Config{
		Args: []string{"swap"}, Stderr: &errs, Now: func() time.Time { return noon },
		NewBackend: func() (backend.Backend, error) { return f, nil },
	})
	if code != 1 || errs.String() != "baton: canceled\n" {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
}

func TestSystem(t *testing.T) {
	c := System()
	if c.Stdin == nil || c.Stdout == nil || c.Stderr == nil || c.Getenv == nil || c.Now == nil || c.Local == nil {
		t.Errorf("incomplete: %+v", c)
	}
}
