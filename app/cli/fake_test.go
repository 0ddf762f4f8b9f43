//go:build !js

package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/app/backend"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// noon is the moment all tests run at; zone is where they run.
var (
	noon = time.Date(2026, time.March, 2, 12, 13, 0, 0, time.UTC)
	zone = time.FixedZone("CET", 3600)
)

// fake is a backend that answers what a test tells it to and remembers what
// it was asked.
type fake struct {
	snap  backend.Snapshot
	do    func(context.Context, backend.Action) (backend.Result, error)
	login func(backend.LoginMode) (backend.LoginFlow, error)

	mu      sync.Mutex
	actions []backend.Action
	modes   []backend.LoginMode
	closed  int
	events  chan backend.Event
}

func (f *fake) Snapshot() backend.Snapshot { return f.snap }

func (f *fake) Events(context.Context) <-chan backend.Event { return f.events }

func (f *fake) Do(ctx context.Context, a backend.Action) (backend.Result, error) {
	f.mu.Lock()
	f.actions = append(f.actions, a)
	f.mu.Unlock()
	if f.do == nil {
		return backend.Result{}, errors.New("the test expects no action")
	}
	return f.do(ctx, a)
}

func (f *fake) Login(_ context.Context, m backend.LoginMode) (backend.LoginFlow, error) {
	f.modes = append(f.modes, m)
	return f.login(m)
}

func (f *fake) Close() error {
	f.closed++
	return nil
}

// answers makes Do give the same answer whatever it is asked.
func answers(res backend.Result, err error) func(context.Context, backend.Action) (backend.Result, error) {
	return func(context.Context, backend.Action) (backend.Result, error) { return res, err }
}

// ran is what a command line left behind.
type ran struct {
	code           int
	stdout, stderr string
}

// run runs a command line with no terminal anywhere; with changes that.
func run(t *testing.T, f *fake, with func(*Config), args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	cfg := Config{
		Args:       args,
		Stdout:     &out,
		Stderr:     &errs,
		Version:    "0.1.0",
		Now:        func() time.Time { return noon },
		Local:      zone,
		NewBackend: func() (backend.Backend, error) { return f, nil },
	}
	if with != nil {
		with(&cfg)
	}
	code := Run(context.Background(), cfg)
	return ran{code, out.String(), errs.String()}
}

// terminal puts one on all three streams.
func terminal(c *Config) {
	c.StdinTTY, c.StdoutTTY, c.StderrTTY = true, true, true
}

func (got ran) want(t *testing.T, code int, stdout, stderr string) {
	t.Helper()
	if got.code != code {
		t.Errorf("exit status %d, want %d", got.code, code)
	}
	if got.stdout != stdout {
		t.Errorf("stdout\n%swant\n%s", got.stdout, stdout)
	}
	if got.stderr != stderr {
		t.Errorf("stderr\n%swant\n%s", got.stderr, stderr)
	}
}

// golden compares with testdata/golden/NAME; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s differs; got\n%s\nwant\n%s", path, got, want)
	}
}

// five is a pool with one account in each state.
func five() backend.Snapshot {
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	return backend.Snapshot{
		TakenAt: noon,
		Active:  "ada@example.com",
		Live:    backend.Live{Present: true, Email: "ada@example.com"},
		Accounts: []backend.Account{
			{
				Key: "ada@example.com", Email: "ada@example.com", Label: "Personal",
				OrganizationUUID: "11111111-1111-4111-8111-111111111111", OrganizationName: "Ada",
				Plan: "max", Tier: "default_claude_max_20x", State: backend.StateReady, Active: true,
				Notices:         []backend.Notice{backend.NoticeLoginEnds},
				AccessExpiresAt: at(8 * time.Hour), LoginExpiresAt: at(3 * 24 * time.Hour),
				Usage: &backend.Usage{
					FiveHour: &backend.Window{Percent: 61.5, ResetsAt: at(52 * time.Minute)},
					SevenDay: &backend.Window{Percent: 34, ResetsAt: at(4 * 24 * time.Hour)},
					Models: []backend.ModelWindow{
						{Name: "Opus", Window: backend.Window{Percent: 99.7, ResetsAt: at(4 * 24 * time.Hour)}},
					},
					ObservedAt: at(-3 * time.Minute), Source: "statusline",
				},
			},
			{
				Key: "ada@corp.example", Email: "ada@corp.example", Label: "仕事",
				Plan: "team", State: backend.StatePaused, LoginExpiresAt: at(20 * 24 * time.Hour),
			},
			{
				Key: "ada.side@example.com", Email: "ada.side@example.com",
				Plan: "pro", State: backend.StateLimited, LimitedUntil: at(52 * time.Minute),
				Usage: &backend.Usage{
					FiveHour:   &backend.Window{Percent: 100, ResetsAt: at(52 * time.Minute)},
					ObservedAt: at(-time.Hour), Source: "endpoint",
				},
			},
			{
				Key: "lab@uni.example", Email: "lab@uni.example", Plan: "max", State: backend.StateNeedsLogin,
				Problem: &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "the login was refused", Hint: "run 'baton login'"},
			},
			{
				Key: "lab@uni.example#0a1b2c3d", Email: "lab@uni.example", State: backend.StateReady,
				Notices: []backend.Notice{backend.NoticeUnsure, backend.NoticeOffline},
			},
		},
		Next:      &backend.Next{Key: "lab@uni.example#0a1b2c3d", Reason: "least recently used"},
		Overrides: []backend.Override{{Source: "environment", Name: "ANTHROPIC_API_KEY"}, {Source: "/home/ada/.claude/settings.json", Name: "apiKeyHelper"}},
		Forced:    backend.Forced{Organizations: []string{"22222222-2222-4222-8222-222222222222", "11111111-1111-4111-8111-111111111111"}, Source: "/etc/claude-code/managed-settings.json"},
		Sessions:  []backend.Session{{PID: 4711, Cwd: "/home/ada/baton"}},
		Settings: []backend.Setting{
			{Key: "swap.auto", Value: "off", Default: "off", About: "swap by itself when the active account is spent"},
			{Key: "usage.poll", Value: "on", Default: "off", About: "ask the provider now and then how much is used"},
		},
	}
}
