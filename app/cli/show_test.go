//go:build !js

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

func TestTextGoldens(t *testing.T) {
	for name, args := range map[string][]string{
		"list.txt":   {"list"},
		"status.txt": {"status"},
		"config.txt": {"config"},
		"help.txt":   {"help"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, &fake{snap: five()}, nil, args...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("exit status %d, stderr %q", got.code, got.stderr)
			}
			golden(t, name, got.stdout)
		})
	}
}

func TestJSONGoldens(t *testing.T) {
	empty := backend.Snapshot{Live: backend.Live{Reason: backend.LiveNone}}
	unknown := backend.Snapshot{
		Live:     backend.Live{Present: true, Email: "new@example.com", Reason: backend.LiveUnknown},
		Accounts: []backend.Account{{Key: "a@example.com", Email: "a@example.com", State: backend.StateReady, Usage: &backend.Usage{}}},
	}
	rows := []backend.AccountResult{
		{
			Key: "ada@example.com", OK: true, AccessExpiresAt: noon.Add(8 * time.Hour),
			Usage: &backend.Usage{FiveHour: &backend.Window{Percent: 7.25}, ObservedAt: noon, Source: "endpoint"},
		},
		{Key: "lab@uni.example", Problem: &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "the login was refused", Hint: "run 'baton login'"}},
	}
	some := answers(backend.Result{Each: rows}, nil)
	for _, c := range []struct {
		golden string
		fake   *fake
		args   []string
		code   int
	}{
		{golden: "list.json", fake: &fake{snap: five()}, args: []string{"list"}},
		{golden: "list-empty.json", fake: &fake{snap: empty}, args: []string{"list"}},
		{golden: "list-unknown.json", fake: &fake{snap: unknown}, args: []string{"list"}},
		{golden: "status.json", fake: &fake{snap: five()}, args: []string{"status"}},
		{golden: "status-empty.json", fake: &fake{snap: empty}, args: []string{"status"}},
		{
			golden: "swap.json",
			fake:   &fake{do: answers(backend.Result{From: "a@example.com", To: "b@example.com", Refreshed: true}, nil)},
			args:   []string{"swap"},
		},
		{
			golden: "swap-set-aside.json",
			fake:   &fake{do: answers(backend.Result{To: "b@example.com", SetAside: "/home/ada/.claude/baton/set-aside/1.json"}, nil)},
			args:   []string{"swap", "b@example.com", "--set-aside"},
		},
		{golden: "refresh.json", fake: &fake{do: some}, args: []string{"refresh", "--all"}, code: 3},
		{golden: "refresh-empty.json", fake: &fake{do: answers(backend.Result{}, nil)}, args: []string{"refresh", "--all"}},
		{golden: "usage.json", fake: &fake{do: some}, args: []string{"usage", "--all"}, code: 3},
		{
			golden: "error.json",
			fake: &fake{do: answers(backend.Result{}, &backend.Problem{
				Code: backend.ProblemAmbiguous, Message: `"ada" names two accounts`, Hint: "say ada@example.com or ada@corp.example",
			})},
			args: []string{"swap", "ada"}, code: 2,
		},
		{
			golden: "error-no-hint.json",
			fake:   &fake{do: answers(backend.Result{}, errors.New("disk <full>"))},
			args:   []string{"swap"}, code: 1,
		},
		{golden: "error-usage.json", args: []string{"swap", "--limited-until"}, code: 2},
		{golden: "error-unknown-command.json", args: []string{"swop"}, code: 2},
		{golden: "error-no-flag-of-it.json", args: []string{"import"}, code: 2},
	} {
		t.Run(c.golden, func(t *testing.T) {
			// First, so that a flag that lacks its value does not swallow it.
			args := append([]string{c.args[0], "--json"}, c.args[1:]...)
			got := run(t, c.fake, nil, args...)
			if got.code != c.code {
				t.Errorf("exit status %d, want %d", got.code, c.code)
			}
			if got.stderr != "" {
				t.Errorf("stderr %q", got.stderr)
			}
			if strings.Count(got.stdout, "\n") != 1 || !strings.HasPrefix(got.stdout, `{"schemaVersion":1,`) {
				t.Errorf("not one line with one object: %q", got.stdout)
			}
			// Indented only, so that the golden has every byte of the answer.
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, []byte(got.stdout), "", "  "); err != nil {
				t.Fatal(err)
			}
			golden(t, c.golden, pretty.String())
		})
	}
}

