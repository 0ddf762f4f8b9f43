//go:build linux

package app_test

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"testing"

	"baton/oauthcore/providertest"
)

// On a real terminal: a wrong paste, then the code as a terminal delivers it,
// wrapped and with lines of another selection behind it. The login is saved and
// no line of the paste is left for the shell.
func TestPasteOnATerminal(t *testing.T) {
	w := started(t)
	master, slave := terminalPair(t)
	cmd := exec.CommandContext(t.Context(), "baton", "login", "--paste")
	cmd.Env, cmd.Dir = append(w.env(), recordEnv+"="), w.dir // not through the recorder, which is no terminal
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	background(t, cmd)
	screen := bufio.NewReader(master)
	var seen strings.Builder
	shows := func(text string) {
		t.Helper()
		for !strings.HasSuffix(seen.String(), text) {
			b, err := screen.ReadByte()
			if err != nil {
				t.Fatalf("waiting for %q: %v; the screen shows\n%s", text, err, seen.String())
			}
			seen.WriteByte(b)
		}
	}
	types := func(text string) {
		t.Helper()
		if _, err := io.WriteString(master, text); err != nil {
			t.Fatal(err)
		}
	}
	const question = "(CODE#STATE): "
	shows(question)
	address, _, _ := strings.Cut(seen.String(), "\r\n")
	pasted, err := providertest.Visit(t.Context(), address, "new@example.com")
	if err != nil {
		t.Fatal(err)
	}
	code, state, _ := strings.Cut(pasted, "#")
	types(code + "#wrong\n")
	shows("\r\nthis code belongs to another login; copy the code from the page this login opened\r\npaste the code the page shows " + question)
	types(code[1:] + "#" + state + "\n")
	shows("\r\nthe provider did not accept the login code; ")
	shows(question)
	types("\x1b[200~\n" + code[:9] + "\n  " + code[9:] + "\u200b#" + state[:20] + "\n" + state[20:] + "\necho one\necho two\n\x1b[201~")
	shows("logged in as new@example.com\r\n")
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	types("next\n") // what the shell reads
	if line, err := bufio.NewReader(slave).ReadString('\n'); err != nil || line != "next\n" {
		t.Errorf("the shell gets %q, %v", line, err)
	}
}
