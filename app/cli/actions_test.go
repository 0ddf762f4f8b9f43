//go:build !js

package cli

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// What each command line asks of the backend, and what it says afterwards.
func TestActions(t *testing.T) {
	inAnHour := noon.Add(time.Hour)
	personal := "Personal (ada@example.com)"
	for _, c := range []struct {
		args   string
		result backend.Result
		want   backend.Action
		stdout string
		stderr string
	}{
		{
			args:   "swap",
			result: backend.Result{From: "ada@corp.example", To: "ada@example.com", Notes: []string{"type on in the session that waits", ""}},
			want:   backend.Action{Kind: backend.ActionSwap},
			stdout: "Claude Code uses " + personal + " now\n",
			stderr: "type on in the session that waits\n",
		},
		{
			args:   "swap -",
			result: backend.Result{From: "ada@example.com", To: "lab@uni.example", Refreshed: true},
			want:   backend.Action{Kind: backend.ActionSwap, Key: "-"},
			stdout: "Claude Code uses lab@uni.example now, after a refresh\n",
		},
		{
			args: "swap lab@uni.example",
			result: backend.Result{
				From: "ada@example.com", To: "lab@uni.example", Refreshed: true,
				Overrides: []backend.Override{{Source: "/p/.claude/settings.json", Name: "env.ANTHROPIC_API_KEY", PrintOnly: true}, {Source: "environment", Name: "CLAUDE_CODE_OAUTH_TOKEN"}},
			},
			want:   backend.Action{Kind: backend.ActionSwap, Key: "lab@uni.example"},
			stdout: "Claude Code's login is lab@uni.example now, after a refresh, but CLAUDE_CODE_OAUTH_TOKEN in the environment beats it\n",
		},
		{
			args: "swap lab@uni.example", // what applies to claude -p only leaves the sessions to the login
			result: backend.Result{
				From: "ada@example.com", To: "lab@uni.example",
				Overrides: []backend.Override{{Source: "/p/.claude/settings.json", Name: "env.ANTHROPIC_API_KEY", PrintOnly: true}},
			},
			want:   backend.Action{Kind: backend.ActionSwap, Key: "lab@uni.example"},
			stdout: "Claude Code uses lab@uni.example now\n",
		},
		{
			args: "swap Personal",
			result: backend.Result{
				From: "ada@example.com", To: "ada@example.com",
				Overrides: []backend.Override{{Source: "/etc/claude-code/managed-settings.json", Name: "env.CLAUDE_CODE_USE_BEDROCK"}},
			},
			want:   backend.Action{Kind: backend.ActionSwap, Key: "Personal"},
			stdout: personal + " is the active account already, but env.CLAUDE_CODE_USE_BEDROCK in /etc/claude-code/managed-settings.json beats it\n",
		},
		{
			args:   "swap Personal --limited-until +1h",
			result: backend.Result{From: "ada@example.com", To: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionSwap, Key: "Personal", LimitedUntil: inAnHour},
			stdout: personal + " is the active account already\n",
		},
		{
			args:   "swap ada@example.com --set-aside",
			result: backend.Result{To: "ada@example.com", SetAside: "/c/baton/set-aside/1.json"},
			want:   backend.Action{Kind: backend.ActionSwap, Key: "ada@example.com", SetAside: true},
			stdout: "Claude Code uses " + personal + " now\nthe unknown login was moved to /c/baton/set-aside/1.json\n",
		},
		{
			args:   "import",
			result: backend.Result{Key: "ada@example.com", Added: true},
			want:   backend.Action{Kind: backend.ActionImport},
			stdout: "added " + personal + "\n",
		},
		{
			args:   "import",
			result: backend.Result{Key: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionImport},
			stdout: personal + " is in the list already; its login is up to date\n",
		},
		{
			args:   "limit personal --until 2026-03-02T13:13:00Z",
			result: backend.Result{Key: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionLimit, Key: "personal", Until: inAnHour},
			stdout: personal + " is marked as limited until 14:13\n",
		},
		{
			args:   "limit Personal --clear",
			result: backend.Result{Key: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionUnlimit, Key: "Personal"},
			stdout: personal + " is not marked as limited any more\n",
		},
		{
			args:   "rename ada@example.com Personal",
			result: backend.Result{Key: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionRename, Key: "ada@example.com", Label: "Personal"},
			stdout: "ada@example.com is called Personal now\n",
		},
		{
			args:   "rename ada.side@example.com ",
			result: backend.Result{Key: "ada.side@example.com"},
			want:   backend.Action{Kind: backend.ActionRename, Key: "ada.side@example.com"},
			stdout: "ada.side@example.com has no label now\n",
		},
		{
			args:   "pause Personal",
			result: backend.Result{Key: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionPause, Key: "Personal"},
			stdout: personal + " is paused\n",
		},
		{
			args:   "resume Personal",
			result: backend.Result{Key: "ada@example.com"},
			want:   backend.Action{Kind: backend.ActionResume, Key: "Personal"},
			stdout: personal + " is back in rotation\n",
		},
		{
			args:   "remove lab@uni.example --revoke",
			result: backend.Result{Key: "lab@uni.example"},
			want:   backend.Action{Kind: backend.ActionRemove, Key: "lab@uni.example", Revoke: true},
			stdout: "lab@uni.example is removed\n",
		},
		{
			args:   "remove Personal --yes",
			want:   backend.Action{Kind: backend.ActionRemove, Key: "Personal", Yes: true},
			result: backend.Result{Key: "ada@example.com", Notes: []string{"Claude Code stays logged in"}},
			stdout: personal + " is removed\n",
			stderr: "Claude Code stays logged in\n",
		},
		{
			args:   "config usage.poll on",
			want:   backend.Action{Kind: backend.ActionConfigure, Setting: "usage.poll", Value: "on"},
			stdout: "usage.poll is on now\n",
		},
		{
			args:   "refresh",
			result: backend.Result{Each: []backend.AccountResult{{Key: "ada@example.com", OK: true, AccessExpiresAt: noon.Add(8 * time.Hour)}}},
			want:   backend.Action{Kind: backend.ActionRefresh, Key: "ada@example.com"},
			stdout: "Personal: refreshed, good until 21:13\n",
		},
		{
			args: "refresh --all",
			result: backend.Result{Each: []backend.AccountResult{
				{Key: "ada@example.com", OK: true}, {Key: "lab@uni.example#0a1b2c3d", OK: true},
			}},
			want:   backend.Action{Kind: backend.ActionRefresh, All: true},
			stdout: "Personal: refreshed\nlab@uni.example#0a1b2c3d: refreshed\n",
		},
		{
			args: "usage Personal",
			result: backend.Result{Each: []backend.AccountResult{{Key: "ada@example.com", OK: true, Usage: &backend.Usage{
				FiveHour: &backend.Window{Percent: 0.2, ResetsAt: inAnHour},
				Models:   []backend.ModelWindow{{Name: "Opus", Window: backend.Window{Percent: 50}}},
			}}}},
			want:   backend.Action{Kind: backend.ActionUsage, Key: "Personal"},
			stdout: "NAME      WINDOW        USED  RESETS\nPersonal  5 hours       1%    14:13\nPersonal  7 days, Opus  50%   -\n",
		},
		{
			args:   "usage",
			result: backend.Result{Each: []backend.AccountResult{{Key: "ada@example.com", OK: true, Usage: &backend.Usage{}}}},
			want:   backend.Action{Kind: backend.ActionUsage, Key: "ada@example.com"},
			stdout: "NAME      WINDOW  USED  RESETS\nPersonal  -       -     -\n",
		},
	} {
		t.Run(c.args, func(t *testing.T) {
			f := &fake{snap: five(), do: answers(c.result, nil)}
			run(t, f, nil, strings.Split(c.args, " ")...).want(t, 0, c.stdout, c.stderr)
			if want := []backend.Action{c.want}; !reflect.DeepEqual(f.actions, want) {
				t.Errorf("asked for %+v, want %+v", f.actions, want)
			}
		})
	}
}