// What JSON has no number for must not cost the whole answer.
func TestJSONPercentNotANumber(t *testing.T) {
	s := five()
	s.Accounts[0].Usage.FiveHour.Percent = math.NaN()
	s.Accounts[0].Usage.Models[0].Percent = math.Inf(1)
	got := run(t, &fake{snap: s}, nil, "list", "--json")
	if got.code != 0 || strings.Count(got.stdout, `"percent":null`) != 2 {
		t.Errorf("%d %s", got.code, got.stdout)
	}
	if got := run(t, &fake{snap: s}, nil, "list"); !strings.Contains(got.stdout, "login ends soon  -     34%") {
		t.Errorf("list shows\n%s", got.stdout)
	}
}

func TestListWithoutAccounts(t *testing.T) {
	run(t, &fake{}, nil, "list").want(t, 0, "no accounts yet\n  run 'baton login' to add one\n", "")
	live := backend.Snapshot{Live: backend.Live{Present: true, Email: "a@example.com", Reason: backend.LiveUnknown}}
	run(t, &fake{snap: live}, nil, "list").want(t, 0,
		"no accounts yet\n  run 'baton import' to take in the login Claude Code has, or 'baton login' for another\n", "")
}

// A vault that can't be read is not an empty pool.
func TestDamagedFileIsNoEmptyList(t *testing.T) {
	damaged := backend.Problem{Code: backend.ProblemDamaged, Message: "accounts.json does not parse", Hint: "put it right or move it away"}
	for _, command := range []string{"list", "status"} {
		s := backend.Snapshot{Problems: []backend.Problem{damaged}}
		run(t, &fake{snap: s}, nil, command).want(t, 1, "",
			"baton: accounts.json does not parse\n  put it right or move it away\n")
		run(t, &fake{snap: s}, nil, command, "--json").want(t, 1,
			`{"schemaVersion":1,"error":{"code":"damaged_file","message":"accounts.json does not parse","hint":"put it right or move it away"}}`+"\n", "")

		s.Accounts = five().Accounts
		got := run(t, &fake{snap: s}, nil, command)
		if got.code != 0 || got.stdout == "" || !strings.HasPrefix(got.stderr, "baton: accounts.json does not parse\n") {
			t.Errorf("%s beside accounts: %+v", command, got)
		}
	}
}

func TestListTellsOfUnknownLogin(t *testing.T) {
	s := five()
	s.Active, s.Live = "", backend.Live{Present: true, Email: "new@example.com", Reason: backend.LiveUnknown}
	got := run(t, &fake{snap: s}, nil, "list")
	if want := "Claude Code is logged in as new@example.com, which is not in the list; run 'baton import' to add it\n"; got.stderr != want {
		t.Errorf("stderr %q, want %q", got.stderr, want)
	}
}

func TestStatusWithNobodyActive(t *testing.T) {
	for _, c := range []struct {
		live backend.Live
		pool []backend.Account
		want string
	}{
		{backend.Live{Reason: backend.LiveNone}, nil, "nobody: Claude Code has no login; run 'baton login'"},
		{backend.Live{Reason: backend.LiveNone}, five().Accounts, "nobody: Claude Code has no login; run 'baton swap'"},
		{backend.Live{Present: true, Reason: backend.LiveUnknown}, nil, "nobody known: Claude Code has a login that is not in the list; run 'baton import' to add it"},
		{backend.Live{Reason: backend.LiveTombstone}, nil, "nobody: Claude Code's last login was refused; run 'baton swap' or 'baton login'"},
		{backend.Live{Reason: backend.LiveUnreadable}, nil, "unknown: the file with Claude Code's login does not parse"},
	} {
		got := run(t, &fake{snap: backend.Snapshot{Live: c.live, Accounts: c.pool}}, nil, "status")
		got.want(t, 0, "active  "+c.want+"\nnext    nobody\n", "")
	}
}

