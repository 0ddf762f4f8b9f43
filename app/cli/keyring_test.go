//go:build !js

package cli

import (
	"strings"
	"testing"

	"baton/app/backend"
)

// copies is an account in each state its copy can be in.
func copies() []backend.AccountResult {
	return []backend.AccountResult{
		{Key: "ada@example.com", OK: true, Copy: backend.CopyOK, CopiedLive: true},
		{Key: "ada@corp.example", OK: true, Copy: backend.CopyBehind},
		{Key: "ada.side@example.com", OK: true, Copy: backend.CopyMissing, CopiedLive: true},
		{Key: "lab@uni.example", OK: true, Copy: backend.CopyAhead},
		{Key: "lost@example.com", OK: true, Copy: backend.CopyLost},
		{Key: "odd\n@example.com", OK: true, Copy: backend.CopyDamaged},
	}
}

func TestKeyringStatus(t *testing.T) {
	locked := &backend.Problem{Code: backend.ProblemKeyring, Message: "the keyring is locked", Hint: "unlock it"}
	for _, c := range []struct {
		name       string
		keyring    backend.Keyring
		rows       []backend.AccountResult
		text, json string
	}{
		{
			"as it should be",
			backend.Keyring{On: true, State: "ok"},
			copies(),
			`copies are on (keyring.mirror)
the keyring can be read
NAME                  COPY
Personal              up to date (was active when copied)
仕事                  an older login
ada.side@example.com  none
lab@uni.example       a newer login than Baton's
lost@example.com      the only login there is: baton keyring restore
odd @example.com      not readable by this Baton
`,
			`{"schemaVersion":1,"on":true,"byEnvironment":false,"keyring":{"state":"ok","message":null,"hint":null},"lastTrouble":null,"accounts":[{"key":"ada@example.com","copy":"ok","live":true},{"key":"ada@corp.example","copy":"behind","live":false},{"key":"ada.side@example.com","copy":"missing","live":true},{"key":"lab@uni.example","copy":"ahead","live":false},{"key":"lost@example.com","copy":"lost","live":false},{"key":"odd\n@example.com","copy":"damaged","live":false}]}
`,
		},
		{
			"a locked keyring",
			backend.Keyring{On: true, ByEnvironment: true, State: "locked", Problem: locked, Trouble: "the keyring is locked"},
			[]backend.AccountResult{{Key: "ada@example.com", OK: true, Copy: backend.CopyUnknown}},
			"copies are on (BATON_KEYRING)\nthe keyring cannot be read: the keyring is locked; unlock it\nNAME      COPY\nPersonal  not known\n",
			`{"schemaVersion":1,"on":true,"byEnvironment":true,"keyring":{"state":"locked","message":"the keyring is locked","hint":"unlock it"},"lastTrouble":"the keyring is locked","accounts":[{"key":"ada@example.com","copy":"unknown","live":false}]}
`,
		},
		{
			"nobody there, and trouble before",
			backend.Keyring{State: "ok", Trouble: "the keyring did not answer within 3s"},
			nil,
			"copies are off (keyring.mirror)\nthe keyring can be read\nthe last copying failed: the keyring did not answer within 3s\n",
			`{"schemaVersion":1,"on":false,"byEnvironment":false,"keyring":{"state":"ok","message":null,"hint":null},"lastTrouble":"the keyring did not answer within 3s","accounts":[]}
`,
		},
	} {
		f := &fake{snap: five(), do: answers(backend.Result{Keyring: &c.keyring, Each: c.rows}, nil)}
		for _, args := range [][]string{{"keyring"}, {"keyring", "status"}} {
			got := run(t, f, nil, args...)
			if got.code != 0 || got.stderr != "" || got.stdout != c.text {
				t.Errorf("%s: %q ended with %d\n%s%swant\n%s", c.name, args, got.code, got.stdout, got.stderr, c.text)
			}
			run(t, f, nil, append(args, "--json")...).want(t, 0, c.json, "")
		}
		for _, a := range f.actions {
			if a != (backend.Action{Kind: backend.ActionKeyringStatus}) {
				t.Errorf("%s: asked for %+v", c.name, a)
			}
		}
	}
}