func TestImportFindsNothing(t *testing.T) {
	run(t, &fake{do: answers(backend.Result{}, nil)}, nil, "import").want(t, 1, "",
		"baton: Claude Code has no login to import\n  run 'baton login' to add an account\n")
}

func TestSeveralExitOfTheWorst(t *testing.T) {
	bad := func(code backend.ProblemCode) *backend.Problem {
		return &backend.Problem{Code: code, Message: "trouble", Hint: "wait"}
	}
	for _, c := range []struct {
		name string
		rows []backend.AccountResult
		err  error
		want int
	}{
		{"none", nil, nil, 0},
		{"good", []backend.AccountResult{{Key: "a", OK: true}}, nil, 0},
		{"offline", []backend.AccountResult{{Key: "a", OK: true}, {Key: "b", Problem: bad(backend.ProblemOffline)}}, nil, 1},
		{"no reason", []backend.AccountResult{{Key: "a"}}, nil, 1},
		{"login", []backend.AccountResult{{Key: "a", Problem: bad(backend.ProblemNeedsLogin)}, {Key: "b", Problem: bad(backend.ProblemOffline)}}, nil, 3},
		{"busy as a whole", []backend.AccountResult{{Key: "a", OK: true}}, bad(backend.ProblemBusy), 6},
		{"only as a whole", nil, bad(backend.ProblemBusy), 6},
	} {
		for _, command := range []string{"refresh", "usage"} {
			for _, flag := range []string{"--all", "--json"} {
				t.Run(command+" "+flag+" "+c.name, func(t *testing.T) {
					f := &fake{snap: five(), do: answers(backend.Result{Each: c.rows}, c.err)}
					if got := run(t, f, nil, command, "--all", flag); got.code != c.want {
						t.Errorf("exit status %d, want %d: %+v", got.code, c.want, got)
					}
				})
			}
		}
	}
}

