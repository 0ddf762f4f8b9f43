//go:build !js

package cli

import (
	"strings"
	"testing"

	"baton/app/backend"
)

func TestDoctor(t *testing.T) {
	pool := backend.Finding{
		ID: "mode", Severity: backend.SeverityError, Path: "/home/ada/.claude/oauth_pool.json",
		Message: "others can look at it (mode 0644)", Fix: "baton doctor --fix makes it 0600",
	}
	mended := pool
	mended.Fixed, mended.Fix = true, ""
	refused := backend.Finding{ID: "needs_login", Severity: backend.SeverityInfo, Message: "Work needs a new login", Fix: "log in again with: baton login"}
	override := backend.Finding{ID: "override", Severity: backend.SeverityWarning, Message: "ANTHROPIC_API_KEY is set", Fix: "unset ANTHROPIC_API_KEY"}
	for _, c := range []struct {
		name string
		args []string
		give []backend.Finding
		code int
		want string
	}{
		{"nothing", nil, nil, 0, "nothing to mend\n"},
		{"nothing, as JSON", []string{"--json"}, nil, 0, `{"schemaVersion":1,"findings":[]}` + "\n"},
		{
			"an error", nil,
			[]backend.Finding{pool, refused, override},
			1,
			"error    /home/ada/.claude/oauth_pool.json: others can look at it (mode 0644)\n" +
				"         baton doctor --fix makes it 0600\n" +
				"info     Work needs a new login\n" +
				"         log in again with: baton login\n" +
				"warning  ANTHROPIC_API_KEY is set\n" +
				"         unset ANTHROPIC_API_KEY\n",
		},
		{"no error", nil, []backend.Finding{override}, 0, "warning  ANTHROPIC_API_KEY is set\n         unset ANTHROPIC_API_KEY\n"},
		{"mended", []string{"--fix"}, []backend.Finding{mended}, 0, "mended  /home/ada/.claude/oauth_pool.json: others can look at it (mode 0644)\n"},
		{
			"as JSON",
			[]string{"--fix", "--json"},
			[]backend.Finding{mended, pool, refused},
			1,
			`{"schemaVersion":1,"findings":[` +
				`{"id":"mode","severity":"error","path":"/home/ada/.claude/oauth_pool.json","message":"others can look at it (mode 0644)","fix":null,"fixed":true},` +
				`{"id":"mode","severity":"error","path":"/home/ada/.claude/oauth_pool.json","message":"others can look at it (mode 0644)","fix":"baton doctor --fix makes it 0600","fixed":false},` +
				`{"id":"needs_login","severity":"info","path":null,"message":"Work needs a new login","fix":"log in again with: baton login","fixed":false}]}` + "\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{do: answers(backend.Result{Findings: c.give}, nil)}
			run(t, f, nil, append([]string{"doctor"}, c.args...)...).want(t, c.code, c.want, "")
			want := backend.Action{Kind: backend.ActionDoctor, Fix: strings.Contains(strings.Join(c.args, " "), "--fix")}
			if len(f.actions) != 1 || f.actions[0] != want {
				t.Errorf("asked for %+v", f.actions)
			}
		})
	}
}

func TestDoctorFails(t *testing.T) {
	f := &fake{do: answers(backend.Result{}, &backend.Problem{Code: backend.ProblemCanceled, Message: "canceled"})}
	run(t, f, nil, "doctor").want(t, 1, "", "baton: canceled\n")
	run(t, f, nil, "doctor", "accounts").want(t, 2, "", "baton: doctor takes no arguments\n  run 'baton help doctor'\n")
}

// A path or message can forge no second line and show no token.
func TestDoctorSaysOneLine(t *testing.T) {
	f := &fake{do: answers(backend.Result{Findings: []backend.Finding{{
		ID: "damaged", Severity: backend.SeverityError, Path: "/tmp/a\nb", Message: "sk-ant-oat01-TEST-x\x1b[2J",
	}}}, nil)}
	run(t, f, nil, "doctor").want(t, 1, "error  /tmp/a b: [redacted][2J\n", "")
}
