//go:build !js

package cli

import (
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

// refused is a pool whose active account the provider refuses.
func refused() backend.Snapshot {
	return backend.Snapshot{
		TakenAt: noon, Active: "ada@corp.example", Live: backend.Live{Present: true, Email: "ada@corp.example"},
		Accounts: []backend.Account{{
			Key: "ada@corp.example", Email: "ada@corp.example", Label: "Work", Plan: "team", State: backend.StateReady, Active: true,
			Notices: []backend.Notice{backend.NoticeRefused}, Refused: "This organization has been disabled",
			Problem: &backend.Problem{Code: backend.ProblemRefused, Message: "the provider refuses this account", Hint: "refresh it here"},
		}},
	}
}

func TestRefusalInTheProvidersWords(t *testing.T) {
	const said = `the provider refuses this account: This organization has been disabled; ` +
		`look at the account at claude.ai, then run 'baton refresh ada@corp.example'` + "\n"
	list := run(t, &fake{snap: refused()}, nil, "list")
	if !strings.Contains(list.stdout, "ready, refused") || list.stderr != "Work: "+said {
		t.Errorf("list: %q, %q", list.stdout, list.stderr)
	}
	if status := run(t, &fake{snap: refused()}, nil, "status"); !strings.Contains(status.stdout, "trouble  "+said) {
		t.Errorf("status:\n%s", status.stdout)
	}
	for _, command := range []string{"list", "status"} {
		got := run(t, &fake{snap: refused()}, nil, command, "--json")
		if !strings.Contains(got.stdout, `"notices":["refused"],`) || !strings.Contains(got.stdout, `"refused":"This organization has been disabled"}`) || got.stderr != "" {
			t.Errorf("%s --json: %s%s", command, got.stdout, got.stderr)
		}
	}
	red := run(t, &fake{snap: refused()}, func(c *Config) {
		c.StdoutTTY = true
		c.Getenv = func(name string) string { return map[string]string{"TERM": "xterm"}[name] }
	}, "list")
	if !strings.Contains(red.stdout, "\x1b[31mready, refused\x1b[0m") {
		t.Errorf("the state is not red: %q", red.stdout)
	}
}

func TestPlanWithoutFiveHourLimit(t *testing.T) {
	usage := &backend.Usage{
		SevenDay: &backend.Window{Percent: 34, ResetsAt: noon.Add(4 * 24 * time.Hour)}, NoFiveHour: true,
		ObservedAt: noon.Add(-3 * time.Minute), Source: backend.SourceClaude,
	}
	account := backend.Account{Key: "a@example.com", Email: "a@example.com", Plan: "max", State: backend.StateReady, Active: true, Usage: usage}
	f := &fake{
		snap: backend.Snapshot{TakenAt: noon, Active: account.Key, Live: backend.Live{Present: true}, Accounts: []backend.Account{account}},
		do: answers(backend.Result{
			Active: &account,
			Each:   []backend.AccountResult{{Key: account.Key, OK: true, Usage: usage}},
		}, nil),
	}
	for _, c := range []struct {
		args []string
		want []string
		not  string
	}{
		{[]string{"list"}, []string{"ready  none  34%"}, ""},
		{[]string{"status"}, []string{"5 hours  no 5-hour limit on this plan\n", "7 days   66% left", "seen     13:10 in Claude Code's /usage\n"}, "no data"},
		{[]string{"usage"}, []string{"5 hours  none"}, ""},
		{[]string{"list", "--json"}, []string{`"fiveHour":null,"noFiveHour":true,`, `"source":"claude"`}, ""},
		{[]string{"usage", "--json"}, []string{`"fiveHour":null,"noFiveHour":true,`}, ""},
		{[]string{"statusline"}, []string{"a@example.com · 7d 34% · resets Fri 13:13\n"}, "5h"},
	} {
		got := run(t, f, nil, c.args...)
		for _, want := range c.want {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, got.stdout)
			}
		}
		if c.not != "" && strings.Contains(got.stdout, c.not) {
			t.Errorf("%v: %q in\n%s", c.args, c.not, got.stdout)
		}
	}
	// Where the plan has one it is not spoken of.
	if got := run(t, &fake{snap: five()}, nil, "list", "--json"); strings.Contains(got.stdout, "noFiveHour") {
		t.Errorf("noFiveHour stands where it is not so: %s", got.stdout)
	}
}