func TestSeveralTellsEachFailure(t *testing.T) {
	f := &fake{snap: five(), do: answers(backend.Result{Each: []backend.AccountResult{
		{Key: "lab@uni.example", Problem: &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "the login was refused", Hint: "run 'baton login'"}},
		{Key: "ada@example.com", OK: true},
		{Key: "ada@corp.example", Problem: &backend.Problem{Code: backend.ProblemOffline, Message: "could not refresh 仕事"}},
	}}, nil)}
	run(t, f, nil, "refresh", "--all").want(t, 3, "Personal: refreshed\n",
		"baton: lab@uni.example: the login was refused\n  run 'baton login'\nbaton: could not refresh 仕事\n")
}

// The backend gives a row for the name that was typed; it is no account.
func TestSeveralOfUnknownAccount(t *testing.T) {
	p := &backend.Problem{Code: backend.ProblemNotFound, Message: `there is no account "nobody"`}
	f := &fake{snap: five(), do: answers(backend.Result{Each: []backend.AccountResult{{Key: "nobody", Problem: p}}}, p)}
	run(t, f, nil, "usage", "nobody").want(t, 2, "", "baton: there is no account \"nobody\"\n")
	run(t, f, nil, "usage", "nobody", "--json").want(t, 2,
		`{"schemaVersion":1,"error":{"code":"unknown_account","message":"there is no account \"nobody\"","hint":null}}`+"\n", "")
}

func TestSeveralOfNobody(t *testing.T) {
	run(t, &fake{}, nil, "refresh").want(t, 2, "", "baton: no account is active\n  name an ACCOUNT, or use --all\n")
	run(t, &fake{do: answers(backend.Result{}, nil)}, nil, "usage", "--all").want(t, 0, "no accounts yet\n  run 'baton login' to add one\n", "")
}