func TestStatusTrouble(t *testing.T) {
	s := five()
	s.Active = "lab@uni.example"
	got := run(t, &fake{snap: s}, nil, "status")
	for _, line := range []string{
		"active    lab@uni.example\n",
		"state     needs login\n",
		"5 hours   no data\n",
		"trouble   the login was refused; run 'baton login'\n",
	} {
		if !strings.Contains(got.stdout, line) {
			t.Errorf("no %q in\n%s", line, got.stdout)
		}
	}
}

func TestColours(t *testing.T) {
	for _, c := range []struct {
		name string
		tty  bool
		env  map[string]string
		want bool
	}{
		{"piped", false, map[string]string{"TERM": "xterm"}, false},
		{"terminal", true, map[string]string{"TERM": "xterm"}, true},
		{"NO_COLOR", true, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{"dumb", true, map[string]string{"TERM": "dumb"}, false},
		{"old Windows console", true, nil, false},
		{"Windows Terminal", true, map[string]string{"WT_SESSION": "x"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, &fake{snap: five()}, func(cfg *Config) {
				cfg.StdoutTTY = c.tty
				cfg.Getenv = func(k string) string { return c.env[k] }
			}, "list")
			if has := strings.Contains(got.stdout, "\x1b["); has != c.want {
				t.Errorf("coloured %v, want %v", has, c.want)
			}
			bare := strings.NewReplacer("\x1b[32m", "", "\x1b[33m", "", "\x1b[31m", "", "\x1b[2m", "", "\x1b[0m", "").Replace(got.stdout)
			if bare != run(t, &fake{snap: five()}, nil, "list").stdout {
				t.Errorf("colours changed the columns:\n%s", got.stdout)
			}
		})
	}
}

// Names come from files other programs write: they must not move the cursor
// or forge a line.
func TestHostileNames(t *testing.T) {
	s := five()
	s.Accounts[1].Label = "evil\x1b[2J\n* fake\u202etxt"
	s.Accounts[2].Email = "x\x07@example.com"
	got := run(t, &fake{snap: s}, nil, "list")
	if strings.ContainsAny(got.stdout, "\x1b\x07\u202e") || strings.Count(got.stdout, "\n") != 6 {
		t.Errorf("%q", got.stdout)
	}
}

func TestVersion(t *testing.T) {
	got := run(t, &fake{}, func(c *Config) {
		c.Commit, c.Date = "abc1234", "2026-03-01"
		c.NewBackend = func() (backend.Backend, error) { t.Error("version opened the backend"); return nil, errors.New("no") }
	}, "version")
	if got.code != 0 || !strings.HasPrefix(got.stdout, "baton 0.1.0 (abc1234, 2026-03-01, go1.") || !strings.HasSuffix(got.stdout, ")\n") {
		t.Errorf("%+v", got)
	}
	if flag := run(t, &fake{}, nil, "--version"); flag.code != 0 || !strings.HasPrefix(flag.stdout, "baton 0.1.0 (unknown, unknown, go1.") {
		t.Errorf("%+v", flag)
	}
}

func TestBackendIsOpenedOnceAndClosed(t *testing.T) {
	f, opened := &fake{snap: five(), do: answers(backend.Result{}, nil)}, 0
	run(t, f, func(c *Config) {
		c.NewBackend = func() (backend.Backend, error) { opened++; return f, nil }
	}, "refresh")
	if opened != 1 || f.closed != 1 {
		t.Errorf("opened %d times, closed %d times", opened, f.closed)
	}
}

func TestBackendDoesNotOpen(t *testing.T) {
	for _, args := range [][]string{
		{"list"},
		{"status"},
		{"login"},
		{"import"},
		{"swap"},
		{"refresh"},
		{"refresh", "--all"},
		{"usage", "a"},
		{"limit", "a", "--clear"},
		{"rename", "a", "b"},
		{"pause", "a"},
		{"resume", "a"},
		{"remove", "a"},
		{"config"},
		{"config", "a"},
		{"config", "a", "b"},
	} {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			run(t, nil, func(c *Config) {
				c.NewBackend = func() (backend.Backend, error) {
					return nil, &backend.Problem{Code: backend.ProblemBusy, Message: "someone else is at it", Hint: "try again"}
				}
			}, args...).want(t, 6, "", "baton: someone else is at it\n  try again\n")
		})
	}
}