func TestKeyringActions(t *testing.T) {
	for _, c := range []struct {
		args []string
		want backend.Action
	}{
		{[]string{"push"}, backend.Action{Kind: backend.ActionKeyringPush, All: true}},
		{[]string{"push", "Work"}, backend.Action{Kind: backend.ActionKeyringPush, Key: "Work"}},
		{[]string{"restore"}, backend.Action{Kind: backend.ActionKeyringRestore, All: true}},
		{[]string{"restore", "Work", "--force"}, backend.Action{Kind: backend.ActionKeyringRestore, Key: "Work", Yes: true}},
		{[]string{"restore", "--json"}, backend.Action{Kind: backend.ActionKeyringRestore, All: true}},
	} {
		f := &fake{snap: five(), do: answers(backend.Result{}, nil)}
		got := run(t, f, nil, append([]string{"keyring"}, c.args...)...)
		if got.code != 0 || len(f.actions) != 1 || f.actions[0] != c.want {
			t.Errorf("%q: %+v, exit status %d", c.args, f.actions, got.code)
		}
	}
	for _, args := range [][]string{{"keyring", "frobnicate"}, {"keyring", "push", "a", "b"}, {"keyring", "restore", ""}, {"keyring", "status", "a"}, {"keyring", "push", "--force"}} {
		f := &fake{}
		if got := run(t, f, nil, args...); got.code != 2 || got.stdout != "" || !strings.Contains(got.stderr, "baton help keyring") || f.actions != nil {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

func TestKeyringRows(t *testing.T) {
	rows := []backend.AccountResult{
		{Key: "ada@example.com", OK: true, Copy: backend.CopyKept},
		{Key: "ada@corp.example", OK: true, Copy: backend.CopyRestored, Note: "find out with: baton refresh ada@corp.example"},
		{Key: "lab@uni.example", Copy: backend.CopyLost, Problem: &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "Claude Code used lab@uni.example when it was copied", Hint: "log in again"}},
	}
	f := &fake{snap: five(), do: answers(backend.Result{Each: rows}, nil)}
	run(t, f, nil, "keyring", "restore").want(t, 3,
		"Personal: has a login here already\n仕事: restored\n",
		"find out with: baton refresh ada@corp.example\nbaton: Claude Code used lab@uni.example when it was copied\n  log in again\n")
	run(t, f, nil, "keyring", "restore", "--json").want(t, 3,
		`{"schemaVersion":1,"results":[{"key":"ada@example.com","ok":true,"error":null,"copy":"kept","note":null},{"key":"ada@corp.example","ok":true,"error":null,"copy":"restored","note":"find out with: baton refresh ada@corp.example"},{"key":"lab@uni.example","ok":false,"error":{"code":"needs_login","message":"Claude Code used lab@uni.example when it was copied","hint":"log in again"},"copy":"lost","note":null}]}
`, "")

	rows[0], rows[2] = rows[1], rows[1]
	run(t, f, nil, "keyring", "restore").want(t, 0,
		"仕事: restored\n仕事: restored\n仕事: restored\n", "find out which of them still work with: baton refresh --all\n")

	// What went well before the keyring was locked is told, too.
	f.do = answers(backend.Result{Each: []backend.AccountResult{{Key: "ada@example.com", OK: true, Copy: backend.CopyOK}}},
		&backend.Problem{Code: backend.ProblemKeyring, Message: "the keyring is locked", Hint: "unlock it"})
	run(t, f, nil, "keyring", "push").want(t, 1, "Personal: up to date\n", "baton: the keyring is locked\n  unlock it\n")
	run(t, f, nil, "keyring", "push", "--json").want(t, 1, "{\"schemaVersion\":1,\"error\":{\"code\":\"keyring\",\"message\":\"the keyring is locked\",\"hint\":\"unlock it\"}}\n", "")
}