func TestConfig(t *testing.T) {
	run(t, &fake{snap: five()}, nil, "config", "usage.poll").want(t, 0, "on\n", "")
}

func TestRemoveAsks(t *testing.T) {
	const (
		quiet  = "remove lab@uni.example? [y/N] "
		active = "remove Personal (ada@example.com), which Claude Code uses now and stays logged in as? [y/N] "
		end    = "remove Personal (ada@example.com), which Claude Code uses now, and end its login at the provider? [y/N] "
		revoke = "remove lab@uni.example and end its login at the provider? [y/N] "
	)
	for _, c := range []struct {
		name   string
		args   string
		typed  string
		code   int
		want   []backend.Action
		stderr string
	}{
		{"yes", "remove lab@uni.example", "yes\n", 0, []backend.Action{{Kind: backend.ActionRemove, Key: "lab@uni.example"}}, quiet},
		{"y", "remove LAB@uni.example", "Y\n", 2, []backend.Action{{Kind: backend.ActionRemove, Key: "LAB@uni.example"}}, "baton: which of the two\n"},
		{"no", "remove lab@uni.example", "no\n", 1, nil, quiet + "baton: nothing was removed\n"},
		{"just Enter", "remove lab@uni.example", "\n", 1, nil, quiet + "baton: nothing was removed\n"},
		{"end of input", "remove lab@uni.example", "", 1, nil, quiet + "baton: nothing was removed\n"},
		{"active", "remove personal", "y\n", 0, []backend.Action{{Kind: backend.ActionRemove, Key: "ada@example.com", Yes: true}}, active},
		{"active, revoked", "remove personal --revoke", "y\n", 0, []backend.Action{{Kind: backend.ActionRemove, Key: "ada@example.com", Revoke: true, Yes: true}}, end},
		{"revoked", "remove lab@uni.example --revoke", "y\n", 0, []backend.Action{{Kind: backend.ActionRemove, Key: "lab@uni.example", Revoke: true}}, revoke},
		{"told", "remove personal --yes", "", 0, []backend.Action{{Kind: backend.ActionRemove, Key: "personal", Yes: true}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{snap: five(), do: func(_ context.Context, a backend.Action) (backend.Result, error) {
				if a.Key == "LAB@uni.example" {
					return backend.Result{}, &backend.Problem{Code: backend.ProblemAmbiguous, Message: "which of the two"}
				}
				return backend.Result{}, nil
			}}
			got := run(t, f, func(cfg *Config) {
				terminal(cfg)
				cfg.Stdin = strings.NewReader(c.typed)
			}, strings.Fields(c.args)...)
			if got.code != c.code || got.stderr != c.stderr {
				t.Errorf("exit status %d, stderr %q; want %d, %q", got.code, got.stderr, c.code, c.stderr)
			}
			if !reflect.DeepEqual(f.actions, c.want) {
				t.Errorf("asked for %+v, want %+v", f.actions, c.want)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	for _, onTerminal := range []bool{true, false} {
		f := &fake{snap: five(), events: make(chan backend.Event)}
		f.do = func(context.Context, backend.Action) (backend.Result, error) {
			if onTerminal {
				for _, w := range []backend.Wait{backend.WaitClient, backend.WaitClient, "asking an oracle"} {
					f.events <- backend.Event{Kind: backend.EventProgress, Wait: w}
				}
				f.events <- backend.Event{Kind: backend.EventChanged}
			}
			return backend.Result{To: "ada@example.com"}, nil
		}
		want := ""
		if onTerminal {
			want = "waiting for Claude Code\nasking an oracle\n"
		}
		got := run(t, f, func(c *Config) { c.StderrTTY = onTerminal }, "swap")
		got.want(t, 0, "Claude Code uses Personal (ada@example.com) now\n", want)
	}
}
